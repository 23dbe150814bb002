import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withThreats } from "./page";

const file = join(__dirname, "..", "..", "docs", "security.md");
writeFileSync(file, withThreats(readFileSync(file, "utf8")));
