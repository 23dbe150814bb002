import Ajv, { type ValidateFunction } from "ajv";
import { isDuration } from "../validation/durations";
import { isByteSize } from "../validation/sizes";
import { type Contract, readChartSchemas, readKubernetesTypes, type Schema } from "./contract";
import { schemaOfContract } from "./schema";

/** What validates values, each with the key below which its chart's values are; the chart itself has none. */
export interface Validators {
  readonly contract: ValidateFunction;
  readonly chartSchemas: readonly (readonly [key: string | undefined, validate: ValidateFunction])[];
}

/** A quantity as Kubernetes reads it, such as `8Gi`, `500m` or `1.5`. */
const quantity = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+|m|[kMGTPE]|[KMGTPE]i|)$/;

const appended = "($1.forEach((one) => vErrors.push(one)), vErrors)";

/** Compiles what values are held against. */
export function validatorsOf(contract: Contract): Validators {
  // `verbose` hands the value along with each error. The rest keeps the time to compile, which is more than that to
  // check, below what would be noticed: the schemas are our own, checked by tests, and used but once in a run.
  const ajv = new Ajv({
    allErrors: true,
    verbose: true,
    strict: false,
    validateSchema: false,
    inlineRefs: false,
    // The errors of each item of a list would else be put into a copy of all before it.
    code: { optimize: false, process: (code) => code.replace(/vErrors\.concat\((\w+\.errors)\)/g, appended) },
  });
  ajv.addFormat("duration", (text: string) => text === "" || isDuration(text));
  ajv.addFormat("size", (text: string) => text === "" || isByteSize(text));
  ajv.addFormat("quantity", (text: string) => text === "" || quantity.test(text));
  // Empty as the chart has it, it says nothing, and may be pasted with the rest.
  const isEmpty = (_: boolean, value: unknown) =>
    value === "" || (typeof value === "object" && Object.keys(value ?? {}).length === 0);
  ajv.addKeyword({ keyword: "dead", errors: true, validate: isEmpty });

  // What values do not have is not compiled: neither types of Kubernetes nor parts of the chart.
  const types = readKubernetesTypes();
  const compiled = new Map<string | Schema, ValidateFunction>();
  const compile = (what: string | Schema) => {
    const known = compiled.get(what) ?? ajv.compile(typeof what === "string" ? types[what]! : inParts(what));
    compiled.set(what, known);
    return known;
  };
  function validate(
    what: string | Schema,
    data: unknown,
    _: unknown,
    context?: { readonly instancePath: string },
  ): boolean {
    // A value that is not a map is left to the keyword `type` beside this one.
    if (typeof data !== "object" || Array.isArray(data)) return true;
    const inner = compile(what);
    if (inner(data)) return true;
    (validate as { errors?: object[] }).errors = (inner.errors ?? []).map((one) => ({
      ...one,
      instancePath: `${context?.instancePath ?? ""}${one.instancePath}`,
    }));
    return false;
  }
  ajv.addKeyword({ keyword: "kubernetes", errors: "full", validate });
  ajv.addKeyword({ keyword: "part", errors: "full", validate });
  return {
    contract: compile(schemaOfContract(contract, types)),
    chartSchemas: Object.entries(readChartSchemas()).map(([chart, schema]) => [
      chart === "prometheus" ? undefined : chart,
      ajv.compile(schema),
    ]),
  };
}

/** A closed map's schema in which every closed map within is a separate part. */
function inParts(schema: Schema): Schema {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, Schema>);
  return {
    ...schema,
    properties: Object.fromEntries(
      properties.map(([key, inner]) => [key, inner.properties === undefined ? inner : { type: "object", part: inner }]),
    ),
  };
}
