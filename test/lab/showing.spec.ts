import * as assert from "node:assert/strict";
import * as fs from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { ClusterObject } from "../../lab/cluster-objects";
import { exportLines, writeEnvironment } from "../../lab/environment";
import { leftoversBetween, snapshotOf } from "../../lab/leftovers";
import { stage } from "../../tools/drill/report";
import { profileNamed } from "../../lab/profiles";
import { startProgress } from "../../lab/progress";
import { partsByName, writeReport } from "../../lab/report";
import type { Report } from "../../lab/report";
import { isAboutNode } from "../../lab/loss";
import { drawSlackMessage, isVisibleInChannel, linesByState, readSlackPayload, wrap } from "../../lab/slack-message";
import { partsOf } from "../../lab/parts";
import type { Part } from "../../lab/stand-ins/plugins";
import { secretsTable } from "../../lab/secrets/table";
import { filesList, summary, verdict } from "../../lab/tables";

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

describe("a Slack message as a reader of the channel sees it", () => {
  it("has the attachment's channel, title and text", () => {
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

  it("shows the title's link", () => {
    const titleLink = "http://alertmanager.lab.example/#/alerts";
    const message = readSlackPayload({ attachments: [{ title: "t", title_link: titleLink, text: "x" }] });
    const [, title, link] = stripVTControlCharacters(drawSlackMessage("2026-01-01T12:34:56.000Z", message)).split("\n");
    assert.match(title!, /^│ t +│$/);
    assert.equal(link!.slice(2, -2).trimEnd(), titleLink);
    assert.equal(link!.length, title!.length);
  });

  it("may be plain text, and must have content", () => {
    assert.equal(readSlackPayload({ text: "hello" }).title, "hello");
    assert.throws(() => readSlackPayload("hello"), /not a message/);
  });

  it("has lines about firing alerts and lines about resolved ones, also where a part of a group still fires", () => {
    const states = (title: string, text: string) => linesByState(readSlackPayload({ attachments: [{ title, text }] }));
    assert.deepEqual(states("[FIRING:2] InstanceDown", "*2 firing*\n• `a`\n• `b`\n*1 resolved*\n• `c` lasted 9s"), {
      firing: ["• a", "• b"],
      resolved: ["• c lasted 9s"],
    });
    assert.deepEqual(states("[FIRING] InstanceDown", "a is down"), { firing: ["a is down"], resolved: [] });
    assert.deepEqual(states("[RESOLVED] InstanceDown", "It lasted 9s"), { firing: [], resolved: ["It lasted 9s"] });
  });

  it("is about a node if it says that its exporter fires", () => {
    const about = (title: string, text: string, taken = true) =>
      isAboutNode("10.0.1.10")({
        ...{ receivedAt: "2026-01-01T12:34:56.000Z", path: "/", answered: 200, taken },
        payload: { attachments: [{ title, text }] },
      });
    assert.ok(about("[FIRING] InstanceDown", "10.0.1.10:9100 of job x has not answered"));
    assert.ok(about("[FIRING:2] InstanceDown", "*2 firing*\n• `10.0.1.10:6443`\n• `10.0.1.10:9100`"));
    assert.ok(!about("[FIRING] InstanceDown", "*1 firing*\n• `10.0.1.10:6443`\n*1 resolved*\n• `10.0.1.10:9100`"));
    assert.ok(!about("[RESOLVED] InstanceDown", "10.0.1.10:9100 lasted 9s"));
    assert.ok(!about("[FIRING] InstanceDown", "10.0.1.10:9100 of job x has not answered", false), "Slack refused it");
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

  it("is broken into lines at spaces, or inside a word that is longer than a line", () => {
    assert.deepEqual(wrap("aa bb cc", 5), ["aa bb", "cc"]);
    assert.deepEqual(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
  });
});

describe("the lab's report", () => {
  it("is written into the run's directory and as the latest report", async () => {
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

  it("is shown with all parts, stages, outputs and checks", () => {
    const text = summary(report("/run"), parts, []);
    for (const expected of [
      "stand-in",
      "etcd",
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

  it("is at most 80 columns wide, and has each part once and the verdict in one line", () => {
    const long = "a word of a note that goes on for longer than anybody would like to read ".repeat(3).trim();
    const many = Array.from({ length: 20 }, (_, at): Part => ({
      name: `program-${at}`,
      kind: "real",
      version: "1.2.3",
    }));
    const stood: Part = { name: "pulumi-resource-aws", kind: "stand-in", version: "7.48.0", note: long };
    const whole: Report = {
      ...report("/run"),
      drill: {
        ...{
          kind: "node",
          id: "n",
          subject: "Drill",
          startedAt: "2026-01-01T00:00:00.000Z",
          way: "lab",
          outcome: "late",
        },
        ...{ receivers: ["slack"], unproven: [], proof: ["2 messages"], failures: [] },
        stages: [stage("last good scrape to message", 0, 33.3, { min: 0, max: 30 })],
      },
      outputs: { prometheusHostname: `${"a1b2c3".repeat(8)}.elb.ap-northeast-2.amazonaws.com` },
      slack: [{ attachments: [{ title: "the drill's", text: long }] }],
    };
    const messages = [
      { attachments: [{ title: "the drill's", text: long }] },
      { attachments: [{ title: "JobDown" }] },
      {},
    ];
    const seen = messages.map((payload) => ({
      ...{ receivedAt: "2026-01-01T12:34:56.000Z", path: "/", payload, answered: 200, taken: true },
    }));
    const text = stripVTControlCharacters(summary(whole, [...many, stood], seen));
    // Lines that are a single long word, for example an address, may be longer.
    const lines = text.split("\n").filter((line) => line.trim().includes(" "));
    for (const line of lines) assert.ok(line.length <= 80, `${line.length}: ${line}`);
    for (const { name, version } of [...many, stood]) assert.equal(text.split(`${name} ${version}`).length, 2, name);
    assert.equal(text.split("Not the drill's").length, 2, text);
    assert.match(text, /JobDown[^]*Not the drill's/);
    const withLossAt = (startedAt: string) => summary({ ...whole, loss: { ...whole.drill!, startedAt } }, [], seen);
    assert.match(withLossAt("2026-01-01T12:34:57.000Z"), /Not the drill's/);
    assert.doesNotMatch(withLossAt("2026-01-01T12:34:00.000Z"), /Not the drill's/);
    assert.doesNotMatch(text, /\(no title\)/, "what nobody in the channel sees is no message");
    assert.match(stripVTControlCharacters(verdict(whole, undefined)), /^PASSED in 13 s: .{1,70}$/);
    assert.equal(stripVTControlCharacters(verdict(whole, "up failed: x")), "FAILED: up failed: x");
    assert.equal(
      filesList(whole, "report.json"),
      "Report:  report.json\nPicture: /run/timeline.svg, .png\nLogs:    /run",
    );
    assert.equal(filesList(report("/run"), "report.json"), "Report:  report.json\nLogs:    /run");
  });

  it("says how often a secret was found where it belongs", () => {
    const { secretScan } = report("/run");
    const home = { place: "a", wrapping: "clear", why: "its Secret" };
    const rowsWith = (times: number) => [{ ...secretScan!.rows[1]!, missing: [], expected: Array(times).fill(home) }];
    const drawn = (times: number) => stripVTControlCharacters(secretsTable({ ...secretScan!, rows: rowsWith(times) }));
    assert.match(drawn(1), /│ once +│/);
    assert.match(drawn(2), /│ 2 times +│/);
  });
});

describe("the parts of a run", () => {
  const versionOf = (folder: string) => {
    const name = "pulumi-resource-kubernetes";
    const plugin = {
      name,
      path: `/cache/programs/${name}/${folder}/${name}`,
      version: "4.34.2",
      origin: "cache",
    } as const;
    const parts = partsOf({
      programs: { [name]: plugin },
      plugins: [],
      chart: { name: "chart", kind: "real", version: "1" },
    });
    return parts.find((part) => part.name === name)?.version;
  };

  it("say that the Kubernetes plugin is an older one if the lab has built it", () => {
    assert.equal(versionOf("4.34.2-go-7bab3407a8d9"), "4.34.2 (built from an older commit)");
    assert.equal(versionOf("4.34.2-release-x64"), "4.34.2");
  });
});

describe("the leftovers of a run", () => {
  it("are the new objects of any kind that the cluster did not make itself; new labels are listed as retained", () => {
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

describe("progress output", () => {
  it("has one line per stage if there is no terminal, with the times, the stage's duration, and its failure", async () => {
    const lines: string[] = [];
    const progress = startProgress({ isTerminal: false, write: (line) => lines.push(line) });
    assert.equal(await progress.stage("first", (say) => Promise.resolve((say("hello"), say("again"), 7))), 7);
    await progress.stage("second", () => Promise.resolve(progress.tell("from a part")));
    await assert.rejects(
      progress.stage("third", (say) => Promise.reject((say("almost"), new Error("broken")))),
      /broken/,
    );
    assert.equal(lines.length, 3, lines.join("\n"));
    assert.match(lines[0]!, /^\[ +\d+\.\d s\] first: done in \d+\.\d s$/);
    assert.match(lines[2]!, /third: FAILED after \d+\.\d s; the last word was: almost$/);
    const clock = lines.map((line) => Number(/\d+\.\d/.exec(line)![0]));
    assert.deepEqual(
      [...clock].sort((a, b) => a - b),
      clock,
    );
    assert.deepEqual(
      progress.stages.map(({ name }) => name),
      ["first", "second", "third"],
    );
    assert.equal(progress.failed?.name, "third");
  });

  it("says what a slow stage is doing", async () => {
    let go = () => {};
    const heard = new Promise<string>((resolve) => {
      const progress = startProgress({ isTerminal: false, write: resolve }, 20);
      void progress.stage("long", (say) => new Promise<void>((done) => ((go = done), say("building etcd"))));
    });
    assert.match(await heard, /long: building etcd$/);
    go();
  });
});

describe("the lab", () => {
  it("refuses an unknown profile, and names the known profiles", () => {
    assert.equal(profileNamed(undefined).name, "fast");
    assert.equal(profileNamed("").name, "fast");
    assert.throws(() => profileNamed("slow"), /"slow".*fast, default/);
  });

  it("does not show a message that the channel does not show", () => {
    assert.ok(!isVisibleInChannel({ payload: {} }), "the preflight's look at a webhook");
    assert.ok(isVisibleInChannel({ payload: { text: "hello" } }));
    assert.ok(isVisibleInChannel({ payload: "no JSON" }), "what went wrong is shown");
  });
});

describe("a shell that uses the lab as its cluster", () => {
  it("sets the variables that are not empty, and quotes their values", () => {
    assert.deepEqual(exportLines({ A: "x y", B: "it's $HOME", AWS_PROFILE: "", C: undefined }), [
      "export A='x y'",
      `export B='it'\\''s $HOME'`,
      "unset AWS_PROFILE",
      "unset C",
    ]);
  });

  it("finds amtool, promtool and kubectl on its PATH", async function () {
    this.timeout(30_000);
    const directory = await fs.mkdtemp(path.join(os.tmpdir(), "environment-"));
    try {
      await fs.mkdir(path.join(directory, "bin"));
      await writeEnvironment({ directory, stacks: { env: {} } });
      for (const name of ["amtool", "promtool", "kubectl"])
        await fs.access(path.join(directory, "bin", name), fs.constants.X_OK);
    } finally {
      await fs.rm(directory, { recursive: true });
    }
  });
});
