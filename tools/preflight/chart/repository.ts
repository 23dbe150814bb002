import { parse } from "yaml";

/**
 * The URL of a chart's version in a repository's index; undefined if the index does not have it. An index is several
 * megabytes long, so only the chart's entry is parsed, from the lines of `index.yaml` as Helm writes them. An index in
 * JSON is parsed completely.
 */
export function archiveIn(index: string, chart: string, version: string): string | undefined {
  if (index.trimStart().startsWith("{")) {
    const { entries } = JSON.parse(index) as { entries?: Record<string, Entry[]> };
    return entries?.[chart]?.find((one) => one.version === version)?.urls?.[0];
  }
  const lines = index.split("\n");
  const start = lines.findIndex((line) => /^ {2}\S/.test(line) && line.trim() === `${chart}:`);
  if (start < 0) return undefined;
  const length = lines.slice(start + 1).findIndex((line) => /^( {2})?[^\s-]/.test(line));
  const section = lines.slice(start + 1, length < 0 ? undefined : start + 1 + length);
  const item = `${" ".repeat(indentOf(section[0] ?? ""))}- `;
  const isVersion = new RegExp(`^(?:${item}|${item.replace("-", " ")})version: `);
  const at = section.findIndex((line) => isVersion.test(line) && valueOf(line) === version);
  if (at < 0) return undefined;
  let from = at;
  while (from > 0 && !section[from]!.startsWith(item)) from--;
  const next = section.slice(at + 1).findIndex((line) => line.startsWith(item));
  const entry = section.slice(from, next < 0 ? undefined : at + 1 + next).join("\n");
  return (parse(entry) as Entry[])[0]?.urls?.[0];
}

interface Entry {
  readonly version?: string;
  readonly urls?: readonly string[];
}

const indentOf = (line: string) => /^ */.exec(line)![0].length;
const valueOf = (line: string) =>
  line
    .replace(/^.*version: /, "")
    .replace(/^["']|["']\s*$/g, "")
    .trim();
