import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { create } from "tar";
import { chartFaults, chartFrom } from "../../../values/chart-source";
import { prometheusChart } from "../../../versions";
import { faultLines, lines } from "../../support/settings";

const { name, version, repository } = prometheusChart;
const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

describe("the chart's source", () => {
  it("is the chart's official repository by default, in the pinned version", () => {
    assert.deepEqual(chartFrom(), { chart: name, version, repositoryOpts: { repo: repository } });
  });

  it("may be another repository, in the same version", () => {
    const repo = "https://charts.example/mirror";
    assert.deepEqual(chartFrom({ source: repo }), { chart: name, version, repositoryOpts: { repo } });
  });

  it("may be an OCI reference, which names the chart itself", () => {
    const chart = "oci://registry.example/charts/prometheus";
    assert.deepEqual(chartFrom({ source: chart }), { chart, version });
  });

  it("may be an OCI reference by digest, together with the version", () => {
    const source = "oci://registry.example/charts/prometheus";
    assert.deepEqual(chartFrom({ source, digest }), { chart: `${source}@${digest}`, version });
  });

  it("is pinned to an exact version", () => {
    assert.match(version, /^\d+\.\d+\.\d+$/);
  });
});

describe("a local chart", () => {
  let folder: string;
  beforeEach(() => {
    folder = relative(process.cwd(), mkdtempSync(join(tmpdir(), "chart-")));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function chart(content: string): string {
    mkdirSync(join(folder, "prometheus"));
    writeFileSync(join(folder, "prometheus", "Chart.yaml"), content);
    return join(folder, "prometheus");
  }
  async function packed(content: string): Promise<string> {
    chart(content);
    const file = join(folder, "chart.tgz");
    await create({ file, cwd: folder, gzip: true }, ["prometheus"]);
    return file;
  }
  const pinned = `name: ${name}\nversion: ${version}\n`;
  const told = async (source: string, digest?: string) => lines(await chartFaults({ source, digest })).join("\n");

  it("of the pinned version is accepted, as a directory and as an archive", async () => {
    assert.equal(await told(await packed(pinned)), "");
    assert.equal(await told(join(folder, "prometheus")), "");
  });

  it("contains its version, and has a digest that a preview compares", async () => {
    const file = await packed(pinned);
    const directory = join(folder, "prometheus");
    const sha256 = createHash("sha256").update(readFileSync(file)).digest("hex");
    assert.deepEqual(chartFrom({ source: file }), { chart: file, description: `chart sha256:${sha256}` });

    const { chart: named, description, ...more } = chartFrom({ source: directory });
    assert.deepEqual([named, more], [directory, {}]);
    assert.match(description as string, /^chart sha256:[0-9a-f]{64}$/);
    const moved = join(folder, "elsewhere");
    cpSync(directory, moved, { recursive: true });
    assert.equal(chartFrom({ source: moved }).description, description);
    mkdirSync(join(moved, "templates"));
    writeFileSync(join(moved, "templates", "a.yaml"), "a: 1\n");
    const withTemplate = chartFrom({ source: moved }).description;
    assert.notEqual(withTemplate, description);
    writeFileSync(join(moved, "templates", "a.yaml"), "a: 2\n");
    assert.notEqual(chartFrom({ source: moved }).description, withTemplate);
  });

  it("is found relative to the project's folder, whatever the working directory", async () => {
    const file = await packed(pinned);
    const before = process.cwd();
    process.chdir(__dirname);
    try {
      assert.equal(await told(file), "");
      assert.match(chartFrom({ source: file }).description as string, /^chart sha256:/);
    } finally {
      process.chdir(before);
    }
  });

  it("with an absolute path is refused, because other machines have it elsewhere", async () => {
    await packed(pinned);
    for (const source of [resolve(folder, "prometheus"), resolve(folder, "chart.tgz"), "/srv/gone"]) {
      assert.equal(
        await told(source),
        `alerting:chart.source: got "${source}", which would be another chart, or none, on another machine. Put the chart beside Pulumi.yaml, and write its path from there, such as ./charts/prometheus.`,
      );
    }
  });

  it("that does not exist is reported with what is accepted", async () => {
    const gone = join(folder, "gone");
    assert.equal(
      await told(gone),
      `alerting:chart.source: got "${gone}", which does not exist; accepted: an https:// repository, an oci:// reference, or a directory or .tgz with the chart.`,
    );
  });

  it("of another version or name is reported with its name and version, and with the accepted ones", async () => {
    const source = await packed("name: prometheus\nversion: 15.0.0\n");
    assert.match(await told(source), /which is prometheus 15\.0\.0; accepted: prometheus 29\.27\.0/);
    assert.match(await told(join(folder, "prometheus")), /which is prometheus 15\.0\.0; accepted/);
    writeFileSync(join(folder, "prometheus", "Chart.yaml"), `name: thanos\nversion: ${version}\n`);
    assert.match(await told(join(folder, "prometheus")), /which is thanos 29\.27\.0; accepted/);
  });

  it("without a readable Chart.yaml is reported, both as a directory and as a file that is not an archive", async () => {
    assert.match(await told(folder), /has no readable Chart\.yaml/);
    const file = join(folder, "broken.tgz");
    writeFileSync(file, "no archive");
    assert.match(await told(file), /has no readable Chart\.yaml/);
    assert.match(await told(chart("a: [b")), /has no readable Chart\.yaml/);
  });

  it("is the only source that can be checked before a preview: other sources are not checked", async () => {
    assert.deepEqual(await chartFaults(), []);
    assert.deepEqual(await chartFaults({ source: "https://nowhere.example" }), []);
    assert.deepEqual(await chartFaults({ source: "oci://nowhere.example/prometheus" }), []);
  });

  it("is accepted with its digest, and a file with another digest is reported with both digests", async () => {
    const file = await packed(pinned);
    const found = `sha256:${createHash("sha256").update(readFileSync(file)).digest("hex")}`;
    assert.equal(await told(file, found), "");
    assert.equal(
      await told(file, digest),
      `alerting:chart.digest: got "${digest}", but "${file}" has ${found}; accepted: the digest of the intended file. Find out why the file differs before you write its digest here.`,
    );
  });

  it("of another version with a wrong digest causes both reports", async () => {
    const told = lines(await chartFaults({ source: await packed("name: prometheus\nversion: 15.0.0\n"), digest }));
    assert.deepEqual(
      told.map((line) => line.split(":", 2).join(":")),
      ["alerting:chart.source", "alerting:chart.digest"],
    );
  });
});

describe("a digest that Helm would not verify", () => {
  const accepted =
    "accepted: a digest where alerting:chart.source is an oci:// reference without one, or a .tgz with the chart.";
  const told = async (source?: string) => lines(await chartFaults({ source, digest })).join("\n");

  it("is refused with a repository, official or custom: Helm would check only the version", async () => {
    for (const source of [undefined, "https://charts.example/mirror"]) {
      assert.equal(
        await told(source),
        `alerting:chart.digest: got "${digest}", but a repository serves charts only by version, so Helm would not check the digest; ${accepted}`,
      );
    }
  });

  it("is refused with a directory, and with a reference that already has a digest", async () => {
    const folder = relative(process.cwd(), mkdtempSync(join(tmpdir(), "chart-")));
    writeFileSync(join(folder, "Chart.yaml"), `name: ${name}\nversion: ${version}\n`);
    assert.match(await told(folder), /^alerting:chart\.digest: got "sha256:\w+", but a directory has none; accepted/);
    rmSync(folder, { recursive: true });
    const twice = `oci://registry.example/charts/prometheus@${digest}`;
    assert.match(await told(twice), /but the source already contains a digest; accepted/);
  });

  it("is accepted with an OCI reference, because Helm verifies it", async () => {
    assert.equal(await told("oci://registry.example/charts/prometheus"), "");
  });

  for (const wrong of [digest.slice(0, -1), digest.toUpperCase(), digest.replace("sha256:", ""), "v29", ""]) {
    it(`is reported if it is not a valid digest: "${wrong.slice(0, 20)}"`, () => {
      assert.deepEqual(faultLines({ chart: { digest: wrong } }), [
        `alerting:chart.digest: got "${wrong}"; accepted: a digest: "sha256:" and 64 digits of 0-9 and a-f, in lower case.`,
      ]);
    });
  }
});
