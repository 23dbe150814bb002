import { nearest, shown } from "./faults";

/** The words for each kind of value. */
export const kindNames = {
  string: "a string",
  boolean: "true or false",
  number: "a number",
  integer: "a whole number",
  natural: "a whole number from 0 on",
  list: "a list",
  map: "a map",
  null: "null",
  any: "a value",
  duration: 'a duration such as "30s", "1m30s" or "15d"',
  goDuration: 'a duration in hours, minutes and seconds such as "10s" or "1m30s"',
  size: 'a size such as "8GB", "500MiB" or "1.5TB"',
  quantity: 'a quantity of Kubernetes such as "8Gi" or "500m"',
  url: "an address that begins with http:// or https://",
  range: 'a name or number, or a range such as "monday:friday"',
} as const;

/** A kind of value, by its name in this program. */
export type Kind = keyof typeof kindNames;

/** The sentence about a value of the wrong kind, without its period: `got "yes"; write true, without quotes`. */
export function wrongValue(value: unknown, accepted: readonly Kind[], hidden = false): string {
  return `${got(value, hidden)}; ${instead(value, accepted, hidden)}`;
}

/** The sentence about a value that is not one of the accepted ones, without its period. */
export function notOneOf(value: unknown, accepted: readonly string[]): string {
  const names = accepted.filter((one) => one !== "");
  const guess = typeof value === "string" ? nearest(value, names) : undefined;
  const list = accepted.map((one) => JSON.stringify(one)).join(", ");
  return `${got(value)}; accepted: ${list}${guess === undefined ? "" : `. Is ${JSON.stringify(guess)} meant?`}`;
}

/** The value in a form that may be shown: never its content, and only its kind if it is `hidden`. */
export function got(value: unknown, hidden = false): string {
  if (value === undefined) return "is not set";
  if (value === null) return "has no value";
  if (typeof value === "object") return Array.isArray(value) ? "got a list" : "got a map";
  return hidden ? `got a ${typeof value} that is not shown` : `got ${shown(value)}`;
}

/** Matches strings that become valid without their quotes. */
const numerals: Partial<Record<Kind, RegExp>> = {
  number: /^-?(0|[1-9]\d{0,14})(\.\d+)?$/,
  integer: /^(0|-?[1-9]\d{0,14})$/,
  natural: /^(0|[1-9]\d{0,14})$/,
};

/** What to write in place of a value of the wrong kind: the value itself if only its form is wrong. */
export function instead(value: unknown, accepted: readonly Kind[], hidden = false): string {
  const takes = (...some: readonly Kind[]) => some.some((kind) => accepted.includes(kind));
  if (takes("string") && (typeof value === "number" || typeof value === "boolean")) {
    const yaml =
      Number.isInteger(value) || typeof value === "boolean" ? "" : " (without quotes YAML reads 1.10 as 1.1)";
    return hidden ? "write it in quotes" : `write "${value}", in quotes${yaml}`;
  }
  if (takes("boolean") && (value === 0 || value === 1)) return `write ${value === 1}`;
  if (typeof value === "string") {
    if (takes("boolean") && /^(true|yes|on|y)$/i.test(value)) return "write true, without quotes";
    if (takes("boolean") && /^(false|no|off|n)$/i.test(value)) return "write false, without quotes";
    if (!hidden && accepted.some((kind) => numerals[kind]?.test(value)))
      return `write ${Number(value)}, without quotes`;
    if (takes("map") && /^\s*[{[]/.test(value)) return "accepted: a map; write it without quotes";
  }
  const isItem = takes("list") && value !== undefined && typeof value !== "object" && !hidden;
  return `accepted: ${accepted.map((kind) => kindNames[kind]).join(" or ")}${isItem ? `, such as [${shown(value)}]` : ""}`;
}
