import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { findPrograms, programPath } from "../../lab/programs/find";
import { choosePlugins } from "../../lab/stand-ins/plugins";
import { asText, canary, configuration, lines, type Values } from "../support/settings";

const run = promisify(execFile);
const root = join(__dirname, "../..");

describe("`pulumi new` from this project", function () {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "template-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("writes the prompted settings to the stack's file; a webhook from `--config` is not encrypted, and is refused", async function () {
    const cli = await findPrograms(["pulumi"], () => undefined).catch(() => this.skip());
    const pulumi = programPath(cli, "pulumi");
    const [template, project, home, state] = ["template", "project", "home", "state"].map((name) => join(folder, name));
    for (const directory of [template, project, state]) mkdirSync(directory!);
    // The stack files beside Pulumi.yaml are the user's, so the tests use their own.
    const files = ["Pulumi.yaml", "package.json", "run.cjs", "test/fixtures/stacks/Pulumi.staging.yaml"];
    for (const file of files) cpSync(join(root, file), join(template!, basename(file)));
    const { pathDirectory } = await choosePlugins({ directory: folder, pulumiHome: home!, never: false });
    const answers = {
      "aws:region": "eu-central-1",
      "alerting:context": "my-context",
      "alerting:cluster": "my-cluster",
    };
    const given = Object.entries({ ...answers, "alerting:slackWebhookUrl": canary });
    const options = given.flatMap(([key, value]) => ["--config", `${key}=${value}`]);
    // The language host's stand-in does not install packages, which is the last step of `pulumi new`.
    const { stdout } = await run(pulumi, ["new", template!, "--yes", "--stack", "staging", ...options], {
      cwd: project,
      env: {
        HOME: folder,
        PATH: [pathDirectory, dirname(pulumi), process.env.PATH].join(delimiter),
        PULUMI_HOME: home,
        PULUMI_BACKEND_URL: `file://${state}`,
        PULUMI_CONFIG_PASSPHRASE: "passphrase",
        PULUMI_SKIP_UPDATE_CHECK: "true",
      },
    }).catch((error: { stdout: string; stderr: string }) => {
      assert.match(error.stderr, /method installDependencies/);
      return error;
    });
    assert.match(stdout, /Saved config/);

    const read = (file: string) => parse(readFileSync(join(project!, file), "utf8")) as Record<string, Values>;
    assert.equal(read("Pulumi.yaml").template, undefined);
    const { config } = read("Pulumi.staging.yaml");
    assert.deepEqual({ ...config, ...answers }, config);
    const all = asText(config!);
    const [line, ...more] = lines(configuration({}, { all, isSecret: () => false }).faults);
    assert.match(
      line!,
      /^alerting:slackWebhookUrl: is not set as a secret.* Run `pulumi config set --secret alerting:slackWebhookUrl`/,
    );
    assert.deepEqual(more, []);
    // The CLI encrypts a webhook that is typed at the prompt, so the engine passes it as a secret.
    assert.deepEqual(lines(configuration({}, { all }).faults), []);
  });
});
