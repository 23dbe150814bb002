const classes: Readonly<Record<string, string>> = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  ascii: "\\x00-\\x7F",
  blank: "\\t ",
  cntrl: "\\x00-\\x1F\\x7F",
  digit: "0-9",
  graph: "!-~",
  lower: "a-z",
  print: " -~",
  punct: "!-\\/:-@[-`{-~",
  space: "\\t-\\r ",
  upper: "A-Z",
  word: "0-9A-Za-z_",
  xdigit: "0-9A-Fa-f",
};

/** Escapes of letters that Go's regular expressions know; of any other letter they are an error. */
const knownEscapes = /^[aftnrvdDsSwWbBAzpPxQE]$/;

/** What Go's regular expressions (RE2) have not, and JavaScript's would take. */
const absent: readonly (readonly [RegExp, string])[] = [
  [/^\(\?(=|!|<=|<!)/, "looks ahead or behind, which Prometheus' regular expressions (RE2) cannot"],
  [/^\(\?>/, "has an atomic group, which Prometheus' regular expressions (RE2) do not have"],
  [/^\\[1-9](?![0-7])/, "refers back to a group, which Prometheus' regular expressions (RE2) cannot"],
  [/^\\k</, "refers back to a group, which Prometheus' regular expressions (RE2) cannot"],
  [/^[*+?]{2}\+|^[*+?]\+/, "has a repetition of a repetition"],
];

/** What is wrong with a regular expression, were Prometheus to read it; undefined where nothing is known to be. */
export function regexFault(text: string): string | undefined {
  const read = readRegex(text);
  return typeof read === "string" ? read : undefined;
}

/** Whether a regular expression matches the empty text; one that cannot be read does not. */
export function matchesEmpty(text: string): boolean {
  const read = readRegex(text);
  return typeof read !== "string" && read.test("");
}

/**
 * The expression as one of JavaScript's, so that what both refuse is found by that, or what is wrong with it. Some
 * escapes become the letter a, which is enough to find faults and to try the empty text.
 */
function readRegex(text: string): RegExp | string {
  let translated = "";
  let inClass = false;
  for (let at = 0; at < text.length;) {
    const rest = text.slice(at, at + 80);
    const take = (length: number, as: string) => {
      translated += as;
      at += length;
    };
    if (!inClass) {
      const missing = absent.find(([pattern]) => pattern.test(rest));
      if (missing !== undefined) return missing[1];
      const count = /^\{(\d+)(?:,(\d*))?\}/.exec(rest);
      if (count !== null && Math.max(Number(count[1]), Number(count[2] ?? 0)) > 1000)
        return "repeats something more than 1,000 times";
    }
    if (rest.startsWith("\\")) {
      const letter = rest[1] ?? "";
      if (letter === "") return "ends in a backslash";
      if (/[A-Za-z]/.test(letter) && !knownEscapes.test(letter)) return `has the unknown escape \\${letter}`;
      if (letter === "Q") {
        const end = text.indexOf("\\E", at);
        const quoted = text.slice(at + 2, end < 0 ? text.length : end);
        take(quoted.length + (end < 0 ? 2 : 4), quoted.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"));
      } else if (letter === "A") take(2, "^");
      else if (letter === "z") take(2, "$");
      else if (letter === "a") take(2, "\\x07");
      else {
        const long = /^\\(x\{[0-9A-Fa-f]+\}|x[0-9A-Fa-f]{2}|[pP]\{\^?\w+\}|[pP][A-Z]|[0-7]{1,3})/.exec(rest);
        if (long === null && /[xpP]/.test(letter)) return `has the incomplete escape \\${letter}`;
        take(long?.[0].length ?? 2, long === null ? rest.slice(0, 2) : "a");
      }
    } else if (inClass) {
      const named = /^\[:\^?(\w+):\]/.exec(rest);
      if (named !== null && classes[named[1]!] === undefined) return `has the unknown class ${named[0]}`;
      if (named !== null) take(named[0].length, classes[named[1]!]!);
      else {
        inClass = !rest.startsWith("]");
        take(1, rest[0]!);
      }
    } else if (rest.startsWith("[")) {
      inClass = true;
      const start = /^\[\^?\]?/.exec(rest)![0];
      take(start.length, start.replace("]", "\\]"));
    } else {
      const group = /^\(\?(P?<(?![=!])|[imsU]*(-[imsU]+)?[:)])/.exec(rest)?.[0];
      if (group === undefined) take(1, rest[0]!);
      else if (group.endsWith("<")) take(group.length, "(?<");
      else take(group.length, group.endsWith(")") ? "" : "(?:");
    }
  }
  try {
    return new RegExp(`^(?:${translated})$`, "s");
  } catch (error) {
    return `is none that can be read (${String((error as Error).message).replace(/^.*\/: |^.*: /, "")})`;
  }
}
