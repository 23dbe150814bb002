import * as assert from "node:assert/strict";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MessageChannel, Worker } from "node:worker_threads";
import { checkRuleGroups } from "../../../../prometheus/check-rules";
import {
  hasLabel,
  judgeAhead,
  judgeConfig,
  judgeGroup,
  matchesRegex,
  readExpression,
  readMatchers,
  readTree,
} from "../../../../prometheus/parsers/parsers";
import { parseMatchers } from "../../../../alertmanager/matchers";

const faults = (expression: string, ...features: string[]) => readExpression(expression, features).faults;

describe("Prometheus' parser", () => {
  // Earlier, hand-written checks accepted these expressions. Prometheus then kept the old rules, or did not start.
  const refused = [
    "rate(a + b[5m])",
    "increase(a / b[1h])",
    "max_over_time(a > b[1h:5m])",
    "count_over_time(a and b[5m])",
    "rate(-b[5m])",
    "avg_over_time(-a[5m:])",
    "sum_over_time(a == bool 1[5m:])",
    "up > 80and up < 90",
    'up{a=~"x)|(y"}',
    "sum by (without) (up)",
    "sum by (NaN) (up)",
    "up @ +Inf",
    "up @ NaN",
    "up @ 1e30",
    "rate(up[1h/0])",
    "up offset (1h/0)",
    "delta(up[Inf])",
    "atan2 > 1",
    'up{a=~"\\\\8"}',
    'up{a=~"[\\\\z]"}',
    'up{a=~"\\\\p{Nothing}"}',
    'up{a=~"(x{100}){11}"}',
    'up{a=~"(?P<$n>x)"}',
  ];
  for (const one of refused) it(`refuses ${one}`, () => assert.notDeepEqual(faults(one), []));

  const taken: readonly (readonly [expression: string, ...features: string[]])[] = [
    ["up offset (-1 * 5m)"],
    ["rate(up[-5m + 35m])"],
    ["up offset STEP()"],
    ["x > 5."],
    [Array.from({ length: 386 }, (_, at) => `a${at}`).join(" and ")],
    ["offset > 1"],
    ["sum by (a:b) (up)"],
    ["1 </ 2"],
    ["histogram_count(x smoothed)", "promql-extended-range-selectors"],
    ["min_of(1, 2)", "promql-experimental-functions"],
    ['up{a=~"$*"}'],
    ['up{a=~"(?P<n>a)"}'],
    ['up{a=~"x{1100,00}"}'],
  ];
  for (const [one, ...features] of taken) {
    it(`accepts ${one.slice(0, 40)}`, () => assert.deepEqual(faults(one, ...features), []));
  }

  it("reports problems in its own words, with line and character", () => {
    assert.deepEqual(faults("rate(\n a + b[5m])").slice(0, 1), [
      "2:6: parse error: binary expression must contain only scalar and instant vector types",
    ]);
  });

  it("accepts unrealistically deep nesting up to a limit, refuses deeper nesting, and keeps working", () => {
    const nested = (sign: string, end: string, depth: number) => `${sign.repeat(depth)}up${end.repeat(depth)}`;
    for (const depth of [200, 600, 100_000])
      for (const [sign, end] of [
        ["(", ")"],
        ["-", ""],
        ["-(", ")"],
      ] as const) {
        const told = checkRuleGroups([{ name: "g", rules: [{ record: "a", expr: nested(sign, end, depth) }] }]);
        if (depth === 200) assert.deepEqual(told, []);
        else assert.match(told[0]!.sentence, /^is nested more than 500 deep; split it/);
      }
    assert.deepEqual(faults("up"), []);
  });

  it("returns the nodes of an expression", () => {
    const tree = readTree("sum by (a) (x) / on (a) group_left (b) y");
    assert.deepEqual(
      [tree.kind, tree.name, tree.labels, tree.include, tree.many, tree.children.map(({ text }) => text)],
      ["BinaryExpr", "/", ["a"], ["b"], "left", ["sum by (a) (x)", "y"]],
    );
  });
});

