import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { create } from "tar";
import { parse } from "yaml";
import { chartFaults, chartFrom } from "../../values/chart-source";
import { prometheusValues } from "../../values/prometheus-values";
import { chartImages, prometheusChart } from "../../versions";
import { lines, settings } from "../support/settings";
import { at, findHelm, objects, render, standIn, text } from "../support/lab/helm";
import { type OciRegistry, startOciRegistry } from "../support/lab/oci-registry";

const run = promisify(execFile);
const { name, version } = prometheusChart;
const repository = `charts/${name}`;

describe("a chart pinned by digest, rendered by Helm", function () {
  let helm: string;
  let folder: string;
  let registry: OciRegistry;
  /** The chart that was checked, and a different one with the same version. */
  let charts: { readonly own: Buffer; readonly moved: Buffer };

  before(async function () {
    helm = (await findHelm()) ?? this.skip();
    folder = mkdtempSync(join(tmpdir(), "chart-digest-"));
    const pack = async (chart: string, change: (copy: string) => void) => {
      cpSync(standIn, join(folder, chart, name), { recursive: true });
      change(join(folder, chart, name));
      const file = join(folder, `${chart}.tgz`);
      await create({ file, cwd: join(folder, chart), gzip: true }, [name]);
      return readFileSync(file);
    };
    charts = {
      own: await pack("own", () => undefined),
      moved: await pack("moved", (copy) => {
        const template = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: somebody-elses }\n";
        writeFileSync(join(copy, "templates", "somebody-elses.yaml"), template);
      }),
    };
  });
  beforeEach(async () => {
    registry = await startOciRegistry();
  });
  afterEach(() => registry.stop());
  after(() => folder !== undefined && rmSync(folder, { recursive: true }));

  const push = (chart: Buffer) =>
    registry.push(repository, version, chart, parse(readFileSync(join(standIn, "Chart.yaml"), "utf8")) as object);

  /** The objects that Helm renders from the chart that the Release names; rejects with Helm's error. */
  async function rendered(digest?: string) {
    const named = chartFrom({ source: `oci://${registry.host}/${repository}`, digest });
    const { chart, version } = named as { chart: string; version: string };
    const home = mkdtempSync(join(folder, "helm-"));
    const args = ["template", name, chart, "--version", version, "--plain-http"];
    const env = { ...process.env, HELM_CACHE_HOME: home, HELM_CONFIG_HOME: home, HELM_DATA_HOME: home };
    const { stdout } = await run(helm, [...args, "--kube-version", "1.36.2"], { maxBuffer: 2 ** 26, env });
    return objects(stdout);
  }
  const isMoved = (found: Awaited<ReturnType<typeof rendered>>) => found.has("ConfigMap/somebody-elses");

  it("is the chart that was checked", async () => {
    const digest = push(charts.own);
    const found = await rendered(digest);
    assert.ok(found.has("Deployment/prometheus-server"));
    assert.equal(isMoved(found), false);
  });

  it("cannot be a different chart of the same version: Helm refuses that chart, and reports both digests", async () => {
    const digest = push(charts.own);
    const moved = push(charts.moved);
    await assert.rejects(rendered(digest), ({ stderr }: { stderr: string }) => {
      assert.match(stderr, new RegExp(`digest mismatch: ${moved} is not ${digest}`));
      return true;
    });
    assert.equal(isMoved(await rendered(moved)), true);
  });

  it("is still the checked chart after the version's tag was deleted", async () => {
    const digest = push(charts.own);
    push(charts.moved);
    registry.untag(repository, version);
    assert.equal(isMoved(await rendered(digest)), false);
  });

  it("would silently be a different chart if no digest was set", async () => {
    push(charts.own);
    push(charts.moved);
    assert.equal(isMoved(await rendered()), true);
  });

  it("can be a local file; a different file with the same version is reported before Helm runs", async () => {
    const digest = `sha256:${createHash("sha256").update(charts.own).digest("hex")}`;
    const told = async (file: string) =>
      lines(await chartFaults({ source: relative(process.cwd(), join(folder, file)), digest }));
    assert.deepEqual(await told("own.tgz"), []);
    assert.match((await told("moved.tgz")).join("\n"), /^alerting:chart\.digest: got "sha256:/);
  });
});

describe("images pinned by digest, rendered by Helm", function () {
  const digests = Object.fromEntries(
    Object.keys(chartImages).map((image, index) => [image, `sha256:${String(index + 1).repeat(64)}`]),
  );
  const pods: Readonly<Record<keyof typeof chartImages, string>> = {
    prometheus: "Deployment/prometheus-server",
    alertmanager: "StatefulSet/prometheus-alertmanager",
    nodeExporter: "DaemonSet/prometheus-prometheus-node-exporter",
    kubeStateMetrics: "Deployment/prometheus-kube-state-metrics",
    pushgateway: "Deployment/prometheus-prometheus-pushgateway",
  };
  let helm: string;

  before(async function () {
    helm = (await findHelm()) ?? this.skip();
  });

  async function images(values: object): Promise<string[]> {
    const made = await render(helm, prometheusValues(settings({ images: values })));
    return Object.values(pods).map((pod) => text(made.get(pod), "spec", "template", "spec", "containers", 0, "image"));
  }

  it("appear in the pods with repository and digest, and with the tag if the chart writes it too", async () => {
    const expected = Object.entries(chartImages).map(([image, { repository, tag }]) =>
      image === "prometheus" ? `${repository}@${digests[image]}` : `${repository}:${tag}@${digests[image]}`,
    );
    assert.deepEqual(await images({ digests }), expected);
  });

  it("come from the mirror with the same digests", async () => {
    for (const image of await images({ digests, registry: "mirror.example/all" })) {
      assert.match(image, /^mirror\.example\/all\/[-a-z]+\/[-a-z]+(:v[\d.]+)?@sha256:(\d)\2{63}$/);
    }
  });

  it("are not pinned if no digest is set", async () => {
    const expected = Object.values(chartImages).map(({ repository, tag }) => `${repository}:${tag}`);
    assert.deepEqual(await images({}), expected);
  });

  it("include the image of every container that the chart starts", async () => {
    const made = await render(helm, prometheusValues(settings({ images: { digests } })));
    const all = [...made.values()].flatMap((object) => {
      const spec = at(object, "spec", "template", "spec");
      return ["containers", "initContainers"].flatMap(
        (kind) => (at(spec, kind) as { image: string }[] | undefined) ?? [],
      );
    });
    assert.equal(all.length, 5);
    for (const { image } of all) assert.match(image, /@sha256:/);
  });
});
