import * as assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { catalog, factsFile, type BuiltInAlert, builtInRuleGroups } from "../../../alerts/catalog";
import { lookBackOf } from "../../../alerts/look-back";

import { firstCommandsOf, meaningOf, runbookOf } from "../../../alerts/write-table";
import { factsText } from "../../../alerts/write-facts";
import { alertsPage } from "../../../alerts/write-table";

const docs = join(__dirname, "../../..", "docs");
const runbooks = readdirSync(join(docs, "runbooks"));
/** Alerts that are never sent to a person. */
const unsent = ["Watchdog", "NodeInhibitor"];

/** Fails with the names of all alerts that do not meet a condition. */
function everyAlert(holds: (alert: BuiltInAlert) => boolean): void {
  const others = catalog().filter((alert) => !holds(alert));
  assert.deepEqual(
    others.map(({ name }) => name),
    [],
  );
}

describe("the files under alerts/rules/", () => {
  it("have unique alert names and unique group names", () => {
    const names = catalog().map(({ name }) => name);
    const groups = builtInRuleGroups().map(({ group }) => group.name);
    assert.ok(names.length >= 20);
    assert.deepEqual([...new Set(names)], names);
    assert.deepEqual([...new Set(groups)], groups);
  });

  it("contain only alerts, so that no rule has to be evaluated before another one", () => {
    assert.ok(builtInRuleGroups().every(({ group }) => group.rules.every((rule) => "alert" in rule)));
  });

  it("set the severity of each alert", () => {
    everyAlert(({ name, severity }) => (unsent.includes(name) ? ["none"] : ["critical", "warning"]).includes(severity));
  });

  it("have a summary in one line", () => {
    everyAlert(({ annotations: { summary = "" } }) => /^[A-Z{/].*[^.]$/.test(summary) && !summary.includes("\n"));
  });

  it("have a description in whole sentences, which contains the value if the alert has a threshold", () => {
    everyAlert(({ name, annotations: { description = "" }, threshold }) => {
      const told = threshold === undefined ? /\$value|\$labels/ : /\$value/;
      return /\.$/.test(description) && (told.test(description) || name === "Watchdog");
    });
  });

  it("link to an existing runbook", () => {
    everyAlert(
      ({ name, annotations }) =>
        annotations["runbook_url"] === `docs/runbooks/${name}.md` && runbooks.includes(`${name}.md`),
    );
  });

  it("match the parser's facts in alerts/rules/facts.json, which `npm run docs` writes", () => {
    assert.equal(readFileSync(factsFile, "utf8"), factsText());
  });

  it("look back far enough for scrape intervals of 60 s and 90 s", () => {
    assert.ok(catalog().some(({ facts }) => lookBackOf(facts).scrape !== undefined));
    everyAlert(({ facts }) => (lookBackOf(facts).scrape ?? Infinity) >= 90_000);
  });

  it("keep the node label if the alert is about a node", () => {
    everyAlert(
      ({ name, expr }) =>
        !/^(Node|Pod)[A-Z]/.test(name) || /by \((?:\w+, )*node(?:, \w+)*\)/.test(expr.split("\n")[0]!),
    );
  });
});

describe("the runbooks", () => {
  const text = runbookOf;

  it("that are missing are reported in a sentence", () => {
    assert.throws(() => runbookOf("NodeOnFire"), {
      message:
        "The alert NodeOnFire has no runbook: write docs/runbooks/NodeOnFire.md, with the headings of its neighbors, then run `npm run docs`.",
    });
  });

  it("do not repeat the threshold and `for` of the alert, which the table in docs/alerts.md contains", () => {
    const words = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    everyAlert(({ name, threshold, for: wait }) => {
      const said = (meaningOf(name).match(/\d+|[a-z]+/gi) ?? []).map((word) => {
        const number = words.indexOf(word.toLowerCase());
        return number < 0 ? word : String(number);
      });
      const { value } = threshold ?? {};
      const numbers = value === undefined ? [] : [value, value / 3600, value / 86_400].filter((one) => one > 0);
      const waits = wait === undefined ? [] : [Number.parseInt(wait)];
      return ![...numbers, ...waits].some((number) => said.includes(String(number)));
    });
  });

  it("each belong to an alert", () => {
    const named = catalog().map(({ name }) => `${name}.md`);
    assert.deepEqual(runbooks, named.sort());
  });

  it("have the same three headings", () => {
    everyAlert(({ name }) => {
      const outsideOfCommands = text(name).replace(/```sh\n[\s\S]*?```/g, "");
      const headings = [...outsideOfCommands.matchAll(/^#+ .*$/gm)].map(([heading]) => heading);
      const wanted = [`# ${name}`, "## Meaning", "## First three commands", "## Usual causes"];
      return headings.join("\n") === wanted.join("\n");
    });
  });

  it("have three commands and at least two causes, on one short page", () => {
    everyAlert(({ name }) => {
      const [, causes = ""] = text(name).split("## Usual causes");
      return (
        firstCommandsOf(name).length === 3 && (causes.match(/^- /gm) ?? []).length >= 2 && text(name).length < 3000
      );
    });
  });
});

describe("the commands in the documents", () => {
  it("pass the login for the pages in a file, because the pages require a password by default", () => {
    const pages = ["operations.md", "access.md", ...runbooks.map((name) => join("runbooks", name))];
    // A command may continue on the next line.
    const lines = pages.flatMap((name) => readFileSync(join(docs, name), "utf8").replace(/\\\n/g, "").split("\n"));
    const asking = lines.filter((line) =>
      /^ *(promtool query|amtool) |^kubectl .* (promtool query|amtool alert)/.test(line),
    );
    assert.ok(asking.length >= 10);
    const file = /^ *(promtool|amtool) .*--http\.config\.file ~\/\.alerting\.yml .*"\$\(pulumi stack output \w+Url\)"/;
    assert.deepEqual(
      asking.filter((line) => !file.test(line)),
      [],
    );
    assert.deepEqual(
      lines.filter((line) => /localhost:909[03]/.test(line)),
      [],
    );
  });
});

describe("docs/alerts.md", () => {
  it("equals the output of `npm run docs`", () => {
    assert.equal(readFileSync(join(docs, "alerts.md"), "utf8"), alertsPage());
  });
});
