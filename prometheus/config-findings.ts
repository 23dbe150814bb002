import { nearest } from "../validation/faults";
import { around, error, type Finding, type Path, writtenPath } from "../validation/finding";
import { outsideText } from "../conventions/outside-text";
import { configHint } from "./config-hints";
import { type ConfigVerdict, judgeConfig, type Tool } from "./parsers/parsers";
import { valueAt } from "../validation/plain-data";
import { got, instead, type Kind, kindNames, wrongValue } from "../validation/wrong-value";

/** Advice that makes the messages more helpful. */
export interface SentenceOptions {
  /** What to write instead of a secret at a path, given the keys next to it. */
  insteadOfSecret?(path: Path, known: readonly string[]): string;
  /** The message for an unknown key, if there is better advice than the most similar key. */
  strayKey?(path: Path, key: string): string | undefined;
}

/** The input of a tool's check. */
export interface JudgeOptions extends SentenceOptions {
  /** Paths of values that are not secrets although the tool treats them as secrets. Default: none. */
  readonly clear?: readonly Path[];
  /** Problems that are known already; the tool's findings at the same path are not repeated. */
  readonly known: readonly Finding[];
}

const toolNames: Readonly<Record<Tool, string>> = { prometheus: "Prometheus", alertmanager: "Alertmanager" };
/** The maximum number of unknown keys that are reported one by one. */
const mostStrayKeys = 20;
/** The maximum number of names in a message; more do not fit into a readable line. */
const mostNames = 15;
/** Below these keys any value may be a secret. */
const secretive =
  /^(basic_auth|authorization|oauth2|sigv4|tls_config|headers|http_headers|params|endpoint_params|.*(password|secret|token|credential).*)$/;

/** The known problems and everything for which a tool would refuse its configuration file, with their paths. */
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

/** Turns verdicts on a file into sentences. */
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
      // Any string may be a secret, so strings are never shown.
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

/** The message for a refused value: the tool's own message if that says more than the names of its Go types. */
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

/** Keys whose values contain no credentials. */
const plain = /^(min_version|max_version|server_name|insecure_skip_verify|region|profile|role_arn|scopes|type)$/;

/**
 * Whether a value may be a secret: its keys say so, or the key expects the path of a file and the value is not a path.
 */
function isHidden(value: unknown, path: Path, kind: string): boolean {
  if (typeof value !== "string" && typeof value !== "number") return false;
  const key = String(path.findLast((part) => typeof part === "string"));
  if (key.endsWith("_file")) return !String(value).startsWith("/");
  if (kind === "secret" || /:[^/]*@/.test(String(value))) return true;
  return !plain.test(key) && path.some((part) => secretive.test(String(part)));
}

/** Kinds of values by the names of the tools' Go types; all other types are maps. */
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
