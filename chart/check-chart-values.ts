import type { ErrorObject, ValidateFunction } from "ajv";
import { shown } from "../validation/faults";
import { error, type Finding, type Path, within } from "../validation/finding";
import { type Kind, notOneOf, wrongValue } from "../validation/wrong-value";
import { type Keys, readContract, type Schema } from "./contract";
import { plainValues } from "./plain-values";
import { unreadFiles } from "./unread-files";
import { unknownKey, whereaboutsOf, type Whereabouts } from "./unknown-key";
import { validatorsOf, type Validators } from "./validator";

interface Checks {
  readonly keys: Keys;
  readonly whereabouts: Whereabouts;
  readonly validators: Validators;
}

let made: Checks | undefined;

/** Everything that a check needs; the first check creates it. */
function checks(): Checks {
  if (made === undefined) {
    const contract = readContract();
    made = { keys: contract.keys, whereabouts: whereaboutsOf(contract.keys), validators: validatorsOf(contract) };
  }
  return made;
}

/**
 * Checks values against the pinned chart and reports everything that the chart would ignore, misread or refuse. Never
 * throws.
 */
export function checkChartValues(values: unknown): Finding[] {
  const { keys, whereabouts, validators } = checks();
  if (typeof values !== "object" || values === null || Array.isArray(values)) {
    return [error([], wrongValue(values, ["map"]))];
  }
  const { copy, findings } = plainValues(values, keys);
  const { contract, chartSchemas } = validators;
  const add = (validate: ValidateFunction, value: unknown, prefix: Path, source = "") => {
    if (value === undefined || validate(value)) return;
    // A problem that is already reported for a value, or for a map or list around it, is not reported again.
    const isTold = within(findings.filter(({ path }) => path.length > 0));
    for (const finding of findingsOf(validate.errors ?? [], value, prefix, whereabouts))
      if (!isTold(finding.path)) findings.push({ ...finding, sentence: `${finding.sentence}${source}` });
  };
  add(contract, copy, []);
  for (const [key, validate] of chartSchemas) {
    if (key === undefined) add(validate, copy, [], ofChart);
    else add(validate, (copy as Record<string, unknown>)[key], [key], ofChart);
  }
  return [...findings, ...unreadFiles(copy, keys)];
}

const ofChart = ", says the chart's own schema";

function findingsOf(errors: readonly ErrorObject[], root: unknown, prefix: Path, whereabouts: Whereabouts): Finding[] {
  // Helm merges the chart's defaults into maps later, so a required key may still be missing in a map; nothing is
  // merged into lists.
  const known = errors.filter(
    ({ keyword, instancePath }) => keyword !== "required" || /\/\d+(\/|$)/.test(instancePath),
  );
  return known.map((one) => {
    // For a Kubernetes type ajv passes the whole map as the value, so the value itself is looked up.
    const { path: below, value } = pointedAt(one.instancePath, root);
    const path = [...prefix, ...below];
    if (one.keyword === "required") {
      const { missingProperty } = one.params as { missingProperty: string };
      return error([...path, missingProperty], "is not set, but is required");
    }
    if (one.keyword !== "additionalProperties") return error(path, sentenceOf(one, path, value));
    const at = [...path, (one.params as { additionalProperty: string }).additionalProperty];
    const beside = Object.keys((one.parentSchema as { properties?: Schema }).properties ?? {});
    return error(at, unknownKey(at, beside, whereabouts));
  });
}

function sentenceOf({ keyword, params, message, parentSchema }: ErrorObject, path: Path, data: unknown): string {
  switch (keyword) {
    case "type": {
      const { format } = parentSchema as { format?: Kind };
      const types = [(params as { type: string | string[] }).type].flat();
      const accepted = types.map((type) => (type === "string" && format) || (kinds[type] ?? (type as Kind)));
      return wrongValue(data, accepted, isSecret(path));
    }
    case "enum":
      return notOneOf(data, (params as { allowedValues: string[] }).allowedValues);
    case "format":
      return wrongValue(data, [(params as { format: Kind }).format]);
    case "dead":
      return "is not read by any template of the chart, so it would have no effect; leave it out";
    default:
      return `${isSecret(path) ? "(not shown)" : `got ${shown(data)}; it`} ${message ?? "is not valid"}`;
  }
}

/** Kinds that have another name in JSON schemas. */
const kinds: Readonly<Record<string, Kind>> = { array: "list", object: "map" };

/** Whether the value at a path may be a credential, which is never shown. */
function isSecret(path: Path): boolean {
  const names = /password|(?<!account)token$|basicAuth|credential|^secret$|(api|routing|service)_?key$|webhook/i;
  return path.some((part) => names.test(String(part)));
}

/** The value that a JSON pointer points at, and the path to it with list positions as numbers. */
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
