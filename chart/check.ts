import Ajv, { type ErrorObject, type ValidateFunction } from "ajv";
import { isByteSize, isDuration } from "../configuration/durations";
import { error, type Finding, writtenPath } from "../configuration/finding";
import { readChartSchemas, readContract, readKubernetesTypes, type Schema } from "./contract";
import { plainValues } from "./plainValues";
import { schemaOfContract } from "./schema";
import { unknownKey, whereaboutsOf, type Whereabouts } from "./unknownKey";
import { type JsonType, noneOf, wrongType } from "./wrongType";

type Path = readonly (string | number)[];

interface Checks {
  readonly keys: ReturnType<typeof readContract>["keys"];
  readonly whereabouts: Whereabouts;
  readonly byContract: ValidateFunction;
  /** The charts' own schemas, each with the key below which its chart's values are. */
  readonly byCharts: readonly (readonly [key: string | undefined, validate: ValidateFunction])[];
}

let made: Checks | undefined;

/** Everything that a check needs, made by the first one. */
function checks(): Checks {
  if (made) return made;
  const contract = readContract();
  // `verbose` hands the value along with each error; `strict` would refuse words of ours and of the charts.
  const ajv = new Ajv({ allErrors: true, verbose: true, strict: false });
  ajv.addFormat("duration", (text: string) => text === "" || isDuration(text));
  ajv.addFormat("size", (text: string) => text === "" || isByteSize(text));
  ajv.addKeyword({ keyword: "dead", errors: true, validate: () => false });
  made = {
    keys: contract.keys,
    whereabouts: whereaboutsOf(contract.keys),
    byContract: ajv.compile(schemaOfContract(contract, readKubernetesTypes())),
    byCharts: Object.entries(readChartSchemas()).map(([chart, schema]) => [
      chart === "prometheus" ? undefined : chart,
      ajv.compile(schema),
    ]),
  };
  return made;
}

/** Holds values against the pinned chart: all that it would ignore, misread or refuse. Never throws. */
export function checkChartValues(values: unknown): Finding[] {
  const { keys, whereabouts, byContract, byCharts } = checks();
  if (typeof values !== "object" || values === null || Array.isArray(values)) {
    return [error([], wrongType(["object"], values))];
  }
  const { copy, findings } = plainValues(values, keys);
  if (!byContract(copy)) findings.push(...findingsOf(byContract.errors ?? [], copy, [], whereabouts));
  for (const [key, validate] of byCharts) {
    const part = key === undefined ? copy : (copy as Record<string, unknown>)[key];
    if (part === undefined || validate(part)) continue;
    const told = new Set(findings.map(({ path }) => writtenPath(path)));
    // Defaults are merged in later, so what is required is there by then.
    const errors = (validate.errors ?? []).filter(({ keyword }) => keyword !== "required");
    findings.push(
      ...findingsOf(errors, part, key === undefined ? [] : [key], whereabouts)
        .filter(({ path }) => !path.some((_, index) => told.has(writtenPath(path.slice(0, index + 1)))))
        .map((finding) => ({ ...finding, sentence: `${finding.sentence}, says the chart's own schema` })),
    );
  }
  return findings;
}

function findingsOf(errors: readonly ErrorObject[], root: unknown, prefix: Path, whereabouts: Whereabouts): Finding[] {
  return errors.flatMap((one) => {
    // The error of the condition itself only repeats that of its branch.
    if (one.keyword === "if") return [];
    const path = [...prefix, ...pathOf(one.instancePath, root)];
    if (one.keyword !== "additionalProperties") return [error(path, sentenceOf(one, path))];
    const at = [...path, (one.params as { additionalProperty: string }).additionalProperty];
    const beside = Object.keys((one.parentSchema as { properties?: Schema }).properties ?? {});
    return [error(at, unknownKey(at, beside, whereabouts))];
  });
}

function sentenceOf({ keyword, params, data, message, parentSchema }: ErrorObject, path: Path): string {
  const value = isSecret(path) ? "(not shown)" : data;
  switch (keyword) {
    case "type": {
      const { type } = params as { type: JsonType | readonly JsonType[] };
      return wrongType([type].flat() as JsonType[], value, (parentSchema as { format?: string }).format);
    }
    case "enum":
      return noneOf(value, (params as { allowedValues: string[] }).allowedValues);
    case "format":
      return (params as { format: string }).format === "duration"
        ? `got ${JSON.stringify(value)}; write a duration such as "30s", "1m30s" or "15d"`
        : `got ${JSON.stringify(value)}; write a size such as "8GB" or "500MB"`;
    case "dead":
      return "is read by no template of the chart, so it would change nothing; leave it out";
    default:
      return `got ${JSON.stringify(value)}; it ${message ?? "is not valid"}`;
  }
}

/** Where a value may be a credential: it is not told, whatever is wrong with it. */
function isSecret(path: Path): boolean {
  return path.some((part) => /password|secret(?!Mounts|Name|Item)|token|basicAuth|credential/i.test(String(part)));
}

/** The path that a JSON pointer names; positions of lists as numbers. */
function pathOf(pointer: string, root: unknown): Path {
  let here = root;
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((part) => {
      const key = Array.isArray(here) ? Number(part) : part;
      here = (here as Record<string | number, unknown>)[key];
      return key;
    });
}
