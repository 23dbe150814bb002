import type { SyntaxNode, Tree } from "@lezer/common";
import { parameters } from "./promqlNodes";
import { unquoted } from "./promqlStrings";

/** Whether the series of a result may have a label. */
type MayHave = (label: string) => boolean;

const none: MayHave = () => false;
const any: MayHave = () => true;
const scalars = new Set(["scalar", "time", "pi"]);
const noLabels = new Set(["vector", ...scalars]);
const selecting = new Set(["topk", "bottomk", "limitk", "limit_ratio"]);

/** Whether the result of an expression may have a label; what is not known for sure may have any. */
export function mayHaveLabel(tree: Tree, text: string): MayHave {
  const root = tree.topNode.firstChild;
  return root === null ? any : labels(root);

  function source(node: SyntaxNode): string {
    return text.slice(node.from, node.to);
  }

  function string(node: SyntaxNode | null | undefined): string | undefined {
    if (node?.name !== "StringLiteral") return undefined;
    const read = unquoted(source(node));
    return "text" in read ? read.text : undefined;
  }

  /** The labels of a grouping, such as `by (job)`, `on (job)`. */
  function names(grouping: SyntaxNode | null | undefined): Set<string> {
    const found = new Set<string>();
    for (let child = grouping?.firstChild ?? null; child !== null; child = child.nextSibling)
      found.add(child.name === "QuotedLabelName" ? (string(child.firstChild) ?? source(child)) : source(child));
    return found;
  }

  function labels(node: SyntaxNode): MayHave {
    switch (node.name) {
      case "NumberDurationLiteral":
      case "StringLiteral":
        return none;
      case "AggregateExpr":
        return aggregation(node);
      case "FunctionCall":
        return call(node);
      case "BinaryExpr":
        return operation(node);
      case "ParenExpr":
      case "UnaryExpr":
      case "OffsetExpr":
      case "StepInvariantExpr":
      case "MatrixSelector":
      case "SubqueryExpr": {
        const inner = node.getChild("Expr");
        return inner === null ? any : labels(inner);
      }
      default:
        return any;
    }
  }

  function aggregation(node: SyntaxNode): MayHave {
    const all = parameters(node);
    const inner = all.length === 0 ? any : labels(all.at(-1)!);
    const name = source(node.firstChild!).toLowerCase();
    if (selecting.has(name)) return inner;
    const modifier = node.getChild("AggregateModifier");
    const grouped = names(modifier?.getChild("GroupingLabels"));
    const without = modifier?.getChild("Without") !== null && modifier !== null;
    const kept: MayHave = (label) => (without ? !grouped.has(label) : grouped.has(label)) && inner(label);
    if (name !== "count_values") return kept;
    const counted = string(all[0]);
    return (label) => counted === undefined || label === counted || kept(label);
  }

  function call(node: SyntaxNode): MayHave {
    const name = source(node.firstChild!).toLowerCase();
    const all = parameters(node);
    if (noLabels.has(name)) return none;
    if (name === "info") return any;
    if (name === "absent" || name === "absent_over_time") return asked(all[0]);
    const inner = all.filter((one) => one.name !== "StringLiteral").map(labels);
    const either: MayHave = (label) => inner.some((one) => one(label));
    if (name === "histogram_quantile") return (label) => label !== "le" && either(label);
    if (name === "label_replace" || name === "label_join" || name === "histogram_quantiles") {
      const added = string(all[1]);
      return (label) => added === undefined || label === added || either(label);
    }
    return either;
  }

  /** What absent() makes its labels of: the equality matchers of the selector in it. */
  function asked(argument: SyntaxNode | undefined): MayHave {
    let selector = argument;
    while (selector !== undefined && selector.name !== "VectorSelector") {
      if (selector.name === "AggregateExpr" || selector.name === "BinaryExpr" || selector.name === "FunctionCall")
        return none;
      selector = selector.getChild("Expr") ?? undefined;
    }
    const matchers = selector?.getChild("LabelMatchers");
    const equal = ["UnquotedLabelMatcher", "QuotedLabelMatcher"]
      .flatMap((kind) => matchers?.getChildren(kind) ?? [])
      .filter((matcher) => matcher.getChild("MatchOp")?.firstChild?.name === "EqlSingle")
      .map((matcher) => matcher.firstChild!)
      .map((firstChild) =>
        firstChild.name === "QuotedLabelName" ? string(firstChild.firstChild) : source(firstChild),
      );
    return (label) => equal.includes(label) || equal.includes(undefined);
  }

  function isScalar(node: SyntaxNode): boolean {
    switch (node.name) {
      case "NumberDurationLiteral":
        return true;
      case "FunctionCall":
        return scalars.has(source(node.firstChild!).toLowerCase());
      case "ParenExpr":
      case "UnaryExpr":
        return isScalar(node.getChild("Expr")!);
      case "BinaryExpr":
        return isScalar(node.firstChild!) && isScalar(node.lastChild!);
      default:
        return false;
    }
  }

  function operation(node: SyntaxNode): MayHave {
    const [leftNode, rightNode] = [node.firstChild!, node.lastChild!];
    if (isScalar(rightNode)) return labels(leftNode);
    if (isScalar(leftNode)) return labels(rightNode);
    const left = labels(leftNode);
    const right = labels(rightNode);
    if (node.getChild("And") !== null || node.getChild("Unless") !== null) return left;
    if (node.getChild("Or") !== null) return (label) => left(label) || right(label);
    const modifier = node.getChild("MatchingModifierClause");
    const groupings = modifier?.getChildren("GroupingLabels") ?? [];
    const isGroupLeft = modifier?.getChild("GroupLeft") != null;
    if (isGroupLeft || modifier?.getChild("GroupRight") != null) {
      const [many, one] = isGroupLeft ? [left, right] : [right, left];
      const grouping = modifier.getChild(isGroupLeft ? "GroupLeft" : "GroupRight")!;
      const included = names(groupings.find(({ from }) => from > grouping.from));
      return (label) => (included.has(label) ? one(label) : many(label));
    }
    const matched = names(groupings[0]);
    const both: MayHave = (label) => left(label) && right(label);
    if (modifier?.getChild("On") != null) return (label) => matched.has(label) && both(label);
    return (label) => !matched.has(label) && both(label);
  }
}
