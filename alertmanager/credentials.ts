import type { Path } from "../validation/finding";
import { everyValue, isMap } from "../validation/plain-data";

/** A reference to a secret by its name in `alerting:credentials`; it becomes the path of a mounted file. */
export interface CredentialReference {
  readonly credential: string;
}

/**
 * A file that Alertmanager reads: the path of a file that is mounted by other means, or a reference to a credential.
 */
export type FileReference = `/${string}` | CredentialReference;

/** The directory in which the Secret with the receivers' credentials is mounted. */
export const credentialsDirectory = "/etc/alertmanager-credentials";
/** The name of that Secret. It is fixed, so that a new value updates the Secret in place and needs no restart. */
export const credentialsSecret = "alerting-receiver-credentials";

/** Keys whose content users define freely; nothing in it is a reference to a credential. */
const free = new Set(["payload", "details", "claims"]);

/** Whether a value is a reference to a credential. */
export function isReference(value: unknown): value is CredentialReference {
  return isMap(value) && Object.keys(value).join() === "credential" && typeof value.credential === "string";
}

const isFileKey = (key: string | number | undefined) => typeof key === "string" && key.endsWith("_file");

/** Whether a reference is allowed at this path: at a `*_file` key, or in the `files` of a header. */
function isPlace(path: Path): boolean {
  return isFileKey(path.at(-1)) || (typeof path.at(-1) === "number" && path.at(-2) === "files");
}

/** Every value at a path where a file is expected, with its path. */
export function filesIn(config: unknown): { readonly value: unknown; readonly path: Path }[] {
  const isLeftOut = (path: Path) => isPlace(path) || free.has(String(path.at(-1)));
  return [...everyValue(config, [], isLeftOut)].filter(({ path }) => isPlace(path));
}

/** Every credential that the configuration names, with its path. */
export function credentialsIn(config: unknown): { readonly name: string; readonly path: Path }[] {
  return filesIn(config).flatMap(({ value, path }) => (isReference(value) ? [{ name: value.credential, path }] : []));
}

/** The configuration as Alertmanager reads it: each reference is replaced by the path of the mounted file. */
export function withCredentialFiles<T>(config: T): T {
  const walk = (value: unknown, path: Path): unknown => {
    if (isReference(value) && isPlace(path)) return `${credentialsDirectory}/${value.credential}`;
    if (Array.isArray(value)) return value.map((item, at) => walk(item, [...path, at]));
    if (!isMap(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, free.has(key) ? inner : walk(inner, [...path, key])]),
    );
  };
  return walk(config, []) as T;
}
