import { isMap } from "../../../validation/plain-data";
import type { Properties } from "../properties";
import { type CheckFailure, nearestName } from "../provider";
import type { Session } from "./session";

/** A function that changes one input of an existing resource to the value in `news`. */
export type Change = (session: Session, id: string, news: Properties, oldState: Properties) => Promise<unknown>;

/** Everything that is specific to one type of resource. */
export interface Kind {
  /** The name in messages, for example `EFS file system`. */
  readonly what: string;
  /**
   * All implemented inputs. `replace` means that AWS cannot change the input in place, and `constant` that the program
   * never changes it.
   */
  readonly inputs: Readonly<Record<string, "replace" | "constant" | Change>>;
  /** The implemented members, at any depth, of inputs that are objects. */
  readonly members?: Readonly<Record<string, readonly string[]>>;
  /**
   * Outputs that are unknown in the preview of a creation. If an output is also an input, AWS chooses its value if the
   * program does not set the input.
   */
  readonly outputs?: readonly string[];
  readonly deleteBeforeReplace?: true;
  /** Adds inputs that the provider chooses. */
  complete?(name: string, olds: Properties, seed: Uint8Array): Properties;
  /** Creates the resource and returns its id. */
  create(session: Session, inputs: Properties): Promise<string>;
  /**
   * Completes the creation after the resource has an id. If this fails, the resource stays in the state, as not ready.
   */
  settle?: Change;
  /** Reads inputs and outputs from AWS. If the resource is gone, returns `undefined` or throws AWS's "not found". */
  read(session: Session, id: string): Promise<Properties | undefined>;
  delete(session: Session, id: string, state: Properties): Promise<unknown>;
}

/** Reports each input that the stand-in would ignore. */
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
  return isMap(value) ? Object.entries(value).flatMap(([name, item]) => [name, ...namesWithin(item)]) : [];
}
