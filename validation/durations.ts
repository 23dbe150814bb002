import { z } from "zod";
import { inUnits } from "./sizes";

type Part<Unit extends string> = "" | `${bigint}${Unit}`;

/**
 * A duration in the format of Prometheus and Alertmanager: whole numbers with their units, the longest unit first, such
 * as `"30s"`, `"1h30m"` or `"15d"`. The compiler refuses fractions, spaces, unknown units and a wrong order.
 */
export type PrometheusDuration =
  "0" | Exclude<`${Part<"y">}${Part<"w">}${Part<"d">}${Part<"h">}${Part<"m">}${Part<"s">}${Part<"ms">}`, "">;

const units: Record<string, number> = {
  ms: 1,
  s: 1e3,
  m: 60e3,
  h: 3600e3,
  d: 86400e3,
  w: 7 * 86400e3,
  y: 365 * 86400e3,
};
const durationPattern = /^((\d+)y)?((\d+)w)?((\d+)d)?((\d+)h)?((\d+)m)?((\d+)s)?((\d+)ms)?$/;

/** The longest duration in milliseconds, about 292 years: Prometheus counts nanoseconds in 64 bits. */
const longest = 2 ** 63 / 1e6;

/** The length of a duration in milliseconds; undefined if Prometheus would refuse it. */
export function milliseconds(text: string): number | undefined {
  if (text === "0") return 0;
  if (text === "" || !durationPattern.test(text)) return undefined;
  const length = text.match(/\d+[a-z]+/g)!.reduce((sum, part) => sum + inUnits(part, units)!, 0);
  return length < longest ? length : undefined;
}

/** Whether Prometheus accepts a value as a duration; it accepts "0", but not "-5m" or "1.5h". */
export function isDuration(text: unknown): text is PrometheusDuration {
  return typeof text === "string" && milliseconds(text) !== undefined;
}

/** Formats milliseconds as a duration for Prometheus, in the longest unit without a remainder: 90000 is `90s`. */
export function durationText(length: number): PrometheusDuration {
  const unit = (["d", "h", "m", "s"] as const).find((one) => length % units[one]! === 0) ?? "ms";
  return `${BigInt(Math.floor(length / units[unit]!))}${unit}` as PrometheusDuration;
}

/** A duration above zero. */
export function duration() {
  const text = z
    .string()
    .refine((text) => (milliseconds(text) ?? 0) > 0, { error: 'a duration such as "30s", "1m" or "15d"' });
  // The check is on a string, so that a JSON schema shows the type `string`. A valid string has the type of a duration.
  return text as unknown as z.ZodType<PrometheusDuration, PrometheusDuration>;
}

/** Whether Go knows a time zone: it accepts only names of the time zone database with exact case, and no offsets. */
export function isTimeZone(zone: string): boolean {
  if (/^[-+]/.test(zone)) return false;
  try {
    const known = new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone;
    return known === zone || known.toLowerCase() !== zone.toLowerCase();
  } catch {
    return false;
  }
}
