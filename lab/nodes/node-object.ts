import type { V1Node, V1NodeCondition } from "@kubernetes/client-node";
import type { NodeSpec } from "./node-context";

export const kubeletPort = 10250;
const kubernetesVersion = "v1.36.2";
const sizes = {
  master: { "node.kubernetes.io/instance-type": "t3.medium", cpu: "2", memory: "4Gi" },
  worker: { "node.kubernetes.io/instance-type": "t3.xlarge", cpu: "4", memory: "8Gi" },
} as const;
const controlPlane = "node-role.kubernetes.io/control-plane";

/** The Node object, as the kubelet and the cloud controller would write it. */
export function nodeObject(node: NodeSpec, podCIDR: string): V1Node {
  const region = node.zone.replace(/[a-z]$/, "");
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name: node.name,
      labels: {
        "kubernetes.io/hostname": node.name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "topology.kubernetes.io/region": region,
        "topology.kubernetes.io/zone": node.zone,
        "node.kubernetes.io/instance-type": sizes[node.role]["node.kubernetes.io/instance-type"],
        ...(node.role === "master" ? { [controlPlane]: "" } : {}),
      },
    },
    spec: {
      podCIDR,
      podCIDRs: [podCIDR],
      providerID: node.providerId,
      taints: node.role === "master" ? [{ key: controlPlane, effect: "NoSchedule" }] : undefined,
    },
  };
}

/** The status that a healthy kubelet reports for its machine. */
export function nodeStatus(
  node: NodeSpec,
  now: Date,
  readySince: Date,
): NonNullable<V1Node["status"]> & { declaredFeatures: string[] } {
  const { cpu, memory } = sizes[node.role];
  const resources = { cpu, memory, pods: "110", "ephemeral-storage": "50Gi" };
  const condition = (type: string, status: string, reason: string, message: string): V1NodeCondition => ({
    type,
    status,
    reason,
    message,
    lastHeartbeatTime: now,
    lastTransitionTime: readySince,
  });
  return {
    capacity: resources,
    allocatable: resources,
    addresses: [
      { type: "InternalIP", address: node.address },
      { type: "InternalDNS", address: node.name },
      { type: "Hostname", address: node.name },
    ],
    // The API server passes `kubectl exec` on over WebSocket, because the lab's kubelets do not speak SPDY.
    declaredFeatures: ["ExtendWebSocketsToKubelet"],
    daemonEndpoints: { kubeletEndpoint: { Port: kubeletPort } },
    conditions: [
      condition("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
      condition("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
      condition("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
      condition("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
    ],
    nodeInfo: {
      architecture: "amd64",
      operatingSystem: "linux",
      osImage: "Simulated by the lab",
      kernelVersion: "lab",
      containerRuntimeVersion: "lab://1",
      kubeletVersion: kubernetesVersion,
      kubeProxyVersion: "",
      machineID: node.name,
      systemUUID: node.name,
      bootID: node.name,
    },
  };
}
