/** A path as the engine writes it, `values.server["a.b"][0].c`, taken apart. */
export function keysOf(path: string): string[] {
  return [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(
    ([, quoted, index, bare]) => quoted?.replaceAll(/\\(.)/g, "$1") ?? index ?? bare ?? "",
  );
}

/** The value under a path as the engine writes it; undefined where there is none. */
export function valueAt(inputs: unknown, path: string): unknown {
  return keysOf(path).reduce<unknown>(
    (here, key) =>
      typeof here === "object" && here !== null && Object.hasOwn(here, key)
        ? (here as Record<string, unknown>)[key]
        : undefined,
    inputs,
  );
}
