import { z } from "zod";

type ByteUnit = "B" | `${"K" | "M" | "G" | "T" | "P" | "E"}${"B" | "iB"}`;

/** A size as Prometheus reads it, in powers of 1,024 with and without the `i`, such as `"8GB"`, `"10GiB"` or `"1.5TB"`. */
export type ByteSize = "0" | `${bigint}${ByteUnit}` | `${bigint}.${bigint}${ByteUnit}`;

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

/** A size on disk as Prometheus takes it for `retentionSize`: powers of 1,024, such as `8GB`. */
export function byteSize() {
  const text = z.string().regex(/^[1-9]\d*(MB|GB|TB|MiB|GiB|TiB)$/, { error: 'a size such as "8GB" or "500MB"' });
  return text as unknown as z.ZodType<ByteSize, ByteSize>;
}

/** A size of a volume, or of memory, as Kubernetes takes it, such as `20Gi`. */
export function binaryQuantity() {
  return z.string().regex(/^[1-9]\d*(Mi|Gi|Ti)$/, { error: 'a size such as "20Gi" or "512Mi"' });
}

/** A share of a processor as Kubernetes takes it, such as `200m` or `1`. */
export function cpuQuantity() {
  return z
    .string()
    .regex(/^([1-9]\d*m|[1-9]\d*(\.\d+)?|0\.\d+)$/, { error: 'a share of a processor such as "200m" or "1"' });
}

/** Thousandths of a processor of a {@link cpuQuantity}. */
export function millicores(share: string): number {
  return share.endsWith("m") ? Number(share.slice(0, -1)) : Number(share) * 1000;
}

const gibibyte = 1024 ** 3;
const byteUnits: Record<string, number> = { M: gibibyte / 1024, G: gibibyte, T: gibibyte * 1024 };

/**
 * Bytes of a {@link byteSize} or a {@link binaryQuantity}; both count in powers of 1,024 (Prometheus' "GB" too). NaN, which is above
 * and below nothing, of a text that is neither: that is told by its own check.
 */
export function bytes(size: string): number {
  const match = /^(\d+)([MGT])/.exec(size);
  return match === null ? NaN : Number(match[1]) * byteUnits[match[2]!]!;
}
