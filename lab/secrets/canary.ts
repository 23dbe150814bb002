import { createPrivateKey } from "node:crypto";

/** A secret of a run, which is searched everywhere. */
export interface Canary {
  /** As the table calls it; canaries of one name share a row. */
  readonly name: string;
  readonly value: string;
  /** Where it may be; anywhere else it is a leak. */
  readonly homes: readonly Home[];
}

/** Where a secret belongs. */
export interface Home {
  /** Matches the place's name. */
  readonly place: RegExp;
  readonly why: string;
  /** Whether a search that does not find it here is broken. */
  readonly needed?: boolean;
  /** Whether it stays there once it was rotated out: records of what has been. */
  readonly stays?: boolean;
}

/** Shorter strings are found by chance. */
export const shortestPart = 16;

/**
 * The parts of a secret that are searched: the long segments of a URL's path, because the rest is public; a key's number,
 * however the key is written; a token's signature; and the two halves of each, so that a part is found where a message
 * cuts it. None where the secret is too short to be distinguished from chance.
 */
export function partsOf(value: string): Buffer[] {
  const key = privateNumber(value);
  if (key !== undefined) {
    return halves(key);
  }
  const token = /^[\w-]{16,}\.[\w-]{16,}\.([\w-]{32,})$/.exec(value.trim());
  const texts = token === null ? (urlParts(value) ?? [value.trim()]) : [token[1]!];
  return texts.map((text) => Buffer.from(text, "utf8")).flatMap((text) => (isLong(text) ? halves(text) : []));
}

/** The number that a private key keeps, however its file is written; undefined where the string is not a key. */
function privateNumber(value: string): Buffer | undefined {
  if (!value.includes("PRIVATE KEY-----")) {
    return undefined;
  }
  try {
    const { d } = createPrivateKey(value).export({ format: "jwk" });
    return d === undefined ? undefined : Buffer.from(d, "base64url");
  } catch {
    // One that cannot be read is searched as the text that it is.
    return undefined;
  }
}

function urlParts(value: string): string[] | undefined {
  const url = /^https?:\/\//.test(value.trim()) ? URL.parse(value.trim()) : null;
  if (url === null) {
    return undefined;
  }
  const own = [...url.pathname.split("/"), ...url.searchParams.values(), decodeURIComponent(url.password)];
  const long = own.filter((text) => text.length >= shortestPart);
  return long.length > 0 ? long : [`${url.pathname}${url.search}`];
}

function isLong(text: Buffer): boolean {
  return text.length >= shortestPart;
}

function halves(whole: Buffer): Buffer[] {
  const middle = Math.floor(whole.length / 2);
  // A path of short segments begins as others do.
  return middle < shortestPart || whole.includes("/") ? [whole] : [whole.subarray(0, middle), whole.subarray(middle)];
}
