import { error, type Finding, warning } from "../validation/finding";
import { plainData } from "../validation/plain-data";

/**
 * The maximum size of a ConfigMap's data in bytes, and the part that rules should leave to the rest of the
 * configuration.
 */
const configMapBytes = 1024 ** 2;
const roomBytes = 48 * 1024;

/**
 * Whether rules fit into their ConfigMap. Larger rules are not checked further: that takes long, and they must shrink
 * anyway.
 */
export function fits(groups: readonly unknown[]): boolean {
  return yamlBytes(groups) <= configMapBytes;
}

/** Reports rules that nearly fill their ConfigMap, or do not fit into it. */
export function sizeFindings(groups: readonly unknown[]): Finding[] {
  const bytes = yamlBytes(groups);
  if (bytes <= configMapBytes - roomBytes) return [];
  const { size, limit } = inBytes(bytes);
  return bytes > configMapBytes
    ? [error([], `is ${size}, more than the ${limit}; leave rules out, or shorten what their annotations repeat.`)]
    : [warning([], `is ${size} of the ${limit}, which leaves little to the scrape jobs beside it.`)];
}

/** Reports rule files that each fit into their ConfigMap, but not together; the finding belongs to no single file. */
export function togetherTooLarge(files: readonly unknown[]): Finding[] {
  if (files.length < 2 || files.some((groups) => plainData(groups).findings.length > 0)) return [];
  const each = files.map((groups) => yamlBytes(groups));
  const sum = each.reduce((total, bytes) => total + bytes, 0);
  if (sum <= configMapBytes - roomBytes || each.some((bytes) => bytes > configMapBytes - roomBytes)) return [];
  const { size, limit } = inBytes(sum);
  return sum > configMapBytes
    ? [error([], `has rules of ${size} together, more than the ${limit} that holds them all; leave rules out.`)]
    : [
        warning(
          [],
          `has rules of ${size} together, of the ${limit}, which leaves little to the scrape jobs beside them.`,
        ),
      ];
}

function inBytes(bytes: number): { size: string; limit: string } {
  return {
    size: `${bytes.toLocaleString("en")} bytes of YAML`,
    limit: `${configMapBytes.toLocaleString("en")} bytes of a ConfigMap`,
  };
}

/** The approximate size in bytes of a value without cycles as Helm writes it in YAML; quoting may differ. */
function yamlBytes(value: unknown, indent = 0): number {
  if (typeof value === "string") {
    const bytes = Buffer.byteLength(value);
    if (!value.includes("\n")) return bytes + (/^[\w(][^:#'"{}[\]]*$/.test(value) ? 1 : 3);
    return bytes + 3 + value.split("\n").length * (indent + 1);
  }
  if (typeof value !== "object" || value === null) return String(value).length + 1;
  if (Array.isArray(value))
    return value.reduce<number>((sum, item) => sum + indent + 2 + yamlBytes(item, indent + 2), 1);
  return Object.entries(value).reduce(
    (sum, [key, item]) => sum + indent + Buffer.byteLength(key) + 2 + yamlBytes(item, indent + 2),
    0,
  );
}
