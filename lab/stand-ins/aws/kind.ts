import { isObject, type Properties } from "../properties";
import { type CheckFailure, nearestName } from "../provider";
import type { Session } from "./session";

/** Changes one input of an existing resource to its value in `news`. */
export type Change = (session: Session, id: string, news: Properties, oldState: Properties) => Promise<unknown>;

/** Everything that is specific to one type of resource. */
export interface Kind {
  /** The name in messages, for example `EFS file system`. */
  readonly what: string;
  /**
   * All implemented inputs. `replace`: AWS cannot change the input in place; `constant`: the program never changes it.
   */
  readonly inputs: Readonly<Record<string, "replace" | "constant" | Change>>;
  /** For inputs that are objects: the implemented members, at any depth. */
  readonly members?: Readonly<Record<string, readonly string[]>>;
  /**
   * Outputs that are unknown in the preview of a creation. If an output is also an input, AWS chooses its value when
   * the program does not set it.
   */
  readonly outputs?: readonly string[];
  readonly deleteBeforeReplace?: true;
  /** Adds inputs that the provider chooses. */
  complete?(name: string, olds: Properties, seed: Uint8Array): Properties;
  /** Creates the resource and returns its id. */
  create(session: Session, inputs: Properties): Promise<string>;
  /**
   * The rest of the creation, once the resource has an id. If it fails, the resource stays in the state, as not ready.
   */
  settle?: Change;
  /** Reads inputs and outputs from AWS; returns undefined, or throws AWS's "not found", if the resource is gone. */
  read(session: Session, id: string): Promise<Properties | undefined>;
  delete(session: Session, id: string, state: Properties): Promise<unknown>;
}

/** Reports each input that would be ignored. */
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
