import { code } from "./markdown";
import { SECRET, withoutCredentials } from "../../conventions/outside-text";
import { AFTERWARDS } from "./masking";

/** The maximum length of a value; longer values are shortened. */
const LONGEST = 240;
/** How many equal characters are kept before and after the difference. */
const CONTEXT = 30;

/** Both sides of a leaf, as table cells. Equal beginnings and ends of long values are left out. */
export function sides(old: unknown, now: unknown): [string, string] {
  if (old === SECRET && now === SECRET) return ["*secret*", "*another secret*"];
  const [before, after] = [textOf(old), textOf(now)];
  if (before === undefined || after === undefined) return [cellOf(before), cellOf(after)];
  if (before.length <= LONGEST && after.length <= LONGEST) return [cellOf(before), cellOf(after)];
  const head = Math.max(0, common(before, after) - CONTEXT);
  const tail = Math.max(0, commonEnd(before.slice(head), after.slice(head)) - CONTEXT);
  const middle = (text: string) =>
    `${head > 0 ? "…" : ""}${text.slice(head, text.length - tail)}${tail > 0 ? "…" : ""}`;
  return [cellOf(middle(before)), cellOf(middle(after))];
}

/** A string, shortened if it is long. */
export function cut(text: string, longest: number = LONGEST): string {
  // A pair of surrogates must not be split.
  return text.length <= longest
    ? text
    : `${text.slice(0, longest).replace(/[\ud800-\udbff]$/, "")}… (${text.length - longest} more characters)`;
}

function cellOf(text: string | undefined): string {
  if (text === undefined) return "—";
  if (text === AFTERWARDS) return "*known after up*";
  if (text === SECRET) return "*secret*";
  return code(cut(text));
}

function textOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "string") return value === "" ? '""' : value;
  return withoutCredentials(JSON.stringify(sorted(value)));
}

/** Sorts the keys of every map. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

function common(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length < most && a[length] === b[length]) length += 1;
  return length;
}

function commonEnd(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length < most && a[a.length - 1 - length] === b[b.length - 1 - length]) length += 1;
  return length;
}
