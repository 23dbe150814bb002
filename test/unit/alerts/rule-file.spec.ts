import * as assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { catalog, factsFile, type BuiltInAlert, builtInRuleGroups } from "../../../alerts/catalog";
import { lookBackOf } from "../../../alerts/look-back";

import { meaningOf, runbookOf } from "../../../alerts/write-table";
import { factsText } from "../../../alerts/write-facts";
import { alertsPage } from "../../../alerts/write-table";

const docs = join(__dirname, "../../..", "docs");
const runbooks = readdirSync(join(docs, "runbooks"));
/** Alerts that no person gets. */
const unsent = ["Watchdog", "NodeInhibitor"];

/** Fails with the names of all alerts for which something is not so. */
function everyAlert(holds: (alert: BuiltInAlert) => boolean): void {
  const others = catalog().filter((alert) => !holds(alert));
  assert.deepEqual(
    others.map(({ name }) => name),
    [],
  );
}

describe("the files under rules/", () => {
  it("have one alert of each name, and one group of each name", () => {
    const names = catalog().map(({ name }) => name);
    const groups = builtInRuleGroups().map(({ group }) => group.name);
    assert.ok(names.length >= 20);
    assert.deepEqual([...new Set(names)], names);
    assert.deepEqual([...new Set(groups)], groups);
  });

  it("have alerts only, so that nothing has to be evaluated before", () => {
    assert.ok(builtInRuleGroups().every(({ group }) => group.rules.every((rule) => "alert" in rule)));
  });

  it("say how severe each alert is", () => {
    everyAlert(({ name, severity }) => (unsent.includes(name) ? ["none"] : ["critical", "warning"]).includes(severity));
  });

  it("say in a line what is the matter", () => {
    everyAlert(({ annotations: { summary = "" } }) => /^[A-Z{/].*[^.]$/.test(summary) && !summary.includes("\n"));
  });

  it("say in sentences of what, and with which value where there is a threshold", () => {
    everyAlert(({ name, annotations: { description = "" }, threshold }) => {
      const told = threshold === undefined ? /\$value|\$labels/ : /\$value/;
      return /\.$/.test(description) && (told.test(description) || name === "Watchdog");
    });
  });

  it("lead to a runbook that is there", () => {
    everyAlert(
      ({ name, annotations }) =>
        annotations["runbook_url"] === `docs/runbooks/${name}.md` && runbooks.includes(`${name}.md`),
    );
  });

  it("are known by what Prometheus' parser says of them, which `npm run docs` keeps in rules/facts.json", () => {
    assert.equal(readFileSync(factsFile, "utf8"), factsText());
  });

  it("look back far enough for scrapes a minute apart, and for half as long again", () => {
    assert.ok(catalog().some(({ facts }) => lookBackOf(facts).scrape !== undefined));
    everyAlert(({ facts }) => (lookBackOf(facts).scrape ?? Infinity) >= 90_000);
  });

  it("carry the node where the alert is about one", () => {
    everyAlert(
      ({ name, expr }) =>
        !/^(Node|Pod)[A-Z]/.test(name) || /by \((?:\w+, )*node(?:, \w+)*\)/.test(expr.split("\n")[0]!),
    );
  });
});

describe("the runbooks", () => {
  const text = runbookOf;

  it("that are missing are told in a sentence", () => {
    assert.throws(() => runbookOf("NodeOnFire"), {
      message:
        "The alert NodeOnFire has no runbook: write docs/runbooks/NodeOnFire.md, with the headings of its neighbors, then run `npm run docs`.",
    });
  });

  it("leave threshold and `for` to the table of docs/alerts.md, which would have two numbers in a row after a change", () => {
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

  it("are each of an alert", () => {
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

  it("give three commands and at least two causes, on one short page", () => {
    everyAlert(({ name }) => {
      const [before = "", causes = ""] = text(name).split("## Usual causes");
      const commands = /```sh\n([\s\S]*?)```/.exec(before)?.[1] ?? "";
      const given = commands.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
      return given.length === 3 && (causes.match(/^- /gm) ?? []).length >= 2 && text(name).length < 3000;
    });
  });
});

describe("the commands in docs", () => {
  it("ask the pages with the login in a file, as there is a password unless it is switched off", () => {
    const pages = ["operations.md", "access.md", ...runbooks.map((name) => join("runbooks", name))];
    // A command may go on in the next line.
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
  it("is what npm run docs writes", () => {
    assert.equal(readFileSync(join(docs, "alerts.md"), "utf8"), alertsPage());
  });
});
