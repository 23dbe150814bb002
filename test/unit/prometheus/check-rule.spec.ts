import * as assert from "node:assert/strict";
import { checkRuleGroups } from "../../../prometheus/check-rules";

/** An expression, labels that its result has, and labels that it removes and that are therefore always empty. */
const cases: readonly [expression: string, kept: readonly string[], dropped: readonly string[]][] = [
  ["up == 0", ["instance", "job", "anything"], []],
  ["sum(up) > 0", [], ["instance", "job"]],
  ["sum by (job) (up) > 0", ["job"], ["instance"]],
  ["sum(up) by (job) > 0", ["job"], ["instance"]],
  ['sum by ("k8s.pod", job) (up) > 0', ["k8s.pod", "job"], ["instance"]],
  ["sum without (instance) (up) > 0", ["job"], ["instance"]],
  ["count by (job) (sum by (job, zone) (up)) > 0", ["job"], ["zone"]],
  ["topk by (job) (3, up)", ["instance"], []],
  ["topk(3, sum by (job) (up))", ["job"], ["instance"]],
  ['count_values("version", build) > 1', ["version"], ["job"]],
  ["quantile by (job) (0.9, up) > 1", ["job"], ["instance"]],
  ["vector(1)", [], ["job"]],
  ["1", [], ["job"]],
  ["scalar(up) > bool 1", [], ["job"]],
  ['absent(up{job="a", zone=~"b"})', ["job"], ["zone", "instance"]],
  ['absent_over_time(up{job="a"}[5m])', ["job"], ["instance"]],
  ["absent(sum(up))", [], ["job"]],
  ["histogram_quantile(0.9, sum by (le, job) (rate(x[5m]))) > 1", ["job"], ["le", "instance"]],
  ['label_replace(sum by (job) (up), "team", "$1", "job", "(.*)") > 0', ["job", "team"], ["instance"]],
  ['label_join(sum(up), "team", "-", "job") > 0', ["team"], ["job"]],
  ["rate(x[5m]) > 1", ["instance"], []],
  ["max_over_time(sum by (job) (up)[5m:]) > 1", ["job"], ["instance"]],
  ["-sum by (job) (up) offset 5m < 0", ["job", "instance"], []],
  ["2 * sum by (job) (up) > 0", ["job"], ["instance"]],
  ["up and on (job) sum by (job) (x)", ["instance"], []],
  ["sum by (job) (up) unless on (job) x", ["job"], ["instance"]],
  ["sum by (job) (up) or sum by (zone) (up)", ["job", "zone"], ["instance"]],
  ["up / sum by (job) (up) > 1", ["job"], ["instance"]],
  ["up / on (job) x > 1", ["job"], ["instance"]],
  ["up / ignoring (zone) x > 1", ["job", "instance"], ["zone"]],
  ["up * on (instance) group_left (node) info", ["job", "node", "instance"], []],
  ["sum by (job) (up) * on (job) group_left (node) sum by (job) (info)", ["job"], ["node", "instance"]],
  ["info * on (instance) group_right (node) sum by (instance) (up)", ["instance", "node"], ["job"]],
  ["sum by (job) (up) > bool sum by (job) (x)", ["job"], ["instance"]],
  ["up == 0 and on () hour() > 8", ["instance"], []],
];

const warned = (expr: string, template: string) =>
  checkRuleGroups([
    { name: "g", rules: [{ alert: "A", expr, labels: { severity: "a" }, annotations: { summary: template } }] },
  ]).filter(({ sentence }) => sentence.includes("the expression drops"));

describe("a warning about labels that an expression removes", () => {
  for (const [expression, kept, dropped] of cases) {
    it(`appears only for the removed labels of ${expression}`, () => {
      for (const label of kept) assert.deepEqual(warned(expression, `{{ index $labels "${label}" }}`), [], label);
      for (const label of dropped) assert.equal(warned(expression, `{{ $labels.${label} }}`).length, 1, label);
    });
  }

  const templates: readonly [template: string, count: number][] = [
    ["{{ $labels.job }}", 1],
    ["{{$labels.job}} and {{ .Labels.zone }}", 2],
    ['{{ index $labels "job" }}', 1],
    ['{{ index .Labels "job" | title }}', 1],
    ["{{ with $labels.job }}{{ . }}{{ end }}", 1],
    ["{{ $externalLabels.job }}", 0],
    ['{{ printf "$labels.job" }}', 0],
    ["{{/* $labels.job */}}", 0],
    ["$labels.job without braces", 0],
    ['{{ range query "up" }}{{ .Labels.job }}{{ end }}', 0],
    ["{{ $value }}", 0],
  ];
  for (const [template, count] of templates) {
    it(`appears ${count} times for ${template}`, () => assert.equal(warned("sum(up)", template).length, count));
  }

  it("names the label", () => {
    const [told] = warned("sum(up)", "{{ $labels.job }}");
    assert.equal(told?.severity, "warning");
    assert.equal(told.sentence, 'shows the label "job", which the expression drops, so that it is always empty.');
  });
});
