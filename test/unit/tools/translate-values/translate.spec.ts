import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { Refusal } from "../../../../tools/shared/command-line";
import { type SetFlag, setFlag } from "../../../../tools/translate-values/set-flags";
import { translate } from "../../../../tools/translate-values/main";
import { migrateValues } from "../../../../chart/legacy/migrate-values";
import { releaseValues } from "../../../../values/release-values";
import { migratedText } from "../../../../tools/translate-values/problems";
import type { PlainMap } from "../../../../validation/plain-data";
import { least, settings } from "../../../support/settings";

const folder = join(__dirname, "../../../fixtures/values-of-old");

/** The values that one flag sets, and the parts of the flag that cannot be read. */
function read(text: string, flag: SetFlag = "set") {
  const values: PlainMap = {};
  return { wrong: setFlag(values, flag, text), values };
}

describe("a `--set` flag", () => {
  const cases: [text: string, values: unknown, flag?: SetFlag][] = [
    ["a.b=c", { a: { b: "c" } }],
    ["a.b=c,d.e=f", { a: { b: "c" }, d: { e: "f" } }],
    ["a=1", { a: 1 }],
    [
      "server.tolerations[0].key=x,server.tolerations[0].operator=Exists",
      { server: { tolerations: [{ key: "x", operator: "Exists" }] } },
    ],
    ["a[1]=x", { a: [null, "x"] }],
    ["a[0][1]=x", { a: [[null, "x"]] }],
    ["a={x,y,1}", { a: ["x", "y", 1] }],
    ["a={}", { a: [] }],
    ["a.b\\.c=d", { a: { "b.c": "d" } }],
    ["a=b\\,c,d=e", { a: "b,c", d: "e" }],
    ["nodeSelector.kubernetes\\.io/role=master", { nodeSelector: { "kubernetes.io/role": "master" } }],
    ["a=true,b=false,c=null,d=1.5,e=007,f=", { a: true, b: false, c: null, d: "1.5", e: "007", f: "" }],
    ["a=true,b=1", { a: "true", b: "1" }, "set-string"],
    ['a={"b":[1]}', { a: { b: [1] } }, "set-json"],
    ["a=b=c", { a: "b=c" }],
  ];
  for (const [text, values, flag] of cases) {
    it(`is read as Helm reads it: ${text}`, () => {
      assert.deepEqual(read(text, flag), { wrong: [], values });
    });
  }

  it("reports the parts that cannot be read, but does not show their value", () => {
    for (const [text, flag] of [
      ["a[x]=c4nary"],
      ["b"],
      ["c={c4nary", "set-json"],
      ["[0]=c4nary"],
      ["a[99999999]=c4nary"],
    ] as const) {
      const { wrong } = read(text, flag);
      assert.equal(wrong.length, 1, text);
      assert.doesNotMatch(wrong.join(), /c4nary/);
    }
  });

  it("never changes a prototype", () => {
    read("__proto__.polluted=1,a.constructor.prototype.polluted=1,b[0].__proto__.polluted=1");
    assert.equal(({} as { polluted?: number }).polluted, undefined);
  });
});

/** The error with which the translation refuses a command line. */
function refused(args: readonly string[]): Refusal {
  try {
    translate(args);
  } catch (error) {
    assert.ok(error instanceof Refusal);
    return error;
  }
  assert.fail("it was not refused");
}

