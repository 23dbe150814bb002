import type { SyntaxNode, Tree } from "@lezer/common";
import { durationLength } from "../configuration/durations";
import type { PromqlFault } from "./promql";
import { unquoted } from "./promqlStrings";
import { matchesEmpty, regexFault } from "./regularExpressions";

/** Functions and aggregations that Prometheus has only with `--enable-feature=promql-experimental-functions`. */
const experimental = new Set([
  ...["double_exponential_smoothing", "end", "histogram_quantiles", "info", "mad_over_time", "max_of", "min_of"],
  ...["range", "sort_by_label", "sort_by_label_desc", "start", "start_timestamp", "step", "limitk", "limit_ratio"],
  ...["ts_of_first_over_time", "ts_of_last_over_time", "ts_of_max_over_time", "ts_of_min_over_time"],
]);
const withParameter = new Set(["topk", "bottomk", "quantile", "count_values", "limitk", "limit_ratio"]);
const selectors = new Set(["VectorSelector", "MatrixSelector", "SubqueryExpr"]);

/** Faults that the check of types of {@link readPromql} does not look for, and Prometheus refuses. */
export function nodeFaults(tree: Tree, text: string, features: readonly string[]): PromqlFault[] {
  const faults: PromqlFault[] = [];
  const at = (node: SyntaxNode, message: string) => faults.push({ from: node.from, to: node.to, message });
  const source = (node: SyntaxNode) => text.slice(node.from, node.to);
  const needs = (node: SyntaxNode, feature: string) => {
    if (!features.includes(feature))
      at(node, `is experimental, and Prometheus refuses it without --enable-feature=${feature}`);
  };
  tree.iterate({
    enter: ({ name, node }) => {
      switch (name) {
        case "StringLiteral": {
          const string = unquoted(source(node));
          if ("fault" in string) at(node, `has ${string.fault}`);
          break;
        }
        case "UnquotedLabelMatcher":
        case "QuotedLabelMatcher": {
          const operator = node.getChild("MatchOp")?.firstChild?.name;
          const regex = node.lastChild!;
          if (operator !== "EqlRegex" && operator !== "NeqRegex") break;
          badRegex(regex);
          break;
        }
        case "AggregateExpr": {
          const operation = source(node.firstChild!).toLowerCase();
          const wanted = withParameter.has(operation) ? 2 : 1;
          const given = parameters(node).length;
          if (given !== wanted && given > 0) at(node, `expected ${wanted} argument(s) for ${operation}, got ${given}`);
          if (experimental.has(operation)) needs(node.firstChild!, "promql-experimental-functions");
          break;
        }
        case "FunctionCall": {
          const called = source(node.firstChild!).toLowerCase();
          if (experimental.has(called)) needs(node.firstChild!, "promql-experimental-functions");
          if (called === "label_replace") {
            const regex = parameters(node)[4];
            if (regex?.name === "StringLiteral") badRegex(regex);
          }
          break;
        }
        case "AnchoredExpr":
        case "SmoothedExpr":
          needs(node, "promql-extended-range-selectors");
          break;
        case "FillModifier":
          needs(node, "promql-binop-fill-modifiers");
          break;
        case "MatrixSelector":
        case "SubqueryExpr":
        case "OffsetExpr":
        case "StepInvariantExpr":
          checkOperand(name, node);
          break;
        case "DurationExpr":
          if (node.parent?.name !== "DurationExpr" && /^(-.*|0+(\.0*)?(ms|[smhdwy])?)$/.test(source(node)))
            at(node, "a range has to be longer than 0");
          break;
        case "NumberDurationLiteral":
        case "NumberDurationLiteralInDurationContext":
          if (tooLarge(source(node), name)) at(node, "is more than Prometheus can count");
          break;
        case "VectorSelector":
          if (matchesAll(node)) at(node, "vector selector must contain at least one non-empty matcher");
          break;
      }
    },
  });
  checkResult(tree.topNode.firstChild);
  return faults;

  function badRegex(literal: SyntaxNode): void {
    const string = unquoted(source(literal));
    const fault = "text" in string ? regexFault(string.text) : undefined;
    if (fault !== undefined) at(literal, `the regular expression ${fault}`);
  }

  /** A range, an offset and an @ follow a selector; the tree hangs them to the whole of an operation before them. */
  function checkOperand(name: string, node: SyntaxNode): void {
    let operand = node.firstChild;
    while (operand?.name === "BinaryExpr" || operand?.name === "UnaryExpr") operand = operand.lastChild;
    if (operand === null) return;
    if (name === "MatrixSelector" && operand.name !== "VectorSelector" && !modified(operand))
      at(node, "a range follows a selector, such as up[5m]; of anything else write a subquery, such as sum(up)[5m:1m]");
    if ((name === "OffsetExpr" || name === "StepInvariantExpr") && !selectors.has(operand.name) && !modified(operand))
      at(node, "an offset and an @ follow a selector, such as up offset 5m");
    if (name === "MatrixSelector" && modified(operand)) at(operand, "an offset and an @ come after the range");
    if (operand.name === name && name !== "SubqueryExpr" && name !== "MatrixSelector")
      at(node, "an offset and an @ are written once");
  }

  /** A selector without a name of which no matcher asks for anything, by a regular expression at that. */
  function matchesAll(selector: SyntaxNode): boolean {
    const matchers = selector.getChild("LabelMatchers");
    if (matchers === null || selector.getChild("Identifier") !== null || matchers.getChild("QuotedLabelName") !== null)
      return false;
    const all = [...matchers.getChildren("UnquotedLabelMatcher"), ...matchers.getChildren("QuotedLabelMatcher")];
    const texts = all.map((matcher) => unquoted(source(matcher.lastChild!)));
    return all.every((matcher, index) => {
      const string = texts[index]!;
      if (!("text" in string)) return false;
      switch (matcher.getChild("MatchOp")?.firstChild?.name) {
        case "EqlRegex":
          return matchesEmpty(string.text);
        case "NeqRegex":
          return regexFault(string.text) === undefined && !matchesEmpty(string.text);
        case "EqlSingle":
          return string.text === "";
        default:
          return string.text !== "";
      }
    });
  }

  /** What a rule's expression yields has to be series, or one number. */
  function checkResult(root: SyntaxNode | null): void {
    let node = root;
    while (node?.name === "ParenExpr" || node?.name === "OffsetExpr" || node?.name === "StepInvariantExpr")
      node = node.name === "ParenExpr" ? node.getChild("Expr") : node.firstChild;
    if (node?.name === "StringLiteral") at(node, "a rule's result is an instant vector or a number, and not a text");
    if (node?.name === "MatrixSelector" || node?.name === "SubqueryExpr")
      at(node, "a rule's result is an instant vector or a number, and not a range; is a function missing around it?");
  }
}

/** Whether a number, or a duration among numbers, is beyond what 64 bits hold. */
function tooLarge(literal: string, name: string): boolean {
  if (/^\d+(ms|[smhdwy])/.test(literal)) return durationLength(literal) === undefined;
  const value = Number(literal);
  const inf = /inf/i.test(literal);
  return name.endsWith("Context") ? !inf && value > 2 ** 63 / 1e9 : !inf && value === Infinity;
}

const modified = (node: SyntaxNode) => node.name === "OffsetExpr" || node.name === "StepInvariantExpr";

/** The arguments of a function or an aggregation. */
export function parameters(call: SyntaxNode): SyntaxNode[] {
  return call.getChild("FunctionCallBody")?.getChildren("Expr") ?? [];
}
