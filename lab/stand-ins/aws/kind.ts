import { CreateTagsCommand, DeleteTagsCommand } from "@aws-sdk/client-ec2";
import { TagResourceCommand, UntagResourceCommand } from "@aws-sdk/client-efs";
import { diffProperties } from "../diff";
import { nearestName } from "../nearest";
import { containsUnknown, isObject, type Properties, UNKNOWN } from "../properties";
import { type Call, type CheckFailure, NotReadyError, type ResourceType } from "../provider";
import type { Account, Session } from "./account";
import { asSentence, isNotFound } from "./errors";
import { tagList } from "./shapes";

/** What the stand-in knows of one input. */
export interface Input {
  readonly required?: true;
  /** AWS cannot change it in place. */
  readonly replace?: true;
  /** AWS chooses a value where the program gives none: taking it out of the program changes nothing. */
  readonly computed?: true;
  readonly default?: unknown;
  /** Whether two values that differ in writing mean the same (`now` may be AWS's own way to write it). */
  readonly same?: (before: unknown, now: unknown) => boolean;
}

/** What a kind's own functions get. */
export interface Work extends Session {
  readonly call: Call;
  /** The resource's time-out, or the given one. */
  timeoutMs(otherwise: number): number;
}

/** One type of resource, as far as it differs from all others. `region` and the splitting of tags are done for it. */
export interface Kind {
  /** For messages: `EFS file system`. */
  readonly what: string;
  readonly inputs: Readonly<Record<string, Input>>;
  /** Outputs that are no inputs, unknown in the preview of a creation. Space-separated. */
  readonly outputs: string;
  readonly tags?: "ec2" | "efs";
  readonly deleteBeforeReplace?: true;
  /** More checks; may complete the inputs. */
  check?(inputs: Properties, o: { call: Call; olds: Properties; seed: Uint8Array }): CheckFailure[];
  /** Makes it and returns its id. `inputs.tagsAll` holds all tags to set. */
  create(work: Work, inputs: Properties): Promise<string>;
  /** What is left to do once it has an id: a failure here leaves it in the state, as not ready. */
  settle?(work: Work, id: string, inputs: Properties): Promise<void>;
  /** Inputs and outputs as AWS has them, or undefined when it is gone. */
  read(session: Session, id: string): Promise<Properties | undefined>;
  /** Changes in place what is in `changed` (tags are done already). */
  update?(work: Work, id: string, news: Properties, changed: ReadonlySet<string>): Promise<void>;
  delete(work: Work, id: string, state: Properties): Promise<void>;
}

