/**
 * `npm run record:previews` records the engine's JSON of previews, which the tests of the preview comment read, and the
 * AWS actions of each command. It writes both below test/fixtures/recorded. The recordings change only when the
 * program's behavior changes.
 */
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { checkedOut } from "./checkout";
import { colors } from "../tools/shared/colors";
import type { Lab } from "./lab";
import { writeExamples } from "./recording/examples";
import { normalised } from "./recording/normalise";
import { applied, changes, lookedUp, otherSettings, rotated } from "./recording/scenarios";
import type { Scenario } from "./recording/scenarios";
import { openRun } from "./run";
import type { Run } from "./run";
import { projectRoot } from "./run-directory";
import type { Say } from "./progress";
import type { LabStack, StackConfig } from "./stack";
import { writeProjectFile } from "./stack-workspace";

const stackName = "dev";
const recorded = path.join(projectRoot, "test", "fixtures", "recorded");

async function main(): Promise<void> {
  const run = await openRun();
  let failure: string | undefined;
  try {
    await record(await run.startLab(), run);
  } catch (error) {
    failure = (error as Error).message;
  }
  await run.progress.stage("stopping", () => run.ending.end());
  run.screen.write(failure === undefined ? `Written: ${recorded}` : colors.red(failure));
  process.exit(failure === undefined ? 0 : 1);
}

async function record(lab: Lab, { progress, directory }: Run): Promise<void> {
  const stack = await lab.stacks.create(stackName);
  const actions: Record<string, string[]> = {};
  const preview = (scenario: Scenario) =>
    progress.stage(`preview: ${scenario.name}`, async () => {
      await stack.configure(scenario.config, scenario.secrets);
      await scenario.before?.();
      await writeProjectFile(
        scenario.edit ? await edited(scenario.edit, directory) : projectRoot,
        lab.stacks.directory,
      );
      const json = await previewJson(stack, scenario);
      await writeProjectFile(projectRoot, lab.stacks.directory);
      await fs.writeFile(path.join(directory, `${scenario.name}.json`), json);
      for (const secret of [lab.canary, rotated(lab)]) {
        if (json.includes(secret)) throw new Error(`The preview "${scenario.name}" holds the webhook.`);
      }
      await write(`previews/${scenario.name}.json`, await normalised(json));
    });
  const whole = applied(lab);
  lab.aws.takeActions();
  await preview(whole);
  actions.preview = lab.aws.takeActions();
  await progress.stage("up", (say) => stack.up(say));
  actions.up = lab.aws.takeActions();
  for (const scenario of await changes(lab)) await preview(scenario);
  lab.aws.takeActions();
  const also = async (name: string, config: StackConfig, run: (say: Say) => Promise<unknown>, command: string) => {
    await stack.configure(config, whole.secrets);
    await progress.stage(name, run);
    actions[command] = union(actions[command] ?? [], lab.aws.takeActions());
  };
  // With these settings, the program finds the nodes by a tag, and reads the network from the nodes' instances.
  await also("preview with look-ups", lookedUp(lab), (say) => stack.preview(say), "preview");
  await also("preview --refresh", whole.config, (say) => stack.preview(say, { refresh: true }), "preview");
  await also("up with other settings", otherSettings(lab), (say) => stack.up(say), "up");
  await also("destroy", whole.config, (say) => stack.destroy(say), "destroy");
  await writeExamples();
  await write("aws-actions.json", `${JSON.stringify(actions, undefined, 2)}\n`);
}

/** Makes a checkout of the last commit with one edit. */
async function edited({ file, from, to }: NonNullable<Scenario["edit"]>, directory: string): Promise<string> {
  const root = await checkedOut("HEAD", directory);
  const source = path.join(root, file);
  const text = await fs.readFile(source, "utf8");
  if (text.split(from).length !== 2) throw new Error(`${file} should have ${from} once.`);
  await fs.writeFile(source, text.replace(from, to));
  return root;
}

async function previewJson(stack: LabStack, scenario: Scenario): Promise<string> {
  const { stdout, stderr, exitCode } = await stack.previewJson(scenario.arguments);
  if ((exitCode === 0) === (scenario.fails === true))
    throw new Error(`pulumi preview ended with ${exitCode}:\n${stderr}\n${stdout}`);
  return stdout;
}

async function write(name: string, text: string): Promise<void> {
  const file = path.join(recorded, name);
  await fs.mkdir(path.dirname(file), { recursive: true });
  await fs.writeFile(file, text);
}

function union(...lists: readonly string[][]): string[] {
  return [...new Set(lists.flat())].sort();
}

void main();
