import * as assert from "node:assert/strict";
import { statfs } from "node:fs/promises";
import type { Kubelet } from "../../lab/nodes/kubelet";
import { volumeMetrics } from "../../lab/nodes/volume-metrics";

type Pods = ReturnType<Kubelet["pods"]>;

describe("what a lab's kubelet says of volumes", () => {
  const pod = (name: string, claims: ReadonlyMap<string, string>): Pods[number] => ({
    pod: { metadata: { name, namespace: "shop" } },
    podIP: "10.244.1.7",
    runs: [],
    claims: () => claims,
  });
  const metricsOf = async (...pods: Pods) =>
    new Map((await volumeMetrics({ pods: () => pods })).map(({ name, samples }) => [name, samples]));

  it("is what the file system says in which they are, once for each claim", async () => {
    const mounted = new Map([["data", __dirname]]);
    const metrics = await metricsOf(pod("cart-0", mounted), pod("backup", mounted));
    const { blocks, bsize } = await statfs(__dirname);
    const labels = { namespace: "shop", persistentvolumeclaim: "data" };
    assert.deepEqual(metrics.get("kubelet_volume_stats_capacity_bytes"), [{ labels, value: blocks * bsize }]);
    const [available, used] = ["available", "used"].map(
      (name) => metrics.get(`kubelet_volume_stats_${name}_bytes`)?.[0]?.value ?? NaN,
    );
    assert.ok(available! > 0 && used! > 0 && available! + used! <= blocks * bsize);
  });

  it("is nothing of a pod without claims, nor of a volume that has just gone", async () => {
    const metrics = await metricsOf(pod("cart-0", new Map()), pod("cart-1", new Map([["data", "/nowhere/at/all"]])));
    assert.deepEqual([...metrics.values()].flat(), []);
  });
});
