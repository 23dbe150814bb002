/** How inputs of a program, objects of the API and the state of the engine are made from each other. */

import { isDeepStrictEqual } from "node:util";
import { isObject, Properties, secret, unknownValue, valueAt } from "../properties";
import { Kind } from "./kinds";

/** What only the server sets: it is unknown in a preview and never part of the inputs. */
const assignedMetadata = ["uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "selfLink"];

/** What a Service is given at random, again in each dry run; node ports too. */
const assignedSpec = ["clusterIP", "clusterIPs", "healthCheckNodePort"];

/** Nulls are "not given", as in the real provider. */
export function withoutNulls<T>(value: T): T {
  if (Array.isArray(value)) return value.filter((item) => item !== null).map(withoutNulls) as T;
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([, item]) => item !== null && item !== undefined);
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutNulls(item)])) as T;
}

/** A Secret's stringData as data, as the real provider keeps, compares and sends it. */
export function withData(inputs: Properties): Properties {
  const { stringData, ...rest } = inputs;
  // What is not a string is passed on, so that the API server refuses it.
  if (!isObject(stringData) || !Object.values(stringData).every((value) => typeof value === "string")) return inputs;
  const encoded = Object.entries(stringData).map(([key, value]) => [
    key,
    value === unknownValue ? unknownValue : base64(value as string),
  ]);
  return { ...rest, data: { ...(isObject(rest.data) ? rest.data : {}), ...Object.fromEntries(encoded) } };
}

/** The state that the engine keeps of a live object. */
export function toState(kind: Kind, live: Properties, manager: string): Properties {
  const metadata = without(live.metadata as Properties, ["managedFields"]);
  return markSecrets(kind, { ...live, metadata, __fieldManager: manager });
}

/** A dry run's object as far as it will be true: what is missing here is unknown to the program in a preview. */
export function toPreviewState(kind: Kind, dryRun: Properties, inputs: Properties, isNew: boolean): Properties {
  const metadata = without(dryRun.metadata as Properties, assignedMetadata);
  const state: Properties = { ...(isNew ? without(dryRun, ["status"]) : dryRun), metadata };
  if (isNew && kind.kind === "Service") {
    state.spec = { ...without(dryRun.spec as Properties, assignedSpec), ports: valueAt(inputs, "spec", "ports") };
  }
  return markSecrets(kind, state);
}

/** Marks the properties of a kind that are secret as a whole. */
export function markSecrets(kind: Kind, properties: Properties): Properties {
  const marked = (kind.secret ?? []).filter((key) => properties[key] !== undefined);
  return { ...properties, ...Object.fromEntries(marked.map((key) => [key, secret(properties[key])])) };
}

/** The inputs of an imported object: all of the live object that the API server does not assign. */
export function importedInputs(live: Properties): Properties {
  return { ...without(live, ["status"]), metadata: without(live.metadata as Properties, assignedMetadata) };
}

function without(object: Properties, keys: readonly string[]): Properties {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

/**
 * The inputs as they are now: each field that the program set, with the live value where that differs from the value
 * that the server made of it at the last update. So a server's own spelling (of a quantity, for example) is not a difference.
 */
export function liveInputs(inputs: Properties, before: Properties, live: Properties): Properties {
  return project(inputs, before, live) as Properties;
}

function project(input: unknown, before: unknown, live: unknown): unknown {
  if (isObject(input) && isObject(live)) {
    const kept = Object.entries(input).map(([key, value]) => [key, project(value, valueAt(before, key), live[key])]);
    return Object.fromEntries(kept.filter(([, value]) => value !== undefined));
  }
  if (isDeepStrictEqual(before, live) || isDeepStrictEqual(input, live)) return input;
  if (Array.isArray(input) && Array.isArray(live) && input.length === live.length) {
    return input.map((item, index) => project(item, valueAt(before, index), live[index]));
  }
  return live;
}

/** Takes every value out of a message, raw and encoded: an API server quotes what it refuses. */
export function withoutValues(text: string, value: unknown, shortest = 4): string {
  const leaves = [...new Set(leafTexts(value))].filter((leaf) => leaf.length >= shortest);
  leaves.sort((a, b) => b.length - a.length);
  return leaves.reduce((clean, leaf) => clean.replaceAll(leaf, "[value]").replaceAll(base64(leaf), "[value]"), text);
}

function leafTexts(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(leafTexts);
  if (isObject(value)) return Object.values(value).flatMap(leafTexts);
  return typeof value === "string" || typeof value === "number" ? [String(value)] : [];
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
