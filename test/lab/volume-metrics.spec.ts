import * as assert from "node:assert/strict";
import { statfs } from "node:fs/promises";
import type { Kubelet } from "../../lab/nodes/kubelet";
import { volumeMetrics } from "../../lab/nodes/volume-metrics";

type Pods = ReturnType<Kubelet["pods"]>;

describe("the volume metrics of the lab's kubelets", () => {
  const pod = (name: string, claims: ReadonlyMap<string, string>): Pods[number] => ({
    pod: { metadata: { name, namespace: "shop" } },
    podIP: "10.244.1.7",
    runs: [],
    claims: () => claims,
    commandIn: () => Promise.resolve("no commands here"),
  });
  const metricsOf = async (...pods: Pods) =>
    new Map((await volumeMetrics({ pods: () => pods })).map(({ name, samples }) => [name, samples]));

  it("are those of the file system that holds the volumes, and appear once per claim", async () => {
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

  it("are missing for a pod without claims, and for a volume that was just removed", async () => {
    const metrics = await metricsOf(pod("cart-0", new Map()), pod("cart-1", new Map([["data", "/nowhere/at/all"]])));
    assert.deepEqual([...metrics.values()].flat(), []);
  });
});