/** Makes a kind into a type of resource of the provider. */
export function resourceType(kind: Kind, account: Account): ResourceType {
  const known: Readonly<Record<string, Input>> = { ...kind.inputs, region: { replace: true, computed: true } };
  const replaceOn = Object.keys(known).filter((key) => known[key]!.replace);
  const work = (call: Call, region: unknown): Work => ({
    ...account.session(region),
    call,
    timeoutMs: (otherwise) => call.timeoutMs ?? otherwise,
  });
  const allTags = (inputs: Properties): Properties =>
    !kind.tags ? {} : { tagsAll: inputs.tags === UNKNOWN ? UNKNOWN : { ...account.defaultTags, ...obj(inputs.tags) } };
  const doing = (verb: string, call: Call, id = "") => `${verb} the ${kind.what} "${call.name}"${id && ` (${id})`}`;

  /** AWS's state with the program's tags told from the provider's. */
  async function stateOf(session: Session, id: string, inputs: Properties): Promise<Properties | undefined> {
    const found = await kind.read(session, id).catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
    if (!found) return undefined;
    const { tagsAll } = found;
    const own = Object.entries(obj(tagsAll)).filter(
      ([key, value]) => key in obj(inputs.tags) || account.defaultTags[key] !== value,
    );
    return {
      ...inputs,
      ...found,
      region: session.region,
      ...(tagsAll !== undefined && { tags: Object.fromEntries(own) }),
    };
  }
  async function certain(session: Session, id: string, inputs: Properties): Promise<Properties> {
    const state = await stateOf(session, id, inputs);
    if (!state) throw new Error(`it was gone right after the call (${id})`);
    return state;
  }
  const explained = async <T>(what: string, act: () => Promise<T>): Promise<T> =>
    act().catch((error: unknown) => {
      throw error instanceof NotReadyError ? error : new Error(asSentence(what, error), { cause: error });
    });

  return {
    async check(call, news, olds, seed) {
      const inputs: Properties = { ...news };
      for (const [name, input] of Object.entries(known)) {
        if (inputs[name] === undefined && input.default !== undefined) inputs[name] = input.default;
        // Another way to write the same is no change.
        if (inputs[name] !== olds[name] && input.same?.(olds[name], inputs[name])) inputs[name] = olds[name];
      }
      const failures = [...unknownInputs(kind.what, inputs, known), ...missingInputs(inputs, known)];
      return { inputs, failures: [...failures, ...(kind.check?.(inputs, { call, olds, seed }) ?? [])] };
    },

    async diff(_call, { oldInputs, oldState, news }) {
      const changes = diffProperties(oldInputs, news, { replaceOn }).filter(
        ({ path, kind }) => !(kind === "delete" && known[path]?.computed),
      );
      const { tagsAll } = allTags(news);
      const tagsOnly = tagsAll !== undefined && !changes.some(({ path }) => path.startsWith("tags"));
      if (tagsOnly) changes.push(...diffProperties({ tagsAll: oldState.tagsAll ?? {} }, { tagsAll }));
      return { changes, deleteBeforeReplace: kind.deleteBeforeReplace && changes.some(({ replace }) => replace) };
    },

    async create(call, inputs) {
      const { region } = account.session(inputs.region);
      if (call.preview) {
        const computed = Object.keys(known).filter((key) => known[key]!.computed);
        const names = [...computed, ...kind.outputs.split(" ")];
        const unknown = Object.fromEntries(names.map((name) => [name, UNKNOWN]));
        return { id: "", state: { ...unknown, region, ...inputs, ...allTags(inputs) } };
      }
      const here = work(call, inputs.region);
      return explained(doing("creating", call), async () => {
        const id = await kind.create(here, { ...inputs, ...allTags(inputs) });
        try {
          await kind.settle?.(here, id, inputs);
          return { id, state: await certain(here, id, inputs) };
        } catch (error) {
          const reason = asSentence(doing("creating", call, id), error);
          throw new NotReadyError(id, inputs, (await stateOf(here, id, inputs)) ?? inputs, [reason]);
        }
      });
    },

    async read(call, { id, inputs: before, state: old }) {
      const session = account.session(before.region ?? old.region);
      const state = await explained(doing("reading", call, id), () => stateOf(session, id, before));
      if (!state) return undefined;
      const imported = Object.keys(before).length === 0;
      const inputs = Object.entries(known).flatMap(([name, { computed, default: usual, same }]) => {
        const now = state[name];
        if (same?.(before[name], now)) return [[name, before[name]]];
        const said = name in before || (imported ? name !== "region" : !computed && !isEmpty(now) && now !== usual);
        return said && now !== undefined ? [[name, now]] : [];
      });
      return { id, state, inputs: Object.fromEntries(inputs) as Properties };
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
        if (kind.tags) await changeTags(here, kind.tags, id, obj(oldState.tagsAll), obj(tags.tagsAll));
        const changed = diffProperties(oldInputs, news).map(({ path }) => path.split(/[.[]/)[0]!);
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

async function changeTags(session: Session, api: "ec2" | "efs", id: string, before: Properties, now: Properties) {
  const gone = Object.keys(before).filter((key) => !(key in now));
  const set = tagList(Object.fromEntries(Object.entries(now).filter(([key, value]) => before[key] !== value)) as never);
  if (api === "efs") {
    if (gone.length) await session.efs.send(new UntagResourceCommand({ ResourceId: id, TagKeys: gone }));
    if (set.length) await session.efs.send(new TagResourceCommand({ ResourceId: id, Tags: set }));
  } else {
    const Resources = [id];
    if (gone.length) await session.ec2.send(new DeleteTagsCommand({ Resources, Tags: gone.map((Key) => ({ Key })) }));
    if (set.length) await session.ec2.send(new CreateTagsCommand({ Resources, Tags: set }));
  }
}

/** Inputs that would be ignored: each is a fault. */
export function unknownInputs(
  what: string,
  given: Properties,
  known: Readonly<Record<string, unknown>>,
): CheckFailure[] {
  return Object.keys(given)
    .filter((name) => !(name in known) && !name.startsWith("__") && given[name] !== undefined)
    .map((property) => {
      const near = nearestName(property, Object.keys(known));
      const hint = near ? `; did you mean "${near}"?` : ` (it knows ${Object.keys(known).join(", ")})`;
      const reason = `the lab's stand-in of the aws provider does not implement "${property}" of the ${what}${hint}`;
      return { property, reason };
    });
}

function missingInputs(inputs: Properties, known: Readonly<Record<string, Input>>): CheckFailure[] {
  return Object.keys(known)
    .filter((name) => known[name]!.required && inputs[name] === undefined)
    .map((property) => ({ property, reason: `"${property}" is required and was not given` }));
}

/** A fault when a known value is not among those that AWS takes. */
export function oneOf(inputs: Properties, property: string, accepted: string): CheckFailure[] {
  const value = inputs[property];
  if (value === undefined || containsUnknown(value) || accepted.split(" ").includes(String(value))) return [];
  return [{ property, reason: `expected one of ${accepted.replaceAll(" ", ", ")}, but saw ${JSON.stringify(value)}` }];
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === "" || value === false || value === 0) return true;
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

function obj(value: unknown): Properties {
  return isObject(value) ? value : {};
}
