import type { V1Node, V1Taint } from "@kubernetes/client-node";
import type { ChartValues } from "../../../chart/values";

type Toleration = NonNullable<NonNullable<ChartValues["server"]>["tolerations"]>[number];

/** A part that must run on a node, its tolerations, and the key in the chart's values that sets them. */
export interface Part {
  readonly name: string;
  readonly key: string;
  readonly tolerations: readonly Toleration[];
}

/** The parts whose nodes must be open to them, with the tolerations in the built values; node-exporter tolerates everything. */
export function placedParts(values: ChartValues): Part[] {
  const part = (name: string, key: string, tolerations: readonly Toleration[] = []): Part => ({
    name,
    key: `${key}.tolerations`,
    tolerations,
  });
  return [
    part("Prometheus", "server", values.server?.tolerations),
    part("Alertmanager", "alertmanager", values.alertmanager?.tolerations),
  ];
}

/** Taints of a node that keep parts away. */
interface Shut {
  readonly taints: readonly V1Taint[];
  readonly parts: readonly Part[];
}

/** The taints of a node that at least one part does not tolerate, with all parts that they keep away. */
export function shutBy(node: V1Node, parts: readonly Part[]): Shut | undefined {
  const all = node.spec?.taints ?? [];
  const away = parts.filter((part) => untolerated(all, part).length > 0);
  if (away.length === 0) return undefined;
  return { taints: all.filter((taint) => away.some((part) => untolerated([taint], part).length > 0)), parts: away };
}

function untolerated(taints: readonly V1Taint[], { tolerations }: Part): V1Taint[] {
  return taints.filter(
    (taint) =>
      taint.effect !== "PreferNoSchedule" &&
      // The taint of a cordon is left out, because the node is reported as cordoned.
      taint.key !== "node.kubernetes.io/unschedulable" &&
      !tolerations.some((one) => tolerates(one, taint)),
  );
}

/**
 * Whether a toleration matches a taint, as the scheduler decides it. A toleration with a time limit only delays an
 * eviction, so it does not count, except for taints that disappear by themselves.
 */
function tolerates(
  { key, operator = "Equal", value = "", effect, tolerationSeconds }: Toleration,
  taint: V1Taint,
): boolean {
  if (effect && effect !== taint.effect) return false;
  if (key && key !== taint.key) return false;
  if (operator !== "Exists" && (!key || value !== (taint.value ?? ""))) return false;
  return tolerationSeconds === undefined || taint.effect !== "NoExecute" || taint.key.startsWith("node.kubernetes.io/");
}

export const taintText = ({ key, value, effect }: V1Taint) => `${key}${value ? `=${value}` : ""}:${effect}`;

/** The tolerations to write for the taints, as complete lists, because a list in the values replaces the program's. */
export function tolerationAdvice({ taints, parts }: Shut): string {
  const lists = parts.map((part) => {
    const more = untolerated(taints, part).map(({ key, value, effect }) =>
      value ? { key, operator: "Equal", value, effect } : { key, operator: "Exists", effect },
    );
    return `${part.key}: \`${JSON.stringify([...part.tolerations, ...more])}\``;
  });
  return `tolerate it in alerting:values, where a list replaces the program's list: ${lists.join(" and ")}`;
}
