import type { StatsFs } from "node:fs";
import { statfs } from "node:fs/promises";
import type { Metric } from "./exposition";
import type { Kubelet } from "./kubelet";

/**
 * A kubelet's metrics of the volumes that belong to claims. They have the real numbers of the file system on which the
 * lab keeps these volumes.
 */
export async function volumeMetrics(kubelet: Pick<Kubelet, "pods">): Promise<Metric[]> {
  const claims = new Map<string, { labels: Record<string, string>; directory: string }>();
  for (const worker of kubelet.pods()) {
    const namespace = worker.pod.metadata?.namespace ?? "";
    for (const [persistentvolumeclaim, directory] of worker.claims()) {
      // One series for each claim, even if several pods of the node have mounted it.
      claims.set(`${namespace}/${persistentvolumeclaim}`, { labels: { namespace, persistentvolumeclaim }, directory });
    }
  }
  const found = await Promise.all(
    [...claims.values()].map(async ({ labels, directory }) => ({ labels, figures: await figuresOf(directory) })),
  );
  const gauge = (name: string, value: (figures: StatsFs) => number): Metric => ({
    name: `kubelet_volume_stats_${name}`,
    type: "gauge",
    samples: found.flatMap(({ labels, figures }) => (figures === undefined ? [] : [{ labels, value: value(figures) }])),
  });
  return [
    gauge("capacity_bytes", ({ blocks, bsize }) => blocks * bsize),
    gauge("available_bytes", ({ bavail, bsize }) => bavail * bsize),
    gauge("used_bytes", ({ blocks, bfree, bsize }) => (blocks - bfree) * bsize),
    gauge("inodes", ({ files }) => files),
    gauge("inodes_free", ({ ffree }) => ffree),
    gauge("inodes_used", ({ files, ffree }) => files - ffree),
  ];
}

async function figuresOf(directory: string): Promise<StatsFs | undefined> {
  try {
    return await statfs(directory);
  } catch {
    // There is nothing to report, because the volume was just deleted with its pod.
    return undefined;
  }
}
