/** What the engine writes for a secret, and what the comment shows for one. */
export const SECRET = "[secret]";

/** What the engine writes for a value that is known only afterwards. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** What the comment shows for a value that is known only afterwards. */
export const AFTERWARDS = "[known after up]";

/** A Kubernetes Secret's data, whatever the engine thinks of it. */
const SECRET_DATA = /^(data|stringData|binaryData)$/;

/** Keys whose text is a credential wherever they stand; with `_file` behind them they name a file. */
const CREDENTIAL = /(password|passphrase|secret|token|credentials?|api_?key|routing_?key|service_?key|user_?key)$/i;

/** URLs of Slack's webhooks, and user and password of any URL. */
const IN_TEXT: readonly (readonly [RegExp, string])[] = [
  [/(https?:\/\/hooks\.[^\s/"'|)]+\/)[^\s"'|)]+/gi, `$1${SECRET}`],
  [/(\/services\/T[A-Z0-9]+\/B[A-Z0-9]+\/)[^\s"'|)]+/g, `$1${SECRET}`],
  // Without the scheme: a pattern that begins with any letters takes minutes for a long word.
  [/(:\/\/)[^\s/@"':]*:[^\s/@"']*@/g, `$1${SECRET}@`],
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
  if (typeof value === "string") return CREDENTIAL.test(key) ? SECRET : maskedText(value);
  if (Array.isArray(value)) return value.map((item) => mask(item, key));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mask(inner, name)]));
}

/** Leaves the names of the entries, if the engine has. */
function hide(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return SECRET;
  return Object.fromEntries(Object.keys(value).map((key) => [key, SECRET]));
}
