import type { Properties } from "../properties";
import type { Call, CheckFailure } from "../provider";
import type { Session } from "./account";

/** What the stand-in knows of one input. */
export interface Input {
  readonly required?: true;
  /** AWS cannot change it in place. */
  readonly replace?: true;
  /** AWS chooses a value where the program gives none: taking it out of the program changes nothing. */
  readonly computed?: true;
  readonly default?: unknown;
  /** For objects: the members that are implemented, at any depth, space-separated. */
  readonly members?: string;
  /** Whether two values that differ in writing mean the same (`now` may be AWS's own way to write it). */
  readonly same?: (before: unknown, now: unknown) => boolean;
}

/** All inputs of a kind that are implemented. */
export type Inputs = Readonly<Record<string, Input>>;

/** What a kind's own functions get. */
export interface Work extends Session {
  readonly call: Call;
  /** The resource's time-out, or the given one. */
  readonly timeoutMs: (otherwise: number) => number;
}

/** One type of resource, as far as it differs from all others. `region` and the splitting of tags are done for it. */
export interface Kind {
  /** For messages: `EFS file system`. */
  readonly what: string;
  readonly inputs: Inputs;
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
  /** Inputs and outputs as AWS has them, or undefined when it is gone (as when AWS says "not found"). */
  read(session: Session, id: string): Promise<Properties | undefined>;
  /** Changes in place what is in `changed` (tags are done already). */
  update?(work: Work, id: string, news: Properties, changed: ReadonlySet<string>): Promise<void>;
  /** Deletes it and waits until it is gone; "not found" is no failure. */
  delete(work: Work, id: string, state: Properties): Promise<void>;
}
