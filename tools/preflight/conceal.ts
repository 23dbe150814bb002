import type { SecretText } from "../stack/secret-text";
import type { Row } from "../shared/check-result";

/**
 * Removes secrets from the rows. No check includes one, but a server may repeat a secret from the request in its
 * answer, and an error may quote its input.
 */
export function concealed(rows: readonly Row[], secrets: readonly SecretText[]): Row[] {
  const texts = [...new Set(secrets.flatMap(partsOf))].sort((a, b) => b.length - a.length);
  const conceal = (text: string) => texts.reduce((left, secret) => left.replaceAll(secret, "[secret]"), text);
  return rows.map(({ what, todo, ...row }) => ({
    ...row,
    what: conceal(what),
    ...(todo !== undefined && { todo: conceal(todo) }),
  }));
}

/**
 * The minimum length of a secret that is searched. Shorter strings are words, such as `services`, and would be found
 * within other words.
 */
const leastLength = 9;

/** A secret; for a URL also its user, its password and each part of its path and query, which are enough to use it. */
function partsOf(secret: SecretText): string[] {
  const text = secret.reveal();
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const parts = url ? [url.username, url.password, ...`${url.pathname}${url.search}`.split(/[/?&=]/)] : [];
  return [text, ...parts].filter((part) => part.length >= leastLength);
}
