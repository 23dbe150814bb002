import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { parse } from "yaml";
import { prometheusValues } from "../../values/prometheus-values";
import { operatorConfig } from "../support/operator-config";
import { chartImages } from "../../versions";
import { settings, type Values } from "../support/settings";
import { at, findHelm, standIn, type Yaml } from "../support/lab/helm";

/** The chart to render: the lab's, or another one, for example the real one, if `LAB_CHART` is its path. */
const chart = process.env.LAB_CHART ? resolve(process.env.LAB_CHART) : standIn;
const subCharts = ["alertmanager", "kube-state-metrics", "prometheus-node-exporter", "prometheus-pushgateway"];

/** Settings by the title of the test; together they use all optional parts and all kinds of storage. */
const variants: Readonly<Record<string, { given: Values; credentials?: readonly string[] }>> = {
  "all settings": {
    given: {
      slack: { httpProxy: "http://proxy.example:3128" },
      images: {
        registry: "mirror.example/all",
        pullSecrets: ["mirror", "other"],
        digests: Object.fromEntries(
          Object.keys(chartImages).map((name, index) => [name, `sha256:${String(index).repeat(64)}`]),
        ),
      },
      alerts: { scrapeTimeout: "10s" },
      prometheus: { externalUrl: "https://prometheus.example", scrapeControlPlane: true },
      rules: operatorConfig()["alerting:rules"],
      alertmanager: {
        ...(operatorConfig()["alerting:alertmanager"] as object),
        externalUrl: "https://alertmanager.example",
        inhibitRules: [{ source_matchers: ['severity="critical"'], target_matchers: ['severity="warning"'] }],
        timeIntervals: [{ name: "nights", time_intervals: [{ times: [{ start_time: "22:00", end_time: "24:00" }] }] }],
      },
    },
    credentials: ["pagerduty"],
  },
  "only required settings": { given: {} },
  "a storage class": { given: { storage: { type: "storageClass" } } },
  "no storage": { given: { storage: { type: "none" } } },
};

/** The reason for each value that is set although it equals the chart's default, by path or path prefix. */
const saidAgain: Readonly<Record<string, string>> = {
  "alertmanager.enabled": "the stack needs it, even if a later chart changes its default",
  "prometheus-node-exporter.enabled": "the stack needs it, even if a later chart changes its default",
  "kube-state-metrics.enabled": "the stack needs it, even if a later chart changes its default",
  "prometheus-pushgateway.enabled": "the stack needs it, even if a later chart changes its default",
  "server.replicaCount": "two writers would corrupt the shared data directory",
  "alertmanager.replicaCount": "two instances that do not form a cluster would send each message twice",
  "server.strategy.type": "two writers would corrupt the shared data directory",
  "server.service.type": "a separate Service creates the NLB; this one stays inside the cluster",
  "alertmanager.service.type": "a separate Service creates the NLB; this one stays inside the cluster",
  "server.securityContext": "it must match the user of the file system's access points",
  "alertmanager.podSecurityContext": "it must match the user of the file system's access points",
  "alertmanager.securityContext": "it must match the user of the file system's access points",
  "kube-state-metrics.securityContext": "the namespace requires it, even if a later chart changes its default",
  "kube-state-metrics.containerSecurityContext": "the namespace requires it, even if a later chart changes its default",
  "prometheus-pushgateway.securityContext": "the namespace requires it, even if a later chart changes its default",
  "prometheus-node-exporter.securityContext": "nothing else enforces it, because its namespace is privileged",
  "prometheus-node-exporter.containerSecurityContext": "nothing else enforces it, because its namespace is privileged",
  "prometheus-node-exporter.serviceAccount": "nothing else enforces it, because its namespace is privileged",
  "server.persistentVolume": "storage is a setting with its own defaults",
  "alertmanager.persistence": "storage is a setting with its own defaults",
  "server.global.scrape_timeout": "it is a setting whose default follows the scrape interval",
  "alertmanager.config.templates": "the templates come from this program",
  "alertmanager.config.route.group_wait": "it is a setting with its own default",
  "server.retention": "it is a setting with its own default",
};

/** The size of a batch: small, because one value that the chart refuses hides the others in its batch. */
const MARKED_AT_ONCE = 20;

type Path = readonly (string | number)[];

describe("the chart's values in the rendered manifests", function () {
  let helm: string;

  before(async () => {
    helm = (await findHelm()) ?? "";
  });

  beforeEach(function () {
    if (helm === "") this.skip();
  });

  // A path that was rendered for one variant is not tested again with the same value.
  const shown = new Map<string, Yaml>();

  for (const [title, { given, credentials = [] }] of Object.entries(variants)) {
    it(`each have an effect, with ${title}`, async () => {
      const values = valuesOf(given, credentials);
      const before = await rendered(helm, values);
      const asked = leaves(values).filter(([path, value]) => !isDeepStrictEqual(shown.get(path.join("/")), value));
      const dead: string[] = [];
      await inParallel(await notMarked(helm, values, asked), async ([path, value]) => {
        if ((await rendered(helm, changedAt(values, path, otherThan(value)))) === before) dead.push(path.join("."));
      });
      for (const [path, value] of asked) shown.set(path.join("/"), value);
      assert.ok(asked.length > 0);
      assert.deepEqual(dead, [], "changing these leaves changes no manifest");
    });
  }

  it("repeat the chart's default only for a listed reason", () => {
    const defaults = chartDefaults();
    const again = Object.values(variants).flatMap(({ given, credentials = [] }) =>
      wholeLists(valuesOf(given, credentials))
        .filter(([path, value]) => isDeepStrictEqual(at(defaults, ...path), value))
        .map(([path]) => path.join(".")),
    );
    const reasonFor = (path: string) =>
      Object.keys(saidAgain).find((known) => path === known || path.startsWith(`${known}.`));
    assert.deepEqual([...new Set(again.filter((path) => reasonFor(path) === undefined))], [], "without a reason");
    const used = new Set(again.map(reasonFor));
    assert.deepEqual(
      Object.keys(saidAgain).filter((known) => !used.has(known)),
      [],
      "reasons for what is not said again",
    );
  });
});

