/**
 * Patches set fields of an object that belongs to someone else. As in the real provider, a patch does not check whether
 * its object exists: applying a patch to a missing object creates the object, and deleting the patch of a deleted
 * object creates the object again.
 */

import { ResourceType } from "../provider";
import { apply } from "./apply";
import { Kind } from "./kinds";
import { checkObject, diffObject, idOf, isForced, newManager, objectType, pathOf } from "./objects";
import { mayForget, Session } from "./session";
import { toState } from "./shapes";

/** The resource type for patches of one kind. */
export function patchType(session: Session, kind: Kind): ResourceType {
  const ordinary = objectType(session, kind);
  return {
    check: (_call, news) => checkObject(session, kind, news),
    diff: (_call, { oldInputs, news }) => diffObject(session, kind, oldInputs, news),
    create: async (call, inputs) => {
      if (call.preview) return { id: "", state: inputs }; // the real provider computes no preview of patches
      const manager = newManager(inputs);
      const options = { manager, force: isForced(session, inputs) };
      const live = await apply(session.cluster, kind, pathOf(kind, inputs), inputs, options);
      return { id: idOf(live), state: toState(kind, live, manager) };
    },
    update: (call, o) => ordinary.update(call, o),
    read: (call, o) => ordinary.read(call, o),
    delete: async (call, { state }) => {
      if (mayForget(session, call)) return;
      const { name, namespace } = state.metadata as { name: string; namespace?: string };
      const nothing = { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name, namespace } };
      await apply(session.cluster, kind, pathOf(kind, state), nothing, {
        manager: String(state.__fieldManager),
        force: false,
      });
    },
  };
}
