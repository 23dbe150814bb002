import * as zlib from "node:zlib";

/** A string that was decoded. Each byte is one character. */
export interface Unwrapped {
  readonly inner: string;
  readonly as: string;
}

/** The limit on unpacked data. The lab's own files unpack to far less. */
const maxUnpackedBytes = 64 * 1024 * 1024;
/** The string between decoded pieces that do not belong together. */
const apart = "\0\0";

/**
 * Decodes the encoded parts of a string. For an encoding that changes single characters, returns only the runs of
 * characters that contain changed ones, because the rest was already searched.
 */
export function* unwrapped(text: string): Generator<Unwrapped> {
  for (const inner of gzipMembers(text)) {
    yield { inner, as: "gzip" };
  }
  for (const { as, code, run, undo } of characterCodes) {
    const runs = code.test(text) ? Array.from(text.matchAll(run), ([found]) => found) : [];
    const inner = runs
      .filter((found) => code.test(found))
      .map(undo)
      .join(apart);
    if (inner !== "") {
      yield { inner, as };
    }
  }
  for (const [as, inner] of [
    ["base64", base64Texts(text)],
    ["hex", hexTexts(text)],
    ["UTF-16", wideTexts(text)],
  ] as const) {
    if (inner !== "") {
      yield { inner, as };
    }
  }
}

interface CharacterCode {
  readonly as: string;
  readonly code: RegExp;
  /**
   * Matches a run of characters that may be encoded. A run contains no spaces and no quotes, because secrets contain
   * none. The pattern ends with the repetition, because anything after it would be tried again for each length.
   */
  readonly run: RegExp;
  readonly undo: (run: string) => string;
}

const byte = (code: number) => Buffer.from(String.fromCodePoint(Math.min(code, 0x10ffff))).toString("latin1");
const controls: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };
const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

const characterCodes: readonly CharacterCode[] = [
  {
    as: "URL encoding",
    code: /%[0-9A-Fa-f]{2}/,
    run: /[^\s"'<>]+/g,
    undo: (run) =>
      run.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
  },
  {
    as: "JSON escapes",
    code: /\\[^\s"]/,
    run: /[^\s"]+/g,
    undo: (run) =>
      run.replaceAll(
        /\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|([^]))/g,
        (_, wide?: string, narrow?: string, letter: string = "") => {
          const code = wide ?? narrow;
          return code === undefined ? (controls[letter] ?? letter) : byte(Number.parseInt(code, 16));
        },
      ),
  },
  {
    as: "HTML",
    code: /&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|amp|lt|gt|quot|apos);/,
    run: /[^\s"'<>]+/g,
    undo: (run) =>
      run.replaceAll(
        /&(?:#(\d+)|#[xX]([0-9A-Fa-f]+)|(\w+));/g,
        (_, decimal?: string, hex?: string, name: string = "") =>
          decimal !== undefined || hex !== undefined
            ? byte(decimal === undefined ? Number.parseInt(hex!, 16) : Number(decimal))
            : (named[name] ?? name),
      ),
  },
  {
    as: "broken lines",
    code: /[A-Za-z0-9+/_-]{16}\r?\n[ \t]*[A-Za-z0-9+/_=-]/,
    run: /(?:[A-Za-z0-9+/_=-]+(?:\r?\n[ \t]*)?)+/g,
    undo: (run) => run.replaceAll(/\r?\n[ \t]*/g, ""),
  },
];

/**
 * The decoded parts of a base64 text that are text or gzip. Every alignment is tried, because other base64 characters
 * may precede the encoded data, as in `key/blob`.
 */
function base64Texts(text: string): string {
  const texts: string[] = [];
  for (const [blob] of text.matchAll(/[A-Za-z0-9+/_-]{24,}={0,2}/g)) {
    for (const offset of [0, 1, 2, 3]) {
      const inner = Buffer.from(blob.slice(offset), "base64").toString("latin1");
      if (inner.includes(gzipMagic) || holdsText(inner)) {
        texts.push(inner);
      }
    }
  }
  return texts.join(apart);
}

function hexTexts(text: string): string {
  return Array.from(text.matchAll(/[0-9A-Fa-f]{40,}/g), ([run]) => Buffer.from(run, "hex").toString("latin1"))
    .filter(holdsText)
    .join(apart);
}

function wideTexts(text: string): string {
  return Array.from(text.matchAll(/(?:[\n\r\x20-\x7e]\0){16,}/g), ([run]) => run.replaceAll("\0", "")).join(apart);
}

/**
 * Whether decoded data contains a long text. Words and paths also consist of base64 characters, but their decoded data
 * contains no text.
 */
function holdsText(text: string): boolean {
  return /[\x20-\x7e]{16}/.test(text);
}

const gzipMagic = "\x1f\x8b\x08";

function* gzipMembers(text: string): Generator<string> {
  for (let at = text.indexOf(gzipMagic); at !== -1; at = text.indexOf(gzipMagic, at + 1)) {
    const inner = gunzip(Buffer.from(text.slice(at), "latin1"));
    if (inner !== undefined) {
      yield inner.toString("latin1");
    }
  }
}

/**
 * Unpacks gzip data. `gunzipSync` cannot do this, because data after the end must be ignored, and the content of
 * truncated data must be returned.
 */
function gunzip(content: Buffer): Buffer | undefined {
  try {
    return zlib.inflateRawSync(content.subarray(gzipHeaderLength(content)), {
      finishFlush: zlib.constants.Z_SYNC_FLUSH,
      maxOutputLength: maxUnpackedBytes,
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") {
      throw new Error(`A gzip unpacks to more than ${maxUnpackedBytes} bytes; raise the limit to have it searched.`, {
        cause: error,
      });
    }
    // The data is not gzip: its first three bytes looked like gzip by chance.
    return undefined;
  }
}

/** The length of a gzip header: ten bytes, then fields that depend on the flags in the fourth byte (RFC 1952). */
function gzipHeaderLength(content: Buffer): number {
  const flags = content[3] ?? 0;
  let length = 10;
  if (flags & 0x04) {
    length += 2 + (content.length >= 12 ? content.readUInt16LE(10) : 0);
  }
  for (const terminated of [0x08, 0x10]) {
    if (flags & terminated) {
      length = content.indexOf(0, length) + 1 || content.length;
    }
  }
  return length + (flags & 0x02 ? 2 : 0);
}
