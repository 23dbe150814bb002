import { nearest, shown } from "../validation/faults";
import { around, error, type Finding, type Path, writtenPath } from "../validation/finding";
import { outsideText } from "../conventions/outside-text";
import { configHint } from "./config-hints";
import { type ConfigVerdict, judgeConfig, type Tool } from "./parsers/parsers";
import { valueAt } from "../validation/plain-data";

/** What is known beyond what a tool says. */
export interface SentenceOptions {
  /** What to write instead of a secret at a path, given the keys that there are beside it. */
  insteadOfSecret?(path: Path, known: readonly string[]): string;
  /** What is said of a key that is not there, where more is known than the nearest one. */
  strayKey?(path: Path, key: string): string | undefined;
}

/** What is asked of a tool. */
export interface JudgeOptions extends SentenceOptions {
  /** Places of what is no secret, though the tool takes it for one. Default: none. */
  readonly clear?: readonly Path[];
  /** What is known to be wrong already; what the tool says of the same place is not repeated. */
  readonly known: readonly Finding[];
}

const toolNames: Readonly<Record<Tool, string>> = { prometheus: "Prometheus", alertmanager: "Alertmanager" };
/** Of keys that nobody knows, so many are told one by one. */
const mostStrayKeys = 20;
/** More names than these nobody reads in one line. */
const mostNames = 15;
/** Below these a value may be a secret, wherever it was put. */
const secretive =
  /^(basic_auth|authorization|oauth2|sigv4|tls_config|headers|http_headers|params|endpoint_params|.*(password|secret|token|credential).*)$/;

/** What is known, and everything for which a tool would refuse its configuration file, where it is written. */
export function configFindings(tool: Tool, file: object, options: JudgeOptions): Finding[] {
  const errors = options.known.filter(({ severity }) => severity === "error");
  const verdicts = judgeConfig(tool, file, options.clear);
  const secrets = new Set(verdicts.flatMap(({ path, wrong }) => (wrong === "secret" ? [writtenPath(path)] : [])));
  const places = new Set(errors.map(({ path }) => writtenPath(path)));
  const isAround = around(errors);
  const isKnown = ({ path, wrong }: ConfigVerdict) =>
    (wrong === "file" && errors.length > 0) ||
    (/^(value|nothing)$/.test(wrong) && isAround(path)) ||
    (wrong === "kind" && places.has(writtenPath(path)));
  return [
    ...options.known.filter(({ path }) => !secrets.has(writtenPath(path))),
    ...verdictFindings(
      tool,
      verdicts.filter((verdict) => !isKnown(verdict)),
      file,
      options,
    ),
  ];
}

/** Verdicts on a file as sentences. */
export function verdictFindings(
  tool: Tool,
  verdicts: readonly ConfigVerdict[],
  file: object,
  options: SentenceOptions,
): Finding[] {
  return verdicts.flatMap((verdict) => findingsOf(tool, verdict, valueAt(file, verdict.path), options));
}

function findingsOf(tool: Tool, verdict: ConfigVerdict, value: unknown, options: SentenceOptions): Finding[] {
  const { path, wrong, kind = "", keys = [], known = [], said = "" } = verdict;
  switch (wrong) {
    case "key":
      return [
        ...keys
          .slice(0, mostStrayKeys)
          .map((key) => error([...path, key], options.strayKey?.(path, key) ?? strayKey(key, known))),
        ...(keys.length > mostStrayKeys
          ? [error(path, `has ${keys.length - mostStrayKeys} more keys that do not exist.`)]
          : []),
      ];
    case "secret":
      return [error(path, `is a secret, which would be kept in clear; ${options.insteadOfSecret?.(path, known)}.`)];
    case "nothing":
      return [
        error(
          path,
          `has no value; ${kind === "secret" ? "" : `write ${inWords(kind)}, or `}leave the key out (an unquoted # begins a comment in YAML).`,
        ),
      ];
    case "kind":
      return [error(path, `${got(value, path, kind, true)}; ${instead(value, kind, isHidden(value, path, kind))}.`)];
    case "file":
      return [
        error(
          tool === "alertmanager" ? [/\broutes?\b/.test(said) ? "route" : "receivers"] : path,
          refusal(toolNames[tool], verdict, {}),
        ),
      ];
    case "value":
      return [error(path, refusal(toolNames[tool], verdict, value))];
  }
}

