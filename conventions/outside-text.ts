/**
 * Makes foreign text safe to show, for example a server's answer, a program's error output or a value of a manifest.
 * Such text may repeat a credential, or contain control characters for a terminal.
 */
import { stripVTControlCharacters } from "node:util";

/** The text that replaces a secret, in this program's messages and in the engine's output. */
export const SECRET = "[secret]";

/** The last words of a key whose value is a credential; with `_file` after them the key names a file. */
const credentialWords =
  "pass(?:word|phrase|wd)s?|(?<![a-z])pass|(?<!pull)secrets?|tokens?|credentials?|(?:api|access|private|secret|routing|service|user|account|integration)[_-]?keys?|key-data";

/** Keys whose values are always credentials. */
export const credentialKey = new RegExp(`(?:${credentialWords})$`, "i");

const key = `["']?[\\w.-]*(?:${credentialWords})["']?`;
/** A slash in a path, optionally escaped as in JSON. */
const slash = "\\\\?/";
/** Matches the rest of a URL. */
const rest = "[^\\s\"'|)>]+";

/**
 * Patterns of credentials in any text. Each begins with something rare: a pattern that may begin with any letter would
 * take minutes.
 */
const knownForms: readonly (readonly [RegExp, string])[] = [
  // Webhooks of Slack and of other services; a long webhook may be wrapped over several lines.
  [
    new RegExp(`(https?:${slash}${slash}hooks\\.[^\\s/"'|)\\\\]+${slash})${rest}(?:\\s+[A-Za-z0-9]{16,}\\b)?`, "gi"),
    `$1${SECRET}`,
  ],
  [new RegExp(`(${slash}services${slash}T[A-Z0-9]+${slash}B[A-Z0-9]+${slash})\\s*${rest}`, "g"), `$1${SECRET}`],
  [new RegExp(`(${slash}webhooks?${slash}|\\.webhook\\.office\\.com${slash})${rest}`, "gi"), `$1${SECRET}`],
  // User and password of a URL. A token may be there without a user, and a password may contain unescaped characters.
  [/(:\\?\/\\?\/)[^\s/:@"]{0,200}:(?!\d+[/\s])[^\s"<>|]{0,300}@/g, `$1${SECRET}@`],
  [/(:\\?\/\\?\/)[^\s/@"']+@/g, `$1${SECRET}@`],
  // Credentials in a query.
  [
    new RegExp(`([?&](?:[\\w.-]*(?:${credentialWords}|signature|pwd)|sig|code|key|auth)=)[^\\s"'&|)#]+`, "gi"),
    `$1${SECRET}`,
  ],
  // Private keys, in PEM and in base64.
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, SECRET],
  [/LS0tLS1CRUdJTi[\w+/=]+/g, SECRET],
  // Tokens with a known prefix or form: for example JSON Web Tokens and tokens of Telegram bots.
  [/\b(?:xox[a-z]|xapp)-[\w-]+|\b(?:gh[a-z]|github_pat|glc|glsa)_\w{20,}/g, SECRET],
  [/\bgl[a-z]{2,5}-[\w-]{20,}|\bk8s-aws-v1\.[\w-]+/g, SECRET],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g, SECRET],
  [/\b(?:bot)?\d{6,10}:[\w-]{35}\b/g, SECRET],
  // Values of a header; if the header is invalid, everything that an error quotes.
  [/\b((?:Bearer|Basic) )[^]{1,10000}?(?="? is (?:not a legal|an invalid)(?: HTTP)? header value)/g, `$1${SECRET}`],
  [/("(?:Bearer|Basic|GenieKey|Token) )[^"\s]{8,}(?=")/g, `$1${SECRET}`],
  [/(\b[Bb]earer\s+)(?=[a-z]*[^a-z\s])[^\s"']{12,}/g, `$1${SECRET}`],
  [/(\bBasic\s+)(?=[a-z+/]*[A-Z0-9=])[\w+/]{8,}={0,2}/g, `$1${SECRET}`],
  // A YAML block: all lines that are indented deeper than its key, and blank lines between them.
  [
    new RegExp(
      `^(([ \\t]*)(?:- +)*${key}:[ \\t]+)[|>][^\\n]*(?:\\n(?:[ \\t\\r]*(?=\\n)|\\2[ \\t]+\\S[^\\n]*))*`,
      "gim",
    ),
    `$1${SECRET}`,
  ],
  // A YAML line. A short number is a limit and not a credential, and an empty value contains no secret.
  [
    new RegExp(`^([ \\t]*(?:- +)*${key}:[ \\t]+)(?!\\d{1,6}\\s*$|\\[\\s*\\]|\\{\\s*\\})\\S[^\\r\\n]*`, "gim"),
    `$1${SECRET}`,
  ],
  // A key within a YAML flow map or JSON, after any text. JSON may be escaped in a string.
  [
    new RegExp(
      `([{,]\\s*(?:\\\\?["'])?[\\w.-]*(?:${credentialWords})(?:\\\\?["'])?\\s*:\\s*)` +
        `("(?:[^"\\\\]|\\\\.)*"|\\\\"(?:[^"\\\\]|\\\\[^"])*\\\\"|'(?:[^']|'')*'|(?![\\d\\s]+[,}])[^,}\\s"'\\[{\\\\][^,}]*)`,
      "gi",
    ),
    `$1${SECRET}`,
  ],
  // `password=...`; a quoted value after a brace or a comma is a PromQL matcher.
  [new RegExp(`((?:${credentialWords})=)(?!~)[^\\s"'&|)]+`, "gi"), `$1${SECRET}`],
  [new RegExp(`((?:${credentialWords})=)'[^']*'`, "gi"), `$1${SECRET}`],
  [new RegExp(`((?:${credentialWords})(?<![{,]\\s*[\\w-]{0,60})=)"[^"]*"`, "gi"), `$1${SECRET}`],
];

/** The text without credentials of known forms; line breaks stay. */
export function withoutCredentials(text: string): string {
  return knownForms.reduce((left, [pattern, instead]) => left.replaceAll(pattern, instead), text);
}

/**
 * The text in one line, without control characters for a terminal, without the given secrets and without credentials of
 * known forms.
 */
export function outsideText(text: string, secrets: readonly string[] = []): string {
  // An error may repeat a multi-line secret with its line breaks, or line by line.
  const known = [...new Set(secrets.flatMap((secret) => [secret, secret.trim(), ...secret.split(/\s*\n\s*/)]))]
    .filter((secret) => secret.length >= 4)
    .sort((a, b) => b.length - a.length);
  const concealed = known.reduce((left, secret) => left.replaceAll(secret, SECRET), text);
  // Escape sequences are removed first and completely, because one could be before a key and hide it. Then the
  // remaining control characters are removed, and invisible characters that change the direction of text.
  return withoutCredentials(stripVTControlCharacters(concealed))
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .trim();
}