describe("the parsers' thread", () => {
  const run = async (script: string) => {
    const { execa } = await import("execa");
    const parsers = join(__dirname, "../../../../prometheus/parsers/parsers");
    const code = `const p = require(${JSON.stringify(parsers)}); (async () => { ${script} })();`;
    return execa(process.execPath, ["--import", "tsx", "--input-type=commonjs", "-e", code]);
  };

  it("does not keep a process alive, whether it was only started or has been given work in advance", async () => {
    const { stdout } = await run('p.startParsers(); p.judgeAhead({ file: {}, features: [] }); console.log("done")');
    assert.equal(stdout, "done");
  });

  it("answers each request with the right verdict, whatever the order, and whether or not it was submitted in advance", () => {
    const file = (expr: string) => ({
      file: { name: "ahead", rules: [{ record: "a", expr }] },
      features: [],
    });
    const types = { "up{ahead='1'}": "vector", "1 + 2 + 3": "scalar", "sum(ahead)": "vector" };
    const files = Object.entries(types).map(([expr, type]) => ({ asked: file(expr), type }));
    for (const { asked } of [...files, ...files]) judgeAhead(asked);
    assert.equal(readExpression("'ahead'").type, "string");
    for (const { asked, type } of files.reverse()) assert.equal(judgeGroup(asked).rules?.[0]?.type, type);
  });

  it("is not started if there is no custom rule to check, whatever the built-in parts and settings", async () => {
    const settings = {
      environment: "prod",
      slack: { channels: [{ channel: "#b", credential: "b", severity: "critical" }] },
      alerts: { quietHours: { timeZone: "Europe/Berlin", from: "20:00", to: "08:00" } },
      rules: { alerts: { NodeDiskAlmostFull: { threshold: 7, severity: "critical", for: "3m" } } },
    };
    const { stdout } = await run(`
      const { source } = require(${JSON.stringify(join(__dirname, "../../../support/settings"))});
      const { loadConfig } = require(${JSON.stringify(join(__dirname, "../../../../config"))});
      const { releaseValues } = require(${JSON.stringify(join(__dirname, "../../../../values/release-values"))});
      // The TypeScript loader starts its own threads for files that it has not seen yet.
      require("node:worker_threads").Worker = class { constructor() { throw new Error("the thread was begun"); } };
      const { settings, faults } = loadConfig(source(${JSON.stringify(settings)}));
      const release = releaseValues(settings, ["b"]);
      console.log(JSON.stringify([...faults, ...release.faults]));
    `);
    assert.deepEqual(JSON.parse(stdout), []);
  });

  it("reports at once that the parsers are missing, and how to restore them", async () => {
    const folder = mkdtempSync(join(tmpdir(), "parsers-"));
    try {
      copyFileSync(join(__dirname, "../../../../prometheus/parsers/worker.cjs"), join(folder, "worker.cjs"));
      const { port1, port2 } = new MessageChannel();
      const answered = new Int32Array(new SharedArrayBuffer(4));
      const workerData = { port: port2, answered };
      const worker = new Worker(join(folder, "worker.cjs"), { workerData, transferList: [port2] });
      port1.postMessage('{"ask":"names"}');
      const [answer] = (await once(port1, "message")) as [string];
      assert.deepEqual(JSON.parse(answer), {
        failed: "the parsers cannot be loaded (MODULE_NOT_FOUND); `git checkout prometheus/parsers` brings them back",
      });
      await worker.terminate();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("is used without waiting for its start", async () => {
    const { stdout } = await run('console.log(p.readExpression("rate(up[5m])").selectors[0].range)');
    assert.equal(stdout, "300000");
  });
});

describe("the labels that a result may have", () => {
  const cases: readonly (readonly [expression: string, has: string, hasNot: string])[] = [
    ["up", "a", ""],
    ["sum by (a) (up)", "a", "b"],
    ["sum without (a) (up)", "b", "a"],
    ["topk(3, up)", "a", ""],
    ['count_values("v", up)', "v", "a"],
    ["a * on (x) group_left (y) sum by (x, y) (b)", "z", ""],
    ["sum by (x) (a) * on (x) group_right (y) b", "z", "y"],
    ["a and sum by (b) (c)", "d", ""],
    ["sum by (a) (x) or sum by (b) (y)", "b", "c"],
    ["sum by (a, b) (x) / sum by (a) (y)", "a", "b"],
    ['absent(up{job="a", node=~"b"})', "job", "node"],
    ['label_replace(sum(up), "dst", "$1", "src", ".*")', "dst", "src"],
    ["1 - sum by (a) (x)", "a", "b"],
    ["vector(1)", "", "a"],
  ];
  for (const [expression, has, hasNot] of cases) {
    it(`are correct for ${expression}`, () => {
      const facts = readExpression(expression);
      if (has !== "") assert.ok(hasLabel(facts, has), has);
      if (hasNot !== "") assert.ok(!hasLabel(facts, hasNot), hasNot);
    });
  }
});

describe("templates in alerts", () => {
  const told = (text: string, name = "summary") =>
    checkRuleGroups([
      {
        name: "g",
        rules: [{ alert: "A", expr: "up == 0", labels: { severity: "info" }, annotations: { [name]: text } }],
      },
    ]).map(({ severity, path, sentence }) => `${severity} ${path.slice(3).join(".")}: ${sentence}`);

  const refused = [
    ...["{{ $value * 100 }}", "{{ if $value > 1 }}x{{ end }}", "{{ $value > 1 }}", "{{ $value == 1 }}"],
    ...["{{ humanize($value) }}", '{{ printf "%s", $value }}', '{{ $labels["a"] }}', '{{ $labels.a || "b" }}'],
    ...["{{ $labels.a ? 1 : 2 }}", "{{ !$value }}", '{{ $labels."a" }}', "{{ $labels.'a' }}", "{{ $labels. }}"],
    ...["{{ $labels.a! }}", "{{ ..ExternalURL }}", "{{ ($value$value) }}", '{{ safeHtml"a" }}', "{{ `a``a` }}"],
    ...["{{ $value | (humanize }}", "{{ / len $labels }}", "{{ + }}", "{{ 1 | 2 }}", "{{ = }}", "{{-end }}"],
    ...["{{ break }}", "{{ continue }}", "{{ if }}x{{ end }}", "{{ with }}{{ end }}", "{{ range }}{{ end }}"],
    ...["{{ toLower with }}", '{{ template "x" | }}', "{{ humanise $value }}", "{{ $nothing }}", "{{"],
  ];
  for (const text of refused)
    it(`are refused: ${text}`, () =>
      assert.match(told(text).join(), /^error annotations\.summary: is not a valid template: /));

  const failing = [
    ...["{{ if gt $value 5 }}x{{ end }}", "{{ humanize }}", '{{ reReplaceAll ":.*" "" }}', "{{ .Value | value }}"],
    ...["{{ toUpper 1 }}", '{{ reReplaceAll "(" "b" $labels.x }}', '{{ template "x" }}', "{{ .Nothing }}"],
    ...["{{ $labels.a.b }}", '{{ with query "up[" }}x{{ end }}'],
  ];
  for (const text of failing)
    it(`fail when the alert fires: ${text}`, () =>
      assert.match(told(text).join(), /^error annotations\.summary: would show an error when the alert fires, at /));

  const taken = [
    ...["{{ $labels.job }} is {{ $value | humanize }}", '{{ with query "up" }}{{ . | first | value }}{{ end }}'],
    ...[
      "{{ humanize $labels.x }}",
      "{{ parseDuration $labels.x }}",
      "{{ $labels.x | toTime }}",
      "{{ if gt $value 5.0 }}x{{ end }}",
    ],
    ...["{{ range query `up` }}{{ .Labels.x }}{{ end }}", '{{ define "x" }}a{{ end }}{{ template "x" }}'],
    ...['{{ index $labels "a" }}', "{{ $externalLabels.cluster }} {{ $externalURL }}", "{{/* nothing */}}"],
  ];
  for (const text of taken) it(`are accepted: ${text}`, () => assert.deepEqual(told(text), []));

  it("are refused with a suggestion if one is known, and the suggestion is accepted", () => {
    const advice: readonly (readonly [text: string, says: RegExp, instead: string])[] = [
      ["{{ humanise $value }}", /function "humanise" not defined; is humanize meant\?$/, "{{ humanize $value }}"],
      ['{{ $labels["a"] }}', /write `index \$labels "a"`\.$/, '{{ index $labels "a" }}'],
      ["{{ if gt $value 5 }}x{{ end }}", /with a point: `gt \$value 5\.0`\.$/, "{{ if gt $value 5.0 }}x{{ end }}"],
      ["{{ humanize($value) }}", /`humanize \$value`\.$/, "{{ humanize $value }}"],
    ];
    for (const [text, says, instead] of advice) {
      assert.match(told(text)[0]!, says);
      assert.deepEqual(told(instead), []);
    }
  });

  it("cause a warning if they show the first result of an empty query, or a label that the expression removes", () => {
    assert.match(told('{{ query "up" | first | value }}').join(), /^warning .* takes the first result of a query/);
    const dropped = checkRuleGroups([
      {
        name: "g",
        rules: [{ alert: "A", expr: "sum(up)", labels: { severity: "info" }, annotations: { a: "{{ $labels.pod }}" } }],
      },
    ]);
    assert.match(dropped[0]!.sentence, /shows the label "pod", which the expression drops/);
  });
});

describe("regular expressions in Go's syntax", () => {
  it("leave no state behind that affects the next file", () => {
    const file = (step: object) => ({
      scrape_configs: [{ job_name: "a", static_configs: [{ targets: ["x:80"] }], relabel_configs: [step] }],
    });
    assert.match(judgeConfig("prometheus", file({ action: "labelkeep", regex: "~" }))[0]?.said ?? "", /no address/);
    assert.match(judgeConfig("prometheus", file({ action: "labeldrop" }))[0]?.said ?? "", /no address/);
  });

  it("match only the whole value, whether JavaScript or Go compares them", () => {
    for (const [pattern, value, matches] of [
      ["a|b", "b", true],
      ["a|b", "ab", false],
      ["a.*", "a\nb", true],
      ["(?i)A", "a", true],
      ["[[:digit:]]+", "12", true],
      ["[[:digit:]]+", "12a", false],
    ] as const)
      assert.equal(matchesRegex(pattern, value), matches, pattern);
  });
});

describe("matchers in Alertmanager's syntax", () => {
  const texts = ['a="b"', ' a != "b c" ', 'a=~"b|c.*"', 'a!~"x"', 'severity="critical"'];
  it("have the same meaning without Alertmanager's parser if they are in the simplest form", () => {
    for (const text of texts) assert.deepEqual(parseMatchers(text), readMatchers(text).matchers, text);
  });

  it("are read by Alertmanager's parser if they are not in the simplest form", () => {
    assert.deepEqual(parseMatchers('{a="b",c=~"d"}')?.length, 2);
    assert.deepEqual(parseMatchers("a=b"), [{ name: "a", operator: "=", value: "b" }]);
    assert.deepEqual(parseMatchers('"ä"="b"'), [{ name: "ä", operator: "=", value: "b" }]);
    for (const text of ["a", 'a="b', 'a=~"("', 'a=\u00a0"b"c']) assert.equal(parseMatchers(text), undefined, text);
  });
});
