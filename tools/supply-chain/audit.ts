/**
 * `npm run audit`: asks the registry for advisories about the npm packages of the program and its tools, and compares
 * them with audit-exceptions.json. Exits with 1 if something must be fixed, 2 if the command or the exceptions are
 * wrong, and 3 if the registry provides no audit.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Command, flag, print, Refusal, runCommand, option } from "../shared/command-line";
import { shownRows } from "../shared/check-table";
import { readExceptions } from "./exceptions";
import { judge } from "./judgement";
import { lockedPackages } from "./lock-file";
import { askRegistry, readAudit } from "./npm-audit";
import { projectRoot } from "../../conventions/project-root";

const command = {
  call: "npm run audit --",
  options: {
    json: flag("print the rows as JSON, for tools"),
    from: option("<file>", "read the output of `npm audit --json`, instead of asking the registry"),
  },
  notes:
    "Exit code: 0 nothing to fix, 1 something to fix, 2 wrong command line or exceptions, 3 the registry provides no audit.",
} as const satisfies Command;

const exceptionsFile = "tools/supply-chain/audit-exceptions.json";

runCommand(command, async ({ json, from }) => {
  const today = new Date();
  const { exceptions, faults } = readExceptions(readFileSync(resolve(projectRoot, exceptionsFile), "utf8"), today);
  if (faults.length > 0) throw new Refusal(faults.map((fault) => `${exceptionsFile}: ${fault}`).join("\n"));
  const found = readAudit(from === undefined ? await askRegistry() : given(from));
  if ("none" in found) {
    const sentence = `The registry provides no audit (${found.none}), so advisories are unknown. Use a registry that does: \`npm run audit --registry=<registry>\`.`;
    throw new Refusal(sentence, 3);
  }
  const rows = judge(found.advisories, exceptions, today);
  const toMend = rows.filter(({ status }) => status === "failed").length;
  if (json) {
    await print(JSON.stringify({ ok: toMend === 0, rows }, null, 2));
  } else {
    const count = lockedPackages().filter(({ isForDevelopment }) => !isForDevelopment).length;
    const summary = `${count} packages, ${toMend > 0 ? `${toMend} to fix` : "nothing to fix"}.`;
    await print([...(rows.length > 0 ? [shownRows(rows)] : []), summary].join("\n"));
  }
  return toMend > 0 ? 1 : 0;
});

function given(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new Refusal(`--from: ${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}
