import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withTables } from "./table";

const file = join(__dirname, "..", "docs", "configuration.md");
writeFileSync(file, withTables(readFileSync(file, "utf8")));
