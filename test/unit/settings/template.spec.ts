import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { rows } from "../../../settings/table";

interface Asked {
  readonly description: string;
  readonly secret?: boolean;
  readonly default?: string;
}

const project = readFileSync(join(__dirname, "../../../Pulumi.yaml"), "utf8");
const { template } = parse(project) as { template: { config: Record<string, Asked> } };

describe("the template section of Pulumi.yaml", () => {
  it("asks for every required setting that is not an object", () => {
    const needed = rows().filter(({ mustBeSet, type }) => mustBeSet && type !== "object");
    for (const { key } of needed) assert.ok(template.config[`alerting:${key}`], key);
  });

  it("asks only for existing top-level settings, with a description, and asks for secrets as secrets", () => {
    const byKey = new Map(rows().map((row) => [row.key, row]));
    for (const [key, { description, secret = false }] of Object.entries(template.config)) {
      assert.ok(description.length > 5, key);
      if (key === "aws:region") continue;
      const row = byKey.get(key.replace("alerting:", ""));
      assert.ok(row, `there is no setting ${key}`);
      // The CLI would write `alerting:slack.channel` as one key that contains the dot.
      assert.ok(!key.includes("."), key);
      assert.equal(secret, row.type.startsWith("secret"), key);
    }
  });

  it("has no defaults, which would replace the values in a stack's file", () => {
    for (const [key, asked] of Object.entries(template.config)) assert.equal(asked.default, undefined, key);
  });
});
