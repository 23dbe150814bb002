/** Writes what the schema says of each setting: the README's table, and the comments of Pulumi.example.yaml. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../conventions/project-root";
import { withMeanings } from "./example-file";
import { withTable } from "./table";

function rewrite(name: string, change: (text: string) => string): void {
  const file = join(projectRoot, name);
  writeFileSync(file, change(readFileSync(file, "utf8")));
}

rewrite("README.md", withTable);
rewrite("Pulumi.example.yaml", withMeanings);
