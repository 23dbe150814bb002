import { type Contract, factOf, type Keys, type Kind, type Schema } from "./contract";
import { type Place, placeOf } from "./places";

/** The JSON schema of each kind of value. */
const ofKind: Readonly<Record<Kind, Schema>> = {
  text: { type: "string" },
  number: { type: "integer" },
  boolean: { type: "boolean" },
  list: { type: "array" },
  map: { type: "object" },
  any: {},
};

/** The official client's name of a Kubernetes type: `V1Toleration` for `core.v1.Toleration`. */
export function modelOf(kubernetes: string): string {
  return `V1${kubernetes.split(".").at(-1)}`;
}

/**
 * The contract as one JSON schema. It allows only the chart's keys, except in maps with user-defined keys. Two keywords
 * are additions to JSON schema: `dead` marks a key that no template reads, and `kubernetes` names the definition of a
 * map. If `annotate` is given, it adds what the generator of types needs for a place.
 */
export function schemaOfContract(
  contract: Contract,
  definitions: Readonly<Record<string, Schema>>,
  annotate: (place: Place, schema: Schema) => Schema = (_, schema) => schema,
): Schema {
  const ofNode = (node: Keys | string, path: readonly string[], named = placeOf(path)): Schema => {
    if (named !== undefined && !(named.alive === undefined && isDead(node))) {
      return annotate(
        named,
        ofPlace(named, definitions, (key) => ofNode((node as Keys)[key]!, [...path, key])),
      );
    }
    if (typeof node !== "string")
      return closed(Object.entries(node).map(([key, inner]) => [key, ofNode(inner, [...path, key])]));
    const { kind, dead } = factOf(node);
    return dead ? { ...ofKind[kind], dead: true } : ofKind[kind];
  };
  return ofNode(contract.keys, []);
}

const isDead = (node: Keys | string) => typeof node === "string" && factOf(node).dead;

function closed(properties: readonly (readonly [string, Schema])[]): Schema {
  return { type: "object", additionalProperties: false, properties: Object.fromEntries(properties) };
}

type Definitions = Readonly<Record<string, Schema>>;

function ofPlace(place: Place, definitions: Definitions, ofKey: (key: string) => Schema): Schema {
  const { list, ...item } = place;
  if (list) {
    const items = ofPlace(item, definitions, ofKey);
    return Object.keys(items).length === 0 ? { type: "array" } : { type: "array", items };
  }
  if (place.type !== undefined) return ofType[place.type];
  if (place.each !== undefined) return { type: "object", additionalProperties: ofKey(place.each) };
  if (place.format !== undefined) return { type: "string", format: place.format };
  if (place.oneOf !== undefined) return { type: "string", enum: [...place.oneOf] };
  if (place.kubernetes !== undefined) return ofKubernetes(place, definitions, ofKey);
  if (place.keys !== undefined) {
    return closed(Object.entries(place.keys).map(([key, inner]) => [key, ofPlace(inner, definitions, ofKey)]));
  }
  if (place.free !== undefined) {
    return place.free.includes("any")
      ? { type: "object" }
      : { type: "object", additionalProperties: anyOfKinds(place.free) };
  }
  return anyOfKinds(place.kinds ?? ["any"]);
}

function anyOfKinds(kinds: readonly Kind[]): Schema {
  if (kinds.length === 1) return ofKind[kinds[0]!];
  return { type: kinds.map((kind) => ofKind[kind].type) };
}

/**
 * The schema of a Kubernetes type. The chart may add keys to the type, accept a map of such values, or accept a string
 * instead.
 */
function ofKubernetes(place: Place, definitions: Definitions, ofKey: (key: string) => Schema): Schema {
  const model = modelOf(place.kubernetes!);
  const reference = { type: "object", kubernetes: model };
  const orText = { ...reference, type: ["object", "string"] };
  if (place.free !== undefined) return { type: "object", additionalProperties: orText };
  if (place.kinds !== undefined) return orText;
  if (place.keys === undefined) return reference;
  // A closed schema cannot be extended by reference, so the properties of the type are copied.
  const own = Object.entries(place.keys).map(([key, inner]) => [key, ofPlace(inner, definitions, ofKey)] as const);
  return closed([...Object.entries((definitions[model]?.properties ?? {}) as Record<string, Schema>), ...own]);
}

/** Values for which this program has separate types and checks: here they are only a map or a list. */
const ofType: Readonly<Record<NonNullable<Place["type"]>, Schema>> = {
  AlertmanagerConfig: { type: "object" },
  ScrapeConfigs: { type: "object", additionalProperties: { type: "object" } },
  ServerFiles: { type: "object", additionalProperties: { type: ["object", "string"] } },
  RemoteWrite: { type: "array", items: { type: "object" } },
};
