/** Markdown for GitHub in which no string from the configuration becomes a link, a mention or a tag. */

/** A string as code. No character in it has a meaning to Markdown, HTML or GitHub, inside or outside a table. */
export function code(text: string): string {
  const plain = text.replaceAll(/\r?\n/g, "↵").replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, named);
  if (plain.trim() === "") return plain === "" ? "``` ```" : `<code>${"&nbsp;".repeat(plain.length)}</code>`;
  // In a table a pipe ends the cell even within code, so it is written as `\|`; strings for which that fails become
  // HTML.
  if (/\\(?=\||$)|^\s|\s$/.test(plain)) return `<code>${plain.replaceAll(/[^\p{L}\p{N} ]/gu, entity)}</code>`;
  const fence = "`".repeat(longestRun(plain) + 1);
  // A backtick at an end would belong to the fence; the added space on either side is not displayed.
  const space = /^`|`$/.test(plain) ? " " : "";
  return `${fence}${space}${plain.replaceAll("|", "\\|")}${space}${fence}`;
}

const longestRun = (text: string) => Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));

/** A block of unchanged text. */
export function block(text: string): string {
  const fence = "`".repeat(Math.max(2, longestRun(text)) + 1);
  return `${fence}text\n${text.replaceAll(/[^\n\P{Cc}]|[\p{Cf}\u2028\u2029]/gu, named)}\n${fence}`;
}

/** A table. The cells must be Markdown already. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(headings), line(headings.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Replaces characters that would change the display, such as those that reverse the text's direction. */
function named(character: string): string {
  return `\\u{${character.codePointAt(0)!.toString(16)}}`;
}

function entity(character: string): string {
  return `&#${character.codePointAt(0)};`;
}
