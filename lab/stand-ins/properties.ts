/** How the engine and a plugin write property values to each other, beyond plain JSON. */

import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { isMap as isObject } from "../../validation/plain-data";

export { isObject };

/** A resource's or an invoke's inputs or outputs: JSON, in which {@link unknownValue} and secret envelopes may stand. */
export type Properties = Record<string, unknown>;

/** What stands, in a preview, for a value that is known only after the update. Part of the engine's protocol. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** Marks a value as secret: the engine keeps it encrypted and shows `[secret]`. */
export function secret(value: unknown): Properties {
  return { [signatureKey]: secretSignature, value };
}

/** Takes the envelopes of secrets off, at every depth. */
export function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (!isObject(value)) return value;
  if (value[signatureKey] === secretSignature) return withoutSecrets(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutSecrets(item)]));
}

/** Whether a value is known only after the update, at any depth. */
export function containsUnknown(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(containsUnknown);
  if (isObject(value)) return Object.values(value).some(containsUnknown);
  return value === unknownValue;
}

/** Properties as the protocol carries them. Keys whose value is undefined are left out: protobuf has no such thing. */
export function toStruct(properties: Properties): Struct {
  return Struct.fromJavaScript(defined(properties) as Parameters<typeof Struct.fromJavaScript>[0]);
}

/** The other direction; an absent message is an empty object. */
export function fromStruct(struct: Struct | undefined): Properties {
  return struct === undefined ? {} : struct.toJavaScript();
}

function defined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(defined);
  if (value instanceof Date) return value.toISOString();
  if (!isObject(value)) return value ?? null;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => [key, defined(item)]),
  );
}
