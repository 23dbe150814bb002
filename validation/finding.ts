/** The place of a value: keys, and positions in lists. */
export type Path = readonly (string | number)[];

/** A finding in a nested configuration: an error stops the preview, a warning does not. */
export interface Finding {
  readonly severity: "error" | "warning";
  /** The place, relative to the root of the checked value. */
  readonly path: Path;
  /**
   * The problem, the value seen (never a secret's), and what to write instead. The sentence follows the path and starts
   * in lower case.
   */
  readonly sentence: string;
}

/** An error at a path. */
export function error(path: Path, sentence: string): Finding {
  return { severity: "error", path, sentence };
}

/** A warning at a path. */
export function warning(path: Path, sentence: string): Finding {
  return { severity: "warning", path, sentence };
}

/** The string with a period at its end, unless it already ends like a sentence. */
export const ended = (text: string) => (/[.?]$/.test(text) ? text : `${text}.`);

/** Returns whether a path equals the path of one of the findings, or is below it. */
export function within(findings: readonly Finding[]): (path: Path) => boolean {
  const paths = new Set(findings.map(({ path }) => writtenPath(path)));
  return (path) => beginnings(path).some((beginning) => paths.has(beginning));
}

/** Returns whether a path equals the path of one of the findings, or is above it. */
export function around(findings: readonly Finding[]): (path: Path) => boolean {
  const paths = new Set(findings.flatMap(({ path }) => beginnings(path)));
  return (path) => paths.has(writtenPath(path));
}

const beginnings = (path: Path) => [...path.keys(), path.length].map((length) => writtenPath(path.slice(0, length)));

/** A name and the path where it is defined. */
export interface Named {
  readonly name: string;
  readonly path: Path;
}

/** An error for each name that occurred before. */
export function duplicates(named: readonly Named[], what: string): Finding[] {
  const seen = new Set<string>();
  return named.flatMap(({ name, path }) => {
    const again = seen.has(name);
    seen.add(name);
    const sentence = `is ${JSON.stringify(name)}, which is already the name of another ${what}; give it another name.`;
    return again ? [error([...path, "name"], sentence)] : [];
  });
}

/** A path in the written form: dots between keys, `[0]` for positions, quotes around keys that need them. */
export function writtenPath(path: Path): string {
  return path
    .map((part, index) => {
      if (typeof part === "number") return `[${part}]`;
      if (!/^[A-Za-z_][-\w]*$/.test(part)) return `[${JSON.stringify(part)}]`;
      return index === 0 ? part : `.${part}`;
    })
    .join("");
}
