import { z } from "zod";
import type { ByteSize, PrometheusDuration } from "./durations";

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

/** The length of a duration in milliseconds; undefined where the text is none. */
export function milliseconds(duration: string): number | undefined {
  if (duration === "" || !durationPattern.test(duration)) return undefined;
  return [...duration.matchAll(/(\d+)(ms|[ywdhms])/g)].reduce((sum, [, n, unit]) => sum + Number(n) * units[unit!]!, 0);
}

/** Milliseconds as Prometheus takes a duration, in the longest unit that leaves nothing over: 90000 is `90s`. */
export function durationText(length: number): PrometheusDuration {
  const unit = (["d", "h", "m", "s"] as const).find((one) => length % units[one]! === 0) ?? "ms";
  return `${BigInt(Math.floor(length / units[unit]!))}${unit}` as PrometheusDuration;
}

/** A duration above zero. */
export function duration() {
  const text = z
    .string()
    .refine((text) => (milliseconds(text) ?? 0) > 0, { error: 'a duration such as "30s", "1m" or "15d"' });
  // The check is a text's, so that a JSON schema can tell the type; what passes it is of the literal type.
  return text as unknown as z.ZodType<PrometheusDuration, PrometheusDuration>;
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
