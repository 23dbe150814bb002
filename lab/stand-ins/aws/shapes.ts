import { isObject, type Properties } from "../properties";

/** The named properties as an AWS request writes them: keys begin with a capital, at every depth. */
export function toAws<T>(properties: Properties, keys: string): T {
  return recase(picked(properties, keys), (key) => key[0]!.toUpperCase() + key.slice(1)) as T;
}

/** The named members of an AWS answer as the provider writes them: keys begin with a small letter, at every depth. */
export function fromAws(answer: object | undefined, keys: string): Properties {
  const small = recase(answer ?? {}, (key) => key[0]!.toLowerCase() + key.slice(1)) as Properties;
  return picked(small, keys);
}

/** Whether two lists have the same members. */
export function sameSet(a: unknown, b: unknown): boolean {
  return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item) => b.includes(item));
}

/** Whether all that `part` says is so in `whole` too. */
export function includesAll(part: unknown, whole: unknown): boolean {
  if (!isObject(part)) return part === whole || sameSet(part, whole);
  return isObject(whole) && Object.entries(part).every(([key, value]) => includesAll(value, whole[key]));
}

/** The named properties, as far as they are there. Names are space-separated. */
export function picked(from: Properties, keys: string): Properties {
  const wanted = keys.split(" ").filter((key) => from[key] !== undefined && from[key] !== null);
  return Object.fromEntries(wanted.map((key) => [key, from[key]]));
}

function recase(value: unknown, change: (key: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => recase(item, change));
  if (!isObject(value) || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [change(key), recase(item, change)]));
}
