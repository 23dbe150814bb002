/** The fake cluster's path for the pods of Prometheus and Alertmanager. */
export const podsPath = "GET /api/v1/namespaces/monitoring/pods?labelSelector=app.kubernetes.io/instance=prometheus";

interface PodState {
  readonly ready?: boolean;
  readonly node?: string;
}

export function podList(...items: object[]): { items: object[] } {
  return { items };
}

/** A pod of Alertmanager's StatefulSet. */
export function alertmanagerPod(index: number, state: PodState = {}): object {
  return pod(`prometheus-alertmanager-${index}`, { "app.kubernetes.io/name": "alertmanager" }, state);
}

/** A pod of the StatefulSet of several Prometheus servers. */
export function serverPod(index: number, state: PodState = {}): object {
  const labels = { "app.kubernetes.io/name": "prometheus", "app.kubernetes.io/component": "server" };
  return pod(`prometheus-server-${index}`, labels, state);
}

function pod(name: string, labels: Record<string, string>, { ready = true, node = "master-1" }: PodState): object {
  return {
    metadata: {
      name,
      labels: { ...labels, "app.kubernetes.io/instance": "prometheus" },
      ownerReferences: [{ kind: "StatefulSet" }],
    },
    spec: { nodeName: node },
    status: { phase: "Running", conditions: [{ type: "Ready", status: ready ? "True" : "False" }] },
  };
}
