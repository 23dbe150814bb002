import { type Change, diffProperties } from "../diff";
import { nearestName } from "../nearest";
import { isObject, type Properties, UNKNOWN } from "../properties";
import type { CheckFailure } from "../provider";
import type { Inputs } from "./kind";

/** The inputs with their defaults, and in the old writing where the new one says the same. */
export function completed(news: Properties, olds: Properties, known: Inputs): Properties {
  const inputs = { ...news };
  for (const [name, input] of Object.entries(known)) {
    if (inputs[name] === undefined && input.default !== undefined) inputs[name] = input.default;
    if (input.same?.(olds[name], inputs[name])) inputs[name] = olds[name];
  }
  return inputs;
}

/** What changes between two sets of inputs; what AWS chose stays when the program no longer says anything of it. */
export function changes(olds: Properties, news: Properties, known: Inputs): Change[] {
  const replaceOn = Object.keys(known).filter((key) => known[key]?.replace);
  return diffProperties(olds, news, { replaceOn }).filter(
    ({ path, kind }) => !(kind === "delete" && known[path]?.computed),
  );
}

/** The inputs that a state amounts to: those that `before` had, those that differ from saying nothing; all for an import. */
export function inputsOf(state: Properties, before: Properties, known: Inputs): Properties {
  const imported = Object.keys(before).length === 0;
  const said = ([name, { computed, default: usual }]: [string, Inputs[string]]): boolean => {
    if (name in before) return true;
    const now = state[name];
    if (now === "" || (typeof now === "object" && now !== null && Object.keys(now).length === 0)) return false;
    return imported ? name !== "region" : !computed && now !== usual && now !== false && now !== 0;
  };
  return Object.fromEntries(
    Object.entries(known)
      .filter((input) => state[input[0]] !== undefined && said(input))
      .map(([name, { same }]) => [name, same?.(before[name], state[name]) ? before[name] : state[name]]),
  );
}

/** Inputs that would be ignored: each is a fault. */
export function unknownInputs(what: string, given: Properties, known: Inputs): CheckFailure[] {
  const unknown = (names: string[], among: string[], of: string): CheckFailure[] =>
    names
      .filter((name) => !among.includes(name))
      .map((name) => {
        const near = nearestName(name, among);
        const hint = near ? `; did you mean "${near}"?` : ` (it knows ${among.join(", ")})`;
        const reason = `the lab's stand-in of the aws provider does not implement "${name}" of the ${of}${hint}`;
        return { property: name, reason };
      });
  const nested = Object.entries(known).flatMap(([name, { members }]) =>
    members === undefined ? [] : unknown(namesWithin(given[name]), members.split(" "), `${what}'s ${name}`),
  );
  const present = Object.keys(given).filter((name) => given[name] !== undefined && !name.startsWith("__"));
  return [...unknown(present, Object.keys(known), what), ...nested];
}

/** Inputs that are required and not there. */
export function missingInputs(inputs: Properties, known: Inputs): CheckFailure[] {
  return Object.keys(known)
    .filter((name) => known[name]?.required && inputs[name] === undefined)
    .map((property) => ({ property, reason: `"${property}" is required and was not given` }));
}

/** A fault when a known value is not among those that AWS takes (space-separated). */
export function oneOf(inputs: Properties, property: string, accepted: string): CheckFailure[] {
  const value = inputs[property];
  if (value === undefined || value === UNKNOWN || accepted.split(" ").some((one) => one === value)) return [];
  return [{ property, reason: `expected one of ${accepted.replaceAll(" ", ", ")}, but saw ${JSON.stringify(value)}` }];
}

function namesWithin(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namesWithin);
  return isObject(value) ? Object.entries(value).flatMap(([name, item]) => [name, ...namesWithin(item)]) : [];
}
