import { parse } from "yaml";
import type { Kind } from "../../chart/contract";

/** A key that values.yaml names in a comment, such as `# storageClass: "-"`. */
export interface CommentedKey {
  readonly path: readonly string[];
  readonly kind: Kind;
}

const item = /^(?<indent> *)(?:# ?)?(?<inner> *)- /;
const line = /^(?<indent> *)(?<hash># ?)?(?<inner> *)(?<key>[A-Za-z][\w./-]*|"[^"]+"):(?: +(?<value>.*))?$/;

/**
 * Finds keys in the comments of a values.yaml by their column. Prose sometimes looks like a key, so the caller must
 * check whether the templates use the key.
 */
export function commentedKeys(valuesText: string): CommentedKey[] {
  const found: { path: string[]; kind: Kind }[] = [];
  // The keys that may contain the current line, outermost first. The chart has no keys below a list item.
  let open: { readonly column: number; readonly key: string; readonly item?: true }[] = [];
  for (const text of valuesText.split("\n")) {
    const dash = item.exec(text)?.groups;
    if (dash) {
      const column = dash.indent!.length + dash.inner!.length;
      open = [...open.filter((one) => one.column <= column), { column: column + 1, key: "", item: true }];
      const list = found.at(-1);
      if (list?.kind === "any" && list.path.at(-1) === open.at(-2)?.key) list.kind = "list";
      continue;
    }
    const match = line.exec(text)?.groups;
    if (!match) continue;
    const commented = match.hash !== undefined;
    const column = match.indent!.length + match.inner!.length;
    const key = match.key!.replaceAll('"', "");
    const value = match.value?.trim() ?? "";
    if (commented && !looksLikeAValue(value)) continue;
    open = [...open.filter((one) => one.column < column), { column, key }];
    if (commented && !open.some((one) => one.item)) {
      found.push({ path: open.map((one) => one.key), kind: kindOfText(value) });
    }
  }
  return found;
}

/** A single word, a quoted string, a number or a flow collection: prose has several words, or an address. */
function looksLikeAValue(value: string): boolean {
  return /^("[^"]*"|'[^']*'|\[.*\]|\{.*\}|[^\s:]*)(\s+#.*)?$/.test(value);
}

function kindOfText(value: string): Kind {
  if (value === "") return "any";
  try {
    return kindOf(parse(value));
  } catch {
    return "any";
  }
}

/** The kind of a value. */
export function kindOf(value: unknown): Kind {
  if (value === null || value === undefined) return "any";
  if (Array.isArray(value)) return "list";
  switch (typeof value) {
    case "string":
      return "text";
    case "number":
      return "number";
    case "boolean":
      return "boolean";
    default:
      return "map";
  }
}
