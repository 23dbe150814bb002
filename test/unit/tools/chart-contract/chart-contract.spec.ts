import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { create } from "tar";
import { at, type Contract, factOf, type Keys, leaves, readContract } from "../../../../chart/contract";
import { contractFiles, report } from "../../../../tools/chart-contract/main";
import { differenceOf, pathsOf } from "../../../../tools/chart-contract/difference";
import { contractOf } from "../../../../tools/chart-contract/keys";
import { ourValues } from "../../../../tools/chart-contract/our-values";
import { readChart } from "../../../../tools/chart-contract/read-chart";
import { stripProse } from "../../../../tools/chart-contract/strip-prose";
import { placeOf } from "../../../../chart/places";
import { prometheusChart } from "../../../../versions";

const realChart = resolve(__dirname, "../../../../../shared/chart");
const withoutIt = existsSync(realChart) ? "" : " (skipped: the real chart's data is not in ../shared/chart)";

describe("the chart's contract", () => {
  const contract = readContract();

  it("is made from the chart version that the program installs", () => {
    assert.equal(
      contract.charts[prometheusChart.name],
      prometheusChart.version,
      "versions.ts and the contract disagree: run `npm run chart:contract -- --chart <the new chart>`",
    );
  });

  (withoutIt === "" ? it : it.skip)(`equals the generator's output for that chart${withoutIt}`, async () => {
    for (const [name, text] of Object.entries(await contractFiles(readChart(realChart)))) {
      assert.equal(readFileSync(join(__dirname, "../../../../chart", name), "utf8"), text, `chart/${name}`);
    }
  });

  it("contains every path that this program sets, and each of these paths is used by the chart", () => {
    const paths = pathsOf(ourValues(), contract);
    assert.ok(paths.length > 80, String(paths.length));
    const lost = paths.filter((path) => {
      const inFreeMap = path.some((_, index) => placeOf(path.slice(0, index + 1)) !== undefined);
      const known = at(contract.keys, path);
      return known === undefined ? !inFreeMap : typeof known === "string" && factOf(known).dead;
    });
    assert.deepEqual(lost, []);
  });

  it("knows the type of every key, from values.yaml or from this project's table of the chart's keys", () => {
    const open = [...leaves(contract.keys)].filter(
      ([path, words]) =>
        factOf(words).kind === "any" && !path.some((_, index) => placeOf(path.slice(0, index + 1)) !== undefined),
    );
    assert.deepEqual(
      open.map(([path]) => path.join(".")),
      [],
    );
  });

  it("lists the keys that the chart never uses", () => {
    const dead = [...leaves(contract.keys)].filter(([, words]) => factOf(words).dead).map(([path]) => path.join("."));
    assert.deepEqual(dead, [
      "prometheus-node-exporter.rbac.pspEnabled",
      "server.daemonSet.annotations",
      "server.sidecarTemplateValues",
      "server.statefulSet.annotations",
    ]);
  });
});

