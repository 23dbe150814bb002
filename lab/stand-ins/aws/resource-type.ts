import { type Change, diffProperties } from "../diff";
import { type Properties, unknownValue } from "../properties";
import { type Call, NotReadyError, type ResourceType } from "../provider";
import { type Kind, unknownInputs } from "./kind";
import { asSentence, isNotFound, type Session } from "./session";

/** Makes a resource type from a kind. This function contains the behavior that all kinds share. */
export function resourceType(kind: Kind, session: () => Session): ResourceType {
  const { outputs = [] } = kind;
  const names = Object.keys(kind.inputs);
  const replaceOn = names.filter((name) => kind.inputs[name] === "replace");
  const doing = (verb: string, call: Call, id = "") => `${verb} the ${kind.what} "${call.name}"${id && ` (${id})`}`;

  async function explained<T>(what: string, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      throw error instanceof NotReadyError ? error : new Error(asSentence(what, error), { cause: error });
    }
  }

  /** The changed inputs. A value that AWS chose is kept if the program no longer sets the input. */
  const changes = (olds: Properties, news: Properties): Change[] =>
    diffProperties(olds, news, { replaceOn }).filter((one) => !(one.kind === "delete" && outputs.includes(one.path)));

  /**
   * The inputs that correspond to a state. An input that AWS cannot change keeps its old value: it cannot have drifted,
   * and AWS may only format it differently.
   */
  const inputsOf = (state: Properties, before: Properties): Properties =>
    Object.fromEntries(
      Object.keys(before)
        .map((name) => [name, replaceOn.includes(name) ? before[name] : state[name]] as const)
        .filter(([, value]) => value !== undefined),
    );

  /** The inputs of an imported resource: all inputs that AWS describes, except those that AWS itself chooses. */
  const importedInputs = (found: Properties): Properties =>
    Object.fromEntries(Object.entries(found).filter(([name]) => name in kind.inputs && !outputs.includes(name)));

  async function find(id: string): Promise<Properties | undefined> {
    return kind.read(session(), id).catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
  }

  async function stateOf(id: string, inputs: Properties): Promise<Properties> {
    const found = await find(id);
    if (!found) throw new Error("it was gone right after the call");
    return { ...inputs, ...found };
  }

  return {
    check(call, news, olds, seed) {
      const inputs = { ...kind.complete?.(call.name, olds, seed), ...news };
      return { inputs, failures: unknownInputs(kind.what, inputs, names, kind.members) };
    },

    diff(_call, { oldInputs, news }) {
      const found = changes(oldInputs, news);
      const deleteBeforeReplace = kind.deleteBeforeReplace && found.some(({ replace }) => replace);
      return { changes: found, deleteBeforeReplace };
    },

    create(call, inputs) {
      const unknown = Object.fromEntries(outputs.map((name) => [name, unknownValue]));
      if (call.preview) return Promise.resolve({ id: "", state: { ...unknown, ...inputs } });
      return explained(doing("creating", call), async () => {
        const id = await kind.create(session(), inputs);
        try {
          await kind.settle?.(session(), id, inputs, {});
          return { id, state: await stateOf(id, inputs) };
        } catch (error) {
          // The engine must learn that the resource exists, because otherwise the resource would never be deleted.
          const state = await stateOf(id, inputs).catch(() => ({}));
          throw new NotReadyError(id, inputs, state, [asSentence(doing("creating", call, id), error)]);
        }
      });
    },

    read(call, { id, inputs: before }) {
      return explained(doing("reading", call, id), async () => {
        const found = await find(id);
        const state = { ...before, ...found };
        const isImport = Object.keys(before).length === 0;
        return found && { id, state, inputs: isImport ? importedInputs(found) : inputsOf(state, before) };
      });
    },

    update(call, { id, oldInputs, oldState, news }) {
      return explained(doing("updating", call, id), async () => {
        const constant = namesOf(changes(oldInputs, news)).find((name) => kind.inputs[name] === "constant");
        if (constant !== undefined) {
          throw new Error(`the lab's stand-in of the aws provider does not implement a change of "${constant}"`);
        }
        if (call.preview) return { ...oldState, ...news };
        // Inputs that the state lacks are also set, because the creation may have ended half way.
        for (const name of namesOf(changes(inputsOf(oldState, oldInputs), news))) {
          const change = kind.inputs[name];
          if (typeof change === "function") await change(session(), id, news, oldState);
        }
        return stateOf(id, news);
      });
    },

    async delete(call, { id, inputs, state }) {
      await explained(doing("deleting", call, id), async () => {
        await kind.delete(session(), id, { ...inputs, ...state }).catch((error: unknown) => {
          if (!isNotFound(error)) throw error;
        });
      });
    },
  };
}

/** The names of the changed inputs, without duplicates. */
function namesOf(changes: readonly Change[]): string[] {
  return [...new Set(changes.map(({ path }) => path.split(/[.[]/)[0] ?? path))];
}
