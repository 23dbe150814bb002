import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { examplesFile, withExamples } from "../../../../lab/recording/examples";
import { comment } from "../../../../tools/preview-comment/comment";
import { type Preview, readPreview } from "../../../../tools/preview-comment/preview";

const RECORDED = path.join(__dirname, "../../../fixtures/recorded", "previews");

function recorded(name: string): Preview {
  const preview = readPreview(fs.readFileSync(path.join(RECORDED, `${name}.json`), "utf8"));
  assert.ok(preview, name);
  return preview;
}

const commentOn = (name: string) => comment({ stack: "dev", preview: recorded(name) });
const head = (heading: string, remaining: string) =>
  `<!-- alerting-preview:dev -->\n## Preview of \`dev\`: ${heading}\n\n${remaining}\n`;
const table = (title: string, headings: string, ...rows: string[]) => {
  const columns = headings.split(" | ").map(() => "---");
  return `### ${title}\n\n${[headings, columns.join(" | "), ...rows].map((row) => `| ${row} |\n`).join("")}`;
};

describe("the comment on a preview recorded in the lab", () => {
  it("has three lines if nothing changes in the stack", () => {
    assert.equal(
      commentOn("nothing"),
      head("no changes", "No data is deleted or replaced. 60 resources stay as they are."),
    );
  });

  it("shows a rule's threshold under the rule's name, before and after", () => {
    const row =
      "`PushedMetricsAreOld in Pushed: expr` | `time() - push_time_seconds > 86400` | `time() - push_time_seconds > 43200`";
    const rest = head("1 to change", "No data is deleted or replaced. 59 resources stay as they are.");
    assert.equal(commentOn("threshold"), `${rest}\n${table("Rules", "what | before | after", row)}`);
  });

  it("shows a renamed receiver as renamed, and the route that leads to it", () => {
    const rest = head("1 to change", "No data is deleted or replaced. 59 resources stay as they are.");
    assert.equal(
      commentOn("receiver-renamed"),
      [
        rest,
        table("Receivers", "what | before | after", "`data-team: name` | `storage-team` | `data-team`"),
        table(
          "Routes",
          "what | before | after",
          '`team="storage", severity="critical": receiver` | `storage-team` | `data-team`',
        ),
      ].join("\n"),
    );
  });

  it("says that a webhook has changed, and shows no part of either value", () => {
    const rest = head("1 to change", "No data is deleted or replaced. 59 resources stay as they are.");
    const row = "Secret `slack-webhook` | `data.webhook-url` | *secret* | *another secret*";
    assert.equal(commentOn("webhook-rotated"), `${rest}\n${table("Changed", "resource | what | before | after", row)}`);
  });

  it("shows a new node as one node label that is created", () => {
    const rest = head("1 to create", "No data is deleted or replaced. 60 resources stay as they are.");
    const row = "NodePatch `node-labels-ip-10-0-9-99.ap-northeast-2.compute.internal`";
    assert.equal(commentOn("node-added"), `${rest}\n${table("Created", "resource", row)}`);
  });

  it("begins with the resources that hold data, if a branch renames the component of the storage", () => {
    const text = commentOn("storage-renamed");
    const lines = text.split("\n");
    assert.equal(lines[1], "## Preview of `dev`: 15 to delete, 1 to change, 15 to create");
    assert.equal(lines[3], "**Read the first table: data is at stake.** 40 resources stay as they are.");
    assert.deepEqual(lines.slice(5, 9), [
      "> [!CAUTION]",
      "> **Data is at stake**",
      ">",
      "> |  | resource | reason | what happens to the data |",
    ]);
    assert.equal(
      lines[10],
      "> | **DELETED** | FileSystem `storage` | it is no longer in the program | every file on it is lost; AWS Backup may have a copy |",
    );
    const loud = lines.filter((line) => line.startsWith("> | **"));
    assert.deepEqual(
      loud.map((line) => /\*\* \| (\w+)/.exec(line)?.[1]),
      [
        "FileSystem",
        "AccessPoint",
        "AccessPoint",
        "PersistentVolume",
        "PersistentVolume",
        "PersistentVolumeClaim",
        "PersistentVolumeClaim",
      ],
    );
    assert.ok(text.indexOf("[!CAUTION]") < text.indexOf("Deleted (15)"));
    assert.match(text, /^\| ConfigMap `outputs` \| `data\.fileSystemId` \| `fs-0+1` \| \*known after up\* \|$/m);
  });

  it("names the input that causes a replacement", () => {
    const preview = recorded("storage-renamed");
    const replace = {
      op: "replace",
      replaceReasons: ["kmsKeyId"],
      detailedDiff: { kmsKeyId: { kind: "add-replace", inputDiff: true } },
    };
    const steps = preview.steps?.map((step) =>
      step.op === "delete" && step.urn.includes("FileSystem::")
        ? { ...step, ...replace, newState: step.oldState }
        : step,
    );
    assert.match(
      comment({ stack: "dev", preview: { ...preview, steps } }),
      /^> \| \*\*REPLACED\*\* \| FileSystem `storage` \| `kmsKeyId` \| every file on it is lost; AWS Backup may have a copy \|$/m,
    );
  });

  it("shows a manual change as a change that `pulumi up` would revert", () => {
    const text = commentOn("drift");
    assert.match(text, /^## Preview of `dev`: 1 to replace, 1 to change$/m);
    assert.match(
      text,
      /^\| Service `endpoints-prometheus` \| `metadata\.annotations\["service\.beta\.kubernetes\.io\/aws-load-balancer-internal"\]` \| `false` \| `true` \|$/m,
    );
    assert.doesNotMatch(text, /CAUTION/);
  });

  it("lists each resource of a new stack once, collapsed, and no component", () => {
    const text = commentOn("created");
    assert.match(text, /^## Preview of `dev`: 43 to create$/m);
    assert.match(text, /^<details><summary>Created \(43\)<\/summary>$/m);
    const rows = text.split("\n").filter((line) => /^\| [A-Z].*`/.test(line));
    assert.equal(rows.length, 43);
    assert.equal(new Set(rows).size, 43);
    assert.doesNotMatch(text, /alerting:|EfsStorage/);
  });

  it("contains the program's sentences for a faulty configuration", () => {
    assert.equal(
      commentOn("faulty"),
      [
        "<!-- alerting-preview:dev -->",
        "## Preview of `dev`: failed",
        "",
        "```text",
        "There are 2 faults in the configuration; nothing was changed.",
        "  - alerting:nodeLabels: there is no such setting. Is alerting:nodeLabel meant?",
        '  - alerting:protectData: got "yes"; accepted: true or false.',
        "Not checked yet, so more may follow: what depends on a setting that could not be read; what AWS says.",
        "```",
        "",
      ].join("\n"),
    );
  });

  it("does not depend on the engine's order, or on the time", () => {
    for (const file of fs.readdirSync(RECORDED)) {
      const preview = recorded(file.replace(/\.json$/, ""));
      const turned = { ...preview, steps: [...(preview.steps ?? [])].reverse() };
      const text = comment({ stack: "dev", preview });
      assert.equal(comment({ stack: "dev", preview: turned }), text, file);
      assert.doesNotMatch(text, /\d\d:\d\d:\d\d/, file);
    }
  });

  it("appears unchanged in the documentation", async () => {
    const page = fs.readFileSync(examplesFile, "utf8");
    assert.equal(await withExamples(page), page, "npm run docs:previews brings it up to date");
    assert.equal([...page.matchAll(/<!-- alerting-preview:dev -->/g)].length, 1);
  });

  it("is made from recordings without secrets and without local directories", () => {
    for (const file of fs.readdirSync(RECORDED)) {
      const text = fs.readFileSync(path.join(RECORDED, file), "utf8");
      assert.doesNotMatch(text, /\/services\/T|\.lab\/|\/home\/|\/root\/|\/tmp\//, file);
      // A change of the release contains every rule twice: as it is before the change, and as it is after it.
      assert.ok(text.length < 150_000, `${file} is small`);
    }
  });
});
