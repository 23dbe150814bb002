/**
 * What a stand-in of a provider plugin implements. plugin.ts serves it to the engine.
 *
 * Secrets: the engine hands over plain values, and marks what comes back as secret wherever the inputs were (and so in
 * the state), because the plugin says that it does not take secrets. A plugin adds `secret(...)` of properties.ts around
 * outputs that are secret by their nature. A plugin may never log inputs.
 */

import { closest, distance } from "fastest-levenshtein";
import { Change } from "./diff";
import { Properties } from "./properties";

/** What a call is about. */
export interface Call {
  readonly urn: string;
  /** The resource's name in the program, from which names are made. */
  readonly name: string;
  readonly type: string;
  /** Only a preview: nothing may be changed anywhere. Inputs may hold UNKNOWN. Never true in read and delete. */
  readonly preview: boolean;
}

/** A fault of one input, shown by the engine beside the resource; the preview fails. */
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
  /** Checks and completes the inputs; `olds` is empty for a new resource. Default: as they are. */
  check?(call: Call, news: Properties, olds: Properties, randomSeed: Uint8Array): Promise<Checked> | Checked;
  /** What changed; none: no update. Default: every leaf of the inputs, none replaces. */
  diff?(
    call: Call,
    o: { id: string; oldInputs: Properties; oldState: Properties; news: Properties },
  ): Promise<DiffResult> | DiffResult;
  /** In a preview: the state as far as it is known, UNKNOWN for the rest; the id does not matter. */
  create(call: Call, inputs: Properties): Promise<{ id: string; state: Properties }>;
  /** The state and inputs as they are now, or undefined when it is gone. `inputs` is empty for an import. */
  read(call: Call, o: { id: string; inputs: Properties; state: Properties }): Promise<ReadResult | undefined>;
  update(
    call: Call,
    o: { id: string; oldInputs: Properties; oldState: Properties; news: Properties },
  ): Promise<Properties>;
  /** Deletes it; one that is already gone is not an error. */
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

/** A function of the provider, such as `aws:ec2/getInstance:getInstance`. */
export type Invoke = (args: Properties, call: { preview: boolean }) => Promise<Properties>;

/** A provider. A process serves one configured provider: the engine starts one for each provider resource. */
export interface Provider {
  readonly name: string;
  readonly version: string;
  /** The provider's own inputs, all of them that the stand-in implements. Any other is an error that says so. */
  readonly configKeys: readonly string[];
  configure(config: Properties): Promise<void>;
  readonly resources: Readonly<Record<string, ResourceType>>;
  readonly invokes?: Readonly<Record<string, Invoke>>;
}

/** Thrown by create, update or read: the thing exists (and the engine must keep its state) but did not become ready. */
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

/** The one of the names that a mistyped one most likely meant, or undefined when none is near. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const near = closest(name, names);
  return distance(name, near) <= Math.max(2, name.length / 3) ? near : undefined;
}
