import Ajv, { type ValidateFunction } from "ajv";
import { isByteSize, isDuration } from "../configuration/durations";
import { type Contract, readChartSchemas, readKubernetesTypes } from "./contract";
import { schemaOfContract } from "./schema";

/** What validates values, each with the key below which its chart's values are; the chart itself has none. */
export interface Validators {
  readonly contract: ValidateFunction;
  readonly chartSchemas: readonly (readonly [key: string | undefined, validate: ValidateFunction])[];
}

/** A quantity as Kubernetes reads it, such as `8Gi`, `500m` or `1.5`. */
const quantity = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+|m|[kMGTPE]|[KMGTPE]i|)$/;

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
    code: { optimize: false },
  });
  ajv.addFormat("duration", (text: string) => text === "" || isDuration(text));
  ajv.addFormat("size", (text: string) => text === "" || isByteSize(text));
  ajv.addFormat("quantity", (text: string) => text === "" || quantity.test(text));
  ajv.addKeyword({ keyword: "dead", errors: true, validate: () => false });

  // Of Kubernetes' types only those are compiled that values have.
  const types = readKubernetesTypes();
  const compiled = new Map<string, ValidateFunction>();
  const typeNamed = (name: string) => {
    const known = compiled.get(name) ?? ajv.compile(types[name]!);
    compiled.set(name, known);
    return known;
  };
  function validate(name: string, data: unknown, _: unknown, context?: { readonly instancePath: string }): boolean {
    // A text in place of a type of Kubernetes is what the word `type` beside this one allows, or refuses.
    if (typeof data !== "object") return true;
    const inner = typeNamed(name);
    if (inner(data)) return true;
    (validate as { errors?: object[] }).errors = (inner.errors ?? []).map((one) => ({
      ...one,
      instancePath: `${context?.instancePath ?? ""}${one.instancePath}`,
    }));
    return false;
  }
  ajv.addKeyword({ keyword: "kubernetes", errors: "full", validate });
  return {
    contract: ajv.compile(schemaOfContract(contract, types)),
    chartSchemas: Object.entries(readChartSchemas()).map(([chart, schema]) => [
      chart === "prometheus" ? undefined : chart,
      ajv.compile(schema),
    ]),
  };
}
