import * as assert from "node:assert/strict";
import { type Finding, writtenPath } from "../../../validation/finding";
import { checkRuleGroups } from "../../../prometheus/check-rules";
import type { RuleGroup } from "../../../prometheus/rule-groups";

const lines = (findings: readonly Finding[]) =>
  findings.map(({ severity, path, sentence }) => `${severity} ${writtenPath(path)}: ${sentence}`);

const alert = { alert: "A", expr: "up == 0", labels: { severity: "critical" } };
const group = (...rules: unknown[]) => [{ name: "g", rules }];
const labelled = (labels: unknown) => group({ ...alert, labels });
const annotated = (summary: unknown) => group({ ...alert, annotations: { summary } });

const cyclic: Record<string, unknown> = { ...alert };
cyclic["annotations"] = { all: cyclic };
const deep = Array.from({ length: 5000 }).reduce<unknown>((inner) => ({ inner }), {});
const polluting: unknown = JSON.parse(
  '{"alert":"A","expr":"up","labels":{"severity":"a","__proto__":{"polluted":true}}}',
);

/** What is given, and what is told about it: all of it, in order. */
const cases: readonly [title: string, groups: unknown, expected: readonly (string | RegExp)[]][] = [
  ["nothing", null, [/^error : has no value; accepted: a list of rule groups\.$/]],
  ["a text", "groups", [/^error : got "groups"; accepted: a list/]],
  ["the map of a file", { groups: [] }, [/^error : is a map; write only the list below its key `groups`\.$/]],
  ["an empty list", [], []],
  ["a group of text", ["up"], [/^error \[0\]: got "up"; accepted: a map\.$/]],
  ["a group of null", [null], [/^error \[0\]: has no value; accepted: a map/]],
  ["a rule of null", group(null), [/^error \[0\]\.rules\[0\]: has no value/]],
  ["a good alert", group(alert), []],
  [
    "a key nobody knows",
    group({ ...alert, foor: "1m" }),
    [/rules\[0\]\.foor: there is no such key; is `for` meant\?$/],
  ],
  [
    "severity beside labels",
    group({ alert: "A", expr: "up", severity: "critical" }),
    [/severity: there is no such key; write it below `labels`\.$/, /^warning .*has no label `severity`/],
  ],
  ["a number for a duration", group({ ...alert, for: 90 }), [/for: got 90; accepted: a duration such as "30s"/]],
  ["a sexagesimal duration", group({ ...alert, for: "1:30" }), [/for: got "1:30"; accepted: a duration/]],
  ["a negative duration", group({ ...alert, keep_firing_for: "-5m" }), [/keep_firing_for: got "-5m"; accepted/]],
  ["an octal-looking duration", group({ ...alert, for: "010m" }), []],
  ["an interval of zero, which is that of the server", [{ name: "g", interval: "0s", rules: [] }], []],
  ["a limit as text", [{ name: "g", limit: "5", rules: [] }], [/limit: got "5"; write 5, without quotes\.$/]],
  ["a number for a label", labelled({ severity: "a", tier: 1 }), [/labels\.tier: got 1; write "1", in quotes\.$/]],
  ["a boolean for an annotation", annotated(true), [/summary: got true; write "true", in quotes\.$/]],
  [
    "a label of null",
    labelled({ severity: null }),
    [/labels\.severity: has no value; write a string, or leave the key out \(/],
  ],
  [
    "an empty name",
    [{ name: "", rules: [] }],
    [/^error \[0\]: is refused by Prometheus: Groupname must not be empty\.$/],
  ],
  ["labels of a list", labelled(["a"]), [/labels: got a list; accepted: a map/, /has no label `severity`/]],
  [
    "a label with a dash",
    labelled({ severity: "a", "my-team": "b" }),
    [/^warning .*\.my-team: .*"my_team" needs none\.$/],
  ],
  [
    "the name of a series as label",
    labelled({ severity: "a", __name__: "b" }),
    [/^error \[0\]\.rules\[0\]: is refused by Prometheus: invalid label name: __name__\.$/],
  ],
  ["alertname as label", labelled({ severity: "a", alertname: "b" }), [/^warning .*alertname: is overwritten/]],
  [
    "for of a series",
    group({ record: "a", expr: "up", for: "1m" }),
    [/invalid field 'for' in recording rule; it belongs to alerts, so remove it\.$/],
  ],
  ["a series with braces", group({ record: "a{b}", expr: "up" }), [/braces present in the recording rule name/]],
  [
    "a series with a dot",
    group({ record: "a.b", expr: "up" }),
    [/^warning .*record: got "a\.b", a name that expressions have to quote/],
  ],
  ["PromQL with a fault", group({ ...alert, expr: "rate(up)" }), [/expr: at character 6: expected type range vector/]],
  [
    "PromQL of several lines",
    group({ ...alert, expr: "sum by (job) (\n  ratee(x[5m])\n)" }),
    [/expr: at line 2, character 3: unknown function with name "ratee"; is rate meant\?$/],
  ],
  ["an unclosed template", annotated("{{ $labels.job"), [/summary: is not a valid template: unclosed action\.$/]],
  ["a stray closing brace", annotated("a }} b"), [/^warning .*summary: has "\}\}" without "\{\{" before it/]],
  [
    "an unknown variable",
    annotated("{{ $lables.job }}"),
    [/summary: is not a valid template: undefined variable "\$lables"/],
  ],
  ["a variable of a template's own", annotated("{{ $x := $value }}{{ $x }}"), []],
  ["a block without an end", annotated("{{ if $value }}"), [/summary: is not a valid template: unexpected EOF/]],
  [
    "two alerts alike",
    group(alert, { ...alert, expr: "up == 1" }),
    [/^warning \[0\]\.rules\[1\]: has the name and the labels of rules\[0\] in this group/],
  ],
  ["two alerts that a label tells apart", group(alert, { ...alert, labels: { severity: "info" } }), []],
  [
    "the same alert in two groups",
    [...group(alert), { name: "h", rules: [alert] }],
    [/^warning \[1\]\.rules\[0\]: has the name and the labels of rules\[0\] in the group "\w+"; /],
  ],
  [
    "two groups of one name",
    [
      { name: "g", rules: [] },
      { name: "g", rules: [] },
    ],
    [/^error \[1\]\.name: is "g", which is already the name of another group; give it another name\.$/],
  ],
  ["severity of the group", [{ name: "g", labels: { severity: "a" }, rules: [{ alert: "A", expr: "up" }] }], []],
  ["a reference to itself", group(cyclic), [/^error \[0\]\.rules\[0\]\.annotations\.all: contains itself/]],
  ["nesting without end", [deep], [/is nested more than 64 levels deep/]],
  ["a key into prototypes", group(polluting), [/^error .*labels\.__proto__: is not a valid key; remove it\.$/]],
  ["a function", group({ ...alert, expr: () => "up" }), [/expr: is a function, which no configuration can hold/]],
  ["no number", [{ name: "g", limit: NaN, rules: [] }], [/limit: is NaN/]],
];

describe("rule groups", () => {
  for (const [title, groups, expected] of cases) {
    it(`${title}: ${expected.length === 0 ? "nothing is told" : "is told in a sentence"}`, () => {
      const told = lines(checkRuleGroups(groups));
      assert.equal(told.length, expected.length, told.join("\n"));
      expected.forEach((pattern, index) => assert.match(told[index]!, new RegExp(pattern)));
    });
  }

  it("everything is told at once", () => {
    const told = lines(
      checkRuleGroups(group({ alert: "", expr: "rate(up)", for: 5, extra: 1, labels: { a: 1 } }, null)),
    );
    assert.equal(told.filter((line) => line.startsWith("error")).length, 6, told.join("\n"));
  });

  it("of 10,000 unknown keys some are named, and the rest counted", () => {
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`key${n}`, n]));
    const told = lines(checkRuleGroups([{ name: "g", rules: [], ...many }]));
    assert.equal(told.length, 21);
    assert.match(told.at(-1)!, /^error \[0\]: has 9980 more keys that do not exist\.$/);
  });

  it("of more labels or annotations than anybody writes their number is told, and the rest is judged", () => {
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`l${n}`, "x"]));
    const rule = { ...alert, expr: "rate(up)" };
    const told = lines(
      checkRuleGroups([
        { name: "g", rules: [{ ...rule, labels: { ...rule.labels, ...many } }] },
        { name: "h", labels: many, rules: [{ ...rule, annotations: many }] },
      ]),
    ).filter((line) => line.startsWith("error"));
    const tooMany = "has more than 1000; leave out those that nobody reads.";
    assert.deepEqual(
      told.filter((line) => line.endsWith(tooMany)),
      [
        `error [0].rules[0].labels: ${tooMany}`,
        `error [1].labels: ${tooMany}`,
        `error [1].rules[0].annotations: ${tooMany}`,
      ],
    );
    assert.equal(told.filter((line) => /rules\[0\]\.expr: .*expected type range vector/.test(line)).length, 2);
  });

  it("a thousand labels are taken", () => {
    const many = Object.fromEntries(Array.from({ length: 999 }, (_, n) => [`l${n}`, "x"]));
    assert.deepEqual(checkRuleGroups(group({ ...alert, labels: { severity: "info", ...many } })), []);
  });

  it("nothing reaches the prototype of objects", () => {
    checkRuleGroups(group(polluting));
    assert.equal(({} as { polluted?: boolean }).polluted, undefined);
  });

  it("what follows the host of an address is not shown", () => {
    const told = lines(
      checkRuleGroups(group({ ...alert, for: "https://hooks.slack.example/services/T000/B000/XXXX" })),
    );
    assert.match(told.join(), /hooks\.slack\.example/);
    assert.doesNotMatch(told.join(), /T000/);
  });

  const filler = (bytes: number) => [
    {
      name: "g",
      rules: Array.from({ length: bytes / 1000 }, (_, n) => ({
        ...alert,
        alert: `A${n}`,
        annotations: { summary: "x".repeat(900) },
      })),
    },
  ];

  it("more than a ConfigMap holds is refused, with its size", () => {
    const [told, ...others] = lines(checkRuleGroups(filler(1_200_000)));
    assert.match(told!, /^error : is 1,2\d\d,\d{3} bytes of YAML, more than the 1,048,576 bytes of a ConfigMap/);
    assert.deepEqual(others, []);
  });

  it("what nearly fills a ConfigMap is told, and less is not", () => {
    assert.match(
      lines(checkRuleGroups(filler(1_000_000)))[0]!,
      /^warning : is 1,0\d\d,\d{3} bytes of YAML of the 1,048,576/,
    );
    assert.deepEqual(checkRuleGroups(filler(500_000)), []);
  });

  it("experimental functions are taken where the server has them on", () => {
    const groups = group({ ...alert, expr: "mad_over_time(x[5m]) > 1" });
    assert.equal(checkRuleGroups(groups).length, 1);
    assert.deepEqual(checkRuleGroups(groups, { features: ["promql-experimental-functions"] }), []);
  });

  it("types say what the check says", () => {
    const typed: RuleGroup[] = [
      {
        name: "g",
        interval: "1m30s",
        rules: [
          { alert: "A", expr: "up", for: "5m" },
          { record: "a:b", expr: "up" },
        ],
      },
      // @ts-expect-error no duration
      { name: "h", interval: "1:30", rules: [] },
      // @ts-expect-error a number for a label
      { name: "i", rules: [{ alert: "B", expr: "up", labels: { tier: 1 } }] },
      // @ts-expect-error neither an alert nor a series
      { name: "j", rules: [{ expr: "up" }] },
    ];
    const wrong = checkRuleGroups(typed).filter(({ severity }) => severity === "error");
    assert.deepEqual(
      wrong.map(({ path }) => path[0]),
      [1, 2, 3],
    );
  });
});
