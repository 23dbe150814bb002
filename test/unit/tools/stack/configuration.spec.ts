import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { inspect } from "node:util";
import { reach } from "../../../../tools/stack/servers/reach";
import { noStack, readStackFacts } from "../../../../tools/stack/facts";
import { StackUnreadable } from "../../../../tools/stack/cli";
import { readStackConfiguration } from "../../../../tools/stack/configuration";
import { readStackOutputs } from "../../../../tools/stack/outputs";
import { SecretText } from "../../../../tools/stack/secret-text";
import { selectedStack } from "../../../../tools/stack/identity";
import { FakeCli } from "../../../support/fake-cli";
import { canary, canaryPath, master } from "../../../support/settings";

const nodes = JSON.stringify({ masters: { names: [master] } });
const plain = (value: string) => ({ value, secret: false });
const good = {
  "aws:region": plain("ap-northeast-2"),
  "alerting:context": plain("lab"),
  "alerting:nodes": { ...plain(nodes), objectValue: JSON.parse(nodes) as unknown },
  "alerting:slackWebhookUrl": { value: canary, secret: true },
  "alerting:credentials": { value: JSON.stringify({ pagerduty: `key-${canaryPath}` }), secret: true },
};

describe("reading a stack with the Pulumi CLI", function () {
  let fake: FakeCli;
  const asked = () => fake.asked();
  const cli = (answers: Parameters<FakeCli["options"]>[0]) => fake.options(answers);

  beforeEach(() => (fake = new FakeCli()));
  afterEach(() => fake.remove());

  const listing = (url?: string) => ({ stdout: JSON.stringify([{ name: "dev", current: true, url }]) });
  const config = (all: object) => ({ stdout: JSON.stringify(all) });
  const refuses = (message: RegExp) => (error: unknown) => {
    assert.ok(error instanceof StackUnreadable, String(error));
    assert.match(error.message, message);
    assert.doesNotMatch(error.message, new RegExp(canaryPath));
    return true;
  };

  it("uses the selected stack if none is named, and gives it the name that the CLI accepts", async () => {
    const stacks = [{ name: "prod" }, { name: "platform/staging", current: true }];
    assert.equal(await selectedStack(cli({ "stack ls": { stdout: JSON.stringify(stacks) } })), "platform/staging");
    for (const stdout of ["[]", '[{"name":"prod"}]']) {
      await assert.rejects(
        selectedStack(cli({ "stack ls": { stdout } })),
        refuses(/^no stack is selected\. Name it with/),
      );
    }
  });

  it("gives the configuration as the program loads it, with defaults and without problems", async () => {
    const options = cli({ config: config(good), "stack ls": listing() });
    const { configuration } = await readStackConfiguration("dev", options);
    assert.deepEqual(configuration.faults, []);
    assert.deepEqual(configuration.settings.nodes?.masters.names, [master]);
    assert.equal(configuration.settings.namespace, "monitoring");
    assert.equal(configuration.settings.aws?.region, "ap-northeast-2");
    assert.equal(configuration.settings.environment, "dev");
    assert.equal(configuration.owner, "organization/alerting/dev");
  });

  it("gives the webhook and the credentials only to code that reveals them explicitly, never when printed", async () => {
    const options = cli({ config: config(good), "stack ls": listing() });
    const read = await readStackConfiguration("dev", options);
    assert.equal(read.webhook?.reveal(), canary);
    assert.equal(read.credentials.pagerduty?.reveal(), `key-${canaryPath}`);
    const printed = [inspect(read, { depth: 20 }), JSON.stringify(read.webhook), `${String(read.webhook)}`].join();
    assert.doesNotMatch(printed, new RegExp(canaryPath));
    assert.match(String(new SecretText("x")), /^\[secret\]$/);
  });

  it("never selects the stack, and passes no secret as an argument", async () => {
    const options = cli({ config: config(good), "stack ls": listing() });
    await readStackConfiguration("dev", options);
    assert.deepEqual(asked().sort(), [
      "config --show-secrets --json --stack dev --non-interactive --color never",
      "stack ls --json --non-interactive --color never",
    ]);
  });

  it("returns all problems of the configuration instead of throwing", async () => {
    const faulty = {
      ...good,
      "alerting:slackWebhookUrl": { value: canary, secret: false },
      "alerting:nodeLable": plain("x"),
    };
    const options = cli({ config: config(faulty), "stack ls": listing() });
    const read = await readStackConfiguration("dev", options);
    assert.deepEqual(
      read.configuration.faults.map(({ key }) => key),
      ["alerting:nodeLable", "alerting:slackWebhookUrl"],
    );
    assert.equal(read.webhook, undefined);
  });

  it("takes the organization of Pulumi Cloud from the stack's page, or from the given name", async () => {
    const page = "https://app.pulumi.example/platform/alerting/dev";
    const options = cli({ config: config(good), "stack ls": listing(page) });
    assert.equal((await readStackConfiguration("dev", options)).configuration.owner, "platform/alerting/dev");
    assert.equal((await readStackConfiguration("web/dev", options)).configuration.owner, "web/alerting/dev");
  });

  for (const [what, stderr, says] of [
    [
      "the stack does not exist",
      "error: no stack named 'dev' found",
      /no stack named 'dev' found\. `pulumi stack ls` lists/,
    ],
    ["the passphrase is wrong", "error: incorrect passphrase", /incorrect passphrase\. Set the stack's passphrase/],
    [
      "the passphrase is missing",
      'error: could not deserialize deployment: constructing secrets manager of type "passphrase": constructing secrets manager: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables',
      /cannot be read: passphrase must be set .* environment variables\. Write it into a file that nobody else can read, and run `export PULUMI_CONFIG_PASSPHRASE_FILE=<file>`\.$/,
    ],
    [
      "no one is logged in",
      "error: PULUMI_ACCESS_TOKEN must be set for login",
      /login\. Run `pulumi login` with the backend/,
    ],
    [
      "the state's bucket cannot be opened",
      "error: unable to open bucket s3://x",
      /`pulumi whoami --verbose` shows the backend/,
    ],
  ] as const) {
    it(`reports in a sentence that ${what}`, async () => {
      const options = cli({ config: { stderr, exit: 1 }, "stack ls": listing() });
      await assert.rejects(readStackConfiguration("dev", options), refuses(says));
    });
  }

  it("reports that the CLI is not installed", async () => {
    await assert.rejects(readStackOutputs("dev", { env: { PATH: "/nowhere" } }), refuses(/CLI is not on the PATH/));
  });

  it("reports a Pulumi.yaml that is not valid YAML, or does not exist", async () => {
    const options = cli({ config: config(good), "stack ls": listing() });
    fs.writeFileSync(path.join(fake.directory, "Pulumi.yaml"), "name: [alerting\nruntime: nodejs\n");
    await assert.rejects(readStackConfiguration("dev", options), refuses(/Pulumi\.yaml is not valid YAML: .* line 2/));
    fs.rmSync(path.join(fake.directory, "Pulumi.yaml"));
    await assert.rejects(
      readStackConfiguration("dev", options),
      refuses(/there is no Pulumi\.yaml in this directory or above it/),
    );
  });

  it("reports that the CLI does not finish", async () => {
    const options = { ...cli({ "stack output": { hang: true } }), patienceMs: 500 };
    await assert.rejects(
      readStackOutputs("dev", options),
      refuses(/`pulumi stack output .*` gave no answer within 0.5 s/),
    );
  });

  it("does not repeat the CLI's output if it is not JSON", async () => {
    const options = cli({ config: { stdout: `oops ${canary}` }, "stack ls": listing() });
    await assert.rejects(readStackConfiguration("dev", options), refuses(/printed no JSON/));
  });

  it("gives the stack's outputs", async () => {
    const options = cli({ "stack output": { stdout: '{"namespace":"monitoring","contractVersion":1}' } });
    assert.deepEqual(await readStackOutputs("dev", options), { namespace: "monitoring", contractVersion: 1 });
    assert.deepEqual(asked(), ["stack output --json --stack dev --non-interactive --color never"]);
  });

  it("says to apply a stack that has no outputs", async () => {
    const options = cli({ "stack output": { stdout: "{}" } });
    await assert.rejects(readStackOutputs("dev", options), refuses(/has no outputs: .*`pulumi up --stack dev` first/));
  });

  describe("for a drill", () => {
    it("gives the plain values of settings and outputs", async () => {
      const secretsShut = {
        ...good,
        "alerting:slackWebhookUrl": { secret: true },
        "alerting:credentials": { secret: true },
      };
      const outputs = { namespace: "monitoring", alertmanagerUrl: "http://alertmanager.example" };
      const options = cli({
        config: config(secretsShut),
        "stack ls": listing(),
        "stack output": { stdout: JSON.stringify(outputs) },
      });
      const { warnings, context, channel, alertmanagerUrl } = await readStackFacts("dev", options);
      assert.deepEqual(warnings, []);
      assert.deepEqual([context, channel, alertmanagerUrl], ["lab", "#monitoring", "http://alertmanager.example"]);
      assert.ok(asked().every((command) => !command.includes("--show-secrets")));
    });

    it("reports once why neither settings nor outputs can be read, and the consequences", async () => {
      const stderr = "error: no stack named 'dev' found";
      const options = cli({ config: { stderr, exit: 1 }, "stack ls": listing(), "stack output": { stderr, exit: 1 } });
      const { warnings } = await readStackFacts("dev", options);
      assert.equal(warnings.length, 1);
      assert.match(
        warnings[0]!,
        /^the stack cannot be read: no stack named 'dev' found\. .*creates one\. Without its configuration, .* intervals\. Without its outputs, .* known\.$/,
      );
    });

    it("reports both reasons if they differ", async () => {
      const options = cli({
        config: { stderr: "error: incorrect passphrase", exit: 1 },
        "stack ls": listing(),
        "stack output": { stdout: "{}" },
      });
      const { warnings } = await readStackFacts("dev", options);
      assert.equal(warnings.length, 2);
      assert.match(warnings[0]!, /incorrect passphrase\. .* Without its configuration/);
      assert.match(warnings[1]!, /has no outputs: .* Without its outputs/);
    });

    it("reports that neither the load balancer nor the context is known if nothing can be read", async () => {
      const place = { ...noStack(), stack: "dev", warnings: ["the stack cannot be read: no stack named 'dev' found."] };
      await assert.rejects(
        reach("Alertmanager", place),
        /^NoAnswer: its load balancer is not known, and the stack's context is not known\.$/,
      );
    });
  });
});
