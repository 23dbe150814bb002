import { diffProperties } from "../diff";
import { isObject, type Properties, UNKNOWN } from "../properties";
import { type Call, NotReadyError, type ResourceType } from "../provider";
import type { Account, Session } from "./account";
import { asSentence, isNotFound } from "./errors";
import { changes, completed, inputsOf, missingInputs, unknownInputs } from "./inputs";
import type { Inputs, Kind, Work } from "./kind";
import { changeTags } from "./tags";

/** Makes a kind into a type of resource of the provider: all that the kinds have in common. */
export function resourceType(kind: Kind, account: Account): ResourceType {
  const known: Inputs = { ...kind.inputs, region: { replace: true, computed: true } };
  const work = (call: Call, region: unknown): Work => ({
    ...account.session(region),
    call,
    timeoutMs: (otherwise) => call.timeoutMs ?? otherwise,
  });
  const allTags = ({ tags }: Properties): Properties =>
    kind.tags ? { tagsAll: tags === UNKNOWN ? UNKNOWN : { ...account.defaultTags, ...object(tags) } } : {};
  const doing = (verb: string, call: Call, id = "") => `${verb} the ${kind.what} "${call.name}"${id && ` (${id})`}`;

  async function explained<T>(what: string, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      throw error instanceof NotReadyError ? error : new Error(asSentence(what, error), { cause: error });
    }
  }

  /** AWS's state with the program's tags told from the provider's, or undefined when it is gone. */
  async function stateOf(session: Session, id: string, inputs: Properties): Promise<Properties | undefined> {
    const found = await kind.read(session, id).catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
    if (!found) return undefined;
    const { region } = session;
    if (!kind.tags) return { ...inputs, ...found, region };
    const own = Object.entries(object(found.tagsAll)).filter(
      ([key, value]) => key in object(inputs.tags) || account.defaultTags[key] !== value,
    );
    return { ...inputs, ...found, region, tags: Object.fromEntries(own) };
  }

  async function certain(session: Session, id: string, inputs: Properties): Promise<Properties> {
    const state = await stateOf(session, id, inputs);
    if (!state) throw new Error("it was gone right after the call");
    return state;
  }

  return {
    check(call, news, olds, seed) {
      const inputs = completed(news, olds, known);
      const own = kind.check?.(inputs, { call, olds, seed }) ?? [];
      const failures = [...unknownInputs(kind.what, inputs, known), ...missingInputs(inputs, known), ...own];
      return Promise.resolve({ inputs, failures });
    },

    diff(_call, { oldInputs, oldState, news }) {
      const found = changes(oldInputs, news, known);
      // Other default tags of the provider change a resource whose own tags are the same.
      if (kind.tags && !found.some(({ path }) => path.startsWith("tags"))) {
        found.push(...diffProperties({ tagsAll: oldState.tagsAll ?? {} }, allTags(news)));
      }
      const deleteBeforeReplace = kind.deleteBeforeReplace && found.some(({ replace }) => replace);
      return Promise.resolve({ changes: found, deleteBeforeReplace });
    },

    async create(call, inputs) {
      const here = work(call, inputs.region);
      if (call.preview) {
        const computed = Object.keys(known).filter((key) => known[key]?.computed);
        const names = [...computed, ...kind.outputs.split(" ").filter(Boolean)];
        const unknown = Object.fromEntries<unknown>(names.map((name) => [name, UNKNOWN]));
        return {
          id: "",
          state: { ...unknown, region: here.region, ...inputs, ...allTags(inputs) },
        };
      }
      return explained(doing("creating", call), async () => {
        const id = await kind.create(here, { ...inputs, ...allTags(inputs) });
        try {
          await kind.settle?.(here, id, inputs);
          return { id, state: await certain(here, id, inputs) };
        } catch (error) {
          // It exists: the engine has to know of it, or nobody would ever delete it.
          const state = await stateOf(here, id, inputs).catch(() => undefined);
          throw new NotReadyError(id, inputs, state ?? {}, [asSentence(doing("creating", call, id), error)]);
        }
      });
    },

    async read(call, { id, inputs: before, state: old }) {
      const session = account.session(before.region ?? old.region);
      const state = await explained(doing("reading", call, id), () => stateOf(session, id, before));
      return state && { id, state, inputs: inputsOf(state, before, known) };
    },

    async update(call, { id, oldInputs, oldState, news }) {
      const tags = allTags(news);
      if (call.preview) {
        const removed = Object.keys(oldInputs).filter((key) => !(key in news) && !known[key]?.computed);
        const kept = Object.entries(oldState).filter(([key]) => !removed.includes(key));
        return { ...Object.fromEntries(kept), ...news, ...tags };
      }
      const here = work(call, news.region);
      return explained(doing("updating", call, id), async () => {
        if (kind.tags) await changeTags(here, kind.tags, id, object(oldState.tagsAll), object(tags.tagsAll));
        // What the state does not have yet is changed too: a creation may have ended half way.
        const changed = changes(inputsOf(oldState, oldInputs, known), news, known).map(
          ({ path }) => path.split(/[.[]/)[0] ?? path,
        );
        await kind.update?.(here, id, news, new Set(changed));
        return certain(here, id, news);
      });
    },

    async delete(call, { id, state }) {
      await explained(doing("deleting", call, id), () =>
        kind.delete(work(call, state.region), id, state).catch((error: unknown) => {
          if (!isNotFound(error)) throw error;
        }),
      );
    },
  };
}

function object(value: unknown): Properties {
  return isObject(value) ? value : {};
}