describe("the contract's generator", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "contract-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const values = [
    "# Prose: it says something about what follows.",
    "server:",
    "  ## Ref: https://docs.example/server",
    "  name: server",
    "  ports: [80]",
    "  labels: {}",
    '  # storageClass: "-"',
    "  # Note: nothing reads this",
    "  unread: 1",
    "  budget:",
    "    enabled: false",
    "    # maxUnavailable: 1",
    "  mounts: []",
    "  # - name: a",
    "  #   path: /a",
    "  empty:",
    "",
  ].join("\n");
  const template = [
    "{{- if .Values.server.name }}",
    "{{ toYaml .Values.server.ports }} {{ .Values.server.labels | toYaml }} {{ .Values.server.storageClass }}",
    "{{ with .Values.server.budget }}{{ toYaml . }}{{ end }}{{ .Values.server.mounts }}{{ .Values.server.empty }}",
    '{{ .Values.server.hidden }} {{ index .Values "some-part" "on" }}',
    "{{/* .Values.server.unread is old */}}",
    "{{- end }}",
  ].join("\n");

  /** Writes a chart with one sub-chart. */
  function write(name: string, valuesText = values, subChart = "charts/sub"): string {
    const chart = join(folder, name);
    const file = (path: string, text: string) => {
      mkdirSync(dirname(join(chart, path)), { recursive: true });
      writeFileSync(join(chart, path), text);
    };
    file("Chart.yaml", "name: fake\nversion: 1.0.0\ndependencies:\n  - name: sub\n    version: 2.*\n");
    file("values.yaml", `${valuesText}sub:\n  enabled: true\n  replicas: 2\n`);
    file("templates/server/deployment.yaml", template);
    file("templates/_helpers.tpl", "{{ .Values.sub.prefix }}");
    file("values.schema.json", '{"title":"Fake","properties":{"title":{"type":"string","description":"its title"}}}');
    file(`${subChart}/Chart.yaml`, "name: sub\nversion: 2.3.4\n");
    file(`${subChart}/values.yaml`, "replicas: 1\nglobal:\n  registry: ''\nimage:\n  tag: ''\n");
    file(`${subChart}/templates/a.yaml`, "{{ .Values.replicas }}{{ .Values.image.tag }}{{ .Values.global.registry }}");
    return chart;
  }

  const expected: Contract = {
    charts: { fake: "1.0.0", sub: "2.3.4" },
    keys: {
      global: { registry: "text template" },
      server: {
        budget: { enabled: "boolean", maxUnavailable: "number commented" },
        empty: "any empty",
        hidden: "any template",
        labels: "map",
        mounts: "list",
        name: "text",
        ports: "list",
        storageClass: "text commented",
        unread: "number dead",
      },
      "some-part": { on: "any template" },
      sub: {
        enabled: "boolean",
        global: { registry: "text" },
        image: { tag: "text" },
        prefix: "any template",
        replicas: "number",
      },
    },
  };

  it("recognizes keys in comments, keys that only templates name, and keys that nothing uses", () => {
    assert.deepEqual(contractOf(readChart(write("chart"))), expected);
  });

  it("reads a packed chart, a chart with packed sub-charts, and a chart with the sub-charts beside it", () => {
    write("chart");
    create({ file: join(folder, "fake-1.0.0.tgz"), cwd: folder, sync: true, gzip: true }, ["chart"]);
    assert.deepEqual(contractOf(readChart(join(folder, "fake-1.0.0.tgz"))), expected);

    const packed = write("packed", values, "../parts/sub");
    mkdirSync(join(packed, "charts"));
    const archive = join(packed, "charts", "sub-2.3.4.tgz");
    create({ file: archive, cwd: join(folder, "parts"), sync: true, gzip: true }, ["sub"]);
    assert.deepEqual(contractOf(readChart(packed)), expected);

    assert.deepEqual(contractOf(readChart(write("side/prometheus", values, "../sub"))), expected);
    assert.deepEqual(contractOf(readChart(join(folder, "side"))), expected);
  });

  it("reports what is missing instead of guessing", () => {
    assert.throws(() => readChart(join(folder, "nowhere")), /there is no chart at .*nowhere/);
    assert.throws(() => readChart(folder), /no Chart\.yaml in/);
    const chart = write("chart");
    rmSync(join(chart, "charts"), { recursive: true });
    assert.throws(() => readChart(chart), /has no sub-chart sub; fetch it with `helm dependency build`/);
  });

  it("gives the same result for the same chart", () => {
    const chart = write("chart");
    assert.equal(JSON.stringify(contractOf(readChart(chart))), JSON.stringify(contractOf(readChart(chart))));
  });

  it("lists the keys that an upgrade adds, removes and changes, beginning with the keys that this program sets", () => {
    const before = contractOf(readChart(write("old")));
    const changed = values
      .replace("  name: server", "  title: server")
      .replace("ports: [80]", "ports: 80")
      .replace("    enabled: false\n", "");
    const after = contractOf(readChart(write("new", changed)));
    const ours = [
      ["server", "ports"],
      ["server", "budget", "enabled"],
    ];
    assert.deepEqual(differenceOf(before, after, ours), {
      added: ["server.title"],
      removed: ["server.budget.enabled (set by this program)"],
      retyped: ["server.name: text -> any", "server.ports: list -> number (set by this program)"].reverse(),
    });
    const text = report({ ...before, charts: { fake: "0.9.0", sub: "2.3.4" } }, after, ours);
    assert.deepEqual(text.split("\n").slice(0, 4), [
      "  fake 0.9.0 -> 1.0.0",
      "  sub 2.3.4",
      "removed: 1",
      "  server.budget.enabled (set by this program)",
    ]);
    assert.match(report(after, after, ours), /removed: none\nretyped: none\nadded: none$/);
  });

  it("removes descriptions from a schema, but keeps keys whose names look like descriptions", () => {
    const { schema } = readChart(write("chart"));
    assert.deepEqual(stripProse(schema!), { properties: { title: { type: "string" } } });
  });

  it("finds the paths of values as deep as the contract goes", () => {
    const keys: Keys = { a: { b: "map", c: "text" } };
    assert.deepEqual(pathsOf({ a: { b: { free: { deep: 1 } }, c: "x" }, other: { d: 1 } }, { charts: {}, keys }), [
      ["a", "b"],
      ["a", "c"],
      ["other"],
    ]);
  });
});
