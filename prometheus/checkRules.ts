import { z } from "zod";
import type { ChartValues } from "../chart/values";
import { shown } from "../configuration/faults";
import { error, type Finding, warning } from "../configuration/finding";
import { alertFindings, checkRule, type SeenAlerts } from "./checkRule";
import { isTooDeep } from "./nesting";
import { type GroupVerdict, judgeGroup } from "./parsers/parsers";
import { ruleGroupHead } from "./ruleGroups";
import { schemaFindings } from "./schemaFindings";
import { isMap, treeFindings, yamlBytes } from "./tree";

/** What the server that will load the rules has switched on. */
export interface RuleOptions {
  /** Of `--enable-feature`, such as `promql-experimental-functions`. */
  readonly features?: readonly string[];
  /** Whether a group comes with this program, whose rules its tests check. Default: none does. */
  readonly isShipped?: (group: unknown) => boolean;
}

/** Features of Prometheus that values switch on, such as functions that are experiments. */
export function enabledFeatures({ server }: ChartValues): string[] {
  return String(server?.extraArgs?.["enable-feature"] ?? "").split(",");
}

/** The bytes of all data in a ConfigMap, and what the rules should leave of them to the rest of the configuration. */
const configMapBytes = 1024 ** 2;
const roomBytes = 48 * 1024;

/** A group as far as it was read: its rules stay unknown, because each is checked by what it says that it is. */
const groupSchema = ruleGroupHead.extend({ rules: z.array(z.unknown()) });

/** Everything that Prometheus would refuse in rule groups, or that cannot work, and what is probably not meant. */
export function checkRuleGroups(
  groups: unknown,
  { features = [], isShipped = () => false }: RuleOptions = {},
): Finding[] {
  const tree = treeFindings(groups);
  if (tree.length > 0) return tree;
  if (!Array.isArray(groups)) return [error([], notAList(groups))];
  const size = sizeFindings(groups);
  // More than can be sent is not judged: that would take its time, and rules have to go anyway.
  if (size.some(({ severity }) => severity === "error")) return size;
  const seen: SeenAlerts = new Map();
  return [
    ...size,
    ...nameFindings(groups),
    ...groups.flatMap((group: unknown, index) => [
      ...(isShipped(group) ? [] : checkGroup(group, index, features)),
      ...twinFindings(group, index, seen),
    ]),
  ];
}

function notAList(groups: unknown): string {
  if (isMap(groups) && Array.isArray(groups["groups"])) return "is a map; write the list below its key `groups` alone.";
  return `${groups === null ? "has no value" : isMap(groups) ? "is a map" : `got ${shown(groups)}`}; accepted: a list of rule groups.`;
}

function checkGroup(group: unknown, index: number, features: readonly string[]): Finding[] {
  const findings = schemaFindings(groupSchema, group, [index]);
  if (!isMap(group)) return findings;
  const { faults, rules } = verdictOn(group, features);
  const found = rulesOf(group).flatMap((rule, at) => {
    const ofRule = faults.filter((fault) => fault.rule === at);
    return checkRule(rule, [index, "rules", at], { faults: ofRule, facts: rules?.[at] });
  });
  const all = [...findings, ...found];
  // What cannot be read at all is told in better words, where there are any.
  if (all.some(({ severity }) => severity === "error")) return all;
  const ofGroup = faults.filter(({ rule }) => rule < 0);
  return [...all, ...ofGroup.map(({ message }) => error([index], `is refused by Prometheus: ${message}`))];
}

