/** `npm run doors`: sees the test of each door pass, and fail once its door is open, in a copy of the project. */
import * as path from "node:path";
import Table from "cli-table3";
import { parseArgs } from "node:util";
import { colors } from "../../tools/shared/colors";
import { Ending, endWithProcess } from "../../lab/ending";
import type { Child } from "../../lab/processes/child";
import { rooms } from "./all";
import { copyOf } from "./copy";
import type { Door } from "./door";
import { proveDoors, type Proof } from "./proof";

const usage = `npm run doors -- [options]

  --only <words>   only doors whose room, sentence, spec or file has these words; may be given again
  --fast           without those whose test needs the lab's programs (test/lab, test/e2e)

Exit code: 0 every door is closed, and its test noticed when it was opened; 1 not so; 2 wrong command line.`;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** The doors that the command line asks for, or what is wrong with it. */
export function doorsAskedFor(args: readonly string[]): { doors: Door[]; help: boolean } | string {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        only: { type: "string", multiple: true, default: [] },
        fast: { type: "boolean", default: false },
        help: { type: "boolean", default: false, short: "h" },
      },
    }));
  } catch (error) {
    return `${(error as Error).message}.`;
  }
  const { only, fast, help } = values;
  const words = only.map((one) => one.toLowerCase());
  const doors = rooms.flatMap(({ name, doors }) =>
    doors.filter(({ door, test, openedBy }) => {
      const text = [name, door, test.spec, test.title, openedBy.file].join("\n").toLowerCase();
      return (words.length === 0 || words.some((one) => text.includes(one))) && !(fast && needsLab(test.spec));
    }),
  );
  if (doors.length === 0 && !help)
    return `No door is asked for: none${fast ? " without the lab" : ""} has these words.`;
  return { doors, help };
}

const needsLab = (spec: string) => /^test\/(lab|e2e)\//.test(spec);

async function main(): Promise<number> {
  const asked = doorsAskedFor(process.argv.slice(2));
  if (typeof asked === "string") {
    process.stderr.write(`${asked}\n\n${usage}\n`);
    return 2;
  }
  if (asked.help) {
    say(usage);
    return 0;
  }
  const { doors } = asked;
  const ending = new Ending(say);
  endWithProcess(ending, say);
  const copy = await copyOf(path.resolve(__dirname, "../.."));
  ending.add("the copy", () => copy.remove());
  let mocha: Child | undefined;
  // A lab takes its time to stop everything.
  ending.add("mocha", async () => mocha?.stop(60_000));
  const started = performance.now();
  let count = 0;
  const proofs = await proveDoors(doors, copy, {
    begins: (work) => say(colors.dim(`[${clock(started)}] ${work}`)),
    proven: (proof) => say(`[${clock(started)}] ${++count}/${doors.length} ${line(proof)}`),
    started: (child) => (mocha = child),
    isOver: () => ending.signal.aborted,
  });
  await ending.end();
  const faults = proofs.filter(({ fault }) => fault !== undefined);
  say(`\n${table(proofs)}`);
  say(`${proofs.length - faults.length} of ${doors.length} doors proven in ${clock(started)}.`);
  return proofs.length === doors.length && faults.length === 0 ? 0 : 1;
}

function clock(started: number): string {
  const seconds = Math.round((performance.now() - started) / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

const line = ({ door, fault }: Proof) =>
  fault === undefined ? `${colors.green("proven")} ${door.door}` : `${colors.red("NOT PROVEN")} ${door.door}: ${fault}`;

function table(proofs: readonly Proof[]): string {
  const none = { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" };
  const rows = new Table({
    head: ["door", "test", "seconds", "result"],
    colWidths: [60, 34, 9, 40],
    wordWrap: true,
    style: { head: [], border: [], compact: true },
    chars: none,
  });
  rows.push(
    ...proofs.map(({ door, fault, seconds }) => [door.door, door.test.spec, seconds.toFixed(1), fault ?? "proven"]),
  );
  return rows.toString();
}

if (require.main === module) void main().then((code) => process.exit(code));
