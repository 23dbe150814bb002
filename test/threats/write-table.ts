import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withDoors } from "./page";

const file = join(__dirname, "..", "..", "docs", "security.md");
writeFileSync(file, withDoors(readFileSync(file, "utf8")));
