import * as zlib from "node:zlib";

/** Something that is searched: a file, an object of the cluster, the arguments of a process. */
export interface Place {
  /** Names it so that it can be found; never its content. */
  readonly name: string;
  readonly content: Buffer | string;
  /** Why the secret belongs here, where it does. */
  readonly belongs?: string;
}

/** Where the secret was found, and in which wrapping; never the secret itself. */
export interface Hit {
  readonly place: string;
  /** For example `gzip in base64 in base64`, or `in clear`. */
  readonly wrapping: string;
}

/** What a search found. */
export interface SecretScan {
  /** Everything that was searched, by name. */
  readonly placesSearched: readonly string[];
  readonly bytesSearched: number;
  /** Found where it must not be. */
  readonly hits: readonly Hit[];
  /** Found where it belongs: shows that the search can find it. */
  readonly expected: readonly (Hit & { readonly why: string })[];
}

/** Encodings may be nested so deep; Helm's release Secrets need three (base64, base64, gzip). */
const MAX_DEPTH = 5;
/** The lab's own files unpack to far less. */
const MAX_UNPACKED_BYTES = 64 * 1024 * 1024;

/** Searches each place for the secret: in clear, in base64 at any alignment, URL-encoded, in hex, gzipped, and nested. */
export function scanForSecret(secret: string, places: Iterable<Place>): SecretScan {
  if (secret.length < 16) {
    throw new Error(`A canary of ${secret.length} characters would be found by chance; use at least 16.`);
  }
  const needles = needlesOf(secret);
  const placesSearched: string[] = [];
  const hits: Hit[] = [];
  const expected: (Hit & { why: string })[] = [];
  let bytesSearched = 0;
  for (const place of places) {
    const content = Buffer.isBuffer(place.content) ? place.content : Buffer.from(place.content, "utf8");
    // A file or a process may be named after what it holds.
    const name = place.name.replaceAll(secret, "(the secret)");
    placesSearched.push(name);
    bytesSearched += content.length;
    const wrapping = find(content, needles, 0);
    if (wrapping !== undefined) {
      const hit = { place: name, wrapping: wrapping.join(" in ") || "in clear" };
      if (place.belongs === undefined) {
        hits.push(hit);
      } else {
        expected.push({ ...hit, why: place.belongs });
      }
    }
  }
  return { placesSearched, bytesSearched, hits, expected };
}

interface Needle {
  readonly bytes: Buffer;
  readonly wrapping: readonly string[];
}

function needlesOf(secret: string): Needle[] {
  const raw = Buffer.from(secret, "utf8");
  return [
    { bytes: raw, wrapping: [] },
    { bytes: Buffer.from(raw.toString("hex")), wrapping: ["hex"] },
    { bytes: Buffer.from(raw.toString("hex").toUpperCase()), wrapping: ["hex"] },
    { bytes: Buffer.from(secret, "utf16le"), wrapping: ["UTF-16"] },
    ...[0, 1, 2].flatMap((alignment) => base64Needles(raw, alignment)),
  ];
}

/**
 * The part of the secret's base64 that does not depend on the bytes around it, when `alignment` bytes come before it.
 * It is found even where a blob is cut, wrapped in quotes, or has other text glued to it.
 */
function base64Needles(raw: Buffer, alignment: number): Needle[] {
  const encoded = Buffer.concat([Buffer.alloc(alignment), raw])
    .toString("base64")
    .replaceAll("=", "");
  const firstWhole = Math.ceil((alignment * 8) / 6);
  const lastWhole = Math.floor(((alignment + raw.length) * 8) / 6);
  const stable = encoded.slice(firstWhole, lastWhole);
  const url = stable.replaceAll("+", "-").replaceAll("/", "_");
  return [stable, ...(url === stable ? [] : [url])].map((text) => ({
    bytes: Buffer.from(text),
    wrapping: ["base64"],
  }));
}

function find(content: Buffer, needles: readonly Needle[], depth: number): readonly string[] | undefined {
  for (const needle of needles) {
    if (content.includes(needle.bytes)) {
      return needle.wrapping;
    }
  }
  if (depth === MAX_DEPTH) {
    return undefined;
  }
  for (const { inner, as } of unwrapped(content)) {
    const found = find(inner, needles, depth + 1);
    if (found !== undefined) {
      return [...found, as];
    }
  }
  return undefined;
}

function* unwrapped(content: Buffer): Generator<{ inner: Buffer; as: string }> {
  yield* gzipMembers(content);
  const text = content.toString("latin1");
  if (/%[0-9A-Fa-f]{2}/.test(text)) {
    yield { inner: Buffer.from(urlDecoded(text), "latin1"), as: "URL encoding" };
  }
  const joined = text.replaceAll(/(?<=[A-Za-z0-9+/_-]{16})\r?\n[ \t]*(?=[A-Za-z0-9+/_=-])/g, "");
  if (joined.length !== text.length) {
    yield { inner: Buffer.from(joined, "latin1"), as: "broken lines" };
  }
  for (const [blob] of text.matchAll(/[A-Za-z0-9+/_-]{24,}={0,2}/g)) {
    // Other letters may stand right before it, as in `key/blob`: so every alignment is tried.
    for (const offset of [0, 1, 2, 3]) {
      const inner = Buffer.from(blob.slice(offset), "base64");
      if (inner.includes(GZIP_MAGIC) || holdsText(inner)) {
        yield { inner, as: "base64" };
      }
    }
  }
}

function* gzipMembers(content: Buffer): Generator<{ inner: Buffer; as: string }> {
  for (let at = content.indexOf(GZIP_MAGIC); at !== -1; at = content.indexOf(GZIP_MAGIC, at + 1)) {
    const inner = gunzip(content.subarray(at));
    if (inner !== undefined) {
      yield { inner, as: "gzip" };
    }
  }
}

const GZIP_MAGIC = Buffer.from([0x1f, 0x8b, 0x08]);

/** What follows the end is ignored, and a gzip that is cut short still gives what it holds: so not `gunzipSync`. */
function gunzip(content: Buffer): Buffer | undefined {
  try {
    const finishFlush = zlib.constants.Z_SYNC_FLUSH;
    return zlib.inflateRawSync(content.subarray(gzipHeaderLength(content)), {
      finishFlush,
      maxOutputLength: MAX_UNPACKED_BYTES,
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") {
      throw new Error(`A gzip unpacks to more than ${MAX_UNPACKED_BYTES} bytes; raise the limit to have it searched.`, {
        cause: error,
      });
    }
    // The three bytes looked like gzip by chance.
    return undefined;
  }
}

/** RFC 1952: ten bytes, then what the flags in the fourth say. */
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

/** Words and paths have the letters of base64 too, but what they decode to holds no text of any length. */
function holdsText(content: Buffer): boolean {
  return /[\x20-\x7e]{20}/.test(content.toString("latin1"));
}

function urlDecoded(text: string): string {
  return text.replaceAll(/%([0-9A-Fa-f]{2})/g, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
