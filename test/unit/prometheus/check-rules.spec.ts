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

/** The input, and all expected findings in order. */
const cases: readonly [title: string, groups: unknown, expected: readonly (string | RegExp)[]][] = [
  ["null", null, [/^error : has no value; accepted: a list of rule groups\.$/]],
  ["a string", "groups", [/^error : got "groups"; accepted: a list/]],
  ["the map of a whole file", { groups: [] }, [/^error : is a map; write only the list below its key `groups`\.$/]],
  ["an empty list", [], []],
  ["a string as a group", ["up"], [/^error \[0\]: got "up"; accepted: a map\.$/]],
  ["`null` as a group", [null], [/^error \[0\]: has no value; accepted: a map/]],
  ["`null` as a rule", group(null), [/^error \[0\]\.rules\[0\]: has no value/]],
  ["a valid alert", group(alert), []],
  ["an unknown key", group({ ...alert, foor: "1m" }), [/rules\[0\]\.foor: there is no such key; is `for` meant\?$/]],
  [
    "the severity outside the labels",
    group({ alert: "A", expr: "up", severity: "critical" }),
    [/severity: there is no such key; write it below `labels`\.$/, /^warning .*has no label `severity`/],
  ],
  ["a number instead of a duration", group({ ...alert, for: 90 }), [/for: got 90; accepted: a duration such as "30s"/]],
  ["a sexagesimal duration", group({ ...alert, for: "1:30" }), [/for: got "1:30"; accepted: a duration/]],
  ["a negative duration", group({ ...alert, keep_firing_for: "-5m" }), [/keep_firing_for: got "-5m"; accepted/]],
  ["an octal-looking duration", group({ ...alert, for: "010m" }), []],
  ["a zero interval, which means the server's interval", [{ name: "g", interval: "0s", rules: [] }], []],
  ["a limit as a string", [{ name: "g", limit: "5", rules: [] }], [/limit: got "5"; write 5, without quotes\.$/]],
  ["a number as a label value", labelled({ severity: "a", tier: 1 }), [/labels\.tier: got 1; write "1", in quotes\.$/]],
  ["a boolean as an annotation", annotated(true), [/summary: got true; write "true", in quotes\.$/]],
  [
    "`null` as a label value",
    labelled({ severity: null }),
    [/labels\.severity: has no value; write a string, or leave the key out \(/],
  ],
  [
    "an empty name",
    [{ name: "", rules: [] }],
    [/^error \[0\]: is refused by Prometheus: Groupname must not be empty\.$/],
  ],
  ["a list as labels", labelled(["a"]), [/labels: got a list; accepted: a map/, /has no label `severity`/]],
  [
    "a label with a dash",
    labelled({ severity: "a", "my-team": "b" }),
    [/^warning .*\.my-team: .*"my_team" needs none\.$/],
  ],
  [
    "the metric name as a label",
    labelled({ severity: "a", __name__: "b" }),
    [/^error \[0\]\.rules\[0\]: is refused by Prometheus: invalid label name: __name__\.$/],
  ],
  ["`alertname` as a label", labelled({ severity: "a", alertname: "b" }), [/^warning .*alertname: is overwritten/]],
  [
    "`for` in a recording rule",
    group({ record: "a", expr: "up", for: "1m" }),
    [/invalid field 'for' in recording rule; it belongs to alerts, so remove it\.$/],
  ],
  [
    "a recording rule's name with braces",
    group({ record: "a{b}", expr: "up" }),
    [/braces present in the recording rule name/],
  ],
  [
    "a recording rule's name with a dot",
    group({ record: "a.b", expr: "up" }),
    [/^warning .*record: got "a\.b", a name that expressions have to quote/],
  ],
  ["invalid PromQL", group({ ...alert, expr: "rate(up)" }), [/expr: at character 6: expected type range vector/]],
  [
    "invalid PromQL in several lines",
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
  ["a variable defined in the template", annotated("{{ $x := $value }}{{ $x }}"), []],
  ["a block without an end", annotated("{{ if $value }}"), [/summary: is not a valid template: unexpected EOF/]],
  [
    "two identical alerts",
    group(alert, { ...alert, expr: "up == 1" }),
    [/^warning \[0\]\.rules\[1\]: has the name and the labels of rules\[0\] in this group/],
  ],
  ["two alerts with different labels", group(alert, { ...alert, labels: { severity: "info" } }), []],
  [
    "the same alert in two groups",
    [...group(alert), { name: "h", rules: [alert] }],
    [/^warning \[1\]\.rules\[0\]: has the name and the labels of rules\[0\] in the group "\w+"; /],
  ],
  [
    "two groups with the same name",
    [
      { name: "g", rules: [] },
      { name: "g", rules: [] },
    ],
    [/^error \[1\]\.name: is "g", which is already the name of another group; give it another name\.$/],
  ],
  [
    "a severity in the group's labels",
    [{ name: "g", labels: { severity: "a" }, rules: [{ alert: "A", expr: "up" }] }],
    [],
  ],
  ["a circular reference", group(cyclic), [/^error \[0\]\.rules\[0\]\.annotations\.all: contains itself/]],
  ["extremely deep nesting", [deep], [/is nested more than 64 levels deep/]],
  [
    "a key that leads to a prototype",
    group(polluting),
    [/^error .*labels\.__proto__: is not a valid key; remove it\.$/],
  ],
  ["a function", group({ ...alert, expr: () => "up" }), [/expr: is a function, which no configuration can hold/]],
  ["NaN", [{ name: "g", limit: NaN, rules: [] }], [/limit: is NaN/]],
];

describe("the check of rule groups", () => {
  for (const [title, groups, expected] of cases) {
    it(`${expected.length === 0 ? "accepts" : "reports"} ${title}`, () => {
      const told = lines(checkRuleGroups(groups));
      assert.equal(told.length, expected.length, told.join("\n"));
      expected.forEach((pattern, index) => assert.match(told[index]!, new RegExp(pattern)));
    });
  }

  it("reports all findings at once", () => {
    const told = lines(
      checkRuleGroups(group({ alert: "", expr: "rate(up)", for: 5, extra: 1, labels: { a: 1 } }, null)),
    );
    assert.equal(told.filter((line) => line.startsWith("error")).length, 6, told.join("\n"));
  });

  it("names only some of 10,000 unknown keys, and counts the rest", () => {
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`key${n}`, n]));
    const told = lines(checkRuleGroups([{ name: "g", rules: [], ...many }]));
    assert.equal(told.length, 21);
    assert.match(told.at(-1)!, /^error \[0\]: has 9980 more keys that do not exist\.$/);
  });

  it("reports too many labels or annotations with their number, and still checks the rest", () => {
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

  it("accepts a thousand labels", () => {
    const many = Object.fromEntries(Array.from({ length: 999 }, (_, n) => [`l${n}`, "x"]));
    assert.deepEqual(checkRuleGroups(group({ ...alert, labels: { severity: "info", ...many } })), []);
  });

  it("never changes `Object.prototype`", () => {
    checkRuleGroups(group(polluting));
    assert.equal(({} as { polluted?: boolean }).polluted, undefined);
  });

  it("does not show the path of a URL", () => {
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

  it("refuses rules that are too large for a ConfigMap, and gives their size", () => {
    const [told, ...others] = lines(checkRuleGroups(filler(1_200_000)));
    assert.match(told!, /^error : is 1,2\d\d,\d{3} bytes of YAML, more than the 1,048,576 bytes of a ConfigMap/);
    assert.deepEqual(others, []);
  });

  it("warns of rules that nearly fill a ConfigMap, but not of smaller ones", () => {
    assert.match(
      lines(checkRuleGroups(filler(1_000_000)))[0]!,
      /^warning : is 1,0\d\d,\d{3} bytes of YAML of the 1,048,576/,
    );
    assert.deepEqual(checkRuleGroups(filler(500_000)), []);
  });

  it("accepts experimental functions if the server has them enabled", () => {
    const groups = group({ ...alert, expr: "mad_over_time(x[5m]) > 1" });
    assert.equal(checkRuleGroups(groups).length, 1);
    assert.deepEqual(checkRuleGroups(groups, { features: ["promql-experimental-functions"] }), []);
  });

  it("agrees with the types", () => {
    const typed: RuleGroup[] = [
      {
        name: "g",
        interval: "1m30s",
        rules: [
          { alert: "A", expr: "up", for: "5m" },
          { record: "a:b", expr: "up" },
        ],
      },
      // @ts-expect-error not a duration
      { name: "h", interval: "1:30", rules: [] },
      // @ts-expect-error a number as a label value
      { name: "i", rules: [{ alert: "B", expr: "up", labels: { tier: 1 } }] },
      // @ts-expect-error neither an alert nor a recording rule
      { name: "j", rules: [{ expr: "up" }] },
    ];
    const wrong = checkRuleGroups(typed).filter(({ severity }) => severity === "error");
    assert.deepEqual(
      wrong.map(({ path }) => path[0]),
      [1, 2, 3],
    );
  });
});
