import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../conventions/project-root";

/** The page about an alert. Throws a sentence where there is none. */
export function runbookOf(alert: string): string {
  const name = `docs/runbooks/${alert}.md`;
  const file = join(projectRoot, name);
  if (existsSync(file)) return readFileSync(file, "utf8");
  throw new Error(
    `The alert ${alert} has no runbook: write ${name}, with the headings of its neighbors, then run \`npm run docs\`.`,
  );
}

/** What an alert means: the first sentence of its page. */
export function meaningOf(alert: string): string {
  const paragraph = /## Meaning\n\n([\s\S]*?)\n\n/.exec(runbookOf(alert))?.[1] ?? "";
  return /^.*?\.(?= |$)/.exec(paragraph.replace(/\n/g, " "))?.[0] ?? paragraph;
}
