import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withSection } from "../conventions/marked-section";
import { mutingTable } from "./muting-table";

const page = join(__dirname, "..", "docs", "routing.md");

/** Returns docs/routing.md with a new table of the alerts that mute others between its marks. */
export function withMuting(text: string): string {
  return withSection("docs/routing.md", text, "muting", mutingTable());
}

if (require.main === module) writeFileSync(page, withMuting(readFileSync(page, "utf8")));