/** A value that the tool refuses, in its words where these say more than how its program calls the kinds of values. */
function refusal(name: string, { path, kind = "", said = "" }: ConfigVerdict, value: unknown): string {
  const isOfKind = said !== "" && !said.startsWith("yaml:");
  const words = configHint(outsideText(said), path);
  if (typeof value === "object")
    return isOfKind ? `is refused by ${name}: ${words}` : `${got(value, path)}; ${instead(value, kind)}.`;
  const told = isOfKind && !isHidden(value, path, kind) ? `${name} says: ${words}` : "";
  if (/^(any|range|string)$/.test(kind) && told !== "") return `${got(value, path, kind)}; ${told}`;
  return `${got(value, path, kind)}; ${instead(value, kind)}.${told === "" ? "" : ` ${told}`}`;
}

/** Keys of which the values say nothing of who asks. */
const plain = /^(min_version|max_version|server_name|insecure_skip_verify|region|profile|role_arn|scopes|type)$/;

/** Whether a value may be a secret: by the keys that it stands below, or because it is no path where a file is named. */
function isHidden(value: unknown, path: Path, kind: string): boolean {
  if (typeof value !== "string" && typeof value !== "number") return false;
  const key = String(path.findLast((part) => typeof part === "string"));
  if (key.endsWith("_file")) return !String(value).startsWith("/");
  if (kind === "secret" || /:[^/]*@/.test(String(value))) return true;
  return !plain.test(key) && path.some((part) => secretive.test(String(part)));
}

/** The value as it may be shown: never what is inside of it, and never what may be a secret. */
function got(value: unknown, path: Path, kind = "", hidesTexts = false): string {
  if (Array.isArray(value)) return "is a list";
  if (typeof value === "object") return "is a map";
  const isText = typeof value === "string";
  return (isText && hidesTexts) || isHidden(value, path, kind)
    ? `got ${isText ? "a text" : "a number"} that is not shown`
    : `got ${shown(value)}`;
}

const words: Readonly<Record<string, string>> = {
  string: "a text",
  bool: "true or false",
  int: "a whole number",
  uint: "a whole number from 0 on",
  float: "a number",
  duration: 'a duration such as "30s", "1m30s" or "15d"',
  goDuration: 'a duration in hours, minutes and seconds, such as "10s" or "1m30s"',
  bytes: 'a size such as "8GB", "500MiB" or "1.5TB"',
  url: "an address that begins with http:// or https://",
  range: 'a name or number, or a range such as "monday:friday"',
  secret: "an address that begins with http:// or https://",
  any: "a value",
};

function inWords(kind: string): string {
  if (kind.startsWith("[]")) return "a list";
  return words[kind] ?? "a map";
}

/** What to write instead of a value of another kind, with itself in it where it was only written in another way. */
export function instead(value: unknown, kind: string, hidden = false): string {
  if (kind === "string" && (typeof value === "number" || typeof value === "boolean"))
    return hidden ? "write it in quotes" : `write "${value}", in quotes`;
  if (typeof value === "string") {
    if (kind === "bool" && /^(yes|on|true|y)$/i.test(value)) return "write true, without quotes";
    if (kind === "bool" && /^(no|off|false|n)$/i.test(value)) return "write false, without quotes";
    if (/^(u?int|float)$/.test(kind) && /^\d{1,15}$/.test(value)) return `write ${Number(value)}, without quotes`;
  }
  return `accepted: ${inWords(kind)}`;
}

function strayKey(key: string, known: readonly string[]): string {
  const guess = nearest(key, known);
  if (guess !== undefined) return `there is no such key; is \`${guess}\` meant?`;
  return known.length > mostNames
    ? "there is no such key; remove it."
    : `there is no such key; known here: ${known.join(", ")}.`;
}
