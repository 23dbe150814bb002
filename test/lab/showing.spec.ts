import * as assert from "node:assert/strict";
import * as fs from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { ClusterObject } from "../../lab/cluster-objects";
import { leftoversBetween, snapshotOf } from "../../lab/leftovers";
import { PAGE } from "../../lab/page-html";
import { profileNamed } from "../../lab/profiles";
import { startProgress } from "../../lab/progress";
import { partsByName, writeReport } from "../../lab/report";
import type { Report } from "../../lab/report";
import { drawSlackMessage, readSlackPayload, wrap } from "../../lab/slack-message";
import type { Part } from "../../lab/stand-ins/plugins";
import { leafDiffsTable, summary } from "../../lab/tables";

const parts: Part[] = [
  { name: "chart", kind: "stand-in", version: "29.27.0" },
  { name: "etcd", kind: "real", version: "3.6.8", note: "cache" },
];

function report(directory: string): Report {
  return {
    startedAt: "2026-01-01T00:00:00.000Z",
    result: "passed",
    profile: "fast",
    directory,
    parts: partsByName(parts),
    stages: [{ name: "up", seconds: 12.5 }],
    outputs: { namespace: "monitoring" },
    secondPreview: { same: 37 },
    secretScan: {
      placesSearched: ["a", "b"],
      bytesSearched: 10,
      seconds: 0.1,
      rows: [
        { name: "webhook", secrets: 1, hits: [{ place: "b", wrapping: "base64" }], expected: [], missing: [] },
        { name: "password", secrets: 2, hits: [], expected: [], missing: ["its Secret"] },
      ],
    },
    leftovers: [],
    retained: ["cluster: label key=master on Node m"],
  };
}

function object(kind: string, name: string, more: Partial<ClusterObject> & { data?: Record<string, string> } = {}) {
  const title = `${kind} ${name}`;
  const json = JSON.stringify({ type: "Opaque", data: more.data });
  return { kind, title, name, namespace: undefined, uid: undefined, labels: {}, json, ...more };
}

