import { z } from "zod";
import { milliseconds } from "./quantities";

type Part<Unit extends string> = "" | `${bigint}${Unit}`;

/**
 * A duration as Prometheus and Alertmanager read it: whole numbers with their units, the longest unit first, such as
 * `"30s"`, `"1h30m"` or `"15d"`. The compiler refuses fractions, spaces, unknown units and a wrong order.
 */
export type PrometheusDuration =
  "0" | Exclude<`${Part<"y">}${Part<"w">}${Part<"d">}${Part<"h">}${Part<"m">}${Part<"s">}${Part<"ms">}`, "">;

type ByteUnit = "B" | `${"K" | "M" | "G" | "T" | "P" | "E"}${"B" | "iB"}`;

/** A size as Prometheus reads it, in powers of 1,024 with and without the `i`, such as `"8GB"`, `"10GiB"` or `"1.5TB"`. */
export type ByteSize = "0" | `${bigint}${ByteUnit}` | `${bigint}.${bigint}${ByteUnit}`;

/** Prometheus counts nanoseconds in 64 bits: some 292 years. */
const longest = 2 ** 63 / 1e6;

/** The length of a duration in milliseconds; undefined where Prometheus would refuse the text. */
export function durationLength(text: string): number | undefined {
  if (text === "0") return 0;
  const length = milliseconds(text);
  return length === undefined || length >= longest ? undefined : length;
}

/** Whether Prometheus reads the text as a duration; "0" is one, "-5m" and "1.5h" are none. */
export function isDuration(text: unknown): text is PrometheusDuration {
  return typeof text === "string" && durationLength(text) !== undefined;
}

/** A duration in a schema. */
export function prometheusDuration(): z.ZodType<PrometheusDuration> {
  return z.custom<PrometheusDuration>(isDuration, { error: 'a duration such as "30s", "1m30s" or "15d"' });
}

/** A duration above zero, for what would else never happen, or without end. */
export function positiveDuration(): z.ZodType<PrometheusDuration> {
  return z.custom<PrometheusDuration>((value) => isDuration(value) && durationLength(value)! > 0, {
    error: 'a duration above zero such as "30s", "1m30s" or "15d"',
  });
}

const exponents = "KMGTPE";
const sizePattern = /^(\d+(?:\.\d*)?|\.\d+)(?:([KMGTPE])i?)?B$/;

/** The bytes of a size; undefined where Prometheus would refuse the text, or take it for no size. */
export function sizeInBytes(text: string): number | undefined {
  if (text === "0") return 0;
  const match = sizePattern.exec(text);
  if (match === null) return undefined;
  const size = Number(match[1]) * 1024 ** (match[2] === undefined ? 0 : exponents.indexOf(match[2]) + 1);
  return size < 2 ** 63 ? size : undefined;
}

/** Whether Prometheus reads the text as a size; "kB", "Gi" and "GO" are no units of it. */
export function isByteSize(text: unknown): text is ByteSize {
  return typeof text === "string" && sizeInBytes(text) !== undefined;
}

/** A size in a schema. */
export function prometheusByteSize(): z.ZodType<ByteSize> {
  return z.custom<ByteSize>(isByteSize, { error: 'a size such as "8GB", "500MiB" or "1.5TB"' });
}
