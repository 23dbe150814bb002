import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { PrometheusDuration } from "../validation/durations";
import type { ExpressionFacts } from "../prometheus/parsers/parsers";
import type { RuleGroup } from "../prometheus/rule-groups";
import { type Feature, featuresNeeded } from "./features";
import { type Threshold, thresholdOf } from "./threshold";
import { unitOf, type Unit } from "./units";
import { projectRoot } from "../conventions/project-root";

/** A rule group, and the file that it stands in. */
export interface OwnRuleGroup {
  /** From the project's folder on, such as `rules/nodes.yaml`. */
  readonly file: string;
  readonly group: RuleGroup;
}

/** An alert that comes with this program, as its file has it. */
export interface OwnAlert {
  readonly name: string;
  readonly file: string;
  readonly group: string;
  readonly severity: string;
  /** How long it waits; nothing means that it fires at once. */
  readonly for?: PrometheusDuration;
  readonly expr: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** The number that can be set, where it has one, with its unit. */
  readonly threshold?: Threshold & { readonly unit: Unit };
  /** What its expression asks for, and the labels that its result may have. */
  readonly facts: ExpressionFacts;
  /** What has to be there for it to be loaded. */
  readonly needs: readonly Feature[];
}

const folder = join(projectRoot, "rules");
/** What Prometheus' parser says of the expressions, which nobody has to load it for: by name, kept by `npm run docs`. */
export const factsFile = join(folder, "facts.json");
let groupsRead: readonly OwnRuleGroup[] | undefined;
let alertsRead: readonly OwnAlert[] | undefined;
let factsRead: Readonly<Record<string, ExpressionFacts>> | undefined;

/** The rule groups of every file under rules/, as they stand there. The files are read once. */
export function ownRuleGroups(): readonly OwnRuleGroup[] {
  groupsRead ??= readdirSync(folder)
    .filter((file) => file.endsWith(".yaml"))
    .sort()
    .flatMap((file) =>
      (parse(readFileSync(join(folder, file), "utf8")) as { groups: RuleGroup[] }).groups.map((group) => ({
        file: `rules/${file}`,
        group,
      })),
    );
  return groupsRead;
}

/** Every alert under rules/, in the order of the files. */
export function catalogue(): readonly OwnAlert[] {
  alertsRead ??= ownRuleGroups().flatMap(({ file, group }) =>
    group.rules.flatMap((rule) => ("alert" in rule ? [alertOf(rule, file, group.name)] : [])),
  );
  return alertsRead;
}

/** The alert of that name; undefined where this program has none. */
export function ownAlert(name: string): OwnAlert | undefined {
  return catalogue().find((alert) => alert.name === name);
}

function alertOf(rule: Extract<RuleGroup["rules"][number], { alert: string }>, file: string, group: string): OwnAlert {
  const { alert: name, expr } = rule;
  const unit = unitOf(name);
  factsRead ??= JSON.parse(readFileSync(factsFile, "utf8")) as Readonly<Record<string, ExpressionFacts>>;
  const facts = factsRead[name];
  if (facts === undefined) throw new Error(`rules/facts.json has no ${name}: run \`npm run docs\`.`);
  const threshold = unit === undefined ? undefined : thresholdOf(facts);
  return {
    name,
    file,
    group,
    severity: rule.labels?.["severity"] ?? "none",
    ...(rule.for !== undefined && { for: rule.for }),
    expr,
    annotations: rule.annotations ?? {},
    ...(threshold && unit && { threshold: { ...threshold, unit } }),
    facts,
    needs: featuresNeeded(file, facts),
  };
}
