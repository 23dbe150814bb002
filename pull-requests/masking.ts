import { isDeepStrictEqual } from "node:util";

/** What the engine writes for a secret, and what the comment shows for one. */
export const SECRET = "[secret]";

/** What the engine writes for a value that is known only afterwards. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** What the comment shows for a value that is known only afterwards. */
export const AFTERWARDS = "[known after up]";

/** A Kubernetes Secret's data, whatever the engine thinks of it. */
const SECRET_DATA = /^(data|stringData|binaryData)$/;

const CREDENTIAL_WORDS =
  "pass(?:word|phrase|wd)|secret|token|credentials?|(?:api|access|private|secret|routing|service|user)[_-]?key|key-data";

/** Keys whose texts are credentials wherever they stand; with `_file` behind them they name a file. */
const CREDENTIAL = new RegExp(`(?:${CREDENTIAL_WORDS})$`, "i");

/** A manifest of a Secret as YAML. */
const SECRET_MANIFEST = /^[ \t-]*kind:[ \t]*["']?Secret\b/m;

/** What gives a credential away in any text. Each begins with what is rare: one that begins with any letters takes minutes. */
const IN_TEXT: readonly (readonly [RegExp, string])[] = [
  // Webhooks, of Slack and of others.
  [/(https?:\/\/hooks\.[^\s/"'|)]+\/)[^\s"'|)]+/gi, `$1${SECRET}`],
  [/(\/services\/T[A-Z0-9]+\/B[A-Z0-9]+\/)[^\s"'|)]+/g, `$1${SECRET}`],
  [/(\/webhooks?\/|\.webhook\.office\.com\/)[^\s"'|)]+/gi, `$1${SECRET}`],
  // User and password of a URL; a token may stand there alone.
  [/(:\/\/)[^\s/@"']+@/g, `$1${SECRET}@`],
  // Private keys, as they are and in base64.
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, SECRET],
  [/LS0tLS1CRUdJTi[\w+/=]+/g, SECRET],
  // Tokens that are known by how they begin, and those of a header.
  [/\b(?:xox[a-z]|xapp)-[\w-]+|\b(?:gh[a-z]|github_pat)_\w{20,}/g, SECRET],
  [/(\bBearer\s+)[\w.~+/=-]{12,}/gi, `$1${SECRET}`],
  // A block of YAML, with all lines that stand deeper than its key.
  [
    new RegExp(`^(([ \\t]*)["']?[\\w.-]*(?:${CREDENTIAL_WORDS})["']?:[ \\t]+)[|>].*(?:\\n\\2[ \\t]+\\S.*)*`, "gim"),
    `$1${SECRET}`,
  ],
  // A line of YAML, and `password=...`.
  [new RegExp(`^([ \\t]*(?:- )?["']?[\\w.-]*(?:${CREDENTIAL_WORDS})["']?:[ \\t]+)\\S.*$`, "gim"), `$1${SECRET}`],
  [/((?:pass(?:word|phrase|wd)|token|api_?key)=)["']?[^\s"'&|)]+["']?/gi, `$1${SECRET}`],
];

/** The inputs of a resource as they may be shown. The engine masks what it knows to be secret; this masks the rest. */
export function masked(inputs: Readonly<Record<string, unknown>>, type: string): Record<string, unknown> {
  const isSecret = /^kubernetes:core\/v1:Secret(List|Patch)?$/.test(type);
  return Object.fromEntries(
    Object.entries(inputs).map(([key, value]) => [
      key,
      isSecret && SECRET_DATA.test(key) ? hide(value) : mask(value, key),
    ]),
  );
}

/** A text as it may be shown. */
export function maskedText(text: string): string {
  return IN_TEXT.reduce((masking, [pattern, instead]) => masking.replaceAll(pattern, instead), text);
}

function mask(value: unknown, key: string): unknown {
  if (value === UNKNOWN) return AFTERWARDS;
  const isCredential = CREDENTIAL.test(key);
  if (typeof value === "string") return isCredential ? SECRET : maskWritten(value);
  if (Array.isArray(value)) return value.map((item) => mask(item, key));
  if (!isMap(value)) return value;
  // A volume of a Pod is called `secret` too; it names a Secret and holds none. Of all else, every text is hidden.
  const isHidden = isCredential && !("secretName" in value);
  const isSecret = value.kind === "Secret";
  const isNamedCredential = typeof value.name === "string" && CREDENTIAL.test(value.name);
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      if (isSecret && SECRET_DATA.test(name)) return [name, hide(inner)];
      if (isNamedCredential && name === "value") return [name, SECRET];
      return [name, mask(inner, isHidden ? key : name)];
    }),
  );
}

/** A text, which may be JSON or a manifest. */
function maskWritten(text: string): string {
  if (SECRET_MANIFEST.test(text)) return SECRET;
  if (!/^\s*[[{]/.test(text)) return maskedText(text);
  try {
    const json = JSON.parse(text) as unknown;
    const shown = mask(json, "");
    return maskedText(isDeepStrictEqual(json, shown) ? text : JSON.stringify(shown));
  } catch {
    return maskedText(text);
  }
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** Leaves the names of the entries, if the engine has. */
function hide(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return SECRET;
  return Object.fromEntries(Object.keys(value).map((key) => [key, SECRET]));
}
