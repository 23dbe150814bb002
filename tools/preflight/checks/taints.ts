import type { V1Node, V1Taint } from "@kubernetes/client-node";
import type { ChartValues } from "../../../chart/values";

type Toleration = NonNullable<NonNullable<ChartValues["server"]>["tolerations"]>[number];

/** A part that has to run on a node, what it tolerates, and where in the chart's values that is written. */
export interface Part {
  readonly name: string;
  readonly key: string;
  readonly tolerations: readonly Toleration[];
}

/** The parts that run on masters, with the tolerations that the built values have; node-exporter tolerates everything. */
export function partsOnMasters(values: ChartValues): Part[] {
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

/** The taints of a node that one of the parts does not tolerate, with all parts that they keep away. */
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
      // What a cordon sets is reported as a cordon.
      taint.key !== "node.kubernetes.io/unschedulable" &&
      !tolerations.some((one) => tolerates(one, taint)),
  );
}

/** As the scheduler decides it. One with an end lets a pod in that is then put out again, but for taints that go by themselves. */
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

/** What to write so that the parts tolerate the taints: whole lists, because one in the values replaces the program's. */
export function tolerationAdvice({ taints, parts }: Shut): string {
  const lists = parts.map((part) => {
    const more = untolerated(taints, part).map(({ key, value, effect }) =>
      value ? { key, operator: "Equal", value, effect } : { key, operator: "Exists", effect },
    );
    return `${part.key}: \`${JSON.stringify([...part.tolerations, ...more])}\``;
  });
  return `tolerate it by alerting:values, where a list replaces the program's own: ${lists.join(" and ")}`;
}
