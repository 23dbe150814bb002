import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parse } from "yaml";
import { rows, tables, withTables } from "../../../settings/table";
import { catalogFor } from "../../../lab/programs/catalog";
import { prometheusChart } from "../../../versions";
import { asText, canary, configuration, faultLines, settings, type Values } from "../../support/settings";

const root = join(__dirname, "../../..");

/** The leaves of the settings by dotted key. An empty list counts as a leaf. */
function leaves(value: object, prefix = ""): Record<string, unknown> {
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, inner]: [string, unknown]) =>
      typeof inner === "object" && inner !== null && !Array.isArray(inner)
        ? leaves(inner, `${prefix}${key}.`)
        : { [prefix + key]: inner },
    ),
  ) as Record<string, unknown>;
}

describe("the table of the configuration", () => {
  const byKey = new Map(rows().map((row) => [row.key, row]));

  it("in docs/configuration.md matches the code; `npm run docs` writes it", () => {
    const page = readFileSync(join(root, "docs", "configuration.md"), "utf8");
    assert.ok(page === withTables(page), "docs/configuration.md differs from the code: run `npm run docs`");
  });

  it("is written only between its marks, and is the same when it is written twice", () => {
    const marked = (inner: string) => `a\n<!-- configuration:begin -->${inner}<!-- configuration:end -->\nb\n`;
    const once = withTables(marked("STALE"));
    assert.equal(withTables(once), once);
    assert.ok(once.startsWith("a\n<!--") && once.endsWith("-->\nb\n") && !once.includes("STALE"));
    assert.throws(() => withTables("no marks"), /docs\/configuration\.md has no <!-- configuration:begin -->/);
  });

  it("has every key once on the page, the dozen most used first", () => {
    const [mostUsed = "", ...sections] = tables()
      .split(/^## .*$/m)
      .slice(1);
    const keys = (text: string) => [...text.matchAll(/^\| `([^`]+)` \|/gm)].map(([, key]) => key!);
    assert.equal(keys(mostUsed).length, 12);
    const all = rows().map(({ key }) => key);
    assert.deepEqual([...keys(mostUsed), ...sections.flatMap(keys)].sort(), all.sort());
  });

  it("is supplemented by the README, whose supported versions equal the pinned versions", () => {
    const readme = readFileSync(join(root, "README.md"), "utf8");
    const { engines, dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      engines: { node: string };
      dependencies: Record<string, string>;
    };
    const plugins = ["aws", "kubernetes", "random"].map((name) => `${name} ${dependencies[`@pulumi/${name}`]}`);
    const cli = catalogFor().pulumi.version;
    for (const row of [
      /^\| Kubernetes \| 1\.25 and later/m,
      `| the chart | ${prometheusChart.version} only`,
      `| Pulumi CLI | ${cli.replace(/\.0$/, "")} and later | ${cli} |`,
      `| Node | ${engines.node.replace(">=", "")} and later`,
      plugins.join(", "),
    ]) {
      assert.ok(typeof row === "string" ? readme.includes(row) : row.test(readme), String(row));
    }
  });

  it("has a description for every key, and each key once", () => {
    for (const { key, meaning, type } of rows()) {
      assert.ok(meaning.length > 5, `${key} has a meaning`);
      assert.ok(type, `${key} has a type`);
    }
    assert.equal(byKey.size, rows().length);
  });

  it("shows the defaults that a minimal configuration really has", () => {
    const set = ["context", "nodes.masters.names", "cluster", "environment", "aws.region"];
    const real = Object.entries(leaves(settings())).filter(([key, value]) => value !== undefined && !set.includes(key));
    assert.ok(real.length > 25);
    const told = rows().filter(({ default: value }) => value !== undefined);
    assert.deepEqual(
      Object.fromEntries(told.map((row) => [row.key, JSON.parse(row.default!) as unknown])),
      Object.fromEntries(real),
    );
  });

  it("marks exactly those keys as required whose absence is a problem", () => {
    assert.deepEqual(
      rows()
        .filter(({ mustBeSet }) => mustBeSet)
        .map(({ key }) => key),
      ["slackWebhookUrl", "context", "nodes.masters"],
    );
    for (const missing of [{ slackWebhookUrl: undefined }, { context: undefined }, { nodes: {} }]) {
      assert.equal(faultLines(missing).length, 1, JSON.stringify(Object.keys(missing)));
    }
    assert.deepEqual(faultLines({}), []);
  });

  it("names no key that the program refuses", () => {
    for (const key of byKey.keys()) {
      if (key === "slackWebhookUrl") continue;
      const [top, ...inner] = key.split(".") as [string, ...string[]];
      // A list in a list is a wrong value for every key, so a problem with the key itself would be found.
      const value = inner.reduceRight<unknown>((value, part) => ({ [part]: value }), [[]]);
      assert.doesNotMatch(faultLines({ [top]: value }).join("\n"), /there is no such setting/, key);
    }
  });
});

describe("the stacks of the tests and the example", () => {
  const stacks = join(__dirname, "../../fixtures/stacks");
  const files = [...readdirSync(stacks).map((name) => join(stacks, name)), join(root, "Pulumi.example.yaml")];

  for (const file of files) {
    const name = basename(file);
    /** The file's configuration as the engine passes it. */
    const all = asText((parse(readFileSync(file, "utf8")) as { config: Values }).config);

    it(`lack only the webhook, which is a separate secret: ${name}`, () => {
      const { faults } = configuration({}, { all });
      assert.deepEqual(
        faults.map(({ key }) => key),
        ["alerting:slackWebhookUrl"],
      );
      assert.deepEqual(configuration({}, { all: { ...all, "alerting:slackWebhookUrl": canary } }).faults, []);
    });

    it(`leave no resource to a default provider: ${name}`, () => {
      assert.deepEqual(JSON.parse(all["pulumi:disable-default-providers"] ?? "[]"), ["kubernetes", "aws"]);
    });
  }
});
