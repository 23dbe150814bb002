import { readTree, type Tree } from "../../../prometheus/parsers/parsers";

/** A label that a grouping or a join names, and selectors; the series of at least one of them must have the label. */
export interface LabelNeed {
  readonly label: string;
  readonly anyOf: readonly string[];
}

/** The series and labels that an expression needs in Prometheus. */
export interface Needs {
  /** The selectors as they are written, but without ranges and offsets. */
  readonly selectors: readonly string[];
  readonly labels: readonly LabelNeed[];
}

/** The selectors of an expression, and the labels that its `by (...)` and `on (...)` use. */
export function needsOf(text: string): Needs {
  const selectors = new Set<string>();
  const labels: LabelNeed[] = [];
  const need = (label: string, of: Tree) => labels.push(...carriers(label, of).map((anyOf) => ({ label, anyOf })));
  const visit = (node: Tree): void => {
    if (node.kind === "VectorSelector") selectors.add(selectorOf(node));
    if (node.kind === "AggregateExpr" && node.isOn) for (const label of node.labels) need(label, node.children.at(-1)!);
    if (node.kind === "BinaryExpr" && node.isOn)
      for (const label of node.labels) for (const operand of node.children) need(label, operand);
    node.children.forEach(visit);
  };
  visit(readTree(text));
  return { selectors: [...selectors], labels };
}

/** Lists of selectors. For the result to have the label, at least one selector of each list must have it. */
function carriers(label: string, node: Tree): string[][] {
  switch (node.kind) {
    case "VectorSelector":
      return [[selectorOf(node)]];
    case "AggregateExpr":
      return carriers(label, node.children.at(-1)!);
    case "Call":
      if (node.name === "label_replace" && node.children[1]!.name === label) return [];
      return node.children.flatMap((one) => carriers(label, one));
    case "BinaryExpr": {
      const [left, right] = node.children as [Tree, Tree];
      if (node.name === "and" || node.name === "unless") return carriers(label, left);
      if (node.name === "or") {
        const any = [...carriers(label, left), ...carriers(label, right)].flat();
        return any.length === 0 ? [] : [any];
      }
      if (node.many !== "left") return [...carriers(label, left), ...carriers(label, right)];
      return carriers(label, node.include.includes(label) ? right : left);
    }
    default:
      return node.children.flatMap((one) => carriers(label, one));
  }
}

/** A selector in one line, without the offset that Prometheus counts as a part of it. */
const selectorOf = ({ text }: Tree) =>
  text
    .replace(/\s(offset|@)\s[^]*$/, "")
    .replace(/\s*\n\s*/g, " ")
    .replace(/\{ (.*) \}$/, "{$1}");
