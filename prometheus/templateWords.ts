import { nearest } from "../configuration/faults";

/** Words of the language of templates, and the functions that Go has in each. */
const ofGo = [
  ...["if", "else", "end", "range", "with", "define", "block", "template", "break", "continue", "nil", "true", "false"],
  ...["and", "or", "not", "call", "html", "index", "slice", "js", "len", "print", "printf", "println", "urlquery"],
  ...["eq", "ne", "lt", "le", "gt", "ge"],
];
/** The functions that Prometheus adds for rules. */
const ofPrometheus = [
  ...["query", "first", "label", "value", "strvalue", "args", "reReplaceAll", "safeHtml", "match", "title", "toUpper"],
  ...["toLower", "graphLink", "tableLink", "sortByLabel", "stripPort", "stripDomain", "humanize", "humanize1024"],
  ...["humanizeDuration", "humanizePercentage", "humanizeTimestamp", "toTime", "toDuration", "now", "pathPrefix"],
  ...["externalURL", "parseDuration", "urlQueryEscape"],
];
const functions = new Set([...ofGo, ...ofPrometheus]);
/** What the dot of a rule's template holds; of another name the parser takes it, and the alert then fails to be told. */
const ofTheDot = ["Labels", "ExternalLabels", "ExternalURL", "Value"];

/** A number, a text that was blanked out, a chain of fields with what it begins with, or a word. */
const token =
  /\.?\d[\w.+-]*|""|(?<start>\$[\p{L}\p{Nd}_]*|[)\]])?(?<fields>(?:\.[\p{L}\p{Nd}_]+)+)|\$[\p{L}\p{Nd}_]*|(?<word>[\p{L}_][\p{L}\p{Nd}_]*)/gu;

/**
 * Faults of the words between two braces, of which the strings are blanked: functions that there are not, for which
 * Prometheus refuses the whole file, and fields that there are not, of which it tells only once the alert fires.
 * `atRoot` says whether the dot is the rule's own, and not what a block around made of it.
 */
export function wordFaults(plain: string, atRoot: boolean): string[] {
  return [...plain.matchAll(token)].flatMap((match) => {
    const { start, fields, word } = match.groups as Partial<Record<"start" | "fields" | "word", string>>;
    if (word !== undefined && !functions.has(word)) return [unknownFunction(word)];
    if (fields === undefined) return [];
    const [first, second, third] = fields.slice(1).split(".");
    if (start === "$labels" || start === "$externalLabels") return second === undefined ? [] : [inAText(start, first!)];
    if (start !== "$" && (start !== undefined || !atRoot)) return [];
    if (!ofTheDot.includes(first!)) return [unknownField(first!)];
    return third !== undefined && /Labels$/.test(first!) ? [inAText(`.${first}`, second!)] : [];
  });
}

function unknownFunction(word: string): string {
  const guess = nearest(word, ofPrometheus) ?? nearest(word, ofGo);
  return `calls ${word}, which is no function of templates${guess === undefined ? "" : `; is ${guess} meant?`}`;
}

function unknownField(field: string): string {
  const guess = nearest(field, ofTheDot);
  const advice = guess === undefined ? `it has ${ofTheDot.join(", ")}` : `is .${guess} meant?`;
  return `asks for .${field}, which is nothing that a rule's template has, so that the alert would show an error; ${advice}`;
}

function inAText(labels: string, label: string): string {
  return `asks for something within ${labels}.${label}, which is a text, so that the alert would show an error`;
}
