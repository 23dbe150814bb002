/** What is said of a URL that is a secret, besides what is wrong with it. */
export interface SecretUrlWords {
  /** The command that sets it. */
  readonly setIt: string;
  /** What would be sent in clear, such as `messages and the webhook itself`. */
  readonly sent: string;
  /** Where the whole of it is copied from. */
  readonly source: string;
}

/**
 * What is wrong with a URL that is a secret: the rest of a sentence, without the value; undefined where it will do.
 * https is demanded, but for a receiver on this machine's own loopback.
 */
export function secretUrlFault(url: string, { setIt, sent, source }: SecretUrlWords): string | undefined {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !/^https?:$/.test(parsed.protocol)) {
    return `is not a URL (the value is a secret and not shown); accepted is https://<host>/<path>. Run \`${setIt}\`.`;
  }
  const loopback = ["127.0.0.1", "localhost", "[::1]"].includes(parsed.hostname);
  if (parsed.protocol !== "https:" && !loopback) {
    return `begins with http://, which would send ${sent} in clear; accepted is https://. Run \`${setIt}\`.`;
  }
  if (parsed.pathname === "/" || /\s/.test(url)) {
    return `has no path, or white space inside (the value is a secret and not shown); copy the whole ${source}. Run \`${setIt}\`.`;
  }
  return undefined;
}
