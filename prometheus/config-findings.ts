import { nearest } from "../validation/faults";
import { around, error, type Finding, type Path, writtenPath } from "../validation/finding";
import { outsideText } from "../conventions/outside-text";
import { configHint } from "./config-hints";
import { type ConfigVerdict, judgeConfig, type Tool } from "./parsers/parsers";
import { valueAt } from "../validation/plain-data";
import { got, instead, type Kind, kindNames, wrongValue } from "../validation/wrong-value";

/** What is known beyond what a tool says. */
export interface SentenceOptions {
  /** What to write instead of a secret at a path, given the keys that there are beside it. */
  insteadOfSecret?(path: Path, known: readonly string[]): string;
  /** What is said of a key that is not there, where more is known than the nearest one. */
  strayKey?(path: Path, key: string): string | undefined;
}

/** What is asked of a tool. */
export interface JudgeOptions extends SentenceOptions {
  /** Places of what is not a secret, though the tool takes it for one. Default: none. */
  readonly clear?: readonly Path[];
  /** What is known to be wrong already; what the tool says of the same place is not repeated. */
  readonly known: readonly Finding[];
}

const toolNames: Readonly<Record<Tool, string>> = { prometheus: "Prometheus", alertmanager: "Alertmanager" };
/** Unknown keys up to this many are reported one by one. */
const mostStrayKeys = 20;
/** More names than a person reads in one line. */
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
          `has no value; ${kind === "secret" ? "" : `write ${kindNames[kindOf(kind)]}, or `}leave the key out (an unquoted # begins a comment in YAML).`,
        ),
      ];
    case "kind": {
      // A string may be anything, so it is never shown.
      const isShown = typeof value !== "string" && !isHidden(value, path, kind);
      const what = instead(value, [kindOf(kind)], isHidden(value, path, kind));
      return [error(path, `${got(value, !isShown)}; ${what}.`)];
    }
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
  if (isOfKind && typeof value === "object") return `is refused by ${name}: ${words}`;
  const hidden = isHidden(value, path, kind);
  const wrong = `${wrongValue(value, [kindOf(kind)], hidden)}.`;
  if (!isOfKind || hidden) return wrong;
  return /^(any|range|string)$/.test(kind)
    ? `${got(value)}; ${name} says: ${words}`
    : `${wrong} ${name} says: ${words}`;
}

/** Keys of which the values say nothing of who asks. */
const plain = /^(min_version|max_version|server_name|insecure_skip_verify|region|profile|role_arn|scopes|type)$/;

/** Whether a value may be a secret: by the keys that it stands below, or because it is not a path where a file is named. */
function isHidden(value: unknown, path: Path, kind: string): boolean {
  if (typeof value !== "string" && typeof value !== "number") return false;
  const key = String(path.findLast((part) => typeof part === "string"));
  if (key.endsWith("_file")) return !String(value).startsWith("/");
  if (kind === "secret" || /:[^/]*@/.test(String(value))) return true;
  return !plain.test(key) && path.some((part) => secretive.test(String(part)));
}

/** Kinds of values as the tools' programs call them; all others are maps. */
const kinds: Readonly<Record<string, Kind>> = {
  string: "string",
  bool: "boolean",
  int: "integer",
  uint: "natural",
  float: "number",
  duration: "duration",
  goDuration: "goDuration",
  bytes: "size",
  url: "url",
  range: "range",
  secret: "url",
  any: "any",
};

const kindOf = (kind: string): Kind => (kind.startsWith("[]") ? "list" : (kinds[kind] ?? "map"));

function strayKey(key: string, known: readonly string[]): string {
  const guess = nearest(key, known);
  if (guess !== undefined) return `there is no such key; is \`${guess}\` meant?`;
  return known.length > mostNames
    ? "there is no such key; remove it."
    : `there is no such key; known here: ${known.join(", ")}.`;
}
