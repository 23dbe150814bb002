import type { Leaf, PathPart } from "./changed-values";
import { written } from "./changed-values";

/** Leaves of the release that belong together, each with a path that a reviewer understands. */
export interface Section {
  readonly title: string;
  readonly rows: readonly { readonly what: string; readonly leaf: Leaf }[];
}

type Words = (path: readonly string[]) => string | undefined;

/** The sections in their order; the first one that can name a path gets it. */
const SECTIONS: readonly { readonly title: string; readonly words: Words }[] = [
  {
    title: "Rules",
    words: ([values, files, , groups, group, rules, rule, ...rest]) => {
      if (values !== "values" || files !== "serverFiles" || groups !== "groups" || group === undefined)
        return undefined;
      if (rules === "rules" && rule === "order") return `order of the rules in ${group}`;
      if (rules === "rules" && rule !== undefined) return [`${rule} in ${group}`, ...rest].join(": ");
      return group === "order" ? "order of the groups" : [`group ${group}`, ...joined(rules, rule, ...rest)].join(": ");
    },
  },
  {
    title: "Receivers",
    words: ([values, alertmanager, config, receivers, receiver, ...rest]) =>
      isPath([values, alertmanager, config, receivers], "values.alertmanager.config.receivers") &&
      receiver !== undefined
        ? [receiver === "order" ? "order of the receivers" : receiver, ...joined(...rest)].join(": ")
        : undefined,
  },
  {
    title: "Routes",
    words: ([values, alertmanager, config, route, ...rest]) =>
      isPath([values, alertmanager, config, route], "values.alertmanager.config.route") ? routeWords(rest) : undefined,
  },
  {
    title: "Scrape jobs",
    words: ([values, scrapeConfigs, job, ...rest]) =>
      isPath([values, scrapeConfigs], "values.scrapeConfigs") && job !== undefined
        ? [job, ...joined(...rest)].join(": ")
        : undefined,
  },
];

const OTHERS = "Other values of the chart";

/** The release's leaves by section; leaves that belong to no section come last, with their full path. */
export function releaseSections(leaves: readonly Leaf[]): Section[] {
  const byTitle = new Map<string, { what: string; leaf: Leaf }[]>();
  for (const leaf of leaves) {
    const { title, what } = wordsOf(leaf.path);
    byTitle.set(title, [...(byTitle.get(title) ?? []), { what, leaf }]);
  }
  return [...SECTIONS.map(({ title }) => title), OTHERS].flatMap((title) => {
    const rows = byTitle.get(title);
    return rows === undefined ? [] : [{ title, rows }];
  });
}

function wordsOf(path: readonly PathPart[]): { title: string; what: string } {
  const names = path.map((part) => ("item" in part ? part.item : part.key));
  for (const { title, words } of SECTIONS) {
    const what = words(names);
    if (what !== undefined) return { title, what };
  }
  const [first, ...rest] = path;
  const isValue = first !== undefined && "key" in first && first.key === "values" && rest.length > 0;
  return { title: OTHERS, what: written(isValue ? rest : path) };
}

/** `routes > a="1" > routes > b="2" > receiver` becomes `a="1" > b="2": receiver`. */
function routeWords(rest: readonly string[]): string {
  const way: string[] = [];
  let left = [...rest];
  while (left[0] === "routes" && left.length > 1 && left[1] !== "order") {
    way.push(left[1]!);
    left = left.slice(2);
  }
  if (left[0] === "routes" && left[1] === "order") left = ["order of the routes below it"];
  return [way.length === 0 ? "root route" : way.join(" > "), ...joined(...left)].join(": ");
}

function joined(...keys: readonly (string | undefined)[]): string[] {
  const given = keys.filter((key) => key !== undefined);
  return given.length === 0 ? [] : [given.join(".")];
}

function isPath(path: readonly (string | undefined)[], expected: string): boolean {
  return path.join(".") === expected;
}
