import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "tar";
import { chartFaults, chartFrom } from "../components/chartSource";
import { prometheusChart } from "../versions";
import { lines } from "./settings";

const { name, version, repository } = prometheusChart;

describe("the chart's source", () => {
  it("is the chart's own repository unless set, in the pinned version", () => {
    assert.deepEqual(chartFrom(undefined), { chart: name, version, repositoryOpts: { repo: repository } });
  });

  it("may be another repository, in the same version", () => {
    const repo = "https://charts.example/mirror";
    assert.deepEqual(chartFrom(repo), { chart: name, version, repositoryOpts: { repo } });
  });

  it("may be an OCI reference, which stands for the chart itself", () => {
    const chart = "oci://registry.example/charts/prometheus";
    assert.deepEqual(chartFrom(chart), { chart, version });
  });

  it("may be a directory or an archive, which has its version in itself", () => {
    for (const chart of ["./charts/prometheus", "/srv/prometheus-29.27.0.tgz"])
      assert.deepEqual(chartFrom(chart), { chart });
  });

  it("is pinned to an exact version", () => {
    assert.match(version, /^\d+\.\d+\.\d+$/);
  });
});

describe("a local chart", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "chart-"));
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
  const told = async (source: string) => lines(await chartFaults(source)).join("\n");

  it("of the pinned version is fine, as a directory and as an archive", async () => {
    assert.equal(await told(await packed(pinned)), "");
    assert.equal(await told(join(folder, "prometheus")), "");
  });

  it("that is not there is a fault that says what is accepted", async () => {
    const gone = join(folder, "gone");
    assert.equal(
      await told(gone),
      `alerting:chart.source: got "${gone}", where there is nothing; accepted: an https:// repository, an oci:// reference, or a directory or .tgz with the chart.`,
    );
  });

  it("of another version or name is a fault that names both", async () => {
    const source = await packed("name: prometheus\nversion: 15.0.0\n");
    assert.match(await told(source), /which is prometheus 15\.0\.0; accepted: prometheus 29\.27\.0/);
    assert.match(await told(join(folder, "prometheus")), /which is prometheus 15\.0\.0; accepted/);
    writeFileSync(join(folder, "prometheus", "Chart.yaml"), `name: thanos\nversion: ${version}\n`);
    assert.match(await told(join(folder, "prometheus")), /which is thanos 29\.27\.0; accepted/);
  });

  it("without a readable Chart.yaml is a fault, as a directory and as a file that is no archive", async () => {
    assert.match(await told(folder), /has no readable Chart\.yaml/);
    const file = join(folder, "broken.tgz");
    writeFileSync(file, "no archive");
    assert.match(await told(file), /has no readable Chart\.yaml/);
    assert.match(await told(chart("a: [b")), /has no readable Chart\.yaml/);
  });

  it("is all that can be checked before a preview: other sources are left to it", async () => {
    assert.deepEqual(await chartFaults(undefined), []);
    assert.deepEqual(await chartFaults("https://nowhere.example"), []);
    assert.deepEqual(await chartFaults("oci://nowhere.example/prometheus"), []);
  });
});