function valuesOf(given: Values, credentials: readonly string[]): Yaml {
  return prometheusValues(settings(given), credentials) as unknown as Yaml;
}

async function rendered(helm: string, values: Yaml): Promise<string> {
  // execa is an ES module, which tsx loads only by `await import`.
  const { execa } = await import("execa");
  const args = ["template", "prometheus", chart, "--namespace", "monitoring", "--kube-version", "1.36.2"];
  const { stdout } = await execa(helm, [...args, "--skip-schema-validation", "--values", "-"], {
    input: JSON.stringify(values),
    maxBuffer: 2 ** 26,
  });
  return stdout;
}

/**
 * The values that have to be changed one by one. Most values are strings that appear unchanged in a manifest. Each
 * batch of strings gets unique marks and is rendered once; a string whose mark appears needs no further test.
 */
async function notMarked(helm: string, values: Yaml, asked: readonly [Path, Yaml][]): Promise<[Path, Yaml][]> {
  const texts = asked.filter(([, value]) => typeof value === "string");
  const left = asked.filter(([, value]) => typeof value !== "string");
  const batches = Array.from({ length: Math.ceil(texts.length / MARKED_AT_ONCE) }, (_, index) =>
    texts.slice(index * MARKED_AT_ONCE, (index + 1) * MARKED_AT_ONCE),
  );
  await inParallel(batches, async (batch) => {
    const markOf = (index: number) => `-marked-${index}-`;
    const marked = batch.reduce<Yaml>(
      (changed, [path, value], index) => changedAt(changed, path, `${value as string}${markOf(index)}`),
      values,
    );
    // If the chart refuses one string, the render fails, and no string of the batch counts as shown.
    const text = await rendered(helm, marked).catch(() => "");
    left.push(...batch.filter((_, index) => !text.includes(markOf(index))));
  });
  return left;
}

/** Every scalar and every empty map or list of a value, with its path. */
function leaves(value: Yaml, path: Path = []): [Path, Yaml][] {
  if (value === null || typeof value !== "object" || Object.keys(value).length === 0) return [[path, value]];
  if (Array.isArray(value)) return value.flatMap((inner, index) => leaves(inner, [...path, index]));
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]));
}

/**
 * Like {@link leaves}, but each list is one leaf: Helm replaces lists as a whole, so only an equal list repeats a
 * default.
 */
function wholeLists(value: Yaml, path: Path = []): [Path, Yaml][] {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => wholeLists(inner, [...path, key]));
}

/** Another value of the same type. For `null` it is `undefined`, which restores the chart's default. */
function otherThan(value: Yaml): Yaml | undefined {
  switch (typeof value) {
    case "string":
      return `${value}0`;
    case "number":
      // A number is decreased, because some charts refuse a second replica.
      return value - 1;
    case "boolean":
      return !value;
    default:
      if (value === null) return undefined;
      return Array.isArray(value) ? ["added"] : { added: "added" };
  }
}

function changedAt(value: Yaml, [key, ...rest]: Path, other: Yaml | undefined): Yaml {
  if (key === undefined) return other ?? null;
  if (Array.isArray(value)) {
    return value.map((inner, index) => (index === key ? changedAt(inner, rest, other) : inner));
  }
  const map = value as { [key: string]: Yaml };
  const { [key]: inner, ...others } = map;
  if (rest.length === 0 && other === undefined) return others;
  return { ...map, [key]: changedAt(inner ?? null, rest, other) };
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}

/** The defaults of the lab's chart and its sub-charts; the real ones have the same defaults. */
function chartDefaults(): Yaml {
  const read = (folder: string) => parse(readFileSync(join(folder, "values.yaml"), "utf8")) as { [key: string]: Yaml };
  const own = read(standIn);
  return {
    ...own,
    ...Object.fromEntries(
      subCharts.map((name) => [name, merged(read(join(standIn, "charts", name)), own[name] ?? {})]),
    ),
  };
}

function merged(base: Yaml, over: Yaml): Yaml {
  const isMap = (value: Yaml) => value !== null && typeof value === "object" && !Array.isArray(value);
  if (!isMap(base) || !isMap(over)) return over;
  const [below, above] = [base, over] as [Record<string, Yaml>, Record<string, Yaml>];
  const both = Object.entries(above).map(([key, value]) => [key, key in below ? merged(below[key]!, value) : value]);
  return { ...below, ...(Object.fromEntries(both) as Record<string, Yaml>) };
}
