/** Prints the problems that the program finds in an expression. run.spec.ts compiles this file like the program. */
import { checkRuleGroups } from "../../prometheus/check-rules";

export const rangeOfNothing = [{ name: "Own", rules: [{ alert: "Slow", expr: "rate(up)" }] }];

if (process.argv[1]?.endsWith("print-promql-faults.ts")) {
  console.log(JSON.stringify(checkRuleGroups(rangeOfNothing)));
}
