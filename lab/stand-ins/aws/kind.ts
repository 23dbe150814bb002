import { isObject, type Properties } from "../properties";
import { type CheckFailure, nearestName } from "../provider";
import type { Session } from "./session";

/** Brings one input of a thing that exists to what `news` says. */
export type Change = (session: Session, id: string, news: Properties, oldState: Properties) => Promise<unknown>;

/** One type of resource, as far as it differs from all others. */
export interface Kind {
  /** For messages: `EFS file system`. */
  readonly what: string;
  /** All inputs that are implemented. `replace`: AWS cannot change it; `constant`: the program never changes it. */
  readonly inputs: Readonly<Record<string, "replace" | "constant" | Change>>;
  /** For inputs that are objects: the implemented members, at any depth. */
  readonly members?: Readonly<Record<string, readonly string[]>>;
  /** Unknown in the preview of a creation. One that is an input too is AWS's choice where the program says nothing. */
  readonly outputs?: readonly string[];
  readonly deleteBeforeReplace?: true;
  /** Inputs that the provider chooses. */
  complete?(name: string, olds: Properties, seed: Uint8Array): Properties;
  /** Makes it and returns its id. */
  create(session: Session, inputs: Properties): Promise<string>;
  /** What is left to do once it has an id: a failure here leaves it in the state, as not ready. */
  settle?: Change;
  /** Inputs and outputs as AWS has them; undefined, or AWS's "not found", when it is gone. */
  read(session: Session, id: string): Promise<Properties | undefined>;
  delete(session: Session, id: string, state: Properties): Promise<unknown>;
}

/** Inputs that would be ignored: each is a fault. */
export function unknownInputs(
  what: string,
  given: Properties,
  known: readonly string[],
  members: Kind["members"] = {},
): CheckFailure[] {
  const unknown = (names: string[], among: readonly string[], of: string): CheckFailure[] =>
    names
      .filter((name) => !among.includes(name))
      .map((name) => {
        const near = nearestName(name, among);
        const hint = near ? `; did you mean "${near}"?` : ` (it knows ${among.join(", ")})`;
        const reason = `the lab's stand-in of the aws provider does not implement "${name}" of the ${of}${hint}`;
        return { property: name, reason };
      });
  return [
    ...unknown(Object.keys(given), known, what),
    ...Object.entries(members).flatMap(([name, among]) =>
      unknown(namesWithin(given[name]), among, `${what}'s ${name}`),
    ),
  ];
}

function namesWithin(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namesWithin);
  return isObject(value) ? Object.entries(value).flatMap(([name, item]) => [name, ...namesWithin(item)]) : [];
}
