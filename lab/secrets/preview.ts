import * as path from "node:path";
import { comment } from "../../tools/preview-comment/comment";
import { readPreview } from "../../tools/preview-comment/preview";
import type { LabStack } from "../stack";
import type { StackWorkspace } from "../stack-workspace";
import type { Place } from "./scan";

/** A preview's JSON, and the comment of a pull request that is made of it. */
export async function previewPlaces(stack: LabStack, workspace: StackWorkspace): Promise<Place[]> {
  // An ES module that tsx cannot load otherwise.
  const { execa } = await import("execa");
  const args = ["preview", "--json", "--non-interactive", "--color", "never", "--stack", stack.name];
  const { directory: cwd, env, command } = workspace;
  const { stdout, stderr } = await execa(command, args, { cwd, env, maxBuffer: 256 * 1024 * 1024 });
  const preview = readPreview(stdout);
  if (preview === undefined) {
    throw new Error(`pulumi preview --json printed no JSON; ${path.basename(command)} said:\n${stderr.slice(-1_000)}`);
  }
  return [
    { name: "pulumi preview --json", content: `${stdout}\n${stderr}` },
    { name: "npm run preview:markdown", content: comment({ stack: stack.name, preview, stderr }) },
  ];
}
