import { valueAt } from "../../validation/plain-data";
import { type Leaf, leavesBetween, type PathPart } from "./changed-values";
import { SECRET } from "../../conventions/outside-text";
import { masked } from "./masking";
import type { Preview, PreviewStep } from "./preview";

export type Operation = "delete" | "replace" | "update" | "create";

/** A change to one resource. */
export interface Change {
  readonly operation: Operation;
  /** The type as the engine names it, such as `aws:efs/fileSystem:FileSystem`. */
  readonly type: string;
  /** The last part of the type, such as `FileSystem`. */
  readonly kind: string;
  /** The resource's name in the program. */
  readonly name: string;
  /** The resource's id in AWS or in the cluster, if it exists already. */
  readonly id?: string;
  readonly leaves: readonly Leaf[];
  /** Properties that cannot change without a replacement. */
  readonly causes: readonly string[];
  /** Whether the engine refuses to delete it. */
  readonly isProtected: boolean;
  /** Whether deleting it only removes it from the stack, and keeps the resource. */
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

/** All changes, sorted, so that the order is the same for every preview with the same changes. */
export function changesOf({ steps }: Preview): Change[] {
  const byUrn = new Map<string, Change>();
  for (const step of steps ?? []) {
    const operation = OPERATIONS[step.op];
    if (operation === undefined || isComponent(step)) continue;
    // A replacement may have several steps; the step with the most details is used.
    const before = byUrn.get(step.urn);
    const change = changeOf(step, operation);
    if (before === undefined || change.leaves.length > before.leaves.length) byUrn.set(step.urn, change);
  }
  return [...byUrn.values()].sort((a, b) => compare(a.type, b.type) || compare(a.name, b.name));
}

/** Compares by character code, so that the result does not depend on a machine's language. */
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

/** Changes that the engine reports but the inputs do not show: secrets, and manual changes. */
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

/** The parts of a path as the engine writes it, such as `values.server["a.b"][0].c`. */
export function keysOf(path: string): string[] {
  return [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(
    ([, quoted, index, bare]) => quoted?.replaceAll(/\\(.)/g, "$1") ?? index ?? bare ?? "",
  );
}

/** Whether a secret is below the path, or at a parent of it. */
function isHidden(inputs: unknown, keys: readonly string[]): boolean {
  return [...keys, ""].some((_, length) => valueAt(inputs, keys.slice(0, length)) === SECRET);
}

function isComponent({ oldState, newState }: PreviewStep): boolean {
  return (newState ?? oldState)?.custom === false;
}
