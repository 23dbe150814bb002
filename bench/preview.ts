/**
 * `npm run bench:preview [-- --before <commit>] [--rules <n>,<n>] [--rounds <n>]`: the time that this program adds to a
 * preview without changes. It is the time of a preview of this program, minus that of a program with one resource per
 * provider. The programs run in turns on the lab, so that a machine that gets slower is slower for all. `--before` also
 * measures the program of that commit, and shows how much less time the current one adds. `--rules` repeats all
 * measurements with that many custom rules.
 */
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { stringify } from "yaml";
import { startLab } from "../lab/lab";
import type { Lab } from "../lab/lab";
import { profileNamed } from "../lab/profiles";
import { startProgress } from "../lab/progress";
import type { Progress } from "../lab/progress";
import { makeRunDirectory, projectRoot } from "../lab/run-directory";
import type { LabStack } from "../lab/stack";
import { writeProjectFile } from "../lab/stack-workspace";
import { configureLike, labStack, requireNoChange } from "../lab/steps";
import { checkedOut } from "../lab/checkout";
import { markdown, median } from "./markdown";
import { ownRules } from "./own-rules";

const quiet = () => undefined;

/** The baseline, whose time is subtracted: these packages as they are, and one resource per provider. */
const baselinePackages = ["@pulumi/pulumi", "@pulumi/aws", "@pulumi/kubernetes", "@pulumi/random"];
const baselineProgram = `
const [pulumi, aws, k8s, random] = ${JSON.stringify(baselinePackages)}.map((name) => require(name));
const account = new aws.Provider("aws", { region: "ap-northeast-2" });
const cluster = new k8s.Provider("cluster", { context: "lab" });
const files = { creationToken: "bench", encrypted: true, throughputMode: "elastic", tags: { Name: "bench" } };
new aws.efs.FileSystem("one", { ...files, lifecyclePolicies: [{ transitionToIa: "AFTER_30_DAYS" }] }, { provider: account });
new k8s.core.v1.ConfigMap("one", { metadata: { name: "bench", namespace: "default" }, data: { a: "b" } }, { provider: cluster });
new random.RandomId("one", { byteLength: 4 });
`;

interface Program {
  readonly name: string;
  readonly root: string;
  readonly stack: LabStack;
  /** The times of its previews, in seconds. */
  readonly times: number[];
  resources?: number;
}

async function makeBaseline(below: string): Promise<string> {
  const root = path.join(below, "baseline");
  const files = {
    "index.js": baselineProgram,
    "package.json": JSON.stringify({ name: "baseline", main: "index.js" }),
    "Pulumi.yaml": "name: alerting\nruntime: { name: nodejs, options: { typescript: false } }\nmain: index.js\n",
  };
  await fs.mkdir(root);
  for (const [name, text] of Object.entries(files)) await fs.writeFile(path.join(root, name), text);
  await fs.symlink(path.join(projectRoot, "node_modules"), path.join(root, "node_modules"));
  return root;
}

/** Writes rules into a folder of the project, 200 per file, and returns the settings that name the folder. */
async function ownRulesIn(directory: string, count: number): Promise<Readonly<Record<string, unknown>>> {
  const folder = `rules-${count}`;
  await fs.mkdir(path.join(directory, folder));
  const groups = ownRules(count);
  for (let from = 0; from < groups.length; from += 10) {
    const file = path.join(directory, folder, `${from}.yaml`);
    await fs.writeFile(file, stringify({ groups: groups.slice(from, from + 10) }));
  }
  return { "alerting:rules": { folder } };
}

interface Options {
  readonly rounds: number;
  readonly before: string | undefined;
  readonly rules: readonly number[];
}

async function measure(lab: Lab, { rounds, before, rules }: Options, progress: Progress): Promise<void> {
  const choose = (root: string) => writeProjectFile(root, lab.stacks.directory);
  const program = async (name: string, root: string): Promise<Program> => {
    await choose(root);
    const stack = await labStack(lab, `bench-${path.basename(root)}`);
    await progress.stage(`up: ${name}`, (say) => stack.up(say));
    return { name, root, stack, times: [] };
  };
  const baseline = await program("the baseline", await makeBaseline(lab.directory));
  const now = await program("this program", projectRoot);
  const programs = [now, baseline];
  if (before !== undefined) {
    const root = await progress.stage(`check out ${before}`, () => checkedOut(before, lab.directory));
    // A cluster has one alerting stack. Both programs preview the same stack, so both must apply the same resources.
    programs.push({ ...now, name: `this program at ${before.slice(0, 7)}`, root, times: [] });
  }
  for (const count of [0, ...rules]) {
    if (count > 0) {
      await choose(now.root);
      await configureLike(lab, now.stack, await ownRulesIn(lab.stacks.directory, count));
      await progress.stage(`up: ${count} rules`, (say) => now.stack.up(say));
    }
    for (const one of programs) one.times.length = 0;
    // The first round warms the machine's caches and is not counted.
    for (let round = 0; round <= rounds; round++) {
      await progress.stage(round === 0 ? "a round that is not counted" : `round ${round} of ${rounds}`, async () => {
        for (const one of programs) {
          await choose(one.root);
          const start = performance.now();
          const run = await one.stack.preview(quiet);
          if (round > 0) one.times.push((performance.now() - start) / 1000);
          requireNoChange(run);
          one.resources = run.changes.same ?? 0;
        }
      });
    }
    report(lab, rounds, count, programs, baseline);
  }
  for (const { root, stack } of [now, baseline]) {
    await choose(root);
    await progress.stage(`destroy: ${stack.name}`, (say) => stack.destroy(say));
  }
}

function report(lab: Lab, rounds: number, rules: number, programs: readonly Program[], baseline: Program): void {
  const adds = ({ times }: Program) => median(times.map((time, round) => time - baseline.times[round]!));
  const rows = programs.map((one) => [
    one.name,
    one.resources ?? 0,
    median(one.times).toFixed(2),
    `${Math.min(...one.times).toFixed(1)} to ${Math.max(...one.times).toFixed(1)}`,
    one === baseline ? "" : adds(one).toFixed(2),
    one === baseline ? "" : (adds(one) / adds(programs.at(-1)!)).toFixed(2),
  ]);
  const plugins = lab.parts.filter(({ name }) => name.startsWith("pulumi-"));
  console.log(`\nA preview without changes, ${rules} custom rules, in turns; medians of ${rounds} rounds`);
  console.log(plugins.map(({ name, kind }) => `${name}: ${kind}`).join(", "));
  console.log(`The baseline: ${baselinePackages.join(", ")}, one resource of each provider\n`);
  const head = ["program", "resources", "s", "range, s", "more than the baseline, s", "as a fraction of the last row"];
  console.log(markdown(head, rows));
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      before: { type: "string" },
      rules: { type: "string", default: "" },
      rounds: { type: "string", default: "7" },
    },
  });
  const progress = startProgress();
  const directory = await makeRunDirectory();
  const lab = await progress.stage("start the lab", (say) =>
    startLab({ directory, profile: profileNamed("fast"), say }),
  );
  try {
    const rules = values.rules.split(",").filter(Boolean).map(Number);
    await measure(lab, { rounds: Number(values.rounds), before: values.before, rules }, progress);
  } finally {
    await lab.stop();
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
