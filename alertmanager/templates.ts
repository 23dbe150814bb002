import { nearest } from "../validation/faults";
import { error, type Finding, type Path, warning } from "../validation/finding";
import { judgeReceiverTexts } from "../prometheus/parsers/parsers";
import { withHint } from "../prometheus/verdicts";
import { textsOf } from "./reading";
import { everyRoute, routeTree } from "./route-tree";
import { everyValue, mapOf } from "../validation/plain-data";

/** The directory in which the chart puts template files. Patterns of file names are relative to it. */
const templateDirectory = "/etc/alertmanager";

const definition = /\{\{-?\s*(?:define|block)\s+"([^"]+)"/g;
/** A string that does nothing but call a template by its name. */
const call = /^\{\{-?\s*template\s+"([^"]+)"\s+\.\s*-?\}\}$/;

/** The names of the templates that a file defines. */
export const definedIn = (text: string): string[] => [...text.matchAll(definition)].map(([, name]) => name!);

/** The name of the template that a string calls, if the string does nothing else. */
export const calledBy = (text: string): string | undefined => call.exec(text)?.[1];

/** Whether a file's name matches a pattern as in Go's Glob. Character classes are not supported. */
function reads(pattern: string, file: string): boolean {
  const whole = pattern.startsWith("/") ? pattern : `${templateDirectory}/${pattern}`;
  const regex = whole
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", "[^/]*")
    .replaceAll("?", "[^/]");
  return new RegExp(`^${regex}$`).test(`${templateDirectory}/${file}`);
}

/** Every template string in a value, with its path. Paths of files are left out, because they are not templates. */
function textsUnder(root: unknown, start: Path): { text: string; path: Path }[] {
  return [...everyValue(root, start)].flatMap(({ value, path }) =>
    typeof value === "string" && value.includes("{{") && !String(path.at(-1)).endsWith("_file")
      ? [{ text: value, path }]
      : [],
  );
}

/**
 * Reports the errors that Alertmanager finds in template files, and in every string of the receivers when it is
 * rendered with sample messages. Files in `shipped`, and strings that only call one of their templates, are checked by
 * this project's tests instead.
 */
export function checkTemplates(
  config: unknown,
  files: Readonly<Record<string, string>>,
  shipped: ReadonlySet<string>,
): Finding[] {
  const patterns = textsOf(mapOf(config).templates).map(({ text }) => text);
  const unread = Object.keys(files).filter((file) => !patterns.some((pattern) => reads(pattern, file)));
  const read = Object.fromEntries(Object.entries(files).filter(([file]) => !unread.includes(file)));
  const defined = new Set(Object.values(read).flatMap(definedIn));
  const own = new Set(Object.keys(read).flatMap((file) => (shipped.has(file) ? definedIn(read[file]!) : [])));
  const texts = [
    ...textsUnder(mapOf(config).receivers, ["receivers"]),
    ...everyRoute(routeTree(config)).flatMap(({ route, path }) => textsUnder(route.labels, [...path, "labels"])),
  ].filter(({ text }) => !own.has(calledBy(text) ?? ""));
  const asked = texts.map(({ text, path }) => ({ text, html: path.at(-1) === "html" }));
  const needsNoAsking = asked.length === 0 && Object.keys(files).every((file) => shipped.has(file));
  const verdict = needsNoAsking ? { files: {}, texts: [] } : judgeReceiverTexts(read, asked);
  return [
    ...unread.map((file) =>
      warning(["templates", file], `is read by no entry of \`templates\`; write "${templateDirectory}/*.tmpl" there`),
    ),
    ...Object.entries(verdict.files).map(([file, words]) => error(["templates", file], sentence(words, defined))),
    ...texts.flatMap(({ path }, at) =>
      verdict.texts[at] === "" ? [] : [error(path, sentence(verdict.texts[at]!, defined))],
    ),
  ];
}

/**
 * Turns an error of Alertmanager, such as `template: :1:19: executing "" at <.Foo>: can't evaluate field Foo ...`, into
 * a sentence.
 */
function sentence(words: string, defined: ReadonlySet<string>): string {
  const missing = /template "([^"]*)" not defined/.exec(words)?.[1];
  if (missing !== undefined) {
    const guess = nearest(missing, [...defined]);
    return `uses the template ${JSON.stringify(missing)}, which nothing defines${guess ? `; is "${guess}" meant?` : ""}`;
  }
  const [, line, place] = /^(?:html\/)?template: [^:]*:(\d+)(?::\d+)?: ([^]*)$/.exec(words) ?? [];
  if (place === undefined) return `is not a valid template: ${withHint(words)}`;
  const where = line === "1" ? "" : `line ${line}: `;
  return place.startsWith("executing ")
    ? `fails whenever a message is sent: ${where}${withHint(place.replace(/^executing "[^"]*" /, ""))}`
    : `is not a valid template: ${where}${withHint(place)}`;
}
