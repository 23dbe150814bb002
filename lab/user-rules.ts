import * as fs from "node:fs/promises";
import * as path from "node:path";
import { rulesOfFolder } from "../alerts/folder";

/** The folder of rule files (`alerting:rules.folder`) that a configuration names. */
function ruleFolder(config: Readonly<Record<string, unknown>>): string | undefined {
  const rules = config["alerting:rules"];
  const folder = typeof rules === "object" && rules !== null && "folder" in rules ? rules.folder : undefined;
  return typeof folder === "string" ? folder : undefined;
}

/** The rule groups in the files of the folder that a configuration names. */
export function groupsOfRuleFolder(config: Readonly<Record<string, unknown>>, projectRoot: string): unknown[] {
  const folder = ruleFolder(config);
  const { files } = folder === undefined ? { files: [] } : rulesOfFolder(projectRoot, folder);
  return files.flatMap(({ content }) => content.groups);
}

/**
 * Copies the rule files into the directory of the lab's Pulumi.yaml, where the program looks for them. Does nothing if
 * the folder is missing or outside of the project, because the program reports this.
 */
export async function copyRuleFolder(
  config: Readonly<Record<string, unknown>>,
  projectRoot: string,
  labProject: string,
): Promise<void> {
  const folder = ruleFolder(config);
  if (folder === undefined || path.relative(projectRoot, path.join(projectRoot, folder)).startsWith("..")) {
    return;
  }
  const from = path.join(projectRoot, folder);
  const entries = await fs.readdir(from, { withFileTypes: true }).catch(() => undefined);
  if (entries === undefined) {
    return;
  }
  const to = path.join(labProject, folder);
  await fs.mkdir(to, { recursive: true });
  for (const { name } of entries.filter((entry) => !entry.isDirectory())) {
    // If the folder is the project's root, the lab's Pulumi.yaml must not be overwritten.
    await fs.copyFile(path.join(from, name), path.join(to, name), fs.constants.COPYFILE_EXCL).catch(() => undefined);
  }
}
