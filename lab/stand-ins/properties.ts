/** This file encodes property values that plain JSON cannot express, as the engine and its plugins do. */

import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { isMap } from "../../validation/plain-data";

/** The inputs or outputs of a resource or function: JSON that may contain {@link unknownValue} and secret envelopes. */
export type Properties = Record<string, unknown>;

/**
 * The placeholder in previews for a value that is known only after the update. The engine's protocol defines it.
 */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** Marks a value as secret, so that the engine keeps it encrypted and shows `[secret]`. */
export function secret(value: unknown): Properties {
  return { [signatureKey]: secretSignature, value };
}

/** Removes the envelopes of secrets, at every depth. */
export function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (!isMap(value)) return value;
  if (value[signatureKey] === secretSignature) return withoutSecrets(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutSecrets(item)]));
}

/** Whether a value contains, at any depth, a value that is known only after the update. */
export function containsUnknown(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(containsUnknown);
  if (isMap(value)) return Object.values(value).some(containsUnknown);
  return value === unknownValue;
}

/**
 * Converts properties to the protocol's format. Keys with the value `undefined` are left out, because protobuf has no
 * such value.
 */
export function toStruct(properties: Properties): Struct {
  return Struct.fromJavaScript(defined(properties) as Parameters<typeof Struct.fromJavaScript>[0]);
}

/** Converts the protocol's format to properties. A missing message becomes an empty object. */
export function fromStruct(struct: Struct | undefined): Properties {
  return struct === undefined ? {} : struct.toJavaScript();
}

function defined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(defined);
  if (value instanceof Date) return value.toISOString();
  if (!isMap(value)) return value ?? null;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => [key, defined(item)]),
  );
}
