import * as assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { command } from "../../../../tools/rules-test/command";
import { runRuleTests } from "../../../../tools/rules-test/run";
import { readArguments, Refusal } from "../../../../tools/shared/command-line";
import { StackUnreadable } from "../../../../tools/stack/cli";
import { configOf, FakeCli } from "../../../support/fake-cli";

/** A rule file of a user, and a test of it, which names the rule file as promtool needs it. */
const rules = `groups:
  - name: Shop
    rules:
      - alert: OrdersStalled
        expr: rate(orders_total[10m]) == 0
        labels: { severity: warning }
`;
const test = `# A comment.
rule_files: [../shop.yaml]
tests:
  - interval: 1m
    input_series:
      - series: orders_total
        values: 0x20 # a series of zeros
`;

describe("the tests of a stack's own rules", () => {
  let fake: FakeCli;
  beforeEach(() => (fake = new FakeCli()));
  afterEach(() => fake.remove());

  /** A program in place of promtool: prints its arguments and the files that they name, and ends with a code. */
  function promtool(code: number): string {
    const file = join(fake.directory, "promtool");
    const script = `#!/bin/sh
echo "$*"
for one in "$@"; do [ -f "$one" ] && cat "$one" && cat "$(sed -n 's/^ *- \\(.*rules.yaml\\)$/\\1/p' "$one")"; done
exit ${code}
`;
    writeFileSync(file, script);
    chmodSync(file, 0o755);
    return file;
  }

  async function run(settings: Readonly<Record<string, unknown>>, ...args: readonly string[]) {
    const { cwd, env } = fake.options({
      config: configOf(settings),
      "stack ls": { stdout: JSON.stringify([{ name: "dev", current: true }]) },
    });
    const said: string[] = [];
    const show = (text: string) => void said.push(text);
    const { values: given } = readArguments(command, ["--stack", "dev", ...args]);
    const code = await runRuleTests(given, { cwd, env, show });
    return { code, said: said.join("\n") };
  }

  const withFolder = { rules: { folder: "ops/rules", alerts: { NodeCpuHigh: { threshold: 77 } } } };

  it("get all rules of the stack, as its settings change them, in place of the rule files that they name", async () => {
    fake.write({ "ops/rules/shop.yaml": rules, "ops/rules/tests/shop.yaml": test });
    const { code, said } = await run(withFolder, "--promtool", promtool(0));
    assert.equal(code, 0);
    const [called = "", ...rest] = said.split("\n");
    assert.equal(called, "ops/rules/tests/shop.yaml: test rules ops/rules/tests/shop.yaml");
    const [before = "", loaded = ""] = rest.join("\n").split(/^(?=groups:)/m);
    assert.match(before, /^# A comment\.$/m);
    assert.match(before, /^ +values: 0x20 # a series of zeros$/m);
    assert.doesNotMatch(before, /\.\.\/shop\.yaml/);
    const { groups } = parse(loaded) as { groups: { name: string; rules: { alert: string; expr: string }[] }[] };
    const all = groups.flatMap((group) => group.rules);
    assert.ok(all.some(({ alert }) => alert === "OrdersStalled"));
    assert.match(all.find(({ alert }) => alert === "NodeCpuHigh")?.expr ?? "", /> 77$/);
    assert.ok(!all.some(({ alert }) => alert === "Watchdog"), "there is no heartbeat");
  });

  it("fail if promtool says so", async () => {
    fake.write({ "ops/rules/shop.yaml": rules, "ops/rules/tests/shop.yaml": test });
    assert.equal((await run(withFolder, "--promtool", promtool(1))).code, 1);
    fake.write({ "ops/rules/tests/broken.yaml": "tests: [" });
    await assert.rejects(
      run(withFolder, "--promtool", promtool(0)),
      /^Refusal: ops\/rules\/tests\/broken\.yaml is not valid YAML: /,
    );
    fake.write({ "ops/rules/tests/broken.yaml": "- tests" });
    await assert.rejects(
      run(withFolder, "--promtool", promtool(0)),
      /^Refusal: .*broken\.yaml has no tests; write them/,
    );
  });

  it("need promtool, and say where it is to be had", async () => {
    fake.write({ "ops/rules/shop.yaml": rules, "ops/rules/tests/shop.yaml": test });
    await assert.rejects(run(withFolder, "--promtool", join(fake.directory, "nothing")), (error: unknown) => {
      assert.ok(error instanceof Refusal);
      assert.equal(error.exitCode, 4);
      assert.match(
        error.message,
        /nothing is not there\. Install promtool of Prometheus v3\.\d+\.\d+, from its release/,
      );
      assert.match(error.message, /or from \/bin\/promtool of the image quay\.io\/prometheus\/prometheus:v3/);
      return true;
    });
  });

  it("are none without a folder, and none without tests in it", async () => {
    const without = await run({}, "--promtool", "nothing");
    assert.deepEqual(
      [without.code, without.said],
      [0, "No test was run: the stack dev does not set alerting:rules.folder."],
    );
    fake.write({ "ops/rules/shop.yaml": rules });
    const empty = await run(withFolder);
    assert.deepEqual([empty.code, empty.said], [0, "No test was run: ops/rules/tests has no file *.yaml or *.yml."]);
    assert.deepEqual(await run(withFolder, "--list"), { code: 0, said: "" });
  });

  it("can be listed", async () => {
    fake.write({ "ops/rules/shop.yaml": rules, "ops/rules/tests/a.yml": test, "ops/rules/tests/b.yaml": test });
    fake.write({ "ops/rules/tests/.hidden.yaml": test, "ops/rules/tests/notes.md": "" });
    assert.equal((await run(withFolder, "--list")).said, "ops/rules/tests/a.yml\nops/rules/tests/b.yaml");
  });

  it("are not run with rules that Prometheus refuses; each problem is named", async () => {
    fake.write({
      "ops/rules/shop.yaml": rules.replace("rate(orders_total[10m])", "rate(orders_total)"),
      "ops/rules/tests/shop.yaml": test,
    });
    const groups = [{ name: "Other", rules: [{ alert: "A", expr: "up ==" }] }];
    const found = run({ rules: { folder: "ops/rules", groups } }, "--promtool", promtool(0));
    await assert.rejects(found, (error: unknown) => {
      assert.ok(error instanceof StackUnreadable);
      assert.match(error.sentence, /^The rules of the stack "dev" have problems; fix them first:$/m);
      assert.match(error.sentence, /^ {2}- ops\/rules\/shop\.yaml:5, group Shop, rules\[0\]\.expr: /m);
      assert.match(error.sentence, /^ {2}- alerting:rules\.groups\[0\]\.rules\[0\]\.expr: /m);
      return true;
    });
  });
});
