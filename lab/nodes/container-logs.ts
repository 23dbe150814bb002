import * as fs from "node:fs/promises";
import type { V1Pod } from "@kubernetes/client-node";
import type { ContainerRun } from "./container-run";

/** The pods of a node, as its kubelet knows them. */
type PodsOfNode = () => readonly {
  readonly pod: V1Pod;
  readonly runs: readonly Pick<ContainerRun, "container" | "logFile">[];
}[];

/** Whether a request comes from `kubectl logs`. */
export const isLogRequest = (path: string): boolean => path.startsWith("/containerLogs/");

/**
 * Answers `/containerLogs/<namespace>/<pod>/<container>` with the log of the container's current or previous run, or
 * with the last lines of the log.
 */
export async function containerLog(url: string, pods: PodsOfNode): Promise<{ status: number; body: string }> {
  const { pathname, searchParams } = new URL(url, "https://kubelet");
  const [, , namespace, name, container] = pathname.split("/").map(decodeURIComponent);
  const unknown = [...searchParams.keys()].filter((key) => !["previous", "tailLines"].includes(key));
  if (unknown.length > 0) return { status: 400, body: `the lab's kubelets know no ${unknown.join(", ")} of logs\n` };
  const found = pods().find(({ pod: { metadata } }) => metadata?.namespace === namespace && metadata?.name === name);
  const run = found?.runs.find((one) => one.container.name === container);
  const file = run?.logFile(searchParams.get("previous") === "true");
  if (file === undefined) return { status: 404, body: `container ${container} of pod ${name} has no log here\n` };
  const text = await fs.readFile(file, "utf8").catch(() => "");
  const tail = searchParams.get("tailLines");
  return { status: 200, body: tail === null ? text : lastLines(text, Number(tail)) };
}

function lastLines(text: string, count: number): string {
  const lines = text.split(/(?<=\n)/);
  return count > 0 ? lines.slice(-count).join("") : "";
}
