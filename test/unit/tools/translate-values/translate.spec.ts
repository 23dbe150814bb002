import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { refusedKeys } from "../../../../chart/overrides/keys";
import { parseSetFlags } from "../../../../chart/legacy/set-flags";
import { Refusal } from "../../../../tools/shared/command-line";
import { translate } from "../../../../tools/translate-values/main";
import { yesterdaysKeys } from "../../../../chart/legacy/yesterday";
import { releaseValues } from "../../../../values/release-values";
import { translationText } from "../../../../values/still-wrong";
import { least, lines, settings } from "../../../support/settings";

const folder = join(__dirname, "../../../fixtures/values-of-old");

describe("a list of --set flags", () => {
  const cases: [flags: string | string[], values: unknown][] = [
    ["a.b=c", { a: { b: "c" } }],
    [["--set", "a.b=c,d.e=f"], { a: { b: "c" }, d: { e: "f" } }],
    [["--set=a=1"], { a: 1 }],
    [
      "--set 'server.tolerations[0].key=x' --set server.tolerations[0].operator=Exists",
      { server: { tolerations: [{ key: "x", operator: "Exists" }] } },
    ],
    ["a[1]=x", { a: [null, "x"] }],
    ["a[0][1]=x", { a: [[null, "x"]] }],
    ["a={x,y,1}", { a: ["x", "y", 1] }],
    ["a={}", { a: [] }],
    ["a.b\\.c=d", { a: { "b.c": "d" } }],
    ["a=b\\,c,d=e", { a: "b,c", d: "e" }],
    ['--set "nodeSelector.kubernetes\\.io/role"=master', { nodeSelector: { "kubernetes.io/role": "master" } }],
    ["a=true,b=false,c=null,d=1.5,e=007,f=", { a: true, b: false, c: null, d: "1.5", e: "007", f: "" }],
    ["--set-string a=true,b=1", { a: "true", b: "1" }],
    ["--set-json 'a={\"b\":[1]}'", { a: { b: [1] } }],
    ["a=b=c", { a: "b=c" }],
    ["helm upgrade --install prometheus prometheus-community/prometheus -n monitoring --set a=b", { a: "b" }],
    ["--set a=b \\\n  --set c=d", { a: "b", c: "d" }],
    [
      ["server.retention=30d", "nodeExporter.enabled=true"],
      { server: { retention: "30d" }, nodeExporter: { enabled: true } },
    ],
  ];
  for (const [flags, values] of cases) {
    it(`is read as Helm does: ${JSON.stringify(flags)}`, () => {
      const read = parseSetFlags(flags);
      assert.deepEqual(read.values, values);
      assert.deepEqual(read.faults, []);
    });
  }

  it("is told what of it could not be read, without the value", () => {
    const { faults, files } = parseSetFlags([
      "--set",
      "a[x]=c4nary",
      "--set",
      "b",
      "--set-json",
      "c={c4nary",
      "-f",
      "more.yaml",
      "--set",
      "[0]=c4nary",
      "--set",
      "a[99999999]=c4nary",
    ]);
    assert.equal(faults.length, 5);
    assert.doesNotMatch(faults.join(), /c4nary/);
    assert.deepEqual(files, ["more.yaml"]);
  });

  it("never reaches a prototype", () => {
    parseSetFlags("__proto__.polluted=1,a.constructor.prototype.polluted=1,b[0].__proto__.polluted=1");
    assert.equal(({} as { polluted?: number }).polluted, undefined);
  });

  it("is answered by what to write today, with every key of it that is trouble", () => {
    const text = readFileSync(join(folder, "set-flags.txt"), "utf8");
    for (const override of [text, [text], [text.replace(/\\\n/g, " ")]]) {
      const { findings, today } = yesterdaysKeys(override);
      assert.deepEqual(
        findings.map(({ path }) => path.join(".")),
        [
          "",
          "server.mountPath",
          "alertmanager.persistentVolume.storageClass",
          "alertmanagerFiles.alertmanager.yml",
          "nodeExporter.enabled",
          "pushgateway.enabled",
        ],
      );
      assert.ok(today);
      const reasons = today.dropped.map(({ path, reason }) => `${path}: ${reason}`).join("\n");
      assert.match(reasons, /server.mountPath: no chart has this key/);
      assert.match(reasons, /alertmanager.configMapOverrideName: it would put a configuration of yours/);
      assert.match(reasons, /rule_files: .*rules belong in alerting:rules.groups/);
      assert.match(reasons, /no receiver is called "default"/);
      assert.match(reasons, /the channel is empty: an unquoted #/);
      assert.doesNotMatch(today.text, /XXXX/);
      assert.deepEqual(today.settings.storage, { type: "storageClass", storageClass: "gp3", serverSize: "20Gi" });
      assert.deepEqual(refusedKeys(today.settings.values), []);
    }
  });
});

/** With what the translation refuses a command line. */
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
      assert.match(out, /^\d+ keys to be written elsewhere today:\n {2}- /);
      const block = parse(out.slice(out.indexOf("\nconfig:"))) as { config: object };
      assert.ok(Object.keys(block.config).every((key) => key.startsWith("alerting:")));
      assert.doesNotMatch(out, /XXXX|0123456789abcdef|not-a-real/);
    });
  }

  for (const file of ["v15.yaml", "v22.yaml"]) {
    it(`prints what the program takes without a fault, the credentials set (${file})`, () => {
      const out = translate([join(folder, file)]);
      const { config } = parse(out.slice(out.indexOf("\nconfig:"))) as { config: Record<string, unknown> };
      const written = Object.entries(config).map(([key, value]) => [key.replace("alerting:", ""), value] as const);
      const credentials = [...out.matchAll(/alerting:credentials\.([-a-z0-9]+)/g)].map(([, name]) => name!);
      const { faults } = releaseValues(settings({ ...least, ...Object.fromEntries(written) }), credentials);
      assert.deepEqual(lines(faults), []);
    });
  }

  it("takes flags, and flags after a file", () => {
    assert.match(translate(["--set", "server.retention=30d"]), /alerting:prometheus:\n {4}retention: 30d/);
    const out = translate([join(folder, "v22.yaml"), "--set", "server.retention=7d"]);
    assert.match(out, /retention: 7d/);
    assert.doesNotMatch(out, /retention: 45d/);
  });

  it("says that there is nothing to translate", () => {
    const out = translate(["--set", "server.podAnnotations.a=b"]);
    assert.match(out, /^Nothing to translate/);
  });

  const unknown: [flag: string, told: RegExp][] = [
    [
      "server.nonsense=1",
      /^ {2}- alerting:values\.server\.nonsense: is no key here, and the chart has none like it\.$/,
    ],
    [
      "schedulerName=a",
      /alerting:values\.schedulerName: is no key here; the chart has it as alertmanager\.schedulerName/,
    ],
    ["a.b=c", /alerting:values\.a: is no key here/],
    ["scrapeConfigs.a.static_config=b", /alerting:values\.scrapeConfigs\.a\.static_config: /],
    ["server.securityContext.privileged=true", /alerting:values\.server\.securityContext\.privileged: /],
  ];
  for (const [flag, told] of unknown) {
    it(`says of keys that nobody has what a preview would say: ${flag}`, () => {
      const out = translate(["--set", flag]);
      const [first, ...list] = out.trimEnd().split("\n");
      assert.equal(
        first,
        "Nothing of an older chart that is known here, and under alerting:values it would be refused:",
      );
      assert.ok(
        list.some((line) => told.test(line)),
        out,
      );
    });
  }

  describe("of values of kube-prometheus-stack", () => {
    const stacks: object[] = [
      { prometheusOperator: { enabled: true } },
      { grafana: { enabled: false }, nodeExporter: { enabled: true } },
      { kubeApiServer: { enabled: true }, alertmanager: { config: { receivers: [{ name: "a" }] } } },
      { prometheus: { prometheusSpec: { retention: "10d" } }, server: { deploymentAnnotations: { a: "b" } } },
      { alertmanager: { alertmanagerSpec: {} } },
      { "kube-prometheus-stack": { prometheus: {} } },
    ];
    for (const values of stacks) {
      it(`says in one sentence whose they are, and what to do: ${JSON.stringify(values)}`, () => {
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

    it("takes a key that may be another chart's in the same file for what it is", () => {
      const out = translate(["--set", "grafana.enabled=true,server.podAnnotations.a=b"]);
      assert.match(out, /alerting:values\.grafana: is no key here/);
    });
  });

  describe("ends with a sentence", () => {
    let made: string;
    before(() => (made = mkdtempSync(join(tmpdir(), "values-"))));
    after(() => rmSync(made, { recursive: true }));
    const cases: [what: string, text: string | undefined, sentence: RegExp][] = [
      ["without a file", undefined, /values\.yaml cannot be read\./],
      ["for a file that is no YAML", "a: [c4nary", /is not valid YAML: /],
      ["for a file that is a list", "- c4nary", /holds no map of values\./],
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

    it("for nothing at all, and for flags that cannot be read", () => {
      assert.match(refused([]).message, /Name a values file/);
      assert.match(refused(["--set", "a"]).message, /"a" has no `=`/);
      assert.equal(refused([]).exitCode, 2);
    });
  });
});

describe("a translation", () => {
  const old = (job: string) => ({
    extraScrapeConfigs: `- job_name: snmp\n  ${job}: [{ targets: ["10.0.9.5:9116"] }]\n`,
    nodeExporter: { enabled: true },
  });
  const textOf = (values: object) => translationText(yesterdaysKeys(values).today!);

  it("says below it what is wrong in it as it was before, and adds nothing where that is nothing", () => {
    const text = textOf(old("static_config"));
    const [block = "", told = ""] = text.split(
      "# Still to be mended in it, carried over as it was; lines are counted from `config:` on:\n",
    );
    assert.match(told, /^# {3}line 7, alerting:values\.scrapeConfigs\.snmp\.static_config: .*static_configs.*\n$/);
    assert.match(block.slice(block.indexOf("config:")).split("\n")[6]!, /^ +static_config:/);
    assert.ok(parse(text), "it can be pasted as it stands");
    assert.match(block, /static_config:/);
    const others = { alertmanager: { routes: [{ receiver: "nobody" }] } };
    const beside = translationText(yesterdaysKeys(old("static_config")).today!, settings({ ...least, ...others }));
    assert.equal(beside, text, "what is wrong in other settings is not a translation's");
    assert.doesNotMatch(textOf(old("static_configs")), /Still to be mended/);
  });
});
