import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { stringify } from "yaml";
import { rulesOfFolder } from "../../../alerts/folder";
import { releaseValues } from "../../../values/release-values";
import { configuration, lines, type Values } from "../../support/settings";

const rule = (alert: string, expr = "vector(1) > 2", indent = "      ") =>
  [`- alert: ${alert}`, `  expr: ${expr}`, "  labels: { severity: warning }"].map((line) => indent + line).join("\n");
const group = (name: string, ...rules: string[]) => `  - name: ${name}\n    rules:\n${rules.join("\n")}\n`;
const file = (...groups: string[]) => `groups:\n${groups.join("")}`;

describe("a folder of rule files", () => {
  let project: string;
  beforeEach(() => (project = mkdtempSync(join(tmpdir(), "alerting-folder-"))));
  afterEach(() => rmSync(project, { recursive: true }));

  function write(name: string, content: string | Buffer): void {
    const path = join(project, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }

  function made(values: Values = {}, folder = "ops/rules") {
    const rules = { folder, ...(values["rules"] as object | undefined) };
    const { values: sent, faults, warnings } = releaseValues(configuration({ ...values, rules }).settings, [], project);
    const groups = sent.serverFiles?.["alerting_rules.yml"]?.groups ?? [];
    return { names: groups.map(({ name }) => name), groups, faults: lines(faults), warnings: lines(warnings) };
  }

  it("adds its groups after the built-in groups and before the `rules.groups` setting, in the order of the file names", () => {
    write("ops/rules/b.yaml", file(group("B", rule("BAlert"))));
    write("ops/rules/a.yml", file(group("A1", rule("AAlert")), group("A2", rule("AnotherAlert"))));
    const setting = { name: "Setting", rules: [{ alert: "S", expr: "up", labels: { severity: "info" } }] };
    const { names, faults, warnings, groups } = made({ rules: { groups: [setting] } });
    assert.deepEqual([faults, warnings], [[], []]);
    assert.deepEqual(names.slice(-4), ["A1", "A2", "B", "Setting"]);
    assert.deepEqual(groups.at(-2), {
      name: "B",
      rules: [{ alert: "BAlert", expr: "vector(1) > 2", labels: { severity: "warning" } }],
    });
  });

  it("may be set with a trailing slash, and may be the project's folder itself", () => {
    write("a.yaml", file(group("A", rule("AAlert"))));
    assert.ok(made({}, "./").names.includes("A"));
    write("own/a.yaml", file(group("B", rule("BAlert", "rate(up)"))));
    assert.match(made({}, "own/").faults.join(), /^own\/a\.yaml:5, group B, rules\[0\]\.expr: /);
  });

  it("supports anchors and merge keys, as Prometheus does", () => {
    write(
      "ops/rules/a.yaml",
      "groups:\n  - name: A\n    rules:\n      - &first\n        alert: One\n        expr: up == 0\n        labels: { severity: info }\n      - <<: *first\n        alert: Two\n",
    );
    const { groups, faults } = made();
    assert.deepEqual(faults, []);
    assert.deepEqual(groups.at(-1)?.rules[1], { alert: "Two", expr: "up == 0", labels: { severity: "info" } });
  });

  const nothing = "accepted: a folder with rule files, relative to the folder of Pulumi.yaml.";
  it("that does not exist, or is a file, is reported without revealing anything about this machine", () => {
    assert.deepEqual(made().faults, [`alerting:rules.folder: got "ops/rules", which does not exist; ${nothing}`]);
    write("ops/rules", "x");
    assert.deepEqual(made().faults, [`alerting:rules.folder: got "ops/rules", which is a file; ${nothing}`]);
    assert.ok(!made().faults.join().includes(project));
  });

  it("that contains no rule files causes a warning", () => {
    write("ops/rules/README.md", "# Rules");
    write("ops/rules/.hidden.yaml", "{");
    const { faults, warnings } = made();
    assert.deepEqual(faults, []);
    assert.deepEqual(warnings, [
      'alerting:rules.folder: got "ops/rules", which has no file *.yaml or *.yml; no rule is read from it.',
    ]);
  });

  it("ignores its subfolder of tests, and reports any other subfolder", () => {
    write("ops/rules/a.yaml", file(group("A", rule("AAlert"))));
    write("ops/rules/tests/a.yaml", "tests: [");
    write("ops/rules/more/b.yaml", "{");
    const { faults, warnings } = made();
    assert.deepEqual(faults, []);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /^ops\/rules\/more: is a folder, which is not read/);
  });

  const contents: [title: string, content: string | Buffer, line: RegExp][] = [
    [
      "a syntax error, and names the line",
      "groups:\n  - name: A\n   rules: []\n",
      /^ops\/rules\/x\.yaml:3: cannot be read as YAML: /,
    ],
    [
      "a duplicate key",
      "groups: []\ngroups: []\n",
      /^ops\/rules\/x\.yaml:2: cannot be read as YAML: Map keys must be unique\.$/,
    ],
    ["a tab", "groups:\n\t- name: A\n", /^ops\/rules\/x\.yaml:2: cannot be read as YAML: /],
    [
      "a reference to an unknown anchor",
      "groups: *nobody\n",
      /^ops\/rules\/x\.yaml(:1)?: cannot be read as YAML: .*nobody/,
    ],
    ["a second YAML document", "groups: []\n---\ngroups: []\n", /^ops\/rules\/x\.yaml:\d: begins a second document/],
    ["no content", "# later\n", /^ops\/rules\/x\.yaml: is empty/],
    ["a list", "- name: A\n", /^ops\/rules\/x\.yaml:1: is a list; a rule file begins with `groups:`/],
    ["a string", "hello\n", /^ops\/rules\/x\.yaml:1: is "hello"; a rule file begins with `groups:`\.$/],
    [
      "promtool tests",
      "rule_files: [a.yaml]\ntests: []\n",
      /^ops\/rules\/x\.yaml:1: is a file of promtool's tests; move it into/,
    ],
    [
      "a Prometheus configuration",
      "global: {}\nrule_files: []\nscrape_configs: []\n",
      /^ops\/rules\/x\.yaml:1: is a configuration of Prometheus, which this program writes itself; move it out/,
    ],
    [
      "the keys of promtool tests, but no tests yet",
      "rule_files: [a.yaml]\nevaluation_interval: 1m\n",
      /^ops\/rules\/x\.yaml:1: is a file of promtool's tests; move it into/,
    ],
    [
      "an object of the Prometheus operator",
      "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nspec: { groups: [] }\n",
      /^ops\/rules\/x\.yaml:1: is an object of Kubernetes; .*below its `spec`/,
    ],
    ["a wrong key", "group: []\n", /^ops\/rules\/x\.yaml:1: has the key "group", .* Is `groups` meant\?$/],
    [
      "no list",
      "groups: { name: A }\n",
      /^ops\/rules\/x\.yaml:1: has no list below `groups`; begin each group with a dash\.$/,
    ],
    ["no value below its key", "groups:\n", /^ops\/rules\/x\.yaml:1: has nothing below `groups`/],
    ["bytes that are not text", Buffer.from([0x67, 0xff, 0xfe]), /^ops\/rules\/x\.yaml: is not UTF-8/],
    [
      "more bytes than a ConfigMap can store",
      `groups: []\n#${"x".repeat(1024 ** 2)}`,
      /^ops\/rules\/x\.yaml: has 1,048,588 bytes, more than the 1,048,576 bytes of a ConfigMap/,
    ],
    [
      "references that expand endlessly",
      `a: &a [x,x,x,x,x,x,x,x,x]\n${"bcdefgh"
        .split("")
        .map((name, at) => `${name}: &${name} [${Array(9).fill(`*${"abcdefgh"[at]}`).join(",")}]`)
        .join("\n")}\n`,
      /^ops\/rules\/x\.yaml(:\d+)?: (cannot be read as YAML: Excessive alias count|has the key "a")/,
    ],
    [
      "endlessly nested brackets",
      "[".repeat(200_000),
      /^ops\/rules\/x\.yaml: cannot be read as YAML: it is nested more deeply/,
    ],
    [
      "endlessly nested lists",
      "- ".repeat(200_000),
      /^ops\/rules\/x\.yaml: cannot be read as YAML: it is nested more deeply/,
    ],
    [
      "deeply nested maps",
      `groups: ${"{ a: ".repeat(80)}1${"}".repeat(80)}`,
      /^ops\/rules\/x\.yaml:1: .* is nested more than 64 levels deep/,
    ],
    [
      "a problem in a rule, and names line, group and rule",
      file(group("A", rule("AAlert"), rule("BAlert", "rate(up)"))),
      /^ops\/rules\/x\.yaml:8, group A, rules\[1\]\.expr: at character 6/,
    ],
    [
      "a group without a name, and gives its position",
      "groups:\n  - rules: []\n",
      /^ops\/rules\/x\.yaml:2, groups\[0\]: is refused by Prometheus: Groupname must not be empty\.$/,
    ],
    [
      "a group with the name of a built-in group",
      file(group("AllInstances", rule("AAlert"))),
      /^ops\/rules\/x\.yaml:2, group AllInstances, name: is "AllInstances", which is already the name of another group/,
    ],
    [
      "an alert with the name of a built-in alert",
      file(group("A", rule("InstanceDown"))),
      /^ops\/rules\/x\.yaml:4, group A, rules\[0\]\.alert: is InstanceDown, which is the name of a built-in alert; .*alerting:rules\.alerts\.InstanceDown\.enabled: false\.$/,
    ],
    [
      "a template that would fail only when the alert fires",
      `${file(group("A", rule("AAlert")))}        annotations: { summary: "{{ .Lables.job }}" }\n`,
      /^ops\/rules\/x\.yaml:7, group A, rules\[0\]\.annotations\.summary: /,
    ],
  ];
  for (const [title, content, line] of contents) {
    it(`reports a file with ${title}`, () => {
      write("ops/rules/good.yaml", file(group("Good", rule("GoodAlert"))));
      write("ops/rules/x.yaml", content);
      const { faults, names } = made();
      assert.match(faults[0] ?? "nothing was told", line, faults.join("\n"));
      assert.equal(faults.length, 1, faults.join("\n"));
      assert.ok(names.includes("Good"), "the good file is read all the same");
    });
  }

  it("accepts strings of any kind: quotes, line breaks, closing braces, 100 kB", () => {
    const rules = [
      { alert: 'A "quoted"', expr: "up == 0", labels: { severity: "info", odd: 'a"b\nc\\d {{ "}}" }} é' } },
    ];
    const long = {
      alert: "Long",
      expr: "up == 0",
      labels: { severity: "info" },
      annotations: { summary: "x".repeat(1e5) },
    };
    write("ops/rules/a.yaml", stringify({ groups: [{ name: "A", rules: [...rules, long] }] }));
    const { groups, faults, warnings } = made();
    assert.deepEqual([faults, warnings], [[], []]);
    assert.deepEqual(groups.at(-1)?.rules, [...rules, long]);
  });

  it("reports a folder or a pipe in place of a file, and does not wait for content", () => {
    mkdirSync(join(project, "ops/rules/a.yaml"), { recursive: true });
    execFileSync("mkfifo", [join(project, "ops/rules/b.yaml")]);
    symlinkSync("a.yaml", join(project, "ops/rules/c.yaml"));
    const { faults, warnings } = made();
    assert.match(warnings.join(), /^ops\/rules\/a\.yaml: is a folder, which is not read/);
    assert.deepEqual(faults, [
      "ops/rules/b.yaml: is not a file; rules are read from files directly in the folder.",
      "ops/rules/c.yaml: is not a file; rules are read from files directly in the folder.",
    ]);
  });

  it("may contain an alert with the name of a disabled built-in alert", () => {
    write("ops/rules/a.yaml", file(group("A", rule("InstanceDown"))));
    assert.deepEqual(made({ rules: { alerts: { InstanceDown: { enabled: false } } } }).faults, []);
  });

  it("needs unique group names across its files, and reports all problems at once", () => {
    write("ops/rules/a.yaml", file(group("A", rule("One"))));
    write("ops/rules/b.yaml", file(group("A", rule("Two"))));
    write("ops/rules/c.yaml", "groups: [");
    write("ops/rules/d.yaml", file(group("D", rule("Three", "rate("))));
    const { faults } = made();
    assert.deepEqual(faults.map((line) => line.slice(0, line.indexOf(": "))).sort(), [
      "ops/rules/b.yaml:2, group A, name",
      "ops/rules/c.yaml:1",
      "ops/rules/d.yaml:5, group D, rules[0].expr",
    ]);
  });

  it("is read through symbolic links within the project, but not through links that lead outside", () => {
    write("shared/a.yaml", file(group("A", rule("AAlert"))));
    mkdirSync(join(project, "ops/rules"), { recursive: true });
    symlinkSync("../../shared/a.yaml", join(project, "ops/rules/a.yaml"));
    symlinkSync("shared", join(project, "linked"));
    assert.ok(made().names.includes("A"));
    assert.ok(made({}, "linked").names.includes("A"));
    symlinkSync("/etc/hostname", join(project, "ops/rules/b.yaml"));
    symlinkSync("nowhere.yaml", join(project, "ops/rules/c.yaml"));
    assert.deepEqual(made().faults, [
      "ops/rules/b.yaml: is a link to a place outside the project, so that others would read other rules; put the file here.",
      "ops/rules/c.yaml: is a file that is a broken link.",
    ]);
    symlinkSync(tmpdir(), join(project, "out"));
    assert.match(made({}, "out").faults.join(), /^alerting:rules\.folder: got "out", which is outside the project; /);
  });

  it("is limited in size together with all other rules", () => {
    const texts = (n: number) =>
      Array.from({ length: 400 }, (_, at) => rule(`A${n}x${at}`, `up{a="${"x".repeat(900)}"} == 0`));
    for (const n of [1, 2, 3]) write(`ops/rules/${n}.yaml`, file(group(`G${n}`, ...texts(n))));
    assert.match(
      made().faults.join(),
      /^alerting:rules: is 1,\d{3},\d{3} bytes of YAML, more than the 1,048,576 bytes/,
    );
  });

  it("is relative to Pulumi.yaml, whatever the working directory", () => {
    write("ops/rules/a.yaml", file(group("A", rule("AAlert"))));
    assert.equal(rulesOfFolder(project, "ops/rules").files.length, 1);
    assert.equal(rulesOfFolder(join(project, "ops"), "ops/rules").faults.length, 1);
  });
});
