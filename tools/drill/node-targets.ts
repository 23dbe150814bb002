import { byDistance } from "../../validation/faults";
import { outsideText } from "../../conventions/outside-text";
import type { Target } from "../stack/servers/prometheus-api";
import { WrongTarget } from "./targets";

/** Labels that name a target's node, from service discovery or added by this program. */
const nodeLabels = [
  "__meta_kubernetes_pod_node_name",
  "__meta_kubernetes_endpoint_node_name",
  "__meta_kubernetes_endpointslice_endpoint_topology_kubernetes_io_hostname",
  "__meta_kubernetes_node_name",
];

function nodeOf({ labels, discoveredLabels }: Target): string | undefined {
  return labels.node ?? nodeLabels.map((name) => discoveredLabels[name]).find(Boolean);
}

/** A target's address, which InstanceDown has in the label `instance`. */
export function instanceOf({ labels }: Target): string {
  return labels.instance ?? "";
}

/**
 * The targets on a node, the node-exporter's first. Returns a failure if a target is down already, or if Prometheus has
 * no targets on any node. Throws {@link WrongTarget} if the node is unknown.
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
      failure: `Prometheus has no node-exporter on ${node}, so stopping something there does not raise InstanceDown.`,
    };
  }
  const down = exporters.filter(({ health }) => health !== "up");
  if (down.length > 0) {
    const list = down.map(
      (target) => `${instanceOf(target)} is ${target.health}${target.lastError && `: ${target.lastError}`}`,
    );
    return {
      targets: own,
      failure: `The drill needs a healthy node, but on ${node} ${outsideText([...new Set(list)].join("; "))}.`,
    };
  }
  return { targets: [...exporters, ...own.filter((target) => !isExporter(target))] };
}

/** Whether a target is the node's exporter, which is unreachable when the node is stopped. */
export function isExporter({ labels }: Target): boolean {
  return [labels.app_kubernetes_io_name, labels.job, labels.service].some((name) => /node-exporter/.test(name ?? ""));
}
