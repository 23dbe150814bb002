import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withTable } from "./table";

const file = join(__dirname, "..", "README.md");
writeFileSync(file, withTable(readFileSync(file, "utf8")));
