import type { SyntaxNode } from "@lezer/common";
import { readPromql } from "../../prometheus/promql";
import { parameters } from "../../prometheus/promqlNodes";
import { unquoted } from "../../prometheus/promqlStrings";

/** A label that a grouping or a join names, and the selectors of which at least one has to have it. */
export interface LabelNeed {
  readonly label: string;
  readonly anyOf: readonly string[];
}

/** What an expression needs of the series in Prometheus. */
export interface Needs {
  /** As they are written, without ranges and offsets. */
  readonly selectors: readonly string[];
  readonly labels: readonly LabelNeed[];
}

/** The selectors of an expression, and the labels that its `by (...)` and `on (...)` count on. */
export function needsOf(text: string): Needs {
  const tree = readPromql(text).tree;
  if (tree === undefined) throw new Error(`Not PromQL: ${text}`);
  const selectors = new Set<string>();
  const labels: LabelNeed[] = [];
  const source = (node: SyntaxNode) => text.slice(node.from, node.to);
  const names = (grouping: SyntaxNode | null | undefined) => (grouping?.getChildren("LabelName") ?? []).map(source);

  tree.iterate({
    enter: ({ name, node }) => {
      if (name === "VectorSelector") selectors.add(source(node));
      if (name === "AggregateExpr") {
        const modifier = node.getChild("AggregateModifier");
        if (modifier?.getChild("By") == null) return;
        for (const label of names(modifier.getChild("GroupingLabels"))) need(label, parameters(node).at(-1)!);
      }
      if (name === "BinaryExpr") {
        const modifier = node.getChild("MatchingModifierClause");
        if (modifier?.getChild("On") == null) return;
        for (const label of names(modifier.getChild("GroupingLabels")))
          for (const operand of [node.firstChild!, node.lastChild!]) need(label, operand);
      }
    },
  });
  return { selectors: [...selectors], labels };

  function need(label: string, of: SyntaxNode): void {
    labels.push(...carriers(label, of).map((anyOf) => ({ label, anyOf })));
  }

  /** The lists of selectors of which at least one each has to have the label, so that the result has it. */
  function carriers(label: string, node: SyntaxNode): string[][] {
    switch (node.name) {
      case "VectorSelector":
        return [[source(node)]];
      case "AggregateExpr":
        return carriers(label, parameters(node).at(-1)!);
      case "FunctionCall": {
        const given = parameters(node);
        const added = source(node.firstChild!) === "label_replace" ? unquoted(source(given[1]!)) : undefined;
        if (added !== undefined && "text" in added && added.text === label) return [];
        return given.flatMap((one) => carriers(label, one));
      }
      case "BinaryExpr": {
        const [left, right] = [node.firstChild!, node.lastChild!];
        if (node.getChild("And") !== null || node.getChild("Unless") !== null) return carriers(label, left);
        if (node.getChild("Or") !== null) {
          const any = [...carriers(label, left), ...carriers(label, right)].flat();
          return any.length === 0 ? [] : [any];
        }
        const modifier = node.getChild("MatchingModifierClause");
        if (modifier?.getChild("GroupLeft") == null) return [...carriers(label, left), ...carriers(label, right)];
        const included = names(modifier.getChildren("GroupingLabels")[1]);
        return carriers(label, included.includes(label) ? right : left);
      }
      default: {
        const inner = node.getChild("Expr");
        return inner === null ? [] : carriers(label, inner);
      }
    }
  }
}
