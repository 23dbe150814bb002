import { put } from "../../chart/legacy/key-paths";
import type { Path } from "../../validation/finding";
import type { PlainMap } from "../../validation/plain-data";

/** The flags of Helm that set values. */
export type SetFlag = "set" | "set-string" | "set-json";

/** Larger indexes are typing errors; Helm has the same limit. */
const indexLimit = 65536;

/**
 * Applies a flag such as `--set a.b=c,d[0]=e` to values, in the same way as Helm. Returns a sentence for each part that
 * cannot be read; the sentences never contain a value.
 */
export function setFlag(values: PlainMap, flag: SetFlag, text: string): string[] {
  const pieces = flag === "set-json" ? [text] : split(text, ",");
  return pieces.flatMap((piece) => assign(values, flag, piece.trim()) ?? []);
}

/** Splits at a character, except after a backslash or within braces. */
function split(text: string, at: "," | "."): string[] {
  const parts = text.matchAll(at === "," ? /(?:\\[^]|\{(?:\\[^]|[^\\}])*\}|[^\\,])+/g : /(?:\\[^]|[^\\.])+/g);
  return [...parts].map(([part]) => part).filter((part) => part.trim() !== "");
}

function assign(values: PlainMap, flag: SetFlag, piece: string): string | undefined {
  const [, written, text] = /^((?:\\[^]|[^\\=])*)=([^]*)$/.exec(piece) ?? [];
  if (written === undefined || text === undefined) return `"${piece.slice(0, 60)}" has no \`=\``;
  if (/(?<!\\)\[(?!\d+\](\[|\.|$))/.test(written)) return `"${written}" has brackets that Helm would not read`;
  const steps: Path = split(written, ".").flatMap((part) => {
    const [, key = "", indexes = ""] = /^((?:\\[^]|[^\\[])*)((?:\[\d+\])*)$/.exec(part) ?? [];
    return [...(key === "" ? [] : [unescaped(key)]), ...[...indexes.matchAll(/\d+/g)].map(([index]) => Number(index))];
  });
  if (typeof steps[0] !== "string") return `"${written}" names no key`;
  if (steps.some((step) => typeof step === "number" && step > indexLimit)) return `"${written}" has too large an index`;
  try {
    put(values, steps, flag === "set-json" ? (JSON.parse(text) as unknown) : typed(text, flag === "set-string"));
    return undefined;
  } catch {
    return `"${written}" has a value that is not JSON`;
  }
}

const unescaped = (text: string) => text.replace(/\\(.)/g, "$1");

/**
 * A value with the type that Helm gives it: `true`, `false`, `null` or a whole number; `{a,b}` is a list, and anything
 * else is a string.
 */
function typed(text: string, asString: boolean): unknown {
  const [, list] = /^\{([^]*)\}$/.exec(text) ?? [];
  if (list !== undefined) return split(list, ",").map((item) => typed(item.trim(), asString));
  const plain = unescaped(text);
  return !asString && /^(true|false|null|0|-?[1-9]\d{0,14})$/.test(plain) ? (JSON.parse(plain) as unknown) : plain;
}
