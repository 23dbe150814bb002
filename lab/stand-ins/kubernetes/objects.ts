/**
 * Ordinary objects. They are created and changed by server-side apply, and deleted in the foreground. Previews use dry
 * runs. Updates wait until the objects are ready.
 */

import { randomBytes } from "node:crypto";
import { diffProperties } from "../diff";
import { containsUnknown, isObject, Properties } from "../properties";
import { Call, Checked, DiffResult, NotReadyError, ResourceType } from "../provider";
import { apply, explain } from "./apply";
import { ApiError, KubernetesObject } from "./cluster";
import { apiPath, Kind } from "./kinds";
import { annotation, waitUntilGone, waitUntilReady } from "./ready";
import { mayForget, Session } from "./session";
import { importedInputs, liveInputs, markSecrets, toPreviewState, toState, withData, withoutNulls } from "./shapes";

/** The resource type for one kind of object. */
export function objectType(session: Session, kind: Kind): ResourceType {
  const settle = async (
    call: Call,
    inputs: Properties,
    applied: KubernetesObject,
    manager: string,
  ): Promise<Properties> => {
    const { cluster } = session;
    const id = idOf(applied);
    let failure: Error | undefined;
    await waitUntilReady(cluster, call, kind, applied).catch((error: Error) => (failure = error));
    const live = (await cluster.get(pathOf(kind, applied))) ?? applied;
    const state = toState(kind, live, manager);
    if (failure === undefined) return state;
    const reason = `${kind.kind} ${id} was made but is not ready: ${failure.message}`;
    throw new NotReadyError(id, markSecrets(kind, inputs), state, [reason]);
  };

  return {
    check: (_call, news) => checkObject(session, kind, news),

    diff: (call, { news, oldInputs }) => {
      session.replaceable.add(call.urn);
      return diffObject(session, kind, oldInputs, news);
    },

    create: async (call, inputs) => {
      const preview = { id: "", state: markSecrets(kind, inputs) };
      if (call.preview && (!session.isReachable || containsUnknown(inputs))) return preview;
      const manager = newManager(inputs);
      try {
        // As in the real provider, an existing object is taken over if its fields do not conflict.
        const options = { manager, force: isForced(session, inputs), dryRun: call.preview };
        const applied = await apply(session.cluster, kind, pathOf(kind, inputs), inputs, options);
        if (call.preview) return { id: "", state: toPreviewState(kind, applied, inputs, true) };
        return { id: idOf(applied), state: await settle(call, inputs, applied, manager) };
      } catch (error) {
        if (call.preview && isToBeMadeFirst(error, session, call)) return preview;
        throw error;
      }
    },

    update: async (call, { news, oldState }) => {
      const known = { ...oldState, ...news };
      if (call.preview && (!session.isReachable || containsUnknown(news))) return markSecrets(kind, known);
      const { cluster } = session;
      const manager = typeof oldState.__fieldManager === "string" ? oldState.__fieldManager : newManager(news);
      if ((await cluster.get(pathOf(kind, news))) === undefined) {
        throw new Error(`${kind.kind} ${idOf(news)} is not in the cluster any more: run \`pulumi refresh\` first`);
      }
      const options = { manager, force: isForced(session, news), dryRun: call.preview };
      const applied = await apply(cluster, kind, pathOf(kind, news), news, options);
      if (call.preview) return toPreviewState(kind, applied, news, false);
      return settle(call, news, applied, manager);
    },

    read: async (call, { id, inputs, state }) => {
      if (mayForget(session, call)) return undefined;
      const [name, namespace] = id.split("/").reverse();
      const live = await session.cluster.get(
        apiPath(kind, kind.namespaced ? (namespace ?? "default") : undefined, name),
      );
      if (live === undefined) return undefined;
      const manager = typeof state.__fieldManager === "string" ? state.__fieldManager : newManager({});
      const now = Object.keys(inputs).length === 0 ? importedInputs(live) : liveInputs(inputs, state, live);
      return { id: idOf(live), inputs: markSecrets(kind, now), state: toState(kind, live, manager) };
    },

    delete: async (call, { state }) => {
      if (mayForget(session, call)) return;
      const { cluster } = session;
      const path = pathOf(kind, state);
      const live = await cluster.get(path);
      if (live === undefined) return;
      const body = { kind: "DeleteOptions", apiVersion: "v1", propagationPolicy: "Foreground" };
      await cluster.request("DELETE", path, { body }).catch((error: unknown) => {
        if (!(error instanceof ApiError && error.status === 404)) throw explain(error, kind, {}, "");
      });
      await waitUntilGone(cluster, call, kind, live);
    },
  };
}

/** Adds the kind and the namespace to the inputs. The program must set every name. */
export function checkObject(session: Pick<Session, "namespace">, kind: Kind, news: Properties): Checked {
  const inputs = withData({ ...withoutNulls(news), apiVersion: kind.apiVersion, kind: kind.kind });
  const metadata: Properties = { ...(isObject(inputs.metadata) ? inputs.metadata : {}) };
  if (metadata.name === undefined) {
    const reason = "the lab's stand-in of the kubernetes provider makes no names: give one";
    return { inputs: markSecrets(kind, inputs), failures: [{ property: "metadata.name", reason }] };
  }
  if (kind.namespaced) metadata.namespace ??= session.namespace;
  return { inputs: markSecrets(kind, { ...inputs, metadata }) };
}

/** The object's path in the API. */
export function pathOf(kind: Kind, object: Properties): string {
  const { name, namespace } = object.metadata as KubernetesObject["metadata"];
  return apiPath(kind, kind.namespaced ? namespace : undefined, name);
}

/** Compares inputs. If a replaced object keeps its name, it must be deleted before its replacement is created. */
export function diffObject(
  session: Pick<Session, "flag">,
  kind: Kind,
  oldInputs: Properties,
  news: Properties,
): DiffResult {
  const mutable =
    (kind.kind === "Secret" && session.flag("enableSecretMutable") && oldInputs.immutable !== true) ||
    (kind.kind === "ConfigMap" && session.flag("enableConfigMapMutable") && oldInputs.immutable !== true);
  const replaceOn = ["metadata.name", "metadata.namespace", ...(mutable ? [] : kind.immutable)];
  const changes = diffProperties(oldInputs, news, { replaceOn });
  const sameName = idOf(oldInputs) === idOf(news);
  return { changes, deleteBeforeReplace: sameName && changes.some(({ replace }) => replace) };
}

/** `namespace/name`, or only the name. */
export function idOf(object: Properties): string {
  const { name, namespace } = object.metadata as KubernetesObject["metadata"];
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** The name of the field manager, from the annotation if there is one. Otherwise each resource has its own name. */
export function newManager(inputs: Properties): string {
  return annotation(inputs, "patchFieldManager") ?? `pulumi-kubernetes-${randomBytes(4).toString("hex")}`;
}

export function isForced(session: Session, inputs: Properties): boolean {
  return annotation(inputs, "patchForce") === "true" || session.flag("enablePatchForce");
}

/**
 * Whether an error is expected in a preview, because the same update creates the namespace or replaces the object of
 * this name.
 */
function isToBeMadeFirst(error: unknown, session: Session, call: Call): boolean {
  if (!(error instanceof ApiError)) return false;
  return (error.status === 404 && error.about === "namespaces") || session.replaceable.has(call.urn);
}
