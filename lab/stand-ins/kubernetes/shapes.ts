/** This file converts between a program's inputs, objects of the API, and the engine's state. */

import { isDeepStrictEqual } from "node:util";
import { isObject, Properties, secret, unknownValue, valueAt } from "../properties";
import { Kind } from "./kinds";

/** Metadata that only the server sets. It is unknown in a preview, and never part of the inputs. */
const assignedMetadata = ["uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "selfLink"];

/** Fields of a Service whose values are random, also in each dry run. The node ports are random too. */
const assignedSpec = ["clusterIP", "clusterIPs", "healthCheckNodePort"];

/** Removes each `null`, which means "not given", as in the real provider. */
export function withoutNulls<T>(value: T): T {
  if (Array.isArray(value)) return value.filter((item) => item !== null).map(withoutNulls) as T;
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([, item]) => item !== null && item !== undefined);
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutNulls(item)])) as T;
}

/** Converts a Secret's `stringData` to `data`, which the real provider stores, compares and sends. */
export function withData(inputs: Properties): Properties {
  const { stringData, ...rest } = inputs;
  // If a value is not a string, the inputs stay unchanged, so that the API server rejects them.
  if (!isObject(stringData) || !Object.values(stringData).every((value) => typeof value === "string")) return inputs;
  const encoded = Object.entries(stringData).map(([key, value]) => [
    key,
    value === unknownValue ? unknownValue : base64(value as string),
  ]);
  return { ...rest, data: { ...(isObject(rest.data) ? rest.data : {}), ...Object.fromEntries(encoded) } };
}

/** The state that the engine stores for a live object. */
export function toState(kind: Kind, live: Properties, manager: string): Properties {
  const metadata = without(live.metadata as Properties, ["managedFields"]);
  return markSecrets(kind, { ...live, metadata, __fieldManager: manager });
}

/** The state in a preview: the values of a dry run that will stay true. The other values are unknown. */
export function toPreviewState(kind: Kind, dryRun: Properties, inputs: Properties, isNew: boolean): Properties {
  const metadata = without(dryRun.metadata as Properties, assignedMetadata);
  const state: Properties = { ...(isNew ? without(dryRun, ["status"]) : dryRun), metadata };
  if (isNew && kind.kind === "Service") {
    state.spec = { ...without(dryRun.spec as Properties, assignedSpec), ports: valueAt(inputs, "spec", "ports") };
  }
  return markSecrets(kind, state);
}

/** Marks the properties as secret whose whole content is secret in this kind. */
export function markSecrets(kind: Kind, properties: Properties): Properties {
  const marked = (kind.secret ?? []).filter((key) => properties[key] !== undefined);
  return { ...properties, ...Object.fromEntries(marked.map((key) => [key, secret(properties[key])])) };
}

/** The inputs of an imported object: all fields of the live object that the API server does not assign. */
export function importedInputs(live: Properties): Properties {
  return { ...without(live, ["status"]), metadata: without(live.metadata as Properties, assignedMetadata) };
}

function without(object: Properties, keys: readonly string[]): Properties {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

/**
 * The current inputs: each field that the program set, but with the live value if the live value has changed since the
 * last update. So a field is not different only because the server formats it differently, for example a quantity.
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

/** Removes every value, raw and encoded, from a message, because an API server quotes the values that it rejects. */
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
