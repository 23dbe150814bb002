import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parse } from "yaml";
import { inventoryOf, type Item } from "../../../../tools/supply-chain/inventory-of";
import { packageLicenses } from "../../../../tools/supply-chain/licenses";
import { lockedPackages } from "../../../../tools/supply-chain/lock-file";
import { chartImages, prometheusChart, subCharts } from "../../../../versions";

const packages = lockedPackages();
const root = resolve(__dirname, "../../../..");
const manifest = (file: string) =>
  JSON.parse(readFileSync(resolve(root, file), "utf8")) as { dependencies: Record<string, string> };
const project = manifest("package.json");
const tools = manifest("tools/package.json");
const of = (kind: Item["kind"], choice = {}) => inventoryOf(packages, choice).filter((one) => one.kind === kind);
const digest = `sha256:${"1".repeat(64)}`;

describe("the inventory", () => {
  it("lists the chart, its sub-charts, and the five images that they run", () => {
    const versions = (kind: Item["kind"]) => Object.fromEntries(of(kind).map(({ name, version }) => [name, version]));
    assert.deepEqual(versions("chart"), { [prometheusChart.name]: prometheusChart.version, ...subCharts });
    assert.deepEqual(
      versions("image"),
      Object.fromEntries(Object.values(chartImages).map(({ repository, tag }) => [repository, tag])),
    );
  });

  it("lists the provider plugins in the versions of their npm packages", () => {
    assert.deepEqual(
      Object.fromEntries(of("plugin").map(({ name, version }) => [name, version])),
      Object.fromEntries(
        ["aws", "kubernetes", "random"].map((name) => [
          `pulumi-resource-${name}`,
          project.dependencies[`@pulumi/${name}`],
        ]),
      ),
    );
  });

  it("lists every package that runs with the program or a tool, with its hash, but no package that only tests need", () => {
    const found = new Map(of("package").map(({ name, version }) => [name, version]));
    for (const [name, version] of Object.entries({ ...project.dependencies, ...tools.dependencies }))
      assert.equal(found.get(name), version, name);
    for (const name of ["mocha", "oxlint", "prettier", "tsx"]) assert.ok(!found.has(name), name);
    assert.ok(found.size > 300);
    for (const { name, digest } of of("package")) assert.match(digest ?? "", /^sha512-/, name);
  });

  it("gives a license for every item, and its source", () => {
    for (const { kind, name, license, licenseSource } of inventoryOf(packages)) {
      assert.match(license, /^\(?[A-Z0-9]/, `${kind} ${name}`);
      assert.doesNotMatch(
        license,
        /unknown|SEE LICEN[CS]E/i,
        `${kind} ${name}: add it to tools/supply-chain/licenses.ts`,
      );
      assert.ok(licenseSource.length > 10, name);
    }
  });

  it("has a manual license entry only for packages whose license field names a file", () => {
    for (const name of Object.keys(packageLicenses)) {
      assert.match(packages.find((one) => one.name === name)?.license ?? "", /^SEE LICENSE IN /, name);
    }
  });

  it("shows a stack's digests, mirror, chart and driver; if no stack is named, it shows no digests", () => {
    const images = { registry: "mirror.example/all", digests: { alertmanager: digest } };
    const [, alertmanager, ...others] = of("image", { images });
    assert.deepEqual(
      [alertmanager?.name, alertmanager?.digest],
      ["mirror.example/all/prometheus/alertmanager", digest],
    );
    for (const other of others) assert.ok(!("digest" in other));
    const byUpstream = of("image", { images: { registry: { "registry.k8s.io": "mirror.example/k8s" } } });
    assert.ok(byUpstream.some(({ name }) => name === "mirror.example/k8s/kube-state-metrics/kube-state-metrics"));
    assert.ok(byUpstream.some(({ name }) => name === "quay.io/prometheus/prometheus"));
    const source = "oci://mirror.example/charts/prometheus";
    const [chart] = of("chart", { chart: { source, digest } });
    assert.deepEqual([chart?.digest, chart?.where.endsWith(source)], [digest, true]);
    assert.ok(of("chart", { efsCsiDriver: "install" }).some(({ name }) => name === "aws-efs-csi-driver"));
    for (const one of inventoryOf(packages)) assert.ok(one.kind === "package" || !("digest" in one), one.name);
  });

  it("ends quietly if its output pipe is closed, and ends with exit code 2 and a sentence for a wrong command line", function () {
    const program = `"${process.execPath}" run.cjs tools/supply-chain/inventory.ts`;
    const run = (command: string) =>
      spawnSync("bash", ["-c", command], { cwd: resolve(__dirname, "../../../.."), encoding: "utf8" });
    const { stdout, stderr } = run(`${program} --json | head -n 1`);
    assert.deepEqual([stdout, stderr], ["[\n", ""]);
    const wrong = run(`${program} --what`);
    assert.equal(wrong.status, 2);
    assert.match(wrong.stderr, /^Unknown option '--what'\.\n\nnpm run inventory -- /);
  });

  const realChart = resolve(__dirname, "../../../../../shared/chart");
  const withoutIt = existsSync(realChart) ? "" : " (skipped: the real chart's data is not in ../shared/chart)";
  (withoutIt === "" ? it : it.skip)(`gives each chart the license in its Chart.yaml${withoutIt}`, () => {
    for (const { name, license } of of("chart")) {
      const text = readFileSync(resolve(realChart, name, "Chart.yaml"), "utf8");
      const { annotations } = parse(text) as { annotations: Record<string, string> };
      assert.equal(annotations["artifacthub.io/license"], license, name);
    }
  });
});
