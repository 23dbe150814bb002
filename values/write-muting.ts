import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mutingTable } from "./muting-table";

const begin = "<!-- muting:begin -->";
const end = "<!-- muting:end -->";
const page = join(__dirname, "..", "docs", "routing.md");

/** Returns docs/routing.md with a new table of the alerts that mute others between its marks. */
export function withMuting(text: string): string {
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/routing.md has no ${begin} with a ${end} after it.`);
  return `${text.slice(0, from + begin.length)}\n\n${mutingTable()}\n\n${text.slice(to)}`;
}

if (require.main === module) writeFileSync(page, withMuting(readFileSync(page, "utf8")));
