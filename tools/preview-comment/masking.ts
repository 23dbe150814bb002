import { isDeepStrictEqual } from "node:util";
import { isMap } from "../../validation/plain-data";
import { credentialKey, SECRET, withoutCredentials } from "../../conventions/outside-text";

/** The engine's placeholder for a value that is known only after the update. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The comment's text for a value that is known only after the update. */
export const AFTERWARDS = "[known after up]";

/** The data of a Kubernetes Secret is masked even if the engine does not treat it as secret. */
const SECRET_DATA = /^(data|stringData|binaryData)$/;

/** A manifest of a Secret as YAML. */
const SECRET_MANIFEST = /^[ \t-]*kind:[ \t]*["']?Secret\b/m;

/** The inputs of a resource without secrets. The engine masks those that it knows; this function masks the rest. */
export function masked(inputs: Readonly<Record<string, unknown>>, type: string): Record<string, unknown> {
  const isSecret = /^kubernetes:core\/v1:Secret(List|Patch)?$/.test(type);
  return Object.fromEntries(
    Object.entries(inputs).map(([key, value]) => [
      key,
      isSecret && SECRET_DATA.test(key) ? hide(value) : mask(value, key),
    ]),
  );
}

function mask(value: unknown, key: string): unknown {
  if (value === UNKNOWN) return AFTERWARDS;
  const isCredential = credentialKey.test(key);
  if (typeof value === "string") return isCredential ? SECRET : maskWritten(value);
  if (Array.isArray(value)) return value.map((item) => mask(item, key));
  if (!isMap(value)) return value;
  // A volume of a Pod is called `secret` too, but only names a Secret. Every string in any other `secret` is hidden.
  const isHidden = isCredential && !("secretName" in value);
  const isSecret = value.kind === "Secret";
  const isNamedCredential = typeof value.name === "string" && credentialKey.test(value.name);
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      if (isSecret && SECRET_DATA.test(name)) return [name, hide(inner)];
      if (isNamedCredential && name === "value") return [name, SECRET];
      return [withoutCredentials(name), mask(inner, isHidden ? key : name)];
    }),
  );
}

/** Masks a string, which may be JSON or a manifest. */
function maskWritten(text: string): string {
  if (SECRET_MANIFEST.test(text)) return SECRET;
  if (!/^\s*[[{]/.test(text)) return withoutCredentials(text);
  try {
    const json = JSON.parse(text) as unknown;
    const shown = mask(json, "");
    return withoutCredentials(isDeepStrictEqual(json, shown) ? text : JSON.stringify(shown));
  } catch {
    return withoutCredentials(text);
  }
}

/** Masks the values and keeps their names, unless the engine has masked the names too. */
function hide(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return SECRET;
  return Object.fromEntries(Object.keys(value).map((key) => [key, SECRET]));
}