/** What Prometheus says of a group, as the one of a file. Expressions that are too deep are left out. */
export function verdictOn(group: unknown, features: readonly string[]): GroupVerdict {
  const bounded = (key: string, value: unknown) => (key === "expr" && isTooDeep(value) ? "vector(0)" : value);
  const judge = (one: unknown) => judgeGroup(JSON.stringify({ groups: [one] }, bounded), features);
  if (!isMap(group)) return { faults: [], rules: null };
  // To refuse keys that nobody knows takes the square of their number; they are told anyway.
  const isBounded = ![group, ...rulesOf(group)].some(isWide);
  const verdict = isBounded ? judge(group) : { faults: [], rules: null };
  if (verdict.rules !== null) return verdict;
  // Where a value cannot be read, the expressions and texts beside it are judged all the same.
  const { faults, rules } = judge({ name: "readable", rules: rulesOf(group).map(readablePart) });
  return { faults: [...verdict.faults, ...faults.filter(({ kind }) => kind !== undefined)], rules };
}

const isWide = (map: unknown) => isMap(map) && Object.keys(map).length > 100;

function readablePart(rule: unknown): object {
  const { alert, expr, labels, annotations } = isMap(rule) ? rule : {};
  const texts = (of: unknown) => Object.entries(isMap(of) ? of : {}).filter(([, text]) => typeof text === "string");
  const isRead = typeof expr === "string" && expr !== "";
  return {
    ...(typeof alert === "string" && alert !== "" ? { alert } : { record: "readable" }),
    expr: isRead ? expr : "vector(0)",
    labels: Object.fromEntries(texts(labels)),
    ...(typeof alert === "string" && alert !== "" && { annotations: Object.fromEntries(texts(annotations)) }),
  };
}

function twinFindings(group: unknown, index: number, seen: SeenAlerts): Finding[] {
  if (!isMap(group)) return [];
  const of = { labels: isMap(group["labels"]) ? group["labels"] : {}, index, name: group["name"] };
  return rulesOf(group).flatMap((rule, at) => alertFindings(rule, [index, "rules", at], of, seen));
}

const rulesOf = (group: Record<string, unknown>) =>
  Array.isArray(group["rules"]) ? (group["rules"] as unknown[]) : [];

/** Groups of one name: Prometheus refuses the whole file. */
function nameFindings(groups: readonly unknown[]): Finding[] {
  const seen = new Set<string>();
  return groups.flatMap((group, index) => {
    const name = isMap(group) ? group["name"] : undefined;
    if (typeof name !== "string" || name === "") return [];
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    return [
      error(
        [index, "name"],
        `is ${shown(name)}, as another group is called already; give each group a name of its own.`,
      ),
    ];
  });
}

function sizeFindings(groups: readonly unknown[]): Finding[] {
  const bytes = yamlBytes(groups);
  if (bytes <= configMapBytes - roomBytes) return [];
  const { size, limit } = inBytes(bytes);
  return bytes > configMapBytes
    ? [error([], `is ${size}, more than the ${limit}; leave rules out, or shorten what their annotations repeat.`)]
    : [warning([], `is ${size} of the ${limit}, which leaves little to the scrape jobs beside it.`)];
}

/** Files of rules that fit into their ConfigMap each, but not together; told at the whole of them. */
export function togetherTooLarge(files: readonly unknown[]): Finding[] {
  if (files.length < 2 || files.some((groups) => treeFindings(groups).length > 0)) return [];
  const each = files.map((groups) => yamlBytes(groups));
  const sum = each.reduce((total, bytes) => total + bytes, 0);
  if (sum <= configMapBytes - roomBytes || each.some((bytes) => bytes > configMapBytes - roomBytes)) return [];
  const { size, limit } = inBytes(sum);
  return sum > configMapBytes
    ? [error([], `has rules of ${size} together, more than the ${limit} that holds them all; leave rules out.`)]
    : [
        warning(
          [],
          `has rules of ${size} together, of the ${limit}, which leaves little to the scrape jobs beside them.`,
        ),
      ];
}

function inBytes(bytes: number): { size: string; limit: string } {
  return {
    size: `${bytes.toLocaleString("en")} bytes of YAML`,
    limit: `${configMapBytes.toLocaleString("en")} bytes of a ConfigMap`,
  };
}
