/** One encoding of one part of a secret. */
export interface Needle {
  /** The bytes that the search looks for, as a string with one character for each byte. */
  readonly text: string;
  /** The names of the encodings, beginning with the innermost; empty if the part is in clear. */
  readonly wrapping: readonly string[];
}

/** The needles of a part: in clear, in hex, in UTF-16, and in base64 at each alignment. */
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
 * The base64 form of a part if `alignment` bytes precede it, without the characters that depend on neighboring bytes.
 * It is found even if the encoded data is cut, quoted, or has other text attached.
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

/** The number of alternatives in one pattern. V8 tries more than about five hundred one by one at each character. */
const together = 300;

/**
 * Returns a function that searches a string for all needles in one pass and returns the needles that the string
 * contains. It is fast, because V8 skips each character with which no needle begins.
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
