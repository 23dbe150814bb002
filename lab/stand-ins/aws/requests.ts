import { isMap } from "../../../validation/plain-data";
import type { Properties } from "../properties";

/** The properties with these keys in the format of an AWS request: keys begin with a capital letter, at every depth. */
export function toAws<T>(properties: Properties, ...keys: readonly string[]): T {
  return recase(picked(properties, keys), (first) => first.toUpperCase()) as T;
}

/** The members of an AWS response with these keys, in the provider's format: keys begin with a small letter. */
export function fromAws(answer: object | undefined, ...keys: readonly string[]): Properties {
  return picked(recase(answer ?? {}, (first) => first.toLowerCase()) as Properties, keys);
}

function picked(from: Properties, keys: readonly string[]): Properties {
  const wanted = keys.filter((key) => from[key] !== undefined && from[key] !== null);
  return Object.fromEntries(wanted.map((key) => [key, from[key]]));
}

function recase(value: unknown, change: (first: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => recase(item, change));
  if (!isMap(value) || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [change(key[0]!) + key.slice(1), recase(item, change)]),
  );
}

/** Tags as a list in AWS's format. */
export function tagList(tags: unknown): { Key: string; Value: string }[] {
  return Object.entries((tags ?? {}) as Record<string, string>).map(([Key, Value]) => ({ Key, Value }));
}

/** Tags in the provider's format. AWS's own tags, which cannot be set, are left out. */
export function tagMap(tags: readonly { Key?: string; Value?: string }[] = []): Record<string, string> {
  const own = tags.filter(({ Key }) => !Key?.startsWith("aws:"));
  return Object.fromEntries(own.map(({ Key = "", Value = "" }) => [Key, Value]));
}

/** The tags to remove and to add, so that the tags of `before` become the tags of `now`. */
export function tagChanges(before: Properties, now: Properties) {
  const [olds, news] = [before.tags ?? {}, now.tags ?? {}] as Record<string, string>[];
  return {
    gone: Object.keys(olds!).filter((key) => !(key in news!)),
    put: tagList(news).filter(({ Key, Value }) => olds![Key] !== Value),
  };
}
