import type { V1Container, V1ContainerStatus, V1Pod } from "@kubernetes/client-node";
import type { ContainerRun } from "./container-run";

/** The state of a pod on which the statuses of its containers depend, in addition to the state of its processes. */
export interface PodState {
  readonly podName: string;
  /** False while the pod waits for volumes. */
  readonly set: boolean;
  readonly ending: boolean;
  readonly since: Date;
}

/**
 * The statuses of all containers of a pod: of those that run as processes, and of those that are only reported as
 * running.
 */
export function containerStatuses(
  pod: V1Pod,
  runs: readonly Pick<ContainerRun, "container" | "status">[],
  state: PodState,
): { containers: V1ContainerStatus[]; initContainers: V1ContainerStatus[] } {
  const ends = state.ending || ["Never", "OnFailure"].includes(pod.spec?.restartPolicy ?? "Always");
  const statusOf = (container: V1Container): V1ContainerStatus => {
    const run = runs.find((candidate) => candidate.container.name === container.name);
    if (run !== undefined) {
      return run.status();
    }
    if (!state.set) {
      return waitingStatus(container);
    }
    return { ...playedStatus(container, state.podName, ends, state.since), ready: !ends };
  };
  const initContainers = (pod.spec?.initContainers ?? []).map((container) =>
    playedStatus(container, state.podName, container.restartPolicy !== "Always", state.since),
  );
  return { containers: (pod.spec?.containers ?? []).map(statusOf), initContainers: state.set ? initContainers : [] };
}

function waitingStatus(container: V1Container): V1ContainerStatus {
  return {
    name: container.name,
    image: container.image ?? "",
    imageID: "",
    state: { waiting: { reason: "ContainerCreating" } },
    lastState: {},
    ready: false,
    started: false,
    restartCount: 0,
  };
}

/**
 * The status that is reported for a container that the lab does not run: running, or completed if the container's
 * program is meant to end.
 */
export function playedStatus(
  container: { name: string; image?: string },
  podName: string,
  ends: boolean,
  since: Date,
): V1ContainerStatus {
  const containerID = `lab://${podName}/${container.name}/0`;
  return {
    name: container.name,
    image: container.image ?? "",
    imageID: container.image ?? "",
    containerID,
    state: ends
      ? { terminated: { exitCode: 0, reason: "Completed", startedAt: since, finishedAt: since, containerID } }
      : { running: { startedAt: since } },
    lastState: {},
    ready: true,
    started: !ends,
    restartCount: 0,
  };
}
