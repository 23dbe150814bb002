/** Decides when an object is ready, as the real provider does, but without its 10 s for a Service to settle. */

import { Properties, textAt, valueAt } from "../properties";
import { Call } from "../provider";
import { Cluster, KubernetesObject } from "./cluster";
import { apiPath, Kind } from "./kinds";

const minuteMs = 60_000;

/**
 * A condition on an object, or on an object of another collection if `collection` is set. `missing` returns what is
 * missing, in words for a message.
 */
interface Condition {
  readonly collection?: { apiVersion: string; plural: string };
  readonly missing: (object: KubernetesObject | undefined) => string | undefined;
}

/** Waits until the object is ready. The error after the time-out names what is missing. */
export async function waitUntilReady(cluster: Cluster, call: Call, kind: Kind, live: KubernetesObject): Promise<void> {
  if (annotation(live, "skipAwait") === "true") return;
  const { name, namespace } = live.metadata;
  const isSlow = kind.kind === "Service" || kind.kind === "Deployment";
  const timeoutMs = timeoutOf(call, live, isSlow ? 10 * minuteMs : 5 * minuteMs);
  for (const condition of await conditions(cluster, kind, live)) {
    const collection = apiPath(condition.collection ?? kind, namespace);
    await cluster.waitFor({ collection, name, missing: condition.missing, timeoutMs, signal: call.signal });
  }
}

/** Waits until the object is completely gone, including its finalizers. */
export async function waitUntilGone(cluster: Cluster, call: Call, kind: Kind, old: KubernetesObject): Promise<void> {
  const { name, namespace } = old.metadata;
  await cluster.waitFor({
    collection: apiPath(kind, namespace),
    name,
    missing: (object) => {
      if (object === undefined || object.metadata.uid !== old.metadata.uid) return undefined;
      const finalizers = [...list(object, "metadata", "finalizers"), ...list(object, "spec", "finalizers")].join(", ");
      const why = list(object, "status", "conditions")
        .filter((condition) => valueAt(condition, "status") === "True")
        .flatMap((condition) => textAt(condition, "message") ?? []);
      return [`${kind.kind} ${name} is not gone yet (finalizers: ${finalizers || "none"})`, ...why].join("; ");
    },
    timeoutMs: timeoutOf(call, old, 10 * minuteMs),
    signal: call.signal,
  });
}

async function conditions(cluster: Cluster, kind: Kind, live: KubernetesObject): Promise<Condition[]> {
  switch (kind.kind) {
    case "PersistentVolume":
      return [phase(kind, ["Available", "Bound"])];
    case "PersistentVolumeClaim":
      return (await bindsWithFirstPod(cluster, live)) ? [] : [phase(kind, ["Bound"])];
    case "Service":
      return serviceConditions(live);
    case "Deployment":
      return [{ missing: rolloutMissing }];
    default:
      return [];
  }
}

function phase(kind: Kind, wanted: readonly string[]): Condition {
  return {
    missing: (object) => {
      const now = textAt(object, "status", "phase") ?? "none";
      if (wanted.includes(now)) return undefined;
      return `${kind.kind} ${object?.metadata.name ?? ""} is ${now}, and has to be ${wanted.join(" or ")}`;
    },
  };
}

/** Whether a claim stays pending until a pod uses it, so that waiting for the claim would never end. */
async function bindsWithFirstPod(cluster: Cluster, claim: KubernetesObject): Promise<boolean> {
  const name = valueAt(claim, "spec", "storageClassName");
  if (typeof name !== "string" || name === "" || valueAt(claim, "spec", "volumeName")) return false;
  const path = apiPath({ apiVersion: "storage.k8s.io/v1", plural: "storageclasses" }, undefined, name);
  return (await cluster.get(path))?.volumeBindingMode === "WaitForFirstConsumer";
}

/**
 * What a rollout lacks. The controller must have seen the newest template, every replica must use it and be available,
 * and no old replica may be left.
 */
export function rolloutMissing(deployment: Properties | undefined): string | undefined {
  const number = (...path: string[]): number => Number(valueAt(deployment, ...path) ?? 0);
  const wanted = Number(valueAt(deployment, "spec", "replicas") ?? 1);
  const seen = number("status", "observedGeneration") >= number("metadata", "generation");
  const ready = seen ? Math.min(number("status", "updatedReplicas"), number("status", "availableReplicas")) : 0;
  const old = Math.max(number("status", "replicas") - wanted, 0);
  if (deployment !== undefined && seen && ready >= wanted && old === 0) return undefined;
  const name = textAt(deployment, "metadata", "name") ?? "";
  return `Deployment ${name} has ${ready} of ${wanted} new replicas available${old > 0 ? `, and ${old} old ones` : ""}`;
}

function serviceConditions(service: KubernetesObject): Condition[] {
  const type = valueAt(service, "spec", "type");
  const found: Condition[] = [];
  if (type !== "ExternalName" && valueAt(service, "spec", "clusterIP") !== "None") {
    found.push({
      collection: { apiVersion: "v1", plural: "endpoints" },
      missing: (endpoints) => {
        if (list(endpoints, "subsets").some((subset) => list(subset, "addresses").length > 0)) return undefined;
        return (
          "Service does not target any Pods. Selected Pods may not be ready, or " +
          "field '.spec.selector' may not match labels on any Pods"
        );
      },
    });
  }
  if (type === "LoadBalancer") {
    found.push({
      missing: (object) =>
        list(object, "status", "loadBalancer", "ingress").length > 0
          ? undefined
          : "Service was not allocated an IP address; does your cloud provider support this?",
    });
  }
  return found;
}

/** The time-out, which is the program's `customTimeouts`, or else the annotation's, or else the kind's default. */
function timeoutOf(call: Call, object: Properties, otherwiseMs: number): number {
  const seconds = Number(annotation(object, "timeoutSeconds"));
  return call.timeoutMs ?? (seconds > 0 ? seconds * 1000 : otherwiseMs);
}

/** The value of one of the provider's annotations. */
export function annotation(object: Properties, name: string): string | undefined {
  return textAt(object, "metadata", "annotations", `pulumi.com/${name}`);
}

function list(object: unknown, ...path: string[]): unknown[] {
  const value = valueAt(object, ...path);
  return Array.isArray(value) ? value : [];
}