describe("npm run values:translate", () => {
  for (const file of ["v15.yaml", "v22.yaml"]) {
    it(`prints the findings and a block to paste (${file})`, () => {
      const out = translate([join(folder, file)]);
      assert.match(out, /^\d+ keys that must now be written elsewhere:\n {2}- /);
      const block = parse(out.slice(out.indexOf("\nconfig:"))) as { config: object };
      assert.ok(Object.keys(block.config).every((key) => key.startsWith("alerting:")));
      assert.doesNotMatch(out, /XXXX|0123456789abcdef|not-a-real/);
    });
  }

  for (const [file, ...problems] of [
    ["v15.yaml", 'alerting:prometheus.resources.memory: got "3Gi"; accepted: at most its limit (memoryLimit: 2Gi).'],
    [
      "v22.yaml",
      'alerting:prometheus.retentionSize: got "8GB"; accepted: at most nine tenths of alerting:storage.serverSize (8Gi), or the volume fills up.',
    ],
  ] as const) {
    it(`prints a configuration that the program accepts, except for the problems it lists as still to be fixed (${file})`, () => {
      const out = translate([join(folder, file)]);
      const [, told = ""] = out.split("# Copied unchanged, but a preview would refuse these; fix them:\n");
      assert.deepEqual(
        told.trimEnd().split("\n"),
        problems.map((line) => `#   ${line}`),
      );
    });
  }

  it("accepts flags only, and flags after a file", () => {
    assert.match(translate(["--set", "server.retention=30d"]), /alerting:prometheus:\n {4}retention: 30d/);
    const out = translate([join(folder, "v22.yaml"), "--set", "server.retention=7d"]);
    assert.match(out, /retention: 7d/);
    assert.doesNotMatch(out, /retention: 45d/);
  });

  it("says so if there is nothing to translate", () => {
    const out = translate(["--set", "server.podAnnotations.a=b"]);
    assert.match(out, /^Nothing to translate/);
  });

  const unknown: [flag: string, told: RegExp][] = [
    [
      "server.nonsense=1",
      /^ {2}- alerting:values\.server\.nonsense: is not a key here, and the chart has none like it\.$/,
    ],
    [
      "schedulerName=a",
      /alerting:values\.schedulerName: is not a key here; the chart has it as alertmanager\.schedulerName/,
    ],
    ["a.b=c", /alerting:values\.a: is not a key here/],
    ["scrapeConfigs.a.static_config=b", /alerting:values\.scrapeConfigs\.a\.static_config: /],
    ["server.securityContext.privileged=true", /alerting:values\.server\.securityContext\.privileged: /],
  ];
  for (const [flag, told] of unknown) {
    it(`reports unknown keys as a preview does: ${flag}`, () => {
      const out = translate(["--set", flag]);
      const [first, ...list] = out.trimEnd().split("\n");
      assert.equal(first, "These are not keys of an older chart, and alerting:values would refuse them:");
      assert.ok(
        list.some((line) => told.test(line)),
        out,
      );
    });
  }

  describe("for values of kube-prometheus-stack", () => {
    const stacks: object[] = [
      { prometheusOperator: { enabled: true } },
      { grafana: { enabled: false }, nodeExporter: { enabled: true } },
      { kubeApiServer: { enabled: true }, alertmanager: { config: { receivers: [{ name: "a" }] } } },
      { prometheus: { prometheusSpec: { retention: "10d" } }, server: { deploymentAnnotations: { a: "b" } } },
      { alertmanager: { alertmanagerSpec: {} } },
      { "kube-prometheus-stack": { prometheus: {} } },
    ];
    for (const values of stacks) {
      it(`says in one sentence which chart they belong to, and what to do: ${JSON.stringify(values)}`, () => {
        const { message, exitCode } = refused(
          Object.entries(values).flatMap(([key, value]) => ["--set-json", `${key}=${JSON.stringify(value)}`]),
        );
        assert.equal(exitCode, 1);
        assert.match(
          message,
          /^The list of flags holds values of the chart kube-prometheus-stack, .*leave the rest out\.$/,
        );
        const { faults } = releaseValues(settings({ ...least, values }), []);
        assert.deepEqual(
          faults.map(({ key, sentence }) => `${key} ${sentence}`.replace("alerting:values", "The list of flags")),
          [message],
        );
      });
    }

    it("treats another chart's key in the same file as an unknown key", () => {
      const out = translate(["--set", "grafana.enabled=true,server.podAnnotations.a=b"]);
      assert.match(out, /alerting:values\.grafana: is not a key here/);
    });
  });

  describe("ends with a sentence", () => {
    let made: string;
    before(() => (made = mkdtempSync(join(tmpdir(), "values-"))));
    after(() => rmSync(made, { recursive: true }));
    const cases: [what: string, text: string | undefined, sentence: RegExp][] = [
      ["without a file", undefined, /values\.yaml cannot be read\./],
      ["for a file that is not YAML", "a: [c4nary", /is not valid YAML: /],
      ["for a file that is a list", "- c4nary", /does not hold a map of values\./],
    ];
    for (const [what, text, sentence] of cases) {
      it(what, () => {
        const file = join(made, "values.yaml");
        if (text !== undefined) writeFileSync(file, text);
        const { message, exitCode } = refused([file]);
        assert.equal(exitCode, 1);
        assert.match(message, sentence);
        assert.doesNotMatch(message, /c4nary/);
      });
    }

    it("if there are no arguments, or flags that cannot be read", () => {
      assert.match(refused([]).message, /Name a values file/);
      assert.match(refused(["--set", "a"]).message, /"a" has no `=`/);
      assert.equal(refused([]).exitCode, 2);
    });
  });
});

describe("a translation", () => {
  const textOf = (job: string) =>
    migratedText(
      migrateValues({
        extraScrapeConfigs: `- job_name: snmp\n  ${job}: [{ targets: ["10.0.9.5:9116"] }]\n`,
        nodeExporter: { enabled: true },
      }),
    );

  it("is followed by a list of the problems that a preview would report, if there are any", () => {
    const text = textOf("static_config");
    const [block = "", told = ""] = text.split("# Copied unchanged, but a preview would refuse these; fix them:\n");
    assert.match(told, /^# {3}alerting:values\.scrapeConfigs\.snmp\.static_config: .*static_configs.*\n$/);
    assert.ok(parse(text), "it can be pasted as it stands");
    assert.match(block, /static_config:/);
    assert.doesNotMatch(textOf("static_configs"), /a preview would refuse these/);
  });
});
