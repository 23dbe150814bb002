import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { loadConfig } from "../../../config";
import { withMeanings } from "../../../settings/example-file";
import { rows } from "../../../settings/table";
import { engineConfig, environments, fileOf, runEnvironment } from "../../support/environment-runs";
import { goldenOf } from "../../goldens/golden";
import { certificate } from "../../support/page-certificates";
import { asText, canary, lines } from "../../support/settings";

/** The problems of a stack's file as the engine would read it. */
function faultsOf(all: Record<string, string>, stack: string): string[] {
  const isSecret = (key: string) =>
    ["slackWebhookUrl", "credentials", "heartbeatUrl", "certificate"].includes(key.replace("alerting:", ""));
  const source = { all, isSecret, environment: {}, organization: "organization", project: "alerting", stack };
  return lines(loadConfig(source).faults);
}

describe("the environments", () => {
  for (const environment of environments) {
    it(`have no problem in test/fixtures/stacks/Pulumi.${environment}.yaml except the webhook that is not set yet`, () => {
      assert.deepEqual(faultsOf(engineConfig(environment), environment), []);
      const unset = asText(fileOf(environment));
      assert.match(faultsOf(unset, environment).join("\n"), /^alerting:slackWebhookUrl: is not set[^\n]*$/);
    });

    it(`turn test/fixtures/stacks/Pulumi.${environment}.yaml into test/goldens/${environment}.txt; \`npm run goldens\` writes it`, async () => {
      const golden = readFileSync(join(__dirname, "../../goldens", `${environment}.txt`), "utf8");
      assert.equal(goldenOf(environment, await runEnvironment(environment)), golden);
    });

    it(`have a golden file for ${environment} that is readable in a review`, () => {
      const golden = readFileSync(join(__dirname, "../../goldens", `${environment}.txt`), "utf8");
      for (const line of golden.split("\n")) assert.ok(line.length <= 120, line);
      assert.ok(!golden.includes(new URL(canary).pathname));
    });
  }

  it("set no default values, so that a stack's file shows only the differences from the defaults", () => {
    const defaults = new Map(rows().map((row) => [row.key, row.default]));
    for (const environment of environments) {
      for (const [key, value] of settingsIn(fileOf(environment))) {
        assert.notEqual(JSON.stringify(value), defaults.get(key), `alerting:${key} of ${environment}`);
      }
    }
  });

  it("protect data in prod only, and are never open to the internet", () => {
    const set = (environment: string) => new Map(settingsIn(fileOf(environment)));
    assert.deepEqual(
      environments.map((environment) => set(environment).get("protectData") ?? false),
      [false, false, true],
    );
    for (const environment of environments) assert.equal(set(environment).get("loadBalancer.scheme"), undefined);
  });

  it("report an unknown key, with the key that was probably meant", () => {
    const all = {
      ...engineConfig("prod"),
      "alerting:prometheus": '{"retenton":"30d"}',
      "alerting:protectdata": "true",
    };
    assert.deepEqual(faultsOf(all, "prod"), [
      "alerting:protectdata: there is no such setting. Is alerting:protectData meant?",
      "alerting:prometheus.retenton: there is no such setting. Is alerting:prometheus.retention meant?",
    ]);
  });
});

