import { isPlainRegex, type Matcher, readMatchers } from "../prometheus/parsers/parsers";

export type { Matcher };

/**
 * Matches simple conditions. Every parser reads them the same way, so this program reads them without Alertmanager's
 * parser. A label that an alert lacks counts as empty.
 */
const plain = /^\s*([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*"([\w .:/@|*+-]*)"\s*$/;

/** The matchers of an entry of a `matchers` list. Undefined if Alertmanager refuses the entry. */
export function parseMatchers(input: string): readonly Matcher[] | undefined {
  const [, name, operator, value] = plain.exec(input) ?? [];
  if (value !== undefined && (!operator!.endsWith("~") || isPlainRegex(value)))
    return [{ name: name!, operator: operator as Matcher["operator"], value }];
  const { fault, matchers } = readMatchers(input);
  return fault === undefined ? matchers : undefined;
}

/** Matchers grouped by the label that they test. */
export function byLabel(matchers: readonly Matcher[]): ReadonlyMap<string, readonly Matcher[]> {
  const labels = new Map<string, Matcher[]>();
  for (const matcher of matchers) {
    const some = labels.get(matcher.name);
    if (some === undefined) labels.set(matcher.name, [matcher]);
    else some.push(matcher);
  }
  return labels;
}
