import * as assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { releaseValues } from "../../../values/release-values";
import { canary, configuration, lines } from "../../support/settings";

const root = join(__dirname, "../../..");
const pages = ["README.md", ...readdirSync(join(root, "docs")).map((name) => join("docs", name))].filter((name) =>
  name.endsWith(".md"),
);

/** The blocks of settings on a page, each with its first line number. */
function settingsIn(page: string): { at: string; values: Record<string, unknown> }[] {
  const lines = readFileSync(join(root, page), "utf8").split("\n");
  return lines.flatMap((line, from) => {
    const indent = /^( {4,})alerting:\w+:( |$)/.exec(line)?.[1];
    if (indent === undefined) return [];
    const isInside = (one: string) => one.trim() === "" || one.startsWith(`${indent} `);
    const length = lines.slice(from + 1).findIndex((one) => !isInside(one));
    const block = lines.slice(from, from + 1 + length).join("\n");
    // An example writes `…` for a digest. Any valid digest may replace it.
    const read = parse(block.replaceAll("sha256:…", `sha256:${"0".repeat(64)}`)) as Record<string, unknown>;
    const values = Object.entries(read).map(([key, value]) => [key.trim().replace(/^alerting:/, ""), value] as const);
    return [{ at: `${page}:${from + 1}`, values: Object.fromEntries(values) }];
  });
}

/** Adds the credentials that an example names. */
function withSurroundings(values: Record<string, unknown>): Record<string, unknown> {
  const names = [...JSON.stringify(values).matchAll(/"credential":"([^"]+)"/g)].map(([, name]) => [name!, canary]);
  return { ...values, ...(names.length > 0 && { credentials: Object.fromEntries(names) as object }) };
}

describe("the settings in the documents", () => {
  const folder = mkdtempSync(join(tmpdir(), "examples-"));
  const rule = { alert: "OrdersStalled", expr: "rate(orders_total[10m]) == 0", labels: { severity: "warning" } };
  mkdirSync(join(folder, "ops", "rules"), { recursive: true });
  writeFileSync(join(folder, "ops", "rules", "shop.yaml"), stringify({ groups: [{ name: "Shop", rules: [rule] }] }));
  after(() => rmSync(folder, { recursive: true }));

  const examples = pages.flatMap(settingsIn);

  it("are found on the pages", () => assert.ok(examples.length >= 9, examples.map(({ at }) => at).join(", ")));

  for (const { at, values } of examples) {
    it(`cause no problem and no warning: ${at}`, () => {
      const given = withSurroundings(values);
      const isSecret = (key: string) => ["alerting:slackWebhookUrl", "alerting:credentials"].includes(key);
      const read = configuration(given, { isSecret });
      const release = releaseValues(read.settings, Object.keys(read.credentials), folder);
      assert.deepEqual(lines([...read.faults, ...release.faults]), []);
      assert.deepEqual(lines([...read.warnings, ...release.warnings]), []);
    });
  }
});
