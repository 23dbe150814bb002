import { nearest } from "../validation/faults";
import { ended } from "../validation/finding";
import { functionNames } from "./parsers/parsers";

/** What to write instead, for the tools' messages that match `words`. */
export type Hint = readonly [words: RegExp, hint: string | ((match: RegExpExecArray) => string)];

const meant = (name: string, names: readonly string[]) => {
  const guess = nearest(name, names);
  return guess === undefined ? "" : `; is ${guess} meant?`;
};

const ofExpressions: readonly Hint[] = [
  [/unknown function with name "(\w+)"/, ([, name]) => meant(name!, functionNames().promql)],
  [/unexpected "?="?(?!\w)/, "; a comparison is written =="],
  [/unexpected character: '&'/, "; write and"],
  [/unexpected character: '\|'/, "; write or"],
  [/unexpected character: '\.'/, '; a name with dots is written {"a.b"}'],
  [/unknown escape sequence|invalid char escape/, '; a backslash is written \\\\, as in "\\\\d"'],
  [/--enable-feature|is not enabled/, "; `server.extraArgs.enable-feature` of alerting:values switches it on"],
];

const ofTexts: readonly Hint[] = [
  [/function "(\w+)" not defined/, ([, name]) => meant(name!, [...functionNames().texts, ...ofGo])],
  [
    /unexpected "[*+%]" in|unexpected "\/" in|bad number syntax|unexpected <-> in/,
    "; texts do not calculate, so do it in a query or in `expr`",
  ],
  [/unexpected "[<>]" in|unexpected "[<>=!]/, '; comparisons are functions: `gt $value 1.0`, `eq $labels.a "b"`'],
  [/unexpected "\(" in/, "; arguments stand behind a function with spaces: `humanize $value`"],
  [/unexpected ","/, "; arguments stand behind a function with spaces, without commas"],
  [/bad character U\+005B/, '; write `index $labels "a"`'],
  [/incompatible types for comparison/, "; a value is compared with a number with a point: `gt $value 5.0`"],
  [/can't evaluate field (\w+) in type struct/, ([, name]) => fieldHint(name!)],
  [/in type string/, "; a label's value is a string, which has no parts"],
  [/wrong number of args/, "; give it its argument, as in `humanize $value`"],
];

function fieldHint(name: string): string {
  const fields = ["Labels", "ExternalLabels", "ExternalURL", "Value"];
  const guess = nearest(name, fields);
  return guess === undefined ? `; there are ${fields.map((field) => `.${field}`).join(", ")}` : `; is .${guess} meant?`;
}

/** The functions of Go's own templates that are misspelled most often. */
const ofGo = "and or not index slice len print printf println eq ne lt le gt ge".split(" ");

/** A tool's message, with what to write instead if that is known. */
export function withHint(words: string, hints: readonly Hint[] = ofTexts): string {
  for (const [pattern, hint] of hints) {
    const match = pattern.exec(words);
    if (match !== null)
      return ended(`${words.replace(/ in type struct \{.*\}$/, "")}${typeof hint === "string" ? hint : hint(match)}`);
  }
  return ended(words);
}

/**
 * Shortens Prometheus' message about an expression, such as `1:10: parse error: ...`, and adds a hint if there is one.
 */
export function inExpression(text: string, message: string): string {
  const [, line, character, words] = /^(\d+):(\d+): parse error: ([^]*)$/.exec(message) ?? [];
  if (words === undefined) return withHint(message, ofExpressions);
  const where = text.trim().includes("\n") ? `line ${line}, character ${character}` : `character ${character}`;
  return `at ${where}: ${withHint(words, ofExpressions)}`;
}

const ofRules: readonly Hint[] = [
  [/only one of 'record' and 'alert'/, "; make two rules of it, or remove the one that is not meant"],
  [/one of 'record' or 'alert' must be set/, "; give an alert its name in `alert`, a series its name in `record`"],
  [/in recording rule$/, "; it belongs to alerts, so remove it"],
];

/** Prometheus' message about a rule, with what to write instead if that is known. */
export const ruleHint = (words: string) => withHint(words.replace(/^\d+:\d+: /, ""), ofRules);

/** Shortens Prometheus' message about a template that it refuses, such as `template: __alert_A:1: ...`. */
export function inText(message: string): string {
  const words = message.replace(/^template: [^]*?:(\d+):\s/, (_, line: string) =>
    line === "1" ? "" : `line ${line}: `,
  );
  return `is not a valid template: ${withHint(words)}`;
}

/** Says what goes wrong with a template when its alert fires; `mild` if the problem is a query without results. */
export function whenFiring(message: string, mild = false): string {
  if (mild)
    return "takes the first result of a query, and the alert would show an error where there is none; ask within `with`: {{ with query … }}{{ . | first | value }}{{ end }}.";
  const words = message.replace(/^[^]*?executing "[^"]*" (?=at )/, "");
  return `would show an error when the alert fires, ${withHint(words)}`;
}
