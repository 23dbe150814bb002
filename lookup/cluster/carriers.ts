import type { StackSettings } from "../../settings/stack-settings";
import type { ChosenNode } from "./node-choice";

export type Spread = StackSettings["availability"]["spread"];

/** The nodes on which replicas of Prometheus and Alertmanager may run. */
export function carriers<T extends Pick<ChosenNode, "role">>(chosen: readonly T[], spread: Spread): readonly T[] {
  return chosen.filter(({ role }) => spread === "all" || role === "master");
}

/** What such a node is called in messages. */
export function carrierName(spread: Spread): "node" | "master" {
  return spread === "all" ? "node" : "master";
}

/**
 * The number of replicas that the nodes can carry: each node carries one, and with `all` the number on masters and the
 * number on workers differ by one at most.
 */
export function carried(spread: Spread, masters: number, workers: number): number {
  return spread === "masters" ? masters : Math.min(masters + workers, 2 * Math.min(masters, workers) + 1);
}
