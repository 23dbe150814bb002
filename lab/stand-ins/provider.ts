/**
 * The interface that a stand-in for a provider plugin implements. plugin.ts serves it to the engine.
 *
 * Secrets: the engine sends plain values, because the plugin declares that it does not accept secrets. The engine marks
 * outputs as secret if the inputs were secret, also in the state. A plugin marks outputs that are always secret with
 * `secret(...)` of properties.ts. A plugin may never log inputs.
 */

import { closest, distance } from "fastest-levenshtein";
import { Change } from "./diff";
import { Properties } from "./properties";

/** The context of a call. */
export interface Call {
  readonly urn: string;
  /** The resource's name in the program. Names in AWS are made from it. */
  readonly name: string;
  readonly type: string;
  /** Whether this is a preview: nothing may be changed, and inputs may be unknown. False in `read` and `delete`. */
  readonly preview: boolean;
}

/** A problem with one input. The engine shows the problem for the resource, and the preview fails. */
export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

export interface Checked {
  readonly inputs: Properties;
  readonly failures?: readonly CheckFailure[];
}

/** One type of resource. Inputs and states are plain values (see above). */
export interface ResourceType {
  /** Checks and completes the inputs. `olds` is empty for a new resource. By default the inputs stay unchanged. */
  check?(call: Call, news: Properties, olds: Properties, randomSeed: Uint8Array): Promise<Checked> | Checked;
  /**
   * Returns the changes; without changes there is no update. By default every leaf of the inputs is compared, and no
   * change requires a replacement.
   */
  diff?(
    call: Call,
    o: { id: string; oldInputs: Properties; oldState: Properties; news: Properties },
  ): Promise<DiffResult> | DiffResult;
  /** Creates the resource. In a preview, returns the state with `unknownValue` for unknown values, and any id. */
  create(call: Call, inputs: Properties): Promise<{ id: string; state: Properties }>;
  /** Reads the current state and inputs; `undefined` if the resource is gone. `inputs` is empty for an import. */
  read(call: Call, o: { id: string; inputs: Properties; state: Properties }): Promise<ReadResult | undefined>;
  update(
    call: Call,
    o: { id: string; oldInputs: Properties; oldState: Properties; news: Properties },
  ): Promise<Properties>;
  /** Deletes the resource. It is not an error if the resource is already gone. */
  delete(call: Call, o: { id: string; inputs: Properties; state: Properties }): Promise<void>;
}

export interface DiffResult {
  readonly changes: readonly Change[];
  readonly deleteBeforeReplace?: boolean;
}

export interface ReadResult {
  readonly id: string;
  readonly inputs: Properties;
  readonly state: Properties;
}

/** A function of the provider, for example `aws:ec2/getInstance:getInstance`. */
export type Invoke = (args: Properties, call: { preview: boolean }) => Promise<Properties>;

/** A provider. Each process serves one configured provider: the engine starts a process for each provider resource. */
export interface Provider {
  readonly name: string;
  readonly version: string;
  /** The provider inputs that the stand-in implements. Any other input is reported as an error. */
  readonly configKeys: readonly string[];
  configure(config: Properties): Promise<void>;
  readonly resources: Readonly<Record<string, ResourceType>>;
  readonly invokes?: Readonly<Record<string, Invoke>>;
}

/**
 * The error that `create`, `update` or `read` throw if the resource exists but did not become ready. The engine then
 * keeps the resource's state.
 */
export class NotReadyError extends Error {
  constructor(
    readonly id: string,
    readonly inputs: Properties,
    readonly state: Properties,
    readonly reasons: readonly string[],
  ) {
    super(reasons.join("; "));
  }
}

/** The name that a mistyped name most likely means; `undefined` if no name is similar. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const near = closest(name, names);
  return distance(name, near) <= Math.max(2, name.length / 3) ? near : undefined;
}
