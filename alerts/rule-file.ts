import { type Document, isNode, LineCounter, parseAllDocuments } from "yaml";
import { nearest, shown } from "../validation/faults";
import { type Path, writtenPath } from "../validation/finding";
import { isMap, plainData } from "../validation/plain-data";

/** A problem of a file, and its line if it has one. */
export interface FileFault {
  readonly line?: number;
  readonly sentence: string;
}

/** A rule file, as far as it could be read. */
export interface RuleFile {
  /** The entries of the key `groups`; a later check of all groups decides whether each is valid. */
  readonly groups: readonly unknown[];
  /** The line of a path in the file, or of the nearest existing parent. */
  readonly lineOf: (path: Path) => number;
  readonly faults: readonly FileFault[];
}

/** Only the first syntax errors of a file are reported: one bracket causes many. */
const mostSyntaxFaults = 3;

/** Reads the text of a rule file. Problems are returned, never thrown. */
export function readRuleFile(text: string): RuleFile {
  const counter = new LineCounter();
  const lineAt = (offset: number) => counter.linePos(offset).line;
  const withFaults = (...faults: FileFault[]): RuleFile => ({ groups: [], lineOf: () => 1, faults });

  if (isAbyss(text)) return withFaults({ sentence: unreadable(tooDeep) });
  // Merge keys are enabled, as in Prometheus. Messages do not quote lines of the file.
  const read = parseAllDocuments(text, { lineCounter: counter, merge: true, prettyErrors: false });
  const documents: readonly Document.Parsed[] = "empty" in read ? [] : read;
  const syntax = documents.flatMap(({ errors }) => errors).slice(0, mostSyntaxFaults);
  if (syntax.some(({ message }) => /call stack/.test(message))) return withFaults({ sentence: unreadable(tooDeep) });
  if (syntax.length > 0)
    return withFaults(...syntax.map(({ message, pos }) => ({ line: lineAt(pos[0]), sentence: unreadable(message) })));
  const [document, second] = documents;
  if (second !== undefined) {
    const sentence = "begins a second document, which Prometheus would not read; write all groups below one `groups`.";
    return withFaults({ line: lineAt(second.range[0]), sentence });
  }
  let value: unknown;
  try {
    value = document?.toJS();
  } catch (error) {
    // The file contains YAML aliases that grow without limit, or that refer to nothing.
    return withFaults({ sentence: unreadable((error as Error).message) });
  }
  if (document === undefined || value === null || value === undefined)
    return withFaults({ sentence: "is empty; write `groups` with rules into it, or remove it." });
  const lineOf = (path: Path) => lineAt(offsetOf(document, path));
  const [endless] = plainData(value).findings;
  if (endless !== undefined)
    return withFaults({ line: lineOf(endless.path), sentence: `${writtenPath(endless.path)} ${endless.sentence}` });
  const { groups, fault } = groupsOf(value);
  if (fault !== undefined) return withFaults({ line: lineOf(fault.path), sentence: fault.sentence });
  return { groups, lineOf, faults: [] };
}

const tooDeep = "it is nested more deeply than anything needs";
/**
 * The maximum depth of brackets: up to it the parser fails within a second. An unclosed bracket in a string counts too.
 */
const deepest = 10_000;

/** Whether brackets or lists are nested so deeply that the parser would take minutes to fail. */
function isAbyss(text: string): boolean {
  if (/(?:[-?:]\s+){1000}/.test(text)) return true;
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth += bracket === "[" || bracket === "{" ? 1 : -1;
    if (depth > deepest) return true;
  }
  return false;
}

function unreadable(message: string): string {
  return `cannot be read as YAML: ${message.replace(/\.$/, "")}.`;
}

interface Groups {
  readonly groups: readonly unknown[];
  readonly fault?: { readonly path: Path; readonly sentence: string };
}

/** Keys of a prometheus.yml that a test file does not have; both have `rule_files`. */
const ofPrometheus = ["global", "scrape_configs", "alerting", "remote_write", "remote_read", "storage"];

function groupsOf(value: unknown): Groups {
  const wrong = (path: Path, sentence: string): Groups => ({ groups: [], fault: { path, sentence } });
  if (Array.isArray(value)) return wrong([], "is a list; a rule file begins with `groups:`, and the list below it.");
  if (!isMap(value)) return wrong([], `is ${shown(value)}; a rule file begins with \`groups:\`.`);
  if (!("tests" in value) && ofPrometheus.some((key) => key in value))
    return wrong([], "is a configuration of Prometheus, which this program writes itself; move it out of this folder.");
  if ("tests" in value || "rule_files" in value)
    return wrong([], "is a file of promtool's tests; move it into a folder `tests` here, which is not read.");
  if ("apiVersion" in value && "spec" in value)
    return wrong(
      [],
      "is an object of Kubernetes; a rule file has only what is below its `spec`, starting with `groups:`.",
    );
  const stray = Object.keys(value).find((key) => key !== "groups");
  if (stray !== undefined) {
    const guess = nearest(stray, ["groups"]) === undefined || "groups" in value ? "" : " Is `groups` meant?";
    return wrong([stray], `has the key ${shown(stray)}, which no rule file has beside \`groups\`.${guess}`);
  }
  const { groups } = value;
  if (groups === null) return wrong(["groups"], "has nothing below `groups`; write rules there, or remove the file.");
  return Array.isArray(groups)
    ? { groups }
    : wrong(["groups"], "has no list below `groups`; begin each group with a dash.");
}

/** The position of a path in the file; if the path is missing, the position of its parent. */
function offsetOf(document: Document.Parsed, path: Path): number {
  for (let depth = path.length; depth > 0; depth--) {
    const node: unknown = document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return document.contents?.range[0] ?? 0;
}
