import type { ErrorObject } from "ajv";
import { shown } from "../configuration/faults";
import { error, type Finding, writtenPath } from "../configuration/finding";
import { type Keys, readContract, type Schema } from "./contract";
import { plainValues } from "./plainValues";
import { unknownKey, whereaboutsOf, type Whereabouts } from "./unknownKey";
import { validatorsOf, type Validators } from "./validator";
import { examples, type Format, type JsonType, noneOf, wrongType, wrongTypeHidden } from "./wrongType";

type Path = readonly (string | number)[];

interface Checks {
  readonly keys: Keys;
  readonly whereabouts: Whereabouts;
  readonly validators: Validators;
}

let made: Checks | undefined;

/** Everything that a check needs, made by the first one. */
function checks(): Checks {
  if (made === undefined) {
    const contract = readContract();
    made = { keys: contract.keys, whereabouts: whereaboutsOf(contract.keys), validators: validatorsOf(contract) };
  }
  return made;
}

/** Holds values against the pinned chart: all that it would ignore, misread or refuse. Never throws. */
export function checkChartValues(values: unknown): Finding[] {
  const { keys, whereabouts, validators } = checks();
  if (typeof values !== "object" || values === null || Array.isArray(values)) {
    return [error([], wrongType(["object"], values))];
  }
  const { copy, findings } = plainValues(values, keys);
  const { contract, chartSchemas } = validators;
  if (!contract(copy)) findings.push(...findingsOf(contract.errors ?? [], copy, [], whereabouts));
  for (const [key, validate] of chartSchemas) {
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
  return errors.map((one) => {
    // Within a type of Kubernetes ajv hands the whole along as the value, so the value is looked up.
    const { path: below, value } = pointedAt(one.instancePath, root);
    const path = [...prefix, ...below];
    if (one.keyword !== "additionalProperties") return error(path, sentenceOf(one, path, value));
    const at = [...path, (one.params as { additionalProperty: string }).additionalProperty];
    const beside = Object.keys((one.parentSchema as { properties?: Schema }).properties ?? {});
    return error(at, unknownKey(at, beside, whereabouts));
  });
}

function sentenceOf({ keyword, params, message, parentSchema }: ErrorObject, path: Path, data: unknown): string {
  switch (keyword) {
    case "type": {
      const types = [(params as { type: JsonType | JsonType[] }).type].flat();
      return isSecret(path)
        ? wrongTypeHidden(types, data)
        : wrongType(types, data, (parentSchema as { format?: Format }).format);
    }
    case "enum":
      return noneOf(data, (params as { allowedValues: string[] }).allowedValues);
    case "format":
      return `got ${shown(data)}; write ${examples[(params as { format: Format }).format]}`;
    case "dead":
      return "is read by no template of the chart, so it would change nothing; leave it out";
    default:
      return `${isSecret(path) ? "(not shown)" : `got ${shown(data)}; it`} ${message ?? "is not valid"}`;
  }
}

/** Where a value may be a credential: it is not told, whatever is wrong with it. */
function isSecret(path: Path): boolean {
  return path.some((part) => /password|secret(?!Mounts|Name|Item)|token|basicAuth|credential/i.test(String(part)));
}

/** What a JSON pointer points at, and the path to it with positions of lists as numbers. */
function pointedAt(pointer: string, root: unknown): { path: Path; value: unknown } {
  let value = root;
  const path = pointer
    .split("/")
    .slice(1)
    .map((part) => {
      const text = part.replaceAll("~1", "/").replaceAll("~0", "~");
      const key = Array.isArray(value) ? Number(text) : text;
      value = (value as Record<string | number, unknown>)[key];
      return key;
    });
  return { path, value };
}
