import { isMap } from "../../validation/plain-data";
import { type Contract, type Fact, type Keys, wordsOf } from "../../chart/contract";
import { commentedKeys, kindOf } from "./commented-keys";
import { placeOf } from "../../chart/places";
import type { Chart } from "./read-chart";
import { related } from "./references";

interface Tree {
  [key: string]: Tree | Fact;
}

/** Facts about everything that can be set in a chart and its sub-charts. */
export function contractOf(chart: Chart): Contract {
  const charts = Object.fromEntries(
    [chart, ...chart.subCharts].map(({ name, version }) => [name, version] as const).sort(byKey),
  );
  const tree = treeOf(chart);
  // Helm passes the parent's `global` to every sub-chart.
  tree.global = Object.assign(
    {},
    ...chart.subCharts.map(({ name }) => asTemplates((tree[name] as Tree).global)),
  ) as Tree;
  return { charts, keys: written(tree, []) };
}

function treeOf(chart: Chart): Tree {
  const names = chart.subCharts.map(({ name }) => name);
  const ofSubChart = (path: string) => names.find((name) => path === name || path.startsWith(`${name}.`));
  const own = chart.references.filter((path) => ofSubChart(path) === undefined);
  const tree: Tree = {};
  for (const sub of chart.subCharts) tree[sub.name] = treeOf(sub);
  for (const [path, value] of defaults(chart.values)) {
    const name = ofSubChart(path.join("."));
    // A value that the parent sets in a sub-chart is in use if the sub-chart reads it, or the parent reads it there.
    const readers =
      name === undefined
        ? own
        : [
            ...chart.subCharts.find((sub) => sub.name === name)!.references.map((reference) => `${name}.${reference}`),
            ...chart.references.filter((reference) => reference.startsWith(`${name}.`)),
            `${name}.enabled`,
          ];
    put(tree, path, factOfDefault(value, isRead(path, readers)));
  }
  for (const { path, kind } of commentedKeys(chart.valuesText)) {
    if (ofSubChart(path[0]!) === undefined && isRead(path, own))
      add(tree, path, { kind, from: "commented", dead: false });
  }
  for (const reference of chart.references) {
    if (names.includes(reference)) continue;
    add(tree, reference.split("."), { kind: "any", from: "template", dead: false });
  }
  return tree;
}

function factOfDefault(value: unknown, read: boolean): Fact {
  return { kind: kindOf(value), from: value === null ? "empty" : "default", dead: !read };
}

function isRead(path: readonly string[], references: readonly string[]): boolean {
  return references.some((reference) => related(path.join("."), reference));
}

/** Every value of values.yaml that is not a map with keys, with its path. */
function* defaults(value: unknown, path: readonly string[] = []): Generator<[readonly string[], unknown]> {
  if (isMap(value)) {
    const entries = Object.entries(value);
    for (const [key, inner] of entries) yield* defaults(inner, [...path, key]);
    if (entries.length > 0) return;
  }
  if (path.length > 0) yield [path, value];
}

const isFact = (node: Tree | Fact | undefined): node is Fact => typeof node?.kind === "string";

/** Sets a fact; an empty map does not hide keys that are known below it. */
function put(tree: Tree, path: readonly string[], fact: Fact): void {
  const parent = parentOf(tree, path);
  const key = path.at(-1)!;
  if (fact.kind === "map" && parent[key] !== undefined && !isFact(parent[key])) return;
  parent[key] = fact;
}

/** Sets a fact unless there is one already; there are no keys below a list. */
function add(tree: Tree, path: readonly string[], fact: Fact): void {
  let here: Tree | Fact | undefined = tree;
  for (const key of path) {
    if (here === undefined) break;
    if (isFact(here)) {
      if (here.kind !== "map" && here.kind !== "any") return;
      break;
    }
    here = here[key];
  }
  const parent = parentOf(tree, path);
  parent[path.at(-1)!] ??= fact;
}

function parentOf(tree: Tree, path: readonly string[]): Tree {
  let here = tree;
  for (const key of path.slice(0, -1)) {
    const inner = here[key];
    if (inner === undefined || isFact(inner)) {
      // An empty map with keys in its comment is a map with these keys, none of which has a default.
      here = here[key] = {};
    } else {
      here = inner;
    }
  }
  return here;
}

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : a > b ? 1 : 0);

/** The keys of a tree without their defaults, as if only templates named them. */
function asTemplates(node: Tree | Fact | undefined): Tree {
  return Object.fromEntries(
    Object.entries(isFact(node) ? {} : (node ?? {})).map(([key, inner]) => [
      key,
      isFact(inner) ? { ...inner, from: "template" as const } : asTemplates(inner),
    ]),
  );
}

/** The tree in the contract's form, in alphabetical order. For places described by hand only the defaults matter. */
function written(tree: Tree, path: readonly string[]): Keys {
  return Object.fromEntries(
    Object.entries(tree)
      .sort(byKey)
      .flatMap(([key, inner]): [string, Keys | string][] => {
        const at = [...path, key];
        if (isFact(inner)) return [[key, wordsOf(inner)]];
        const place = placeOf(at);
        return [[key, place === undefined || place.each !== undefined ? written(inner, at) : defaultsOf(inner)]];
      }),
  );
}

function defaultsOf(tree: Tree): Keys | string {
  const kept = Object.entries(tree)
    .sort(byKey)
    .flatMap(([key, inner]): [string, Keys | string][] => {
      if (!isFact(inner)) return [[key, defaultsOf(inner)]];
      return inner.from === "default" ? [[key, wordsOf(inner)]] : [];
    })
    .filter(([, inner]) => typeof inner === "string" || Object.keys(inner).length > 0);
  return kept.length === 0 ? wordsOf({ kind: "map", from: "commented", dead: false }) : Object.fromEntries(kept);
}
