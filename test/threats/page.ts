import { withSection } from "../../conventions/marked-section";
import { sections } from "./all";
import type { Threat } from "./threat";

/** docs/security.md with the tables of threats between its marks. */
export function withThreats(page: string): string {
  const tables = sections.map(
    ({ name, threats }) =>
      `### ${name}\n\n| threat | mitigation | test |\n| --- | --- | --- |\n${threats.map(row).join("\n")}`,
  );
  return withSection("docs/security.md", page, "threats", tables.join("\n\n"));
}

/** The table row of a threat. It names only the files of the tests, below `test/`, because titles are long. */
export function row({ threat, mitigation, tests }: Threat): string {
  const specs = tests.map(({ spec }) => spec.replace(/^test\//, "").replace(/\.spec\.ts$/, ""));
  return `| ${threat} | ${mitigation} | ${[...new Set(specs)].join(", ")} |`;
}
