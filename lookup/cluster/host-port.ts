import type { V1DaemonSet } from "@kubernetes/client-node";

/** The host port of node-exporter on every node. */
export const nodeExporterPort = 9100;

/** Whether a DaemonSet uses node-exporter's port on its nodes. A DaemonSet without nodes does not. */
export function holdsNodeExporterPort({ spec, status }: V1DaemonSet): boolean {
  if (status?.desiredNumberScheduled === 0) return false;
  const pod = spec?.template.spec;
  return (pod?.containers ?? [])
    .flatMap(({ ports }) => ports ?? [])
    .filter(({ protocol }) => (protocol ?? "TCP") === "TCP")
    .some(
      ({ hostPort, containerPort }) =>
        hostPort === nodeExporterPort || (pod?.hostNetwork === true && containerPort === nodeExporterPort),
    );
}