describe("a message as a reader of the channel sees it", () => {
  it("has channel, title and text of the attachment", () => {
    const read = readSlackPayload({
      channel: "#monitoring",
      attachments: [
        { title: "[FIRING] InstanceDown", text: "one\ntwo", color: "danger", fields: [{ title: "job", value: "x" }] },
      ],
    });
    assert.equal(read.title, "[FIRING] InstanceDown");
    assert.deepEqual(read.lines, ["one", "two", "job: x"]);
    assert.equal(read.color, "danger");
  });

  it("shows where its title leads", () => {
    const titleLink = "http://alertmanager.lab.example/#/alerts";
    const message = readSlackPayload({ attachments: [{ title: "t", title_link: titleLink, text: "x" }] });
    const [, title, link] = stripVTControlCharacters(drawSlackMessage("2026-01-01T12:34:56.000Z", message)).split("\n");
    assert.match(title!, /^│ t +│$/);
    assert.equal(link!.slice(2, -2).trimEnd(), titleLink);
    assert.equal(link!.length, title!.length);
  });

  it("may be plain text, and must be a message", () => {
    assert.equal(readSlackPayload({ text: "hello" }).title, "hello");
    assert.throws(() => readSlackPayload("hello"), /no message/);
  });

  it("is drawn as a box whose lines are equally long", () => {
    const text = "a description that is longer than the box is wide, so that it has to be broken";
    const box = drawSlackMessage(
      "2026-01-01T12:34:56.000Z",
      readSlackPayload({ attachments: [{ title: "t", text }] }),
      40,
    );
    assert.equal(new Set(box.split("\n").map((line) => line.length)).size, 1);
    assert.match(box, /12:34:56 UTC/);
  });

  it("breaks lines at spaces, and words that are too long anywhere", () => {
    assert.deepEqual(wrap("aa bb cc", 5), ["aa bb", "cc"]);
    assert.deepEqual(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
  });
});

describe("the report", () => {
  it("is written into the run's directory and as the newest one", async () => {
    const directory = await fs.mkdtemp(path.join(os.tmpdir(), "lab-report-"));
    try {
      const latest = path.join(directory, "latest.json");
      await writeReport(report(directory), latest);
      const read = JSON.parse(await fs.readFile(latest, "utf8")) as Report;
      assert.deepEqual(read.parts.etcd, { kind: "real", version: "3.6.8", note: "cache" });
      assert.deepEqual(JSON.parse(await fs.readFile(path.join(directory, "report.json"), "utf8")), read);
      assert.deepEqual((await fs.readdir(directory)).sort(), ["latest.json", "report.json"]);
    } finally {
      await fs.rm(directory, { recursive: true });
    }
  });

  it("is shown whole: parts, stages, outputs, checks", () => {
    const text = summary(report("/run"), parts, []);
    for (const expected of [
      "stand-in",
      "etcd",
      "12.5",
      "monitoring",
      "37 same",
      "3 in 2 places",
      "LEAK webhook: b (base64)",
      "LEAK password: not found where it belongs, its Secret",
      "nothing",
      "key=master",
    ]) {
      assert.ok(text.includes(expected), expected);
    }
  });

  it("shows of a long leaf the lines that differ, and all of a short one", () => {
    const cells = (old: unknown, now: unknown) =>
      stripVTControlCharacters(leafDiffsTable([{ title: "t", path: "p", old, now }]))
        .split("\n")
        .slice(2, -1)
        .map((line) => {
          const [, , , before, after] = line.split("│").map((cell) => cell.trim());
          return [before, after];
        });
    assert.deepEqual(cells("slack", 3), [["slack", "3"]]);
    assert.deepEqual(cells("a\nb\nc > 1\nd", "a\nb\nc > 2\nd"), [
      ["…", "…"],
      ["c > 1", "c > 2"],
      ["…", "…"],
    ]);
    assert.deepEqual(cells("a\nb", "a\nb\nc"), [
      ["…", "…"],
      ["b", "b"],
      ["", "c"],
    ]);
    assert.deepEqual(cells("a\na", "a"), [
      ["a", "a"],
      ["a", ""],
    ]);
  });
});

describe("leftovers", () => {
  it("are new objects of any kind but those that the cluster makes itself; new labels are retained", () => {
    const before = snapshotOf([object("Node", "n", { labels: { a: "1" } }), object("Secret", "old")]);
    const after = snapshotOf([
      object("Node", "n", { labels: { a: "1", key: "worker" } }),
      object("Secret", "old"),
      object("ClusterRole", "new"),
      object("Event", "noise"),
    ]);
    assert.deepEqual(leftoversBetween(before, after, ["file system fs-1"]), {
      leftovers: ["cluster: ClusterRole new", "AWS: file system fs-1"],
      retained: ["cluster: label key=worker on Node n"],
    });
  });
});

describe("progress", () => {
  it("says each line with its stage, keeps what each took, and tells which failed", async () => {
    const lines: string[] = [];
    const progress = startProgress({ isTerminal: false, write: (line) => lines.push(line) });
    assert.equal(await progress.stage("first", (say) => Promise.resolve((say("hello"), 7))), 7);
    await progress.stage("second", () => Promise.resolve(progress.tell("from a part")));
    await assert.rejects(
      progress.stage("third", () => Promise.reject(new Error("broken"))),
      /broken/,
    );
    assert.match(lines.join("\n"), /-- first\n.*first: hello\n.*first: done\n-- second\n.*second: from a part/);
    assert.deepEqual(
      progress.stages.map(({ name }) => name),
      ["first", "second", "third"],
    );
    assert.equal(progress.failed?.name, "third");
  });
});

describe("small things of the lab", () => {
  it("a profile that is not there is refused with the names of those that are", () => {
    assert.equal(profileNamed(undefined).name, "fast");
    assert.equal(profileNamed("").name, "fast");
    assert.throws(() => profileNamed("slow"), /"slow".*fast, default/);
  });

  it("the page takes nothing from elsewhere and sets no HTML", () => {
    assert.doesNotMatch(PAGE, /https?:|innerHTML|src=/);
  });
});
