/** Writes docs/coverage.md. */
import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../../conventions/project-root";
import { coveragePage } from "./page";

writeFileSync(path.join(projectRoot, "docs", "coverage.md"), coveragePage());
