/** Writes alerts/rules/facts.json: the output of Prometheus' parser for the expressions of the built-in alerts. */
import { writeFileSync } from "node:fs";
import { type ExpressionFacts, readExpression } from "../prometheus/parsers/parsers";
import { factsFile, builtInRuleGroups } from "./catalog";

/** The file's content for the current rules. Throws an error if Prometheus refuses an expression. */
export function factsText(): string {
  const rules = builtInRuleGroups().flatMap(({ group }) => group.rules);
  const facts = rules.flatMap((rule): [string, ExpressionFacts][] => {
    const { faults, type: _vector, ...rest } = readExpression(rule.expr);
    const name = "alert" in rule ? rule.alert : rule.record;
    if (faults.length > 0) throw new Error(`${name}: ${faults.join("; ")}`);
    return "alert" in rule ? [[name, rest]] : [];
  });
  const lines = facts.map(([name, one]) => `  ${JSON.stringify(name)}: ${JSON.stringify(one)}`);
  return `{\n${lines.join(",\n")}\n}\n`;
}

if (require.main === module) writeFileSync(factsFile, factsText());