describe("Pulumi.example.yaml", () => {
  const text = readFileSync(join(__dirname, "../../..", "Pulumi.example.yaml"), "utf8");
  const configIn = (yaml: string) => (parse(yaml) as { config: Record<string, unknown> }).config;
  const least = configIn(text);
  const switchedOn = text.replace(/^( +)#(?=[A-Za-z]| {2,}\S)/gm, "$1");
  const all = new Map(settingsIn(configIn(switchedOn)));

  it("has no problem as it is, once the webhook is set", () => {
    assert.deepEqual(faultsOf(asText({ ...least, "alerting:slackWebhookUrl": canary }), "example"), []);
  });

  it("has every existing key, and no other", () => {
    const known = rows().map(({ key }) => key);
    // A required object with alternative keys appears only with these keys.
    const inner = (key: string) => known.some((one) => one.startsWith(`${key}.`));
    assert.deepEqual([...all.keys()].sort(), known.filter((key) => !inner(key)).sort());
  });

  it("explains each key and its default in a comment; `npm run docs` writes it", () => {
    assert.ok(text === withMeanings(text), "Pulumi.example.yaml is not as the schema has it: run `npm run docs`");
  });

  it("shows the default of each key that has one", () => {
    for (const { key, default: value } of rows())
      if (value !== undefined) assert.equal(JSON.stringify(all.get(key)), value, key);
  });

  it("receives a missing key, commented out, in its section", () => {
    const without = text.replace(
      /^ *# *# The URL, without credentials, of the HTTP proxy for requests to Slack[^\n]*\n[^\n]*\n/m,
      "",
    );
    assert.notEqual(without, text);
    const again = withMeanings(without).replace("httpProxy: <value>", "httpProxy: http://proxy.example:3128");
    const slack = (yaml: string) => new Map(settingsIn(configIn(yaml.replace(/^( +)#(?=[A-Za-z]| {2,}\S)/gm, "$1"))));
    assert.ok(slack(again).has("slack.httpProxy"));
  });

  it("has a usable value for each key", async () => {
    const host = "pages.example";
    const pems = await certificate([host]);
    const secrets: Record<string, unknown> = {
      credentials: { pagerduty: "a-text", mimir: "a-text" },
      heartbeatUrl: "https://heartbeat.example/ping/a-token",
      certificate: { chain: pems.cert, key: pems.key },
    };
    const httpsPages = {
      prometheus: { externalUrl: `https://${host}` },
      alertmanager: { externalUrl: `https://${host}` },
    };
    const existing = { fileSystemId: all.get("storage.fileSystemId"), mountTargets: "existing" };
    /** The other settings that a key requires. */
    const beside: Record<string, Record<string, unknown>> = {
      certificate: httpsPages,
      "access.certificateArn": httpsPages,
      "storage.mountTargetIp": {
        storage: { ...existing, mountTargetIp: all.get("storage.mountTargetIp") },
      },
      "chart.digest": { chart: { source: all.get("chart.source"), digest: all.get("chart.digest") } },
    };
    const longTerm = (key: string) => all.get(`longTerm.${key}`);
    for (const key of ["engine", "workspace", "region", "role", "signing", "keep", "also", "maxShards"])
      beside[`longTerm.${key}`] = {
        longTerm: { engine: "amp", workspace: longTerm("workspace"), [key]: longTerm(key) },
      };
    for (const key of ["url", "credential", "user"])
      beside[`longTerm.${key}`] = {
        longTerm: { engine: "mimir", url: longTerm("url"), credential: longTerm("credential"), [key]: longTerm(key) },
        credentials: secrets["credentials"],
      };
    const other = ["nodes.masters.names", "nodes.masters.ec2Tag", "nodes.workers.names", "nodes.workers.ec2Tag"];
    for (const [key, value] of all) {
      const [first, ...path] = key.split(".") as [string, ...string[]];
      // The ways to select nodes exclude each other.
      const role = other.includes(key) ? path[0]! : undefined;
      const whole = role
        ? { ...(least["alerting:nodes"] as object), [role]: nested(path.slice(1), value) }
        : first === "nodes"
          ? least["alerting:nodes"]
          : nested(path, value);
      const config = asText({
        ...least,
        [`alerting:${first}`]: secrets[first] ?? whole,
        ...Object.fromEntries(Object.entries(beside[key] ?? {}).map(([name, one]) => [`alerting:${name}`, one])),
        "alerting:slackWebhookUrl": canary,
      });
      assert.deepEqual(faultsOf(config, "example"), [], key);
    }
  });
});

/** The `alerting:` settings in a file's configuration, by dotted key. Free-form maps and lists count as one value. */
function settingsIn(config: Record<string, unknown>): [string, unknown][] {
  const known = new Set(rows().map(({ key }) => key));
  const flat = (key: string, value: unknown): [string, unknown][] =>
    // A required object has a separate row above the rows of its keys.
    typeof value === "object" && value !== null && !Array.isArray(value) && !(known.has(key) && !hasInner(key))
      ? Object.entries(value).flatMap(([name, inner]) => flat(`${key}.${name}`, inner))
      : [[key, value]];
  const hasInner = (key: string) => [...known].some((one) => one.startsWith(`${key}.`));
  return Object.entries(config)
    .filter(([key]) => key.startsWith("alerting:"))
    .flatMap(([key, value]) => flat(key.slice("alerting:".length), value));
}

function nested(path: readonly string[], value: unknown): unknown {
  return path.reduceRight((inner, key) => ({ [key]: inner }), value);
}
