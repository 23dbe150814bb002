/** The paths below `.Values` that templates name in full, sorted. Comments are ignored. */
export function referencesIn(templates: readonly string[]): string[] {
  const found = templates.flatMap((template) =>
    [...template.replaceAll(/\{\{-?\s*\/\*[\s\S]*?\*\/\s*-?\}\}/g, "").matchAll(/\.Values((?:\.[A-Za-z_]\w*)+)/g)].map(
      ([, path]) => path!.slice(1),
    ),
  );
  // A key with a dash can only be named by `index .Values "a-b" "c"`.
  const indexed = templates.flatMap((template) =>
    [...template.matchAll(/index\s+\$?\.?Values((?:\s+"[^"]+")+)/g)].map(([, keys]) =>
      [...keys!.matchAll(/"([^"]+)"/g)].map(([, key]) => key).join("."),
    ),
  );
  return [...new Set([...found, ...indexed])].sort();
}

/** Whether two paths are equal, or one contains the other. */
export function related(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}.`) || other.startsWith(`${one}.`);
}
