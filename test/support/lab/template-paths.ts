/** Finds which `.Values` paths the templates of a Helm chart read, by following their `with` blocks. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** What `.` means inside a block: the template's root, a path of the values, or something that is not analyzed. */
type Dot =
  { readonly kind: "root" } | { readonly kind: "values"; readonly path: string } | { readonly kind: "unknown" };

interface Frame {
  readonly opensDot: boolean;
  readonly outer: Dot;
}

const root: Dot = { kind: "root" };
const unknown: Dot = { kind: "unknown" };

/** The paths of values that a chart's own templates read, or that only one of their files reads; without `.Values.`. */
export function pathsReadBy(chart: string, only?: string): Set<string> {
  const folder = join(chart, "templates");
  const files = only === undefined ? readdirSync(folder) : [only];
  return new Set(files.flatMap((file) => pathsReadIn(readFileSync(join(folder, file), "utf8"))));
}

function pathsReadIn(template: string): string[] {
  const found: string[] = [];
  const frames: Frame[] = [];
  let dot: Dot = root;
  for (const [, action = ""] of template
    .replaceAll(/\{\{-?\s*\/\*[\s\S]*?\*\/\s*-?\}\}/g, "")
    .matchAll(/\{\{-?\s*([\s\S]*?)\s*-?\}\}/g)) {
    const keyword = /^\w+/.exec(action)?.[0] ?? "";
    if (keyword === "end") {
      dot = frames.pop()?.outer ?? root;
    } else if (keyword === "else") {
      dot = frames.at(-1)?.opensDot ? (frames.at(-1)?.outer ?? root) : dot;
      found.push(...read(action, dot));
    } else if (keyword === "with") {
      frames.push({ opensDot: true, outer: dot });
      const inner = resolve(action.slice(keyword.length).trim(), dot);
      found.push(...(inner.kind === "unknown" ? read(action, dot) : []));
      dot = inner;
    } else if (keyword === "range" || keyword === "define" || keyword === "if") {
      found.push(...read(action, dot));
      frames.push({ opensDot: keyword === "range", outer: dot });
      dot = keyword === "if" ? dot : keyword === "define" ? root : unknown;
    } else {
      found.push(...read(action, dot));
    }
  }
  return found;
}

/**
 * The paths that one action reads. An action that picks keys of a map (`lab.fields`, `hasKey`, `index`) reads only
 * those keys, not the map.
 */
function read(action: string, dot: Dot): string[] {
  const found: string[] = [];
  const picked = action.replaceAll(
    /(?:"lab\.fields"\s*\(list|hasKey|index)\s+(\$?\w*[.\w]*)\s+"([^"]*)"/g,
    (whole, map: string, keys: string) => {
      const base = resolve(map, dot);
      found.push(...(base.kind === "values" ? keys.split(" ").map((key) => below(base.path, key)) : []));
      return base.kind === "values" ? "" : whole;
    },
  );
  for (const [token] of picked.replaceAll(/"[^"]*"/g, "").matchAll(/(?<![\w$)])(?:\$\w*)?\.[\w.]*/g)) {
    const path = resolve(token, dot);
    if (path.kind === "values" && path.path !== "") {
      found.push(path.path);
    }
  }
  return found;
}

/** The path that an expression stands for, if it is a plain path. */
function resolve(expression: string, dot: Dot): Dot {
  const absolute = /^(?:\$\w*)?\.Values(?:\.([\w.]+))?$/.exec(expression);
  if (absolute !== null) {
    return dot.kind === "root" || expression.startsWith("$") ? { kind: "values", path: absolute[1] ?? "" } : unknown;
  }
  const relative = /^\.([\w.]*)$/.exec(expression);
  return relative !== null && dot.kind === "values"
    ? { kind: "values", path: below(dot.path, relative[1] ?? "") }
    : unknown;
}

function below(path: string, key: string): string {
  return [path, key].filter((part) => part !== "").join(".");
}
