import { byDistance } from "../../validation/faults";
import { outsideText } from "../../conventions/outside-text";
import type { Target } from "./prometheus-api";
import { WrongTarget } from "./targets";

/** Where service discovery, or one of our labels, says which node a target is on. */
const nodeLabels = [
  "__meta_kubernetes_pod_node_name",
  "__meta_kubernetes_endpoint_node_name",
  "__meta_kubernetes_endpointslice_endpoint_topology_kubernetes_io_hostname",
  "__meta_kubernetes_node_name",
];

function nodeOf({ labels, discoveredLabels }: Target): string | undefined {
  return labels.node ?? nodeLabels.map((name) => discoveredLabels[name]).find(Boolean);
}

/** A target's address is what InstanceDown names: the label `instance`. */
export function instanceOf({ labels }: Target): string {
  return labels.instance ?? "";
}

/**
 * The targets on a node; the node-exporter's first. A sentence where one is down already, or there are none anywhere. Throws
 * {@link WrongTarget} where there is no such node.
 */
export function targetsOfNode(
  targets: readonly Target[],
  node: string,
): { readonly targets: readonly Target[]; readonly failure?: string } {
  const own = targets.filter((target) => nodeOf(target) === node);
  if (own.length === 0) {
    const known = [...new Set(targets.flatMap((target) => nodeOf(target) ?? []))];
    const nearest = byDistance(node, known).slice(0, 5).join(", ");
    if (nearest === "") return { targets: [], failure: "Prometheus has no target on any node." };
    throw new WrongTarget(`--node got "${node}", on which Prometheus has no target. It has ${outsideText(nearest)}.`);
  }
  const exporters = own.filter(isExporter);
  if (exporters.length === 0) {
    return {
      targets: own,
      failure: `Prometheus has no node-exporter on ${node}, so nothing that you stop there is InstanceDown.`,
    };
  }
  const down = exporters.filter(({ health }) => health !== "up");
  if (down.length > 0) {
    const list = down.map(
      (target) => `${instanceOf(target)} is ${target.health}${target.lastError && `: ${target.lastError}`}`,
    );
    return {
      targets: own,
      failure: `The drill begins with a node that is well, but of ${node} ${outsideText(list.join("; "))}.`,
    };
  }
  return { targets: [...exporters, ...own.filter((target) => !isExporter(target))] };
}

/** Whether a target is the node's exporter, which is what stopping it takes away. */
export function isExporter({ labels }: Target): boolean {
  return [labels.app_kubernetes_io_name, labels.job, labels.service].some((name) => /node-exporter/.test(name ?? ""));
}
