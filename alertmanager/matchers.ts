import { regexFault } from "../prometheus/regularExpressions";
import { matchersOfClassicForm } from "./classicMatchers";
import { matchersOfUtf8Form } from "./utf8Matchers";

/** One condition on a label, as Alertmanager reads it. A label that an alert lacks counts as empty. */
export interface Matcher {
  readonly name: string;
  readonly operator: "=" | "!=" | "=~" | "!~";
  readonly value: string;
}

/**
 * Reads an entry of a `matchers` list as Alertmanager does unless told otherwise: by the newer grammar, which knows
 * labels in UTF-8; where that refuses it, or the two disagree, by the older one. Undefined where both refuse it.
 */
export function parseMatchers(input: string): Matcher[] | undefined {
  const newer = sound(matchersOfUtf8Form(input));
  const older = sound(matchersOfClassicForm(input));
  if (newer === undefined || older === undefined) return newer ?? older;
  return JSON.stringify(newer) === JSON.stringify(older) ? newer : older;
}

/** The matchers, unless a regular expression among them is none. */
function sound(matchers: Matcher[] | undefined): Matcher[] | undefined {
  return matchers?.every(({ operator, value }) => !operator.endsWith("~") || regexFault(value) === undefined)
    ? matchers
    : undefined;
}
