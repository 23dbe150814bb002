import assert from "node:assert/strict";
import { checkRuleGroups } from "../prometheus/checkRules";

/** What is told of a text in an annotation of a rule whose series have all labels. */
function told(summary: string): string[] {
  const rule = { alert: "A", expr: "up == 0", labels: { severity: "info" }, annotations: { summary } };
  return checkRuleGroups([{ name: "g", rules: [rule] }]).map(({ severity, sentence }) => `${severity}: ${sentence}`);
}

describe("the words of a rule's templates", () => {
  const cases: [template: string, expected: RegExp | undefined][] = [
    ["{{ $value | humanise }}", /^error: calls humanise, which is no function of templates; is humanize meant\?$/],
    ["{{ toupper .Labels.job }}", /^error: calls toupper, .*is toUpper meant\?$/],
    [
      "{{ xyzzyxyzzyxyzzyxyzzyxyzzy $value }}",
      /^error: calls xyzzyxyzzyxyzzyxyzzyxyzzy, which is no function of templates\.$/,
    ],
    ["{{ .Lables.job }}", /^error: asks for \.Lables, .* is \.Labels meant\?$/],
    ["{{ .labels.job }}", /^error: asks for \.labels, .* is \.Labels meant\?$/],
    ["{{ if true }}{{ $.Annotations }}{{ end }}", /^error: asks for \.Annotations, .*; it has Labels, .*\.$/],
    ["{{ $labels.instance.port }}", /^error: asks for something within \$labels\.instance, which is a text/],
    ["{{ .Labels.instance.port }}", /^error: asks for something within \.Labels\.instance/],
    [
      '{{ query "rate(up)" | len }}',
      /^error: asks for PromQL that has a fault at character 6 \("up"\): expected type range/,
    ],
    ["{{ query `sum(` | len }}", /^error: asks for PromQL that has a fault at character 5: it ends too early/],
    [
      '{{ query "up" | first | value }}',
      /^warning: takes the first result of a query, and the alert would show an error/,
    ],
    ['{{ with query "up" }}{{ . | first | value }}{{ end }}', undefined],
    ['{{ range query "up" }}{{ .Labels.job }} {{ .Anything }} {{ .Value | humanize }}{{ end }}', undefined],
    ['{{ printf "%.1f %s humanise .Lables" .Value $externalURL }}', undefined],
    ["{{ if and (gt $value 1.5) (lt $value 1e3) }}x{{ else if eq 1 0x1F }}y{{ end }}", undefined],
    ["{{ $value | humanizeDuration }} {{ now | toTime }} {{ $externalLabels.cluster }}", undefined],
    ["{{ if gt $value .5 }}x{{ end }}", undefined],
    ["{{ $größe := .Labels.größe }}{{ $größe }}{{ $labels.größe }}", undefined],
    ["{{- /* {{ humanise }} */ -}}", undefined],
    ["{{ ($x := .Labels).job }}", undefined],
    ['{{ index $labels "a-b" | title }}{{ index .Labels "c.d" }}', undefined],
    ['{{ define "t" }}{{ .Whatever }}{{ end }}{{ template "t" . }}', undefined],
    ["{{ range $i, $e := args 1 2 }}{{ break }}{{ end }}", undefined],
  ];
  for (const [template, expected] of cases) {
    it(`${template}: ${expected === undefined ? "nothing is told" : "is told in a sentence"}`, () => {
      const lines = told(template);
      if (expected === undefined) assert.deepEqual(lines, []);
      else assert.match(lines.join("\n"), expected);
    });
  }

  it("are each told of, in labels too", () => {
    const rule = { alert: "A", expr: "up == 0", labels: { severity: "{{ a }}", team: "{{ .b }}" } };
    assert.equal(checkRuleGroups([{ name: "g", rules: [rule] }]).length, 2);
  });
});
