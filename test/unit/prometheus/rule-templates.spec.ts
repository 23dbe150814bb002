import assert from "node:assert/strict";
import { checkRuleGroups } from "../../../prometheus/check-rules";

/** The findings for an annotation in a rule whose expression removes no label. */
function told(summary: string): string[] {
  const rule = { alert: "A", expr: "up == 0", labels: { severity: "info" }, annotations: { summary } };
  return checkRuleGroups([{ name: "g", rules: [rule] }]).map(({ severity, sentence }) => `${severity}: ${sentence}`);
}

describe("the check of a rule's templates", () => {
  const cases: [template: string, expected: RegExp | undefined][] = [
    [
      "{{ $value | humanise }}",
      /^error: is not a valid template: function "humanise" not defined; is humanize meant\?$/,
    ],
    ["{{ toupper .Labels.job }}", /is toUpper meant\?$/],
    ["{{ xyzzyxyzzyxyzzyxyzzyxyzzy $value }}", /function "xyzzyxyzzyxyzzyxyzzyxyzzy" not defined\.$/],
    [
      "{{ .Lables.job }}",
      /^error: would show an error when the alert fires, at <\.Lables\.job>: .* is \.Labels meant\?$/,
    ],
    ["{{ .labels.job }}", /can't evaluate field labels; is \.Labels meant\?$/],
    ["{{ if true }}{{ $.Annotations }}{{ end }}", /evaluate field Annotations; there are \.Labels, .*\.$/],
    [
      "{{ $labels.instance.port }}",
      /evaluate field port in type string; a label's value is a string, which has no parts\.$/,
    ],
    ["{{ .Labels.instance.port }}", /in type string; a label's value is a string/],
    ['{{ query "rate(up)" | len }}', /error calling query: 1:6: parse error: expected type range vector/],
    ["{{ query `sum(` | len }}", /error calling query: 1:5: parse error: unclosed left parenthesis/],
    [
      '{{ query "up" | first | value }}',
      /^warning: takes the first result of a query, and the alert would show an error/,
    ],
    ['{{ with query "up" }}{{ . | first | value }}{{ end }}', undefined],
    ['{{ range query "up" }}{{ .Labels.job }} {{ .Value | humanize }}{{ end }}', undefined],
    ['{{ printf "%.1f %s humanise .Lables" .Value $externalURL }}', undefined],
    ["{{ if and (gt $value 1.5) (lt $value 1e3) }}x{{ else if eq 1 0x1F }}y{{ end }}", undefined],
    ["{{ $value | humanizeDuration }} {{ now | toTime }} {{ $externalLabels.cluster }}", undefined],
    ["{{ if gt $value .5 }}x{{ end }}", undefined],
    ["{{ $größe := .Labels.größe }}{{ $größe }}{{ $labels.größe }}", undefined],
    ["{{- /* {{ humanise }} */ -}}", undefined],
    ["a }} b", /^warning: has "\}\}" without "\{\{" before it/],
    ['{{ range query "up" }}{{ .Anything }}{{ end }}', /evaluate field Anything in type \*template\.sample\.$/],
    ["{{ ($x := .Labels).job }}", undefined],
    ['{{ index $labels "a-b" | title }}{{ index .Labels "c.d" }}', undefined],
    ['{{ define "t" }}{{ .Value }}{{ end }}{{ template "t" . }}', undefined],
    ["{{ range $i, $e := args 1 2 }}{{ break }}{{ end }}", undefined],
  ];
  for (const [template, expected] of cases) {
    it(`${expected === undefined ? "accepts" : "reports"} ${template}`, () => {
      const lines = told(template);
      if (expected === undefined) assert.deepEqual(lines, []);
      else assert.match(lines.join("\n"), expected);
    });
  }

  it("reports all problems, in labels too", () => {
    const rule = { alert: "A", expr: "up == 0", labels: { severity: "{{ a }}", team: "{{ b }}" } };
    assert.equal(checkRuleGroups([{ name: "g", rules: [rule] }]).length, 2);
  });
});
