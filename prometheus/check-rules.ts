import { duplicates, error, type Finding } from "../validation/finding";
import { alertFindings, checkRule, type SeenAlerts, wideFindings } from "./check-rule";
import { verdictFindings } from "./config-findings";
import { isTooDeep, isTooWide } from "./nesting";
import { type GroupFile, type GroupVerdict, judgeAhead, judgeGroup } from "./parsers/parsers";
import { fits, sizeFindings } from "./rule-size";
import { ruleHint } from "./verdicts";
import { got, wrongValue } from "../validation/wrong-value";
import { isMap, plainData } from "../validation/plain-data";

/** Properties of the server that will load the rules. */
export interface RuleOptions {
  /** Features of `--enable-feature`, such as `promql-experimental-functions`. */
  readonly features?: readonly string[];
  /** Whether a group comes with this program; the tests already check such rules. Default: no group does. */
  readonly isShipped?: (group: unknown) => boolean;
}

/** Features of Prometheus that the values enable, such as experimental functions. */
export function enabledFeatures(values: { readonly server?: { readonly extraArgs?: object } }): string[] {
  const { "enable-feature": features } = { "enable-feature": "", ...values.server?.extraArgs };
  return String(features).split(",");
}

/** Reports everything in rule groups that Prometheus would refuse or that cannot work, and probable mistakes. */
export function checkRuleGroups(
  groups: unknown,
  { features = [], isShipped = () => false }: RuleOptions = {},
): Finding[] {
  const tree = plainData(groups).findings;
  if (tree.length > 0) return tree;
  if (!Array.isArray(groups)) return [error([], notAList(groups))];
  const size = sizeFindings(groups);
  if (!fits(groups)) return size;
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
  if (isMap(groups) && Array.isArray(groups["groups"])) return "is a map; write only the list below its key `groups`.";
  return `${got(groups)}; accepted: a list of rule groups.`;
}

function checkGroup(group: unknown, index: number, features: readonly string[]): Finding[] {
  if (!isMap(group)) return [error([index], `${wrongValue(group, ["map"])}.`)];
  const { form, faults, rules } = verdictOn(group, features);
  const findings = verdictFindings("prometheus", form, group, { strayKey }).map(({ path, ...finding }): Finding => ({
    ...finding,
    path: [index, ...path],
  }));
  findings.push(...wideFindings(group, [index]));
  // A value that was left out because it is unreadable does not count as missing.
  const isLeftOut = (at: number) =>
    form.some(
      ({ path: [root, rule, key = "expr"], wrong }) =>
        wrong !== "key" && root === "rules" && rule === at && /^(alert|record|expr)$/.test(String(key)),
    );
  const found = rulesOf(group).flatMap((rule, at) => {
    const ofRule = faults.filter((fault) => fault.rule === at && (fault.kind !== undefined || !isLeftOut(at)));
    return isMap(rule) ? checkRule(rule, [index, "rules", at], { faults: ofRule, facts: rules?.[at] }) : [];
  });
  if (group["rules"] === undefined)
    findings.push(error([index, "rules"], "is not set; write the group's rules below it."));
  const all = [...findings, ...found];
  if (all.some(({ severity }) => severity === "error")) return all;
  const ofGroup = faults.filter(({ rule }) => rule < 0);
  return [...all, ...ofGroup.map(({ message }) => error([index], `is refused by Prometheus: ${ruleHint(message)}`))];
}

/** Keys that are often written next to the map in which they belong. */
const places: Readonly<Record<string, string>> = {
  ...{ severity: "labels", team: "labels" },
  ...{ summary: "annotations", description: "annotations", message: "annotations", runbook_url: "annotations" },
};

function strayKey(path: Finding["path"], key: string): string | undefined {
  const place = path.length > 0 ? places[key.toLowerCase()] : undefined;
  return place && `there is no such key; write it below \`${place}\`.`;
}

/**
 * Prometheus' verdict on a group, checked as its own file. Values that are nested too deep or have too many keys are
 * left out.
 */
export function verdictOn(group: unknown, features: readonly string[]): GroupVerdict {
  return isMap(group) ? judgeGroup(fileOf(group, features)) : { faults: [], form: [], rules: null };
}

/** Starts checking groups in the background; {@link checkRuleGroups} uses the results later. */
export function judgeGroupsAhead(groups: readonly unknown[], features: readonly string[]): void {
  if (plainData(groups).findings.length > 0 || !fits(groups)) return;
  for (const group of groups) if (isMap(group)) judgeAhead(fileOf(group, features));
}

function fileOf(group: Record<string, unknown>, features: readonly string[]): GroupFile {
  const bounded = (part: Record<string, unknown>) =>
    Object.fromEntries(
      Object.entries(part).map(([key, value]) => {
        if (key === "expr" && isTooDeep(value)) return [key, "vector(0)"];
        return [key, (key === "labels" || key === "annotations") && isTooWide(value) ? {} : value];
      }),
    );
  const rules = rulesOf(group).map((rule) => (isMap(rule) ? bounded(rule) : rule));
  return { file: Array.isArray(group["rules"]) ? { ...bounded(group), rules } : bounded(group), features };
}

function twinFindings(group: unknown, index: number, seen: SeenAlerts): Finding[] {
  if (!isMap(group)) return [];
  const of = { labels: isMap(group["labels"]) ? group["labels"] : {}, index, name: group["name"] };
  return rulesOf(group).flatMap((rule, at) => alertFindings(rule, [index, "rules", at], of, seen));
}

const rulesOf = (group: Record<string, unknown>) =>
  Array.isArray(group["rules"]) ? (group["rules"] as unknown[]) : [];

/** Reports groups with the same name, for which Prometheus refuses the whole file. */
function nameFindings(groups: readonly unknown[]): Finding[] {
  const named = groups.flatMap((group, index) => {
    const name = isMap(group) ? group["name"] : undefined;
    return typeof name === "string" && name !== "" ? [{ name, path: [index] }] : [];
  });
  return duplicates(named, "group");
}
