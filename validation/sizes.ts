import { z } from "zod";

type ByteUnit = "B" | `${"K" | "M" | "G" | "T" | "P" | "E"}${"B" | "iB"}`;

/**
 * A size in the format of Prometheus, in powers of 1,024 with and without the `i`, such as `"8GB"`, `"10GiB"` or
 * `"1.5TB"`.
 */
export type ByteSize = "0" | `${bigint}${ByteUnit}` | `${bigint}.${bigint}${ByteUnit}`;

/**
 * Converts a number with a unit to the smallest unit; undefined if the string is invalid. `units` has the factor of
 * each unit.
 */
export function inUnits(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const [, number, unit] = /^(\d+(?:\.\d*)?|\.\d+)([A-Za-z]*)$/.exec(text) ?? [];
  const factor = unit !== undefined && Object.hasOwn(units, unit) ? units[unit] : undefined;
  return factor === undefined ? undefined : Number(number) * factor;
}

/** Units with prefixes, each with its factor, which is a power of `base`. All have the same ending. */
const prefixed = (base: number, ending: string) =>
  Object.fromEntries([..."KMGTPE"].map((prefix, at) => [`${prefix}${ending}`, base ** (at + 1)]));

const prometheusUnits = { B: 1, ...prefixed(1024, "B"), ...prefixed(1024, "iB") };
const kubernetesUnits = { "": 1, k: 1000, ...prefixed(1000, ""), ...prefixed(1024, "i") };

/** The bytes of a size; undefined if Prometheus would refuse the string. */
export function sizeInBytes(text: string): number | undefined {
  if (text === "0") return 0;
  const size = inUnits(text, prometheusUnits);
  return size !== undefined && size < 2 ** 63 ? size : undefined;
}

/** The bytes of a size in Kubernetes' format, which writes 1024Mi as 1Gi; NaN if it is invalid. */
export function kubernetesBytes(size: string): number {
  return inUnits(size, kubernetesUnits) ?? NaN;
}

/** Whether Prometheus accepts a value as a size; it does not accept the units "kB", "Gi" and "GO". */
export function isByteSize(text: unknown): text is ByteSize {
  return typeof text === "string" && sizeInBytes(text) !== undefined;
}

/** A size on disk for Prometheus' `retentionSize`: powers of 1,024, such as `8GB`. */
export function byteSize() {
  const text = z.string().regex(/^[1-9]\d*(MB|GB|TB|MiB|GiB|TiB)$/, { error: 'a size such as "8GB" or "500MB"' });
  return text as unknown as z.ZodType<ByteSize, ByteSize>;
}

/** A size of a volume or of memory in Kubernetes' format, such as `20Gi`. */
export function binaryQuantity() {
  return z.string().regex(/^[1-9]\d*(Mi|Gi|Ti)$/, { error: 'a size such as "20Gi" or "512Mi"' });
}

/** A share of a CPU in Kubernetes' format, such as `200m` or `1`. */
export function cpuQuantity() {
  return z
    .string()
    .regex(/^([1-9]\d*m|[1-9]\d*(\.\d+)?|0\.\d+)$/, { error: 'a share of a processor such as "200m" or "1"' });
}

/** The thousandths of a CPU in a {@link cpuQuantity}. */
export function millicores(share: string): number {
  return inUnits(share, { "": 1000, m: 1 }) ?? NaN;
}

/**
 * The bytes of a {@link byteSize} or a {@link binaryQuantity}; both count in powers of 1,024 (Prometheus' "GB" too). An
 * invalid string gives NaN, which is neither above nor below any number: other checks report the string.
 */
export function bytes(size: string): number {
  return inUnits(size, { ...prometheusUnits, ...prefixed(1024, "i"), ...prefixed(1024, "") }) ?? NaN;
}
