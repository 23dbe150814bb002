import * as models from "@kubernetes/client-node";
import type { Schema } from "../../chart/contract";
import { literalsOf } from "../../chart/kubernetes-literals";

interface Attribute {
  readonly baseName: string;
  readonly type: string;
  readonly format: string;
}

interface Model {
  getAttributeTypeMap(): readonly Attribute[];
}

/** The schemas of simple types. No chart value has a type with `metadata`, which would pull in half of Kubernetes. */
const scalars: Readonly<Record<string, Schema>> = {
  string: { type: "string" },
  boolean: { type: "boolean" },
  Date: { type: "string" },
  IntOrString: { type: ["integer", "string"] },
  any: {},
  object: {},
};

/**
 * JSON schemas of Kubernetes types and of all types they contain, named like the models of the official client. A
 * schema refers to another by the keyword `kubernetes`, so that only types that occur in values must be compiled.
 */
export function kubernetesTypes(names: readonly string[]): Record<string, Schema> {
  const found = new Map<string, Schema>();
  const waiting = [...names];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue;
    const model = (models as unknown as Record<string, Model | undefined>)[name];
    if (model === undefined) throw new Error(`Kubernetes' client has no model ${name}`);
    found.set(name, {
      type: "object",
      additionalProperties: false,
      properties: Object.fromEntries(
        model
          .getAttributeTypeMap()
          .map((attribute) => [attribute.baseName, schemaOf(name, attribute, waiting)] as const)
          .sort(([a], [b]) => (a < b ? -1 : 1)),
      ),
    });
  }
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function schemaOf(model: string, { baseName, type, format }: Attribute, waiting: string[]): Schema {
  const oneOf = literalsOf(model, baseName);
  if (oneOf !== undefined) {
    const each = { type: "string", enum: [...oneOf] };
    return type.startsWith("Array<") ? { type: "array", items: each } : each;
  }
  if (type === "number") return { type: format === "double" ? "number" : "integer" };
  const scalar = scalars[type];
  if (scalar !== undefined) return scalar;
  const item = /^(?:Array|Set)<(.*)>$/.exec(type)?.[1];
  if (item !== undefined) {
    return { type: "array", items: schemaOf(model, { baseName: "", type: item, format }, waiting) };
  }
  const value = /^\{ \[key: string\]: (.*); \}$/.exec(type)?.[1];
  if (value !== undefined) {
    // Quantities may be numbers: `cpu: 1` is as valid as `cpu: "1"`.
    const quantities = /^(limits|requests|capacity|overhead)$/.test(baseName);
    return {
      type: "object",
      additionalProperties: quantities
        ? { type: ["string", "number"], format: "quantity" }
        : schemaOf(model, { baseName: "", type: value, format }, waiting),
    };
  }
  waiting.push(type);
  return { type: "object", kubernetes: type };
}
