import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { PrometheusDuration } from "../validation/durations";
import type { ExpressionFacts } from "../prometheus/parsers/parsers";
import type { AlertingRule, RuleGroup } from "../prometheus/rule-groups";
import { type Feature, featuresNeeded } from "./features";
import { type Threshold, thresholdOf, type Unit, unitsIn } from "./adjustable-threshold";
import { projectRoot } from "../conventions/project-root";

/** A rule group and its file. */
export interface BuiltInRuleGroup {
  /** The path of the file relative to the project's folder, such as `alerts/rules/nodes.yaml`. */
  readonly file: string;
  readonly group: RuleGroup;
}

/** A built-in alert as defined in its file. */
export interface BuiltInAlert {
  readonly name: string;
  readonly file: string;
  readonly group: string;
  readonly severity: string;
  /** How long the alert waits before it fires; undefined means that it fires at once. */
  readonly for?: PrometheusDuration;
  readonly expr: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** The threshold that can be set, with its unit, if there is one. */
  readonly threshold?: Threshold & { readonly unit: Unit };
  /** The metrics that its expression reads, and the labels that its result may have. */
  readonly facts: ExpressionFacts;
  /** The features without which the alert is not loaded. */
  readonly needs: readonly Feature[];
}

const folder = join(projectRoot, "alerts", "rules");
/**
 * The file with the output of Prometheus' parser for the built-in expressions. Because of it, the parser is not needed
 * at run time. `npm run docs` updates the file.
 */
export const factsFile = join(folder, "facts.json");

interface RuleFile {
  readonly name: string;
  readonly groups: readonly RuleGroup[];
  readonly units: ReadonlyMap<string, Unit>;
}

/** The files under alerts/rules/, read once. */
const ruleFiles = once((): readonly RuleFile[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith(".yaml"))
    .sort()
    .map((file) => {
      const text = readFileSync(join(folder, file), "utf8");
      const { groups } = parse(text) as { groups: RuleGroup[] };
      return { name: `alerts/rules/${file}`, groups, units: unitsIn(text) };
    }),
);

/** The rule groups of every file under alerts/rules/, unchanged. */
export const builtInRuleGroups = once((): readonly BuiltInRuleGroup[] =>
  ruleFiles().flatMap(({ name, groups }) => groups.map((group) => ({ file: name, group }))),
);

/** Every alert under alerts/rules/, in the order of the files. */
export const catalog = once((): readonly BuiltInAlert[] => {
  const facts = JSON.parse(readFileSync(factsFile, "utf8")) as Readonly<Record<string, ExpressionFacts>>;
  return ruleFiles().flatMap(({ name: file, groups, units }) =>
    groups.flatMap(({ name: group, rules }) =>
      rules.flatMap((rule) =>
        "alert" in rule ? [alertOf(rule, { file, group, facts: facts[rule.alert], unit: units.get(rule.alert) })] : [],
      ),
    ),
  );
});

/** The built-in alert with a name; undefined if there is none. */
export function builtInAlert(name: string): BuiltInAlert | undefined {
  return catalog().find((alert) => alert.name === name);
}

function alertOf(
  { alert: name, expr, labels, annotations = {}, for: wait }: AlertingRule,
  { file, group, facts, unit }: { file: string; group: string; facts?: ExpressionFacts; unit?: Unit },
): BuiltInAlert {
  if (facts === undefined) throw new Error(`alerts/rules/facts.json has no ${name}: run \`npm run docs\`.`);
  const threshold = unit === undefined ? undefined : thresholdOf(facts);
  return {
    name,
    file,
    group,
    severity: labels?.["severity"] ?? "none",
    ...(wait !== undefined && { for: wait }),
    expr,
    annotations,
    ...(threshold && unit && { threshold: { ...threshold, unit } }),
    facts,
    needs: featuresNeeded(file, facts),
  };
}

/** Returns a function that computes its result at the first call. */
function once<T>(compute: () => T): () => T {
  let result: T | undefined;
  return () => (result ??= compute());
}
