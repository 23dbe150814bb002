import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { rows } from "../../../settings/table";

const root = join(__dirname, "../../..");
const doc = readFileSync(join(root, "docs", "operations.md"), "utf8");

/** The sections by heading, each with its content. */
const sections = new Map(
  doc
    .split(/^## /m)
    .slice(1)
    .map((section): [string, string] => {
      const [heading = "", ...lines] = section.split("\n");
      return [heading, lines.join("\n")];
    }),
);
/** A section that only computes costs, and has no commands to run. */
const cost = "What it costs a month";
/** A procedure without a lab test: a separate command runs it, and checks out an earlier version for this. */
const upgrade = "Coming from an earlier version";

describe("docs/operations.md", () => {
  it("has a lab test for each procedure, and a procedure for each test that names one", () => {
    const specs = ["e2e", "long"].flatMap((folder) => {
      const directory = join(__dirname, "../..", folder);
      return readdirSync(directory).map((name) => join(directory, name));
    });
    const named = specs.flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(/\(operations: ([^)]+)\)/g)].map(([, heading]) => heading!),
    );
    const procedures = [...sections.keys()].filter((heading) => heading !== cost && heading !== upgrade);
    assert.deepEqual([...new Set(named)].sort(), procedures.sort());
  });

  it("has numbered steps with commands in each procedure", () => {
    for (const [heading, text] of sections) {
      if (heading === cost) continue;
      const steps = [...text.matchAll(/^(\d+)\. {2}\S/gm)].map(([, number]) => Number(number));
      assert.deepEqual(
        steps,
        steps.map((_, index) => index + 1),
        heading,
      );
      assert.ok(steps.length > 0, heading);
      assert.match(text, /^ {8}(pulumi|kubectl|helm|amtool|npm|make|tail) /m, heading);
    }
  });

  it("names no unknown setting", () => {
    const known = rows().map(({ key }) => key);
    const written = [...doc.matchAll(/alerting:([A-Za-z]+(?:\.[A-Za-z]+)*)/g)].map(([, key]) => key!);
    const isKnown = (key: string) => known.some((one) => one === key || one.startsWith(`${key}.`));
    assert.ok(written.length > 5);
    // URNs on the page also contain `alerting:`, because it is the project's name. There, the name of a class follows.
    assert.deepEqual(
      written.filter((key) => !isKnown(key) && !/^(index|namespace|prometheus)$/.test(key)),
      [],
    );
  });

  it("counts each part of the cost, and computes its example from prices with a source", () => {
    const [text = "", example = ""] = sections.get(cost)!.split("\nAn example,");
    for (const part of ["Network Load Balancers", "EFS, Standard", "Backup", "Traffic between zones", "KMS"]) {
      assert.ok(text.includes(part), part);
    }
    assert.doesNotMatch(text, /[$€]\s?\d|\d\s?(USD|EUR|dollars)/);
    for (const page of ["elasticloadbalancing", "efs"]) {
      assert.ok(example.includes(`(https://aws.amazon.com/${page}/pricing/)`), page);
    }
    const rows = [...example.matchAll(/^\| [^|]+ \| ([\d.× ]+) \| ([\d.]+) \|$/gm)];
    assert.equal(rows.length, 3);
    const product = (formula: string) => formula.split("×").reduce((result, factor) => result * Number(factor), 1);
    for (const [, formula = "", told] of rows) assert.equal(product(formula).toFixed(2), told, formula);
    const sum = rows.reduce((result, [, , told]) => result + Number(told), 0);
    assert.ok(example.includes(`| | ${sum.toFixed(2)} |`), sum.toFixed(2));
  });
});
