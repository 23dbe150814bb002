import { performance } from "node:perf_hooks";
import type { Lab } from "../../lab/lab";
import type { Progress } from "../../lab/progress";
import { projectRoot } from "../../lab/run-directory";
import { writeProjectFile } from "../../lab/stack-workspace";
import { labStack, requireNoChange } from "../../lab/steps";
import { checkedOut } from "../../lab/checkout";
import type { CommandTimes } from "./figures";

/** The number of previews without a change, for each program and round. */
const PREVIEWS = 3;
const quiet = () => undefined;

interface Program {
  readonly name: string;
  readonly main: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/**
 * Runs preview and `up` in turns: with the program as of a commit, if one is named, and with the current program, once
 * without and once with access control.
 */
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
      : [{ name: `before, ${before.slice(0, 7)}`, main: await checkedOut(before, lab.directory), config: {} }]),
    { name: "no password, no network policies, no Pod Security", main: projectRoot, config: open },
    { name: "password, network policies, Pod Security", main: projectRoot, config: password(true) },
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
        await writeProjectFile(main, lab.stacks.directory);
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
  await writeProjectFile(projectRoot, lab.stacks.directory);
  return times;
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}
