/**
 * `npm run audit`: asks the registry for advisories about the npm packages that the program and its tools run with, and holds
 * audit-exceptions.json against them. Ends with 1 where something is to be mended, 2 where the command or the exceptions
 * are wrong, 3 where the registry gives no audit.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { colors } from "../shared/colors";
import { drawTable, plainLines } from "../preflight/table";
import { readExceptions } from "./exceptions";
import { judge } from "./judgement";
import { lockedPackages } from "./lock-file";
import { askRegistry, readAudit } from "./npm-audit";
import { projectRoot } from "../../conventions/project-root";

const usage = `npm run audit -- [--json] [--from <file>]

  --json         the rows as JSON, for tools
  --from <file>  what \`npm audit --json\` has printed already, in place of asking

Exit code: 0 nothing to mend, 1 something to mend, 2 wrong command line or exceptions, 3 the registry gives no audit.`;

interface AuditArguments {
  readonly json: boolean;
  readonly help: boolean;
  readonly from?: string;
}

function readArguments(args: readonly string[]): AuditArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: "boolean", default: false },
      from: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  return values;
}

async function main(): Promise<number> {
  const { json, from, help } = readArguments(process.argv.slice(2));
  if (help) return say(`${usage}\n`, 0);
  const today = new Date();
  const { exceptions, faults } = readExceptions(
    readFileSync(resolve(projectRoot, "tools/supply-chain/audit-exceptions.json"), "utf8"),
    today,
  );
  if (faults.length > 0) {
    process.stderr.write(faults.map((fault) => `tools/supply-chain/audit-exceptions.json: ${fault}\n`).join(""));
    return 2;
  }
  const found = readAudit(from === undefined ? await askRegistry() : given(from));
  if ("none" in found) {
    const sentence = `The registry gives no audit (${found.none}), so nothing is known of advisories. Ask one that does: \`npm run audit --registry=<registry>\`.`;
    process.stderr.write(`${sentence}\n`);
    return 3;
  }
  const rows = judge(found.advisories, exceptions, today);
  const toMend = rows.filter(({ status }) => status === "failed").length;
  const code = toMend > 0 ? 1 : 0;
  if (json) return say(`${JSON.stringify({ ok: code === 0, rows }, null, 2)}\n`, code);
  const count = lockedPackages().filter(({ isForDevelopment }) => !isForDevelopment).length;
  const summary = toMend > 0 ? `${toMend} to mend` : "nothing to mend";
  const { isTTY, columns } = process.stdout;
  const table = isTTY && columns >= 80 ? drawTable(rows, columns, colors) : plainLines(rows);
  return say(`${rows.length > 0 ? `${table}\n` : ""}${count} packages, ${summary}.\n`, code);
}

function given(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new Error(`--from: ${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`, { cause: error });
  }
}

function say(text: string, code: number): number {
  process.stdout.write(text);
  return code;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const { message, code = "" } = error as NodeJS.ErrnoException;
    process.stderr.write(code.startsWith("ERR_PARSE_ARGS") ? `${message}.\n\n${usage}\n` : `${message}\n`);
    process.exitCode = 2;
  },
);
