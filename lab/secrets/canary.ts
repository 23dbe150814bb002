import { createPrivateKey } from "node:crypto";

/** A secret of a run. The search looks for it in every place. */
export interface Canary {
  /** The secret's name in the table. Secrets with the same name share a row. */
  readonly name: string;
  readonly value: string;
  /** Where the secret may be found. Anywhere else it is a leak. */
  readonly homes: readonly Home[];
}

/** Where a secret belongs. */
export interface Home {
  /** Matches the place's name. */
  readonly place: RegExp;
  readonly why: string;
  /** Whether the secret must be found here. If it is not found, the search itself is broken. */
  readonly needed?: boolean;
  /** Whether the secret stays here after its rotation, because the place records the past. */
  readonly stays?: boolean;
}

/** The minimum length of a part that is searched. Shorter strings would be found by chance. */
export const shortestPart = 16;

/**
 * The parts of a secret that the search looks for. In a URL these are the long path segments, because the rest of the
 * URL is public. In a private key it is the secret number, whatever the file's format is. In a token it is the
 * signature. Each part is also split into two halves, so that it is found if a message cuts it. There are no parts if
 * the secret is so short that it would be found by chance.
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

/** The secret number in a private key, whatever its format is; `undefined` if the string is not a private key. */
function privateNumber(value: string): Buffer | undefined {
  if (!value.includes("PRIVATE KEY-----")) {
    return undefined;
  }
  try {
    const { d } = createPrivateKey(value).export({ format: "jwk" });
    return d === undefined ? undefined : Buffer.from(d, "base64url");
  } catch {
    // The search looks for a key that cannot be parsed as a plain string.
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
  // Halves of a path with short segments are not used, because a half can be equal to a part of another path.
  return middle < shortestPart || whole.includes("/") ? [whole] : [whole.subarray(0, middle), whole.subarray(middle)];
}
