import * as fs from "node:fs/promises";
import * as path from "node:path";
import type { Child } from "../../lab/processes/child";
import type { Copy } from "./copy";
import type { Door } from "./door";
import { runSpec, type SpecRun, type TestResult } from "./spec-run";

/** Whether a door is closed and its test would notice if it were open. */
export interface Proof {
  readonly door: Door;
  /** What is wrong, as a sentence; nothing where the door is proven. */
  readonly fault?: string;
  /** What the test said with the door open. */
  readonly noticed?: string;
  readonly seconds: number;
}

/** How a proof is watched, and stopped. */
export interface Watch {
  readonly begins: (work: string) => void;
  readonly proven: (proof: Proof) => void;
  readonly started: (mocha: Child) => void;
  readonly isOver: () => boolean;
}

/**
 * Proves doors in a copy, spec by spec: the tests named pass as they stand, and each fails by an assertion with its own
 * door open. Whatever the copy's files were before, they are afterwards.
 */
export async function proveDoors(doors: readonly Door[], copy: Copy, watch: Watch): Promise<Proof[]> {
  const proofs: Proof[] = [];
  const told = (proof: Proof) => {
    proofs.push(proof);
    watch.proven(proof);
  };
  const openable: Door[] = [];
  for (const door of doors) {
    const fault = await openingFault(door, copy.root);
    if (fault === undefined) openable.push(door);
    else told({ door, fault, seconds: 0 });
  }
  for (const [spec, ofSpec] of bySpec(openable)) {
    if (watch.isOver()) break;
    watch.begins(`${spec} as it stands`);
    const titles = ofSpec.map(({ test }) => test.title);
    const closed = await timed(() => runSpec(copy, spec, titles, watch.started));
    for (const door of ofSpec) {
      if (watch.isOver()) break;
      const fault = closedFault(door, closed.value);
      if (fault !== undefined) {
        told({ door, fault, seconds: closed.seconds });
        continue;
      }
      watch.begins(door.door);
      const open = await timed(() =>
        withDoorOpen(door, copy.root, () => runSpec(copy, spec, [door.test.title], watch.started)),
      );
      if (!watch.isOver()) told({ door, ...openVerdict(door, open.value), seconds: open.seconds });
    }
  }
  return proofs;
}

/** What keeps a door from being opened: the place that its entry names is not there, or is there more than once. */
async function openingFault({ openedBy: { file, find, replace } }: Door, root: string): Promise<string | undefined> {
  const text = await fs.readFile(path.join(root, file), "utf8").catch(() => undefined);
  if (text === undefined) return `There is no ${file} to open it in.`;
  const times = text.split(find).length - 1;
  if (times !== 1) return `What is to be replaced stands in ${file} ${times} times, not once.`;
  return find === replace ? `In ${file} it is replaced by itself.` : undefined;
}

async function withDoorOpen<T>({ openedBy }: Door, root: string, work: () => Promise<T>): Promise<T> {
  const file = path.join(root, openedBy.file);
  const closed = await fs.readFile(file, "utf8");
  // A function, because `$` means something in a text.
  await fs.writeFile(
    file,
    closed.replace(openedBy.find, () => openedBy.replace),
  );
  try {
    return await work();
  } finally {
    await fs.writeFile(file, closed);
  }
}

function closedFault({ test }: Door, run: SpecRun): string | undefined {
  const one = theTest(test.title, run);
  if (typeof one === "string") return `As it stands, ${one}`;
  if (one.outcome === "passed") return undefined;
  return `As it stands, the test ${one.outcome === "skipped" ? "is skipped." : `fails: ${one.says}`}`;
}

function openVerdict({ test }: Door, run: SpecRun): Pick<Proof, "fault" | "noticed"> {
  const one = theTest(test.title, run);
  if (typeof one === "string") return { fault: `With the door open, ${one}` };
  if (one.outcome !== "failed") return { fault: "No test noticed: it passes with the door open, too." };
  if (!one.isAssertion) return { fault: `With the door open, it fails, but by no assertion: ${one.says}` };
  return { noticed: one.says };
}

/** The test, or the end of a sentence that says why there is not one. */
function theTest(title: string, { tests, trouble }: SpecRun): TestResult | string {
  const found = tests.filter((test) => test.title === title);
  if (found.length === 1) return found[0]!;
  if (found.length > 1) return `${found.length} tests have this title.`;
  return trouble === "" ? "no test has this title." : `the test did not run: ${trouble}`;
}

function bySpec(doors: readonly Door[]): Map<string, Door[]> {
  const groups = new Map<string, Door[]>();
  for (const door of doors) groups.set(door.test.spec, [...(groups.get(door.test.spec) ?? []), door]);
  return groups;
}

async function timed<T>(work: () => Promise<T>): Promise<{ value: T; seconds: number }> {
  const started = performance.now();
  return { value: await work(), seconds: (performance.now() - started) / 1000 };
}
