import { table } from "./markdown";

/** A table of the comment. */
export interface Part {
  readonly title: string;
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Whether the table is shown as a warning. */
  readonly loud?: boolean;
  /** Whether the table is collapsed at first. */
  readonly closed?: boolean;
}

/** GitHub allows 65,536 characters; some are reserved for what a workflow adds. */
export const LONGEST_COMMENT = 65_000;

/**
 * The comment built from its parts, the most important first. If it would be too long, rows are left out, starting with
 * the last part, and their number is shown; the warning and the head are cut last.
 */
export function fitted(head: string, parts: readonly Part[], longest: number = LONGEST_COMMENT): string {
  const given = parts.filter(({ rows }) => rows.length > 0);
  const kept = given.map(({ rows }) => rows.length);
  let text = shown(head, given, kept);
  for (let index = given.length - 1; index >= 0 && text.length > longest; index -= 1) {
    // Searches the largest number of rows that fits.
    let [low, high] = [0, kept[index]!];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      kept[index] = middle;
      if (shown(head, given, kept).length <= longest) low = middle;
      else high = middle - 1;
    }
    kept[index] = low;
    text = shown(head, given, kept);
  }
  return text.length <= longest
    ? text
    : `${text.slice(0, longest - 60)}\n\n(${text.length - longest + 60} characters are cut here.)\n`;
}

function shown(head: string, parts: readonly Part[], kept: readonly number[]): string {
  const cut = parts.reduce((sum, { rows }, index) => sum + rows.length - kept[index]!, 0);
  const told =
    cut === 0
      ? []
      : [`**${rowsOf(cut)} left out, because of GitHub's limit for comments; \`pulumi preview --diff\` shows all.**`];
  return `${[head, ...told, ...parts.map((part, index) => shownPart(part, kept[index]!))].join("\n\n")}\n`;
}

function shownPart({ title, headings, rows, loud, closed }: Part, kept: number): string {
  const missing = rows.length - kept;
  const body = kept === 0 ? "" : table(headings, rows.slice(0, kept));
  const rest = missing === 0 ? "" : `${rowsOf(missing)} left out of this table.`;
  const text = [body, rest].filter((one) => one !== "").join("\n\n");
  if (loud)
    return ["> [!CAUTION]", `> **${title}**`, ">", ...text.split("\n").map((line) => `> ${line}`.trimEnd())].join("\n");
  if (closed) return `<details><summary>${title} (${rows.length})</summary>\n\n${text}\n\n</details>`;
  return `### ${title}\n\n${text}`;
}

function rowsOf(count: number): string {
  return count === 1 ? "1 row is" : `${count} rows are`;
}
