/** Markdown that GitHub shows as it is meant: no text of the configuration becomes a link, a mention or a tag. */

/** A text as code. Nothing in it has a meaning to Markdown, to HTML or to GitHub, within a table or not. */
export function code(text: string): string {
  const plain = text.replaceAll(/\r?\n/g, "↵").replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, named);
  if (plain.trim() === "") return plain === "" ? "``` ```" : `<code>${"&nbsp;".repeat(plain.length)}</code>`;
  // A table ends its cell at a pipe even within code, and takes `\|` for one; what that does not serve is written in HTML.
  if (/`|\\(?=\||$)|^\s|\s$/.test(plain)) return `<code>${plain.replaceAll(/[^\p{L}\p{N} ]/gu, entity)}</code>`;
  return `\`${plain.replaceAll("|", "\\|")}\``;
}

/** A block of text as it is. */
export function block(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${text.replaceAll(/[^\n\P{Cc}]|[\p{Cf}\u2028\u2029]/gu, named)}\n${fence}`;
}

/** A table. Cells are Markdown already. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(headings), line(headings.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Characters that would steer what is shown, such as those that turn its direction. */
function named(character: string): string {
  return `\\u{${character.codePointAt(0)!.toString(16)}}`;
}

function entity(character: string): string {
  return `&#${character.codePointAt(0)};`;
}
