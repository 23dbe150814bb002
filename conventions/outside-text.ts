/**
 * Text that others wrote, made fit to be shown: a server's answer, a program's error output, a value of a manifest. It may
 * repeat a credential, or hold characters by which a terminal is driven.
 */
import { stripVTControlCharacters } from "node:util";

/** What stands for a secret, here and in what the engine writes. */
export const SECRET = "[secret]";

/** The last words of a key whose value is a credential; with `_file` behind them it names a file. */
const credentialWords =
  "pass(?:word|phrase|wd)s?|(?<![a-z])pass|(?<!pull)secrets?|tokens?|credentials?|(?:api|access|private|secret|routing|service|user|account|integration)[_-]?keys?|key-data";

/** Keys whose values are credentials wherever they are. */
export const credentialKey = new RegExp(`(?:${credentialWords})$`, "i");

const key = `["']?[\\w.-]*(?:${credentialWords})["']?`;
/** A path separator as it is, or as JSON may escape it. */
const slash = "\\\\?/";
/** To the end of a URL. */
const rest = "[^\\s\"'|)>]+";

/** Patterns of credentials in any text. Each begins with something rare: one that begins with any letter takes minutes. */
const knownForms: readonly (readonly [RegExp, string])[] = [
  // Webhooks, of Slack and of others; a long one may be wrapped.
  [
    new RegExp(`(https?:${slash}${slash}hooks\\.[^\\s/"'|)\\\\]+${slash})${rest}(?:\\s+[A-Za-z0-9]{16,}\\b)?`, "gi"),
    `$1${SECRET}`,
  ],
  [new RegExp(`(${slash}services${slash}T[A-Z0-9]+${slash}B[A-Z0-9]+${slash})\\s*${rest}`, "g"), `$1${SECRET}`],
  [new RegExp(`(${slash}webhooks?${slash}|\\.webhook\\.office\\.com${slash})${rest}`, "gi"), `$1${SECRET}`],
  // User and password of a URL; a token may be there without a user, and a password may hold unescaped characters.
  [/(:\\?\/\\?\/)[^\s/:@"]{0,200}:(?!\d+[/\s])[^\s"<>|]{0,300}@/g, `$1${SECRET}@`],
  [/(:\\?\/\\?\/)[^\s/@"']+@/g, `$1${SECRET}@`],
  // What a query says of who asks.
  [
    new RegExp(`([?&](?:[\\w.-]*(?:${credentialWords}|signature|pwd)|sig|code|key|auth)=)[^\\s"'&|)#]+`, "gi"),
    `$1${SECRET}`,
  ],
  // Private keys, as they are and in base64.
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, SECRET],
  [/LS0tLS1CRUdJTi[\w+/=]+/g, SECRET],
  // Tokens that are known by how they begin, or by their shape: JSON Web Tokens, those of Telegram's bots.
  [/\b(?:xox[a-z]|xapp)-[\w-]+|\b(?:gh[a-z]|github_pat|glc|glsa)_\w{20,}/g, SECRET],
  [/\bgl[a-z]{2,5}-[\w-]{20,}|\bk8s-aws-v1\.[\w-]+/g, SECRET],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g, SECRET],
  [/\b(?:bot)?\d{6,10}:[\w-]{35}\b/g, SECRET],
  // Values of a header; if it is invalid, all that an error quotes.
  [/\b((?:Bearer|Basic) )[^]{1,10000}?(?="? is (?:not a legal|an invalid)(?: HTTP)? header value)/g, `$1${SECRET}`],
  [/("(?:Bearer|Basic|GenieKey|Token) )[^"\s]{8,}(?=")/g, `$1${SECRET}`],
  [/(\b[Bb]earer\s+)(?=[a-z]*[^a-z\s])[^\s"']{12,}/g, `$1${SECRET}`],
  [/(\bBasic\s+)(?=[a-z+/]*[A-Z0-9=])[\w+/]{8,}={0,2}/g, `$1${SECRET}`],
  // A block of YAML, with all lines that stand deeper than its key, and blank ones between.
  [
    new RegExp(
      `^(([ \\t]*)(?:- +)*${key}:[ \\t]+)[|>][^\\n]*(?:\\n(?:[ \\t\\r]*(?=\\n)|\\2[ \\t]+\\S[^\\n]*))*`,
      "gim",
    ),
    `$1${SECRET}`,
  ],
  // A line of YAML. A short number is a limit, and what is empty holds nothing.
  [
    new RegExp(`^([ \\t]*(?:- +)*${key}:[ \\t]+)(?!\\d{1,6}\\s*$|\\[\\s*\\]|\\{\\s*\\})\\S[^\\r\\n]*`, "gim"),
    `$1${SECRET}`,
  ],
  // Within a flow map or JSON, which may be escaped in a string, whatever comes before.
  [
    new RegExp(
      `([{,]\\s*(?:\\\\?["'])?[\\w.-]*(?:${credentialWords})(?:\\\\?["'])?\\s*:\\s*)` +
        `("(?:[^"\\\\]|\\\\.)*"|\\\\"(?:[^"\\\\]|\\\\[^"])*\\\\"|'(?:[^']|'')*'|(?![\\d\\s]+[,}])[^,}\\s"'\\[{\\\\][^,}]*)`,
      "gi",
    ),
    `$1${SECRET}`,
  ],
  // `password=...`; a quoted one after a brace or a comma is a matcher of PromQL's.
  [new RegExp(`((?:${credentialWords})=)(?!~)[^\\s"'&|)]+`, "gi"), `$1${SECRET}`],
  [new RegExp(`((?:${credentialWords})=)'[^']*'`, "gi"), `$1${SECRET}`],
  [new RegExp(`((?:${credentialWords})(?<![{,]\\s*[\\w-]{0,60})=)"[^"]*"`, "gi"), `$1${SECRET}`],
];

/** Text without credentials of known forms; line breaks stay. */
export function withoutCredentials(text: string): string {
  return knownForms.reduce((left, [pattern, instead]) => left.replaceAll(pattern, instead), text);
}

/** Text in one line, without what drives a terminal, and without these secrets and credentials of known forms. */
export function outsideText(text: string, secrets: readonly string[] = []): string {
  // An error may repeat a secret of several lines with its line ends, or each line by itself.
  const known = [...new Set(secrets.flatMap((secret) => [secret, secret.trim(), ...secret.split(/\s*\n\s*/)]))]
    .filter((secret) => secret.length >= 4)
    .sort((a, b) => b.length - a.length);
  const concealed = known.reduce((left, secret) => left.replaceAll(secret, SECRET), text);
  // Escape sequences go as a whole and first, since one would stand before a key; then what is left of control characters,
  // and invisible ones that turn text around.
  return withoutCredentials(stripVTControlCharacters(concealed))
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .trim();
}
