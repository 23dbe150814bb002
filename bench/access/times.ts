import { execFile } from "node:child_process";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { performance } from "node:perf_hooks";
import { promisify } from "node:util";
import { parse, stringify } from "yaml";
import type { Lab } from "../../lab/lab";
import type { Progress } from "../../lab/progress";
import { PROJECT_ROOT } from "../../lab/run-directory";
import { labStack, requireNoChange } from "../../lab/steps";
import type { CommandTimes } from "./figures";

/** Previews without a change, of each program in each round. */
const PREVIEWS = 3;
const quiet = () => undefined;
const git = promisify(execFile);

interface Program {
  readonly name: string;
  readonly main: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** Preview and `up`, by turns: of the program as it was at a commit, if one is named, and as it is, open and closed. */
export async function commandTimes(
  lab: Lab,
  rounds: number,
  before: string | undefined,
  progress: Progress,
): Promise<CommandTimes[]> {
  const password = (on: boolean) => ({ "alerting:access": { password: on } });
  const open = {
    ...password(false),
    "alerting:podSecurity": "unenforced",
    "alerting:networkPolicies": { enabled: false },
  };
  const programs: Program[] = [
    ...(before === undefined
      ? []
      : [{ name: `before, ${before.slice(0, 7)}`, main: await checkedOut(lab, before), config: {} }]),
    { name: "no password, no network policies, no Pod Security", main: PROJECT_ROOT, config: open },
    { name: "all doors closed", main: PROJECT_ROOT, config: password(true) },
  ];
  const times = programs.map(({ name }) => ({
    program: name,
    resources: 0,
    previews: [] as number[],
    ups: [] as number[],
  }));
  for (let round = 1; round <= rounds; round++) {
    for (const [index, { name, main, config }] of programs.entries()) {
      await progress.stage(`round ${round}: ${name}`, async () => {
        await choose(lab, main);
        const stack = await labStack(lab, `times-${index}`, config);
        const own = times[index]!;
        own.ups.push(await seconds(() => stack.up(quiet)));
        for (let turn = 0; turn < PREVIEWS; turn++) {
          own.previews.push(
            await seconds(async () => {
              const run = await stack.preview(quiet);
              requireNoChange(run);
              own.resources = run.changes.same ?? 0;
            }),
          );
        }
        await stack.destroy(quiet);
        await stack.remove();
      });
    }
  }
  await choose(lab, PROJECT_ROOT);
  return times;
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** Which program the lab's Pulumi.yaml runs. */
async function choose(lab: Lab, main: string): Promise<void> {
  const file = path.join(lab.stacks.directory, "Pulumi.yaml");
  const project = parse(await fs.readFile(file, "utf8")) as Record<string, unknown>;
  await fs.writeFile(file, stringify({ ...project, main }));
}

/** The program of a commit, with today's packages. */
async function checkedOut(lab: Lab, commit: string): Promise<string> {
  const directory = path.join(lab.directory, "before");
  const archive = path.join(lab.directory, "before.tar");
  await fs.mkdir(directory);
  await git("git", ["archive", "--format=tar", `--output=${archive}`, commit], { cwd: PROJECT_ROOT });
  await git("tar", ["-xf", archive, "-C", directory]);
  await fs.symlink(path.join(PROJECT_ROOT, "node_modules"), path.join(directory, "node_modules"));
  return directory;
}
