/**
 * Writes the schema's descriptions of the settings to docs/configuration.md and to the comments of Pulumi.example.yaml.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../conventions/project-root";
import { withMeanings } from "./example-file";
import { withTables } from "./table";

function rewrite(name: string, change: (text: string) => string): void {
  const file = join(projectRoot, name);
  writeFileSync(file, change(readFileSync(file, "utf8")));
}

rewrite("docs/configuration.md", withTables);
rewrite("Pulumi.example.yaml", withMeanings);
