import type { Path } from "../validation/finding";
import { everyValue, isMap } from "../validation/plain-data";

/** A secret by its name in `alerting:credentials`; it becomes the path of a mounted file. */
export interface CredentialReference {
  readonly credential: string;
}

/** A file that Alertmanager reads: the path of one that is mounted otherwise, or a credential by name. */
export type FileReference = `/${string}` | CredentialReference;

/** Where the Secret with the receivers' credentials is mounted. */
export const credentialsDirectory = "/etc/alertmanager-credentials";
/** That Secret's name. Fixed, so that a new value updates it in place and reaches the mounted files without a restart. */
export const credentialsSecret = "alerting-receiver-credentials";

/** Objects of the user's own, in which nothing is a reference. */
const free = new Set(["payload", "details", "claims"]);

/** Whether a value names a credential. */
export function isReference(value: unknown): value is CredentialReference {
  return isMap(value) && Object.keys(value).join() === "credential" && typeof value.credential === "string";
}

const isFileKey = (key: string | number | undefined) => typeof key === "string" && key.endsWith("_file");

/** Whether a reference may stand there: at a `*_file` key, or in the `files` of a header. */
function isPlace(path: Path): boolean {
  return isFileKey(path.at(-1)) || (typeof path.at(-1) === "number" && path.at(-2) === "files");
}

/** Every value that stands where a file is named, and where it does. */
export function filesIn(config: unknown): { readonly value: unknown; readonly path: Path }[] {
  const isLeftOut = (path: Path) => isPlace(path) || free.has(String(path.at(-1)));
  return [...everyValue(config, [], isLeftOut)].filter(({ path }) => isPlace(path));
}

/** Every credential that the configuration names, and where it does. */
export function credentialsIn(config: unknown): { readonly name: string; readonly path: Path }[] {
  return filesIn(config).flatMap(({ value, path }) => (isReference(value) ? [{ name: value.credential, path }] : []));
}

/** The configuration as Alertmanager reads it: every reference is the path of the mounted file, all else is as it was. */
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
