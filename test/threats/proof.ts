import * as fs from "node:fs/promises";
import * as path from "node:path";
import type { Child } from "../../lab/processes/child";
import type { Copy } from "./copy";
import type { Door } from "./door";
import type { SpecRun, TestResult } from "./runner";
import { runSpec } from "./spec-run";

/** Whether a door is closed and its test would notice if it were open. */
export interface Proof {
  readonly door: Door;
  /** What is wrong, as a sentence; nothing where the door is proven. */
  readonly fault?: string;
  /** What the test said with the door open. */
  readonly noticed?: string;
  /** How long the test took with the door open. */
  readonly seconds: number;
}

/** How proofs are watched, and stopped. */
export interface Watch {
  readonly begins: (work: string) => void;
  readonly proven: (proof: Proof) => void;
  readonly started: (process: Child) => void;
  readonly isOver: () => boolean;
}

/**
 * Proves doors in a copy, spec by spec: the tests named pass as they stand, each fails by an assertion with its own door
 * open, and all pass again when the doors are closed. Whatever the copy's files were before, they are afterwards.
 */
export async function proveDoors(doors: readonly Door[], copy: Copy, watch: Watch): Promise<Proof[]> {
  const proofs: Proof[] = [];
  const told = (proof: Proof) => {
    if (watch.isOver()) return;
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
    const files = await contents(ofSpec, copy.root);
    // The lab is started with a process and ends with it. What needs none shares one, which takes a tenth of the time.
    const prove = /^test\/(lab|e2e)\//.test(spec) ? proveApart : proveTogether;
    await prove(spec, ofSpec, copy, watch, told);
    for (const [file, text] of files) await fs.writeFile(file, text);
  }
  return proofs;
}

type Prove = (
  spec: string,
  doors: readonly Door[],
  copy: Copy,
  watch: Watch,
  told: (proof: Proof) => void,
) => Promise<void>;

/** All runs in one process. */
const proveTogether: Prove = async (spec, doors, copy, watch, told) => {
  watch.begins(spec);
  const titles = doors.map(({ test }) => test.title);
  const open = doors.map(({ test, openedBy }) => ({ titles: [test.title], openedBy }));
  const runs: SpecRun[] = [];
  const proofs: Proof[] = [];
  for await (const run of runSpec(copy, spec, [{ titles }, ...open, { titles }], watch.started)) {
    runs.push(run);
    const door = doors[runs.length - 2];
    if (door !== undefined) proofs.push(proofOf(door, runs[0]!, run));
    watch.begins(`${spec}: run ${runs.length} of ${doors.length + 2}`);
  }
  const ended = runs.at(-1)!;
  for (const [index, door] of doors.entries()) {
    const proof = proofs[index] ?? proofOf(door, runs[0]!, ended);
    const again = closedFault(door, ended);
    const isSure = proof.fault !== undefined || again === undefined;
    told(isSure ? proof : { ...proof, fault: `With the door closed again, ${again}` });
  }
};

/** Each run in a process of its own. */
const proveApart: Prove = async (spec, doors, copy, watch, told) => {
  const once = async (door: Door | undefined, titles: readonly string[]) => {
    const [run] = await collect(runSpec(copy, spec, [{ titles, openedBy: door?.openedBy }], watch.started));
    return run!;
  };
  watch.begins(`${spec} as it stands`);
  const titles = doors.map(({ test }) => test.title);
  const closed = await once(undefined, titles);
  for (const door of doors) {
    if (watch.isOver()) return;
    const fault = closedFault(door, closed);
    if (fault === undefined) watch.begins(door.door);
    told(
      fault === undefined ? proofOf(door, closed, await once(door, [door.test.title])) : { door, fault, seconds: 0 },
    );
  }
};

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** What keeps a door from being opened: the place that its entry names is not there, or is there more than once. */
async function openingFault({ openedBy: { file, find, replace } }: Door, root: string): Promise<string | undefined> {
  const text = await fs.readFile(path.join(root, file), "utf8").catch(() => undefined);
  if (text === undefined) return `There is no ${file} to open it in.`;
  const times = text.split(find).length - 1;
  if (times !== 1) return `What is to be replaced stands in ${file} ${times} times, not once.`;
  return find === replace ? `In ${file} it is replaced by itself.` : undefined;
}

/** The files that doors are opened in, as they are; a process that was killed leaves one open. */
async function contents(doors: readonly Door[], root: string): Promise<Map<string, string>> {
  const files = new Set(doors.map(({ openedBy }) => path.join(root, openedBy.file)));
  return new Map(await Promise.all([...files].map(async (file) => [file, await fs.readFile(file, "utf8")] as const)));
}

function proofOf(door: Door, closed: SpecRun, open: SpecRun): Proof {
  const fault = closedFault(door, closed);
  const { seconds } = open;
  const verdict = fault === undefined ? openVerdict(door, open) : { fault: `As it stands, ${fault}` };
  return { door, ...verdict, seconds };
}

function closedFault({ test }: Door, run: SpecRun): string | undefined {
  const one = theTest(test.title, run);
  if (typeof one === "string") return one;
  if (one.outcome === "passed") return undefined;
  return `the test ${one.outcome === "skipped" ? "is skipped." : `fails: ${one.says}`}`;
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
