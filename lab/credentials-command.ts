import * as fs from "node:fs/promises";
import * as path from "node:path";
import { exportLines, quoted } from "./environment";
import type { Lab } from "./lab";
import { PROJECT_ROOT } from "./run-directory";
import type { LabStack } from "./stack";

/**
 * Writes a command of the run that does what `npm run credentials` does for a stack of the lab, which is not where the
 * user's stacks are. It holds no secret itself; gives where it is.
 */
export async function writeCredentialsCommand(lab: Lab, stack: LabStack): Promise<string> {
  const { directory, env } = lab.stacks;
  const own = Object.entries(env).filter(([name]) => name === "PATH" || name.startsWith("PULUMI_"));
  const exported = exportLines(Object.fromEntries(own));
  const program = [path.join(PROJECT_ROOT, "run.cjs"), "tools/login/main.ts"];
  const run = [process.execPath, ...program, "--stack", stack.name].map(quoted).join(" ");
  const file = path.join(lab.directory, "credentials");
  await fs.writeFile(
    file,
    ["#!/bin/sh", ...exported, `cd ${quoted(directory)} || exit`, `exec ${run} "$@"`, ""].join("\n"),
    {
      mode: 0o700,
    },
  );
  return file;
}
