import { readContract, readKubernetesTypes, type Schema } from "./contract";
import { schemaOfContract } from "./schema";

let types: Readonly<Record<string, Schema>> | undefined;
let root: Schema | undefined;

/**
 * Whether the pinned chart reads a key: a key of the chart, a field of a Kubernetes type, or any key in a map with
 * user-defined keys.
 */
export function hasKey(path: readonly string[]): boolean {
  types ??= readKubernetesTypes();
  root ??= schemaOfContract(readContract(), types);
  const found = path.reduce<Schema | undefined>((here, key) => here && below(here, key), root);
  return found !== undefined && found.dead !== true;
}

function below(schema: Schema, key: string): Schema | undefined {
  const type = schema.kubernetes === undefined ? schema : types?.[schema.kubernetes as string];
  if (type?.type !== undefined && ![type.type].flat().includes("object")) return undefined;
  const known = type?.properties as Record<string, Schema> | undefined;
  if (known !== undefined && Object.hasOwn(known, key)) return known[key];
  const others = type?.additionalProperties ?? {};
  return others === false ? undefined : (others as Schema);
}
