import { valueAt } from "../../validation/plain-data";
import { type Leaf, leavesBetween, type PathPart } from "./leaves";
import { SECRET } from "../../conventions/outside-text";
import { masked } from "./masking";
import type { Preview, PreviewStep } from "./preview";

export type Operation = "delete" | "replace" | "update" | "create";

/** A change to one resource. */
export interface Change {
  readonly operation: Operation;
  /** The engine's, such as `aws:efs/fileSystem:FileSystem`. */
  readonly type: string;
  /** The last part of it, such as `FileSystem`. */
  readonly kind: string;
  /** In the program. */
  readonly name: string;
  /** In AWS or in the cluster, where it is there already. */
  readonly id?: string;
  readonly leaves: readonly Leaf[];
  /** Properties that cannot change without a replacement. */
  readonly causes: readonly string[];
  /** The engine refuses to delete it. */
  readonly isProtected: boolean;
  /** When it goes, the stack forgets it, and it stays where it is. */
  readonly isRetained: boolean;
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  create: "create",
  import: "create",
  update: "update",
  replace: "replace",
  "create-replacement": "replace",
  "delete-replaced": "replace",
  "import-replacement": "replace",
  delete: "delete",
  discard: "delete",
};

export const RELEASE = "kubernetes:helm.sh/v3:Release";

/** Everything that would change, sorted: the same for the same preview, in whatever order the engine went. */
export function changesOf({ steps }: Preview): Change[] {
  const byUrn = new Map<string, Change>();
  for (const step of steps ?? []) {
    const operation = OPERATIONS[step.op];
    if (operation === undefined || isComponent(step)) continue;
    // A replacement may come in several steps; the one with most details is taken.
    const before = byUrn.get(step.urn);
    const change = changeOf(step, operation);
    if (before === undefined || change.leaves.length > before.leaves.length) byUrn.set(step.urn, change);
  }
  return [...byUrn.values()].sort((a, b) => compare(a.type, b.type) || compare(a.name, b.name));
}

/** By characters, so that no machine's language plays a part. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function changeOf(step: PreviewStep, operation: Operation): Change {
  const [, , types = "", ...names] = step.urn.split("::");
  const type = types.split("$").at(-1) ?? "";
  const old = masked(step.oldState?.inputs ?? {}, type);
  const now = masked(step.newState?.inputs ?? {}, type);
  const isBoth = operation === "update" || operation === "replace";
  return {
    operation,
    type,
    kind: kindOf(type),
    name: names.join("::"),
    id: step.oldState?.id,
    leaves: isBoth ? [...leavesBetween(old, now), ...hiddenLeaves(step, old, now)] : [],
    causes: [...(step.replaceReasons ?? [])].sort(),
    isProtected: step.oldState?.protect === true,
    isRetained: step.oldState?.retainOnDelete === true,
  };
}

function kindOf(type: string): string {
  const provider = /^pulumi:providers:(.+)$/.exec(type)?.[1];
  return provider === undefined ? (type.split(/[:/]/).at(-1) ?? type) : `Provider of ${provider}`;
}

/** What the engine says has changed and the inputs do not show: secrets, and what was changed by hand. */
function hiddenLeaves({ detailedDiff }: PreviewStep, old: unknown, now: unknown): Leaf[] {
  const paths = Object.keys(detailedDiff ?? {}).sort();
  return paths.flatMap((path) => {
    const keys = keysOf(path);
    const parts = keys.map((key): PathPart => (/^\d+$/.test(key) ? { item: key } : { key }));
    if (isHidden(old, keys) && isHidden(now, keys)) return [{ path: parts, old: SECRET, now: SECRET }];
    const [before, after] = [valueAt(old, keys), valueAt(now, keys)];
    return JSON.stringify(before) === JSON.stringify(after) ? [{ path: parts, old: before, now: after }] : [];
  });
}

/** A path as the engine writes it, `values.server["a.b"][0].c`, taken apart. */
export function keysOf(path: string): string[] {
  return [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(
    ([, quoted, index, bare]) => quoted?.replaceAll(/\\(.)/g, "$1") ?? index ?? bare ?? "",
  );
}

/** Whether a secret stands under the path, or on the way to it. */
function isHidden(inputs: unknown, keys: readonly string[]): boolean {
  return [...keys, ""].some((_, length) => valueAt(inputs, keys.slice(0, length)) === SECRET);
}

function isComponent({ oldState, newState }: PreviewStep): boolean {
  return (newState ?? oldState)?.custom === false;
}
