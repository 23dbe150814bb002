import type { V1ContainerStatus, V1Pod, V1PodCondition, V1PodStatus } from "@kubernetes/client-node";

/** The known state of a pod's containers and addresses. */
export interface PodFacts {
  readonly podIP: string;
  readonly hostIP: string;
  readonly startTime: Date;
  /** False while the pod waits for volumes. */
  readonly set: boolean;
  readonly initContainers: readonly V1ContainerStatus[];
  readonly containers: readonly V1ContainerStatus[];
}

/**
 * The pod's status, as a kubelet writes it. `previous` has the conditions of the last status. Unchanged conditions keep
 * their time.
 */
export function podStatus(pod: V1Pod, facts: PodFacts, previous: readonly V1PodCondition[], now: Date): V1PodStatus {
  const unready = facts.containers.filter((container) => !container.ready).map((container) => container.name);
  const phase = phaseOf(pod, facts);
  const over = phase === "Succeeded" || phase === "Failed";
  const ready = facts.set && unready.length === 0 && !over;
  const unreadyReason = phase === "Succeeded" ? "PodCompleted" : "ContainersNotReady";
  const unreadyMessage = over ? undefined : `containers with unready status: [${unready.join(" ")}]`;
  const conditions: V1PodCondition[] = [
    { type: "PodReadyToStartContainers", status: flag(facts.set) },
    { type: "Initialized", status: flag(facts.set) },
    { type: "Ready", status: flag(ready), ...(ready ? {} : { reason: unreadyReason, message: unreadyMessage }) },
    {
      type: "ContainersReady",
      status: flag(ready),
      ...(ready ? {} : { reason: unreadyReason, message: unreadyMessage }),
    },
    { type: "PodScheduled", status: "True" },
  ];
  return {
    phase,
    conditions: conditions.map((condition) => withTime(condition, previous, now)),
    hostIP: facts.hostIP,
    hostIPs: [{ ip: facts.hostIP }],
    podIP: facts.podIP,
    podIPs: [{ ip: facts.podIP }],
    startTime: facts.startTime,
    qosClass: pod.status?.qosClass,
    initContainerStatuses: facts.initContainers.length === 0 ? undefined : [...facts.initContainers],
    containerStatuses: [...facts.containers],
  };
}

function phaseOf(pod: V1Pod, facts: PodFacts): string {
  if (!facts.set || facts.containers.every((container) => container.state?.waiting?.reason === "ContainerCreating")) {
    return "Pending";
  }
  const ends = facts.containers.map((container) => container.state?.terminated);
  const restartPolicy = pod.spec?.restartPolicy ?? "Always";
  if (restartPolicy === "Always" || !ends.every((end) => end !== undefined)) {
    return "Running";
  }
  const failed = ends.some((end) => end.exitCode !== 0);
  if (failed && restartPolicy === "OnFailure") {
    return "Running";
  }
  return failed ? "Failed" : "Succeeded";
}

function withTime(condition: V1PodCondition, previous: readonly V1PodCondition[], now: Date): V1PodCondition {
  const before = previous.find((candidate) => candidate.type === condition.type);
  const unchanged = before !== undefined && before.status === condition.status;
  return { ...condition, lastTransitionTime: unchanged ? before.lastTransitionTime : now };
}

function flag(value: boolean): string {
  return value ? "True" : "False";
}
