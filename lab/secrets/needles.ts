/** One writing of one part of a secret. */
export interface Needle {
  /** As bytes, one a character. */
  readonly text: string;
  /** What it is written as, the innermost first; nothing where it is in clear. */
  readonly wrapping: readonly string[];
}

/** A part in clear, in hex, in UTF-16, and in base64 at each alignment. */
export function needlesOf(part: Buffer): Needle[] {
  const hex = part.toString("hex");
  const wide = Buffer.from(part.toString("utf8"), "utf16le").toString("latin1");
  const texts: Needle[] = [
    { text: part.toString("latin1"), wrapping: [] },
    { text: hex, wrapping: ["hex"] },
    { text: hex.toUpperCase(), wrapping: ["hex"] },
    { text: wide, wrapping: ["UTF-16"] },
    ...[0, 1, 2].flatMap((alignment) => base64Of(part, alignment).map((text) => ({ text, wrapping: ["base64"] }))),
  ];
  return [...new Map(texts.map((needle) => [needle.text, needle])).values()];
}

/**
 * The part of the base64 that does not depend on the bytes around it, when `alignment` bytes come before it. It is found
 * even where a blob is cut, wrapped in quotes, or has other text glued to it.
 */
function base64Of(raw: Buffer, alignment: number): string[] {
  const encoded = Buffer.concat([Buffer.alloc(alignment), raw])
    .toString("base64")
    .replaceAll("=", "");
  const firstWhole = Math.ceil((alignment * 8) / 6);
  const lastWhole = Math.floor(((alignment + raw.length) * 8) / 6);
  const stable = encoded.slice(firstWhole, lastWhole);
  return [stable, stable.replaceAll("+", "-").replaceAll("/", "_")];
}

/** More alternatives than about five hundred, and V8 tries them one by one at each character. */
const together = 300;

/**
 * One pass over a string for all needles: V8 makes a table of where an alternative can begin, and skips the rest. Gives the
 * needles that the string holds.
 */
export function searcherFor<N extends Needle>(needles: readonly N[]): (text: string) => N[] {
  const groups: { readonly any: RegExp; readonly needles: readonly N[] }[] = [];
  for (let from = 0; from < needles.length; from += together) {
    const group = needles.slice(from, from + together);
    groups.push({ any: new RegExp(group.map(({ text }) => escaped(text)).join("|")), needles: group });
  }
  return (text) =>
    groups.flatMap(({ any, needles: group }) => (any.test(text) ? group.filter((one) => text.includes(one.text)) : []));
}

function escaped(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
