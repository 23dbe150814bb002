import type { V1DaemonSet } from "@kubernetes/client-node";

/** The port that node-exporter takes on every node. */
export const nodeExporterPort = 9100;

/** Whether a DaemonSet takes node-exporter's port of the nodes that it is on. One that is on no node takes it nowhere. */
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
