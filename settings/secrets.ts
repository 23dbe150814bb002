import type { Fault } from "../validation/faults";
import { isMap } from "../validation/plain-data";

/** Phrases about a secret URL for the sentence that reports its problem. */
interface SecretUrlWords {
  /** The command that sets the URL. */
  readonly setIt: string;
  /** What would be sent unencrypted, such as `messages and the webhook itself`. */
  readonly sent: string;
  /** Where to copy the complete URL from. */
  readonly source: string;
}

/**
 * The problem of a secret URL as the rest of a sentence, without the URL; undefined if it is valid. The URL has to use
 * https, unless the receiver listens on the local loopback.
 */
export function secretUrlFault(url: string, { setIt, sent, source }: SecretUrlWords): string | undefined {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !/^https?:$/.test(parsed.protocol)) {
    return `is not a URL (the value is a secret and not shown); accepted is https://<host>/<path>. Run \`${setIt}\`.`;
  }
  const loopback = ["127.0.0.1", "localhost", "[::1]"].includes(parsed.hostname);
  if (parsed.protocol !== "https:" && !loopback) {
    return `begins with http://, which would send ${sent} unencrypted; accepted is https://. Run \`${setIt}\`.`;
  }
  if (parsed.pathname === "/" || /\s/.test(url)) {
    return `has no path, or white space inside (the value is a secret and not shown); copy the whole ${source}. Run \`${setIt}\`.`;
  }
  return undefined;
}

/** A secret URL among the settings. */
interface SecretUrl {
  /** The key of the setting, such as `alerting:heartbeatUrl`. */
  readonly key: string;
  /** The command that sets the URL. */
  readonly setIt: string;
  /** The sentence for a URL that is empty or not set. */
  readonly whenEmpty: string;
  /** What to do after the URL was readable by others, such as `make a new webhook in Slack`. */
  readonly renew: string;
  /** Returns the problem of a URL as the rest of a sentence, without the URL. */
  readonly problemWith: (url: string) => string | undefined;
}

/** Checks a secret URL. No error sentence contains the value. */
export function checkSecretUrl(
  value: string | undefined,
  isSecret: boolean,
  { key, setIt, whenEmpty, renew, problemWith }: SecretUrl,
): { url?: string; faults: Fault[] } {
  const url = value?.trim();
  const problem = !url ? whenEmpty : isSecret ? problemWith(url) : inClear(`Run \`${setIt}\``, renew);
  return problem === undefined ? { url, faults: [] } : { faults: [{ key, sentence: problem }] };
}

/** The sentence for a secret that the stack's file contains unencrypted. */
export function inClear(setIt: string, renew: string, what = "it"): string {
  return `is not set as a secret, so ${what} is in the stack's file for everyone to read. ${setIt}, and ${renew} if the file was ever shared.`;
}

/** The map in a secret, which Pulumi passes as JSON; undefined if it is not a map. */
export function secretMap(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return isMap(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
