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
 * Answers `/containerLogs/<namespace>/<pod>/<container>` with the log of the container's current or previous run, with
 * the last lines of the log, or with its lines of the last seconds.
 */
export async function containerLog(url: string, pods: PodsOfNode): Promise<{ status: number; body: string }> {
  const { pathname, searchParams } = new URL(url, "https://kubelet");
  const [, , namespace, name, container] = pathname.split("/").map(decodeURIComponent);
  const unknown = [...searchParams.keys()].filter((key) => !["previous", "tailLines", "sinceSeconds"].includes(key));
  if (unknown.length > 0) return { status: 400, body: `the lab's kubelets know no ${unknown.join(", ")} of logs\n` };
  const found = pods().find(({ pod: { metadata } }) => metadata?.namespace === namespace && metadata?.name === name);
  const run = found?.runs.find((one) => one.container.name === container);
  const file = run?.logFile(searchParams.get("previous") === "true");
  if (file === undefined) return { status: 404, body: `container ${container} of pod ${name} has no log here\n` };
  const text = await fs.readFile(file, "utf8").catch(() => "");
  const since = searchParams.get("sinceSeconds");
  const lines = since === null ? linesOf(text) : linesSince(text, Date.now() - Number(since) * 1000);
  const tail = searchParams.get("tailLines");
  return { status: 200, body: (tail === null ? lines : lastOf(lines, Number(tail))).join("") };
}

const linesOf = (text: string) => text.split(/(?<=\n)/);
const lastOf = (lines: readonly string[], count: number) => (count > 0 ? lines.slice(-count) : []);

/**
 * The lines from a moment on. A line without a time, such as those of kube-state-metrics, has that of the one before.
 */
function linesSince(text: string, from: number): string[] {
  let isRecent = true;
  return linesOf(text).filter((line) => {
    const at = /\btime=(\S+)/.exec(line)?.[1];
    if (at !== undefined) isRecent = !(Date.parse(at) < from);
    return isRecent;
  });
}
