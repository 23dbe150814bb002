import Ajv, { type ValidateFunction } from "ajv";
import { isDuration } from "../validation/durations";
import { isByteSize } from "../validation/sizes";
import { type Contract, readChartSchemas, readKubernetesTypes, type Schema } from "./contract";
import { schemaOfContract } from "./schema";

/** The validators, each with the key of its chart's values; the main chart has none. */
export interface Validators {
  readonly contract: ValidateFunction;
  readonly chartSchemas: readonly (readonly [key: string | undefined, validate: ValidateFunction])[];
}

/** A Kubernetes quantity, such as `8Gi`, `500m` or `1.5`. */
const quantity = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+|m|[kMGTPE]|[KMGTPE]i|)$/;

const appended = "($1.forEach((one) => vErrors.push(one)), vErrors)";

/** Compiles the schemas of the contract. */
export function validatorsOf(contract: Contract): Validators {
  // `verbose` adds the value to each error. The other options shorten the compilation, which takes longer than the
  // check itself. They skip what these schemas do not need: the schemas are this program's own, are tested, and are
  // used only once in a run.
  const ajv = new Ajv({
    allErrors: true,
    verbose: true,
    strict: false,
    validateSchema: false,
    inlineRefs: false,
    // Without this, the errors of each list item would be put into a new copy of all earlier errors.
    code: { optimize: false, process: (code) => code.replace(/vErrors\.concat\((\w+\.errors)\)/g, appended) },
  });
  ajv.addFormat("duration", (text: string) => text === "" || isDuration(text));
  ajv.addFormat("size", (text: string) => text === "" || isByteSize(text));
  ajv.addFormat("quantity", (text: string) => text === "" || quantity.test(text));
  // An empty value, as in the chart's values.yaml, has no meaning. It is accepted because users paste it with the rest.
  const isEmpty = (_: boolean, value: unknown) =>
    value === "" || (typeof value === "object" && Object.keys(value ?? {}).length === 0);
  ajv.addKeyword({ keyword: "dead", errors: true, validate: isEmpty });

  // Types and parts of the chart that the values do not contain are not compiled.
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
    // The keyword `type` beside this one reports a value that is not a map.
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

/** Splits the schema of a closed map: every closed map within it becomes a separate schema. */
function inParts(schema: Schema): Schema {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, Schema>);
  return {
    ...schema,
    properties: Object.fromEntries(
      properties.map(([key, inner]) => [key, inner.properties === undefined ? inner : { type: "object", part: inner }]),
    ),
  };
}
