/** Recognizes strings that are credentials, so that they are not stored unencrypted. */

/** Whether a word looks like a generated key: a long run of mixed letters and digits, or a UUID. */
export function looksLikeKey(word: string): boolean {
  return /(?=[a-z]*\d+[a-z]+\d)[a-z0-9]{16,}|[0-9a-f]{8}(-[0-9a-f]{4}){3}/i.test(word);
}

/** Hosts whose URLs are secrets: anyone who knows one can post to it. */
const secretHosts =
  /^hooks?\.|(^|\.)(slack\.com|discord(app)?\.com|office\.com|powerplatform\.com|googleapis\.com|pagerduty\.com|hc-ping\.com|maker\.ifttt\.com|victorops\.com)$/i;

/**
 * Whether a URL contains a secret: a user and a password, a query, the webhook of a known service, or a path with a
 * part that looks like a key. URLs of chat, automation and heartbeat services have such paths.
 */
export function isSecretUrl(text: string): boolean {
  if (!URL.canParse(text)) return /:\/\/[^/]*@|\?/.test(text);
  const { username, password, search, hostname, pathname } = new URL(text);
  return (
    username !== "" ||
    password !== "" ||
    search !== "" ||
    (secretHosts.test(hostname) && !/\.svc(\.|$)/.test(hostname)) ||
    pathname.split("/").some(isSecretPart)
  );
}

/** A secret part of a path. For Telegram this is a bot's number followed by its key. */
const isSecretPart = (part: string) => looksLikeKey(part) || /^bot\d+(:|%3a)/i.test(part);

/** Names of the headers whose values are unencrypted credentials. */
export function credentialsInClear(headers: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(headers).flatMap(([name, header]) =>
    (header as { values?: unknown } | null)?.values !== undefined && credentialHeader.test(name) ? [name] : [],
  );
}

/** Names of headers whose values are credentials. */
export const credentialHeader =
  /^(authorization|proxy-authorization|authentication|cookie|token|api-?key|x-.*(token|secret|auth|authori[sz]ation|password)|([a-z-]+-)?(api|access|auth|private|secret|subscription)-?key|[a-z-]+-(token|secret))$/i;
