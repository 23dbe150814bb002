import { nearest, shown } from "../validation/faults";

/** Kinds of value as JSON schemas name them. */
export type JsonType = "string" | "number" | "integer" | "boolean" | "array" | "object" | "null";

const names: Readonly<Record<JsonType, string>> = {
  string: "a text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a map",
  null: "null",
};

/** Formats that texts of the chart have. */
export type Format = "duration" | "size" | "quantity";

export const examples: Readonly<Record<Format, string>> = {
  duration: 'a duration with its unit, such as "30s", "1m30s" or "15d"',
  size: 'a size with its unit, such as "8GB" or "500MB"',
  quantity: 'a quantity of Kubernetes, such as "8Gi" or "500Mi"',
};

/** What YAML does to texts without quotes that look like numbers; by then what was written is gone. */
const unquoted = "without quotes YAML reads 0123 as 83, 1.10 as 1.1 and 1:30 as 90";

/** Says that a value is of the wrong kind, and how it is written rightly. */
export function wrongType(expected: readonly JsonType[], value: unknown, format?: Format): string {
  const got = `got ${shown(value)}`;
  if (typeof value === "string") return `${got}; ${insteadOfText(expected, value)}`;
  if (typeof value === "number" && format !== undefined) return `${got}, a number; write ${examples[format]}`;
  if (expected.includes("string") && typeof value === "number") {
    return `${got}, a number; write "${value}", in quotes (${unquoted})`;
  }
  if (expected.includes("string") && typeof value === "boolean") {
    return `${got}; write "${value}", in quotes (or "${value ? "yes" : "no"}", "${value ? "on" : "off"}", where that was meant)`;
  }
  if (expected.includes("boolean") && (value === 0 || value === 1)) return `${got}; write ${value === 1}`;
  if (expected.includes("array") && isNumbered(value))
    return `${got}; write a list: [${shown(Object.values(value)[0])}, ...]`;
  if (expected.includes("array")) return `${got}; a list belongs here: write [${shown(value)}]`;
  return `${got}; ${kindsOf(expected)} belongs here`;
}

/** The same of a value that may be a credential. */
export function wrongTypeHidden(expected: readonly JsonType[], value: unknown): string {
  const quotes = expected.includes("string") && typeof value !== "object" ? ", in quotes" : "";
  return `got ${kindOf(value)}, not shown; ${kindsOf(expected)} belongs here${quotes}`;
}

function kindOf(value: unknown): string {
  if (typeof value === "object") return Array.isArray(value) ? "a list" : "a map";
  return typeof value === "string" ? "a text" : `a ${typeof value}`;
}

function kindsOf(expected: readonly JsonType[]): string {
  return expected.map((type) => names[type]).join(" or ");
}

function insteadOfText(expected: readonly JsonType[], text: string): string {
  if (expected.includes("boolean")) {
    if (/^(true|yes|on|y)$/i.test(text)) return "write true, without quotes";
    if (/^(false|no|off|n)$/i.test(text)) return "write false, without quotes";
  }
  if (expected.includes("integer") || expected.includes("number")) {
    const number = numberIn(text);
    if (number !== undefined) return number;
  }
  if (expected.includes("array")) return `a list belongs here: write [${shown(text)}]`;
  if (expected.includes("object") && /^\s*[{[]/.test(text))
    return "a map belongs here, not its text: write it without quotes";
  return `${kindsOf(expected)} belongs here`;
}

/** What to write for a text that looks like a number. */
function numberIn(text: string): string | undefined {
  if (/^0\d+$/.test(text)) {
    const octal = /^[0-7]+$/.test(text) ? ` (or ${parseInt(text, 8)}, where the digits were octal)` : "";
    return `write ${Number(text)}, without quotes and without the leading 0${octal}`;
  }
  if (/^0[xo][\da-f]+$/i.test(text)) return `write ${Number(text)}, without quotes`;
  if (/^\d+(:[0-5]?\d)+$/.test(text)) {
    const sixties = text.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
    return `write a number; YAML 1.1 reads ${text} to the base of 60, as ${sixties}`;
  }
  if (/^-?\d[\d_]*(\.\d+)?$/.test(text)) return `write ${Number(text.replaceAll("_", ""))}, without quotes`;
  return undefined;
}

function isNumbered(value: unknown): value is object {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.keys(value).length > 0 &&
    Object.keys(value).every((key) => /^\d+$/.test(key))
  );
}

/** Says that a text is none of the texts that are taken here. */
export function noneOf(value: unknown, accepted: readonly string[]): string {
  const guess =
    typeof value === "string"
      ? nearest(
          value,
          accepted.filter((one) => one !== ""),
        )
      : undefined;
  const list = accepted.map((one) => JSON.stringify(one)).join(", ");
  return `got ${shown(value)}; accepted: ${list}${guess === undefined ? "" : `. Is ${JSON.stringify(guess)} meant?`}`;
}
