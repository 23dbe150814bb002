import { type Row, rows } from "./table";

/** The maximum width of a line in the file. */
const widest = 120;
/** Matches a `#` that comments out a setting: a letter or more than one space follows it. */
const switchedOff = /^( *)#(?=[A-Za-z]| {2,}\S)/;

/**
 * Returns Pulumi.example.yaml with the description and the default of each key in the comment above the key. Text after
 * the default stays, and so do all values. A missing key is added, commented out, after the other keys of its section.
 */
export function withMeanings(file: string): string {
  const left = new Map(rows().map((row) => [row.key, row]));
  const lines: string[] = [];
  /** The line after the last key of each section. */
  const ends = new Map<string, number>();
  let path: { indent: number; key: string }[] = [];
  let comment: string[] = [];
  for (const line of file.trimEnd().split("\n")) {
    const on = line.replace(switchedOff, "$1");
    if (/^ *# \S/.test(on)) {
      comment.push(line);
      continue;
    }
    const [, blanks, key] = /^( *)(?:alerting:)?([A-Za-z]\w*):/.exec(on) ?? [];
    if (key !== undefined) {
      path = [...path.filter(({ indent }) => indent < blanks!.length), { indent: blanks!.length, key }];
      const row = left.get(nameOf(path).replace(/^config\./, ""));
      if (row !== undefined) comment = commentOn(row, comment);
      if (row !== undefined) left.delete(row.key);
    }
    lines.push(...comment, line);
    comment = [];
    for (const depth of line === "" ? [] : path.keys()) ends.set(nameOf(path.slice(0, depth)), lines.length);
  }
  for (const [name, row] of [...left].reverse()) {
    const parts = name.split(".");
    const end = ends.get(["config", ...parts.slice(0, -1)].join(".")) ?? lines.length;
    const key = parts.length === 1 ? `alerting:${name}` : `${"  ".repeat(parts.length - 1)}${parts.at(-1)}`;
    const comment = parts.length === 1 ? "  # " : `  #${"  ".repeat(parts.length - 1)}# `;
    lines.splice(end, 0, ...commentOn(row, [comment]), `  #${key}: ${row.default ?? "<value>"}`);
  }
  return `${lines.join("\n")}\n`;
}

const nameOf = (path: readonly { key: string }[]) => path.map(({ key }) => key).join(".");

/**
 * The comment above a key. Its lines begin as the old ones did, and it keeps what the old one says after the default.
 */
function commentOn({ meaning, mustBeSet, default: value }: Row, old: readonly string[]): string[] {
  const margin = /^ *(?:# +(?=#))?# /.exec(old[0] ?? "  # ")![0];
  const said = old.map((line) => line.replace(/^ *(?:# +(?=#))?# /, "")).join(" ");
  const [status = "", further = ""] =
    /(?:Must be set|Optional\.|No default\.|Default: (?:"[^"]*"|\S+)\.)(.*)$/.exec(said) ?? [];
  const now = mustBeSet ? "Must be set" : value === undefined ? "Optional." : `Default: ${value}.`;
  const text = `${meaning}. ${now}${status === "" ? (mustBeSet ? "." : "") : further}`;
  // Code and defaults are not broken across lines.
  const words = text.match(/(?:`[^`]*`|Default: |[^\s`])+/g) ?? [];
  const lines = [margin.trimEnd()];
  for (const word of words) {
    if (`${lines.at(-1)} ${word}`.length > widest) lines.push(margin.trimEnd());
    lines.push(`${lines.pop()} ${word}`);
  }
  return lines;
}
