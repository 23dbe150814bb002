import { parse } from "yaml";
import { put } from "./today-tree";
import { isMap, type PlainMap } from "../../validation/plain-data";

/** What a list of `--set` flags says, and what of it could not be read. */
export interface SetFlags {
  readonly values: PlainMap;
  /** One sentence a flag that could not be read; never with its value. */
  readonly faults: readonly string[];
  /** Files named with `-f`, which are to be given apart. */
  readonly files: readonly string[];
}

interface Flag {
  readonly kind: "set" | "set-string" | "set-json";
  readonly text: string;
}

/** Reads flags as Helm does: `--set a.b=c,d[0]=e`, bare `a.b=c`, `--set-string`, `--set-json`; several in one text or in a list. */
export function parseSetFlags(texts: string | readonly string[]): SetFlags {
  const values: PlainMap = {};
  const faults: string[] = [];
  const files: string[] = [];
  for (const flag of flags(typeof texts === "string" ? [texts] : texts, files)) {
    for (const piece of flag.kind === "set-json" ? [flag.text] : split(flag.text, ",")) {
      const fault = assign(values, piece.trim(), flag.kind);
      if (fault !== undefined) faults.push(fault);
    }
  }
  return { values, faults, files };
}

/** Takes a command line apart as a shell would: quotes and backslashes before blanks go, those that Helm reads stay. */
function words(text: string): string[] {
  const found: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let i = 0; i < text.length; i++) {
    const one = text[i]!;
    if (quote !== "") {
      if (one === quote) quote = "";
      else word = (word ?? "") + one;
    } else if (one === "'" || one === '"') {
      quote = one;
      word ??= "";
    } else if (one === "\\" && /[\s"']/.test(text[i + 1] ?? "\n")) {
      // A backslash at the end of a line joins lines; before a blank or a quote it protects that.
      if (!/[\r\n]/.test(text[i + 1] ?? "\n")) word = (word ?? "") + text[i + 1]!;
      i++;
    } else if (/\s/.test(one)) {
      if (word !== undefined) found.push(word);
      word = undefined;
    } else word = (word ?? "") + one;
  }
  if (word !== undefined) found.push(word);
  return found;
}

function flags(texts: readonly string[], files: string[]): Flag[] {
  const found: Flag[] = [];
  const all = texts.flatMap((text) => (/(^|\s)--?\w|\n/.test(text) ? words(text) : [text]));
  for (let i = 0; i < all.length; i++) {
    const word = all[i]!;
    const [name, given] = /^(--?[a-z-]+)(?:=([^]*))?$/.exec(word)?.slice(1) ?? [];
    const kind = name === undefined ? "set" : /^--(set|set-string|set-json|set-literal|set-file)$/.exec(name)?.[1];
    if (name === undefined) {
      if (/[=]/.test(word)) found.push({ kind: "set", text: word });
    } else if (kind !== undefined && kind !== "set-file") {
      const text = given ?? all[++i] ?? "";
      found.push({ kind: kind === "set-literal" ? "set-string" : (kind as Flag["kind"]), text });
    } else if (name === "-f" || name === "--values") files.push(given ?? all[++i] ?? "");
    else if (
      given === undefined &&
      !/^--(install|wait|atomic|debug|create-namespace|dry-run|force|reuse-values)$/.test(name)
    )
      i++;
  }
  return found;
}

/** Splits at a character that no backslash precedes and no braces enclose. */
function split(text: string, at: string): string[] {
  const parts = [""];
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const one = text[i]!;
    if (one === "\\" && i + 1 < text.length) parts.push(parts.pop()! + one + text[++i]!);
    else {
      if (one === "{") depth++;
      if (one === "}") depth--;
      if (one === at && depth <= 0) parts.push("");
      else parts.push(parts.pop()! + one);
    }
  }
  return parts.filter((part) => part.trim() !== "");
}

const unescaped = (text: string) => text.replace(/\\(.)/g, "$1");

/** Indexes beyond this are a slip of the finger; Helm has the same limit. */
const indexLimit = 65536;

function assign(values: PlainMap, piece: string, kind: Flag["kind"]): string | undefined {
  const equals = /^(?:\\.|[^\\=])*/.exec(piece)![0].length;
  if (equals === piece.length) return `"${piece.slice(0, 60)}" has no \`=\``;
  const written = piece.slice(0, equals);
  const steps: (string | number)[] = [];
  for (const part of split(written, ".")) {
    const [, key, indexes] = /^((?:\\.|[^\\[])*)((?:\[\d+\])*)$/.exec(part) ?? [];
    if (key === undefined) return `"${written}" has brackets that no shell or Helm would read`;
    if (key !== "") steps.push(unescaped(key));
    for (const [, index] of (indexes ?? "").matchAll(/\[(\d+)\]/g)) steps.push(Number(index));
  }
  if (steps.length === 0 || typeof steps[0] === "number") return `"${written}" names no key`;
  if (steps.some((step) => typeof step === "number" && step > indexLimit)) return `"${written}" has too large an index`;
  const text = piece.slice(equals + 1);
  try {
    insert(values, steps, kind === "set-json" ? (JSON.parse(text) as unknown) : typed(text, kind === "set-string"));
    return undefined;
  } catch {
    return `"${written}" has a value that is no JSON`;
  }
}

/** A value as Helm types it: true, false, null and whole numbers are that, `{a,b}` is a list, all else text. */
function typed(text: string, asText: boolean): unknown {
  const list = /^\{([^]*)\}$/.exec(text);
  if (list) return split(list[1]!, ",").map((item) => typed(item.trim(), asText));
  const plain = unescaped(text);
  if (asText) return plain;
  if (plain === "true" || plain === "false") return plain === "true";
  if (plain === "null") return null;
  if (/^(0|-?[1-9]\d{0,14})$/.test(plain)) return Number(plain);
  // A pasted block, such as an Alertmanager configuration, stays a text for whoever reads that key.
  return plain;
}

function insert(root: PlainMap, steps: readonly (string | number)[], value: unknown): void {
  const cut = steps.findIndex((step) => typeof step === "number");
  if (cut < 0) return put(root, steps as string[], value);
  const path = steps.slice(0, cut) as string[];
  const holder = path.reduce<unknown>((here, key) => (isMap(here) ? here[key] : undefined), root);
  const list: unknown[] = Array.isArray(holder) ? holder : [];
  put(root, path, list);
  insertItem(list, steps.slice(cut), value);
}

function insertItem(list: unknown[], [index, ...rest]: readonly (string | number)[], value: unknown): void {
  const place = index as number;
  while (list.length <= place) list.push(null);
  if (rest.length === 0) list[place] = value;
  else if (typeof rest[0] === "number") {
    const inner: unknown[] = Array.isArray(list[place]) ? (list[place] as unknown[]) : [];
    list[place] = inner;
    insertItem(inner, rest, value);
  } else {
    const inner: PlainMap = isMap(list[place]) ? list[place] : {};
    list[place] = inner;
    insert(inner, rest, value);
  }
}

/** A map out of a text that holds YAML; undefined where it holds something else. */
export function yamlText(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 50 }) as unknown;
  } catch {
    return undefined;
  }
}
