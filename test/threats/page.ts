import { sections } from "./all";
import type { Threat } from "./threat";

const BEGIN = "<!-- threats:begin -->";
const END = "<!-- threats:end -->";

/** docs/security.md with the tables of threats between its marks. */
export function withThreats(page: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`docs/security.md has no ${BEGIN} … ${END}.`);
  const tables = sections.map(
    ({ name, threats }) =>
      `### ${name}\n\n| threat | mitigation | test |\n| --- | --- | --- |\n${threats.map(row).join("\n")}`,
  );
  return `${page.slice(0, begin)}${BEGIN}\n\n${tables.join("\n\n")}\n\n${page.slice(end)}`;
}

/** The table row of a threat; tests are listed by their files below test/, because titles are long. */
export function row({ threat, mitigation, tests }: Threat): string {
  const specs = tests.map(({ spec }) => spec.replace(/^test\//, "").replace(/\.spec\.ts$/, ""));
  return `| ${threat} | ${mitigation} | ${[...new Set(specs)].join(", ")} |`;
}
