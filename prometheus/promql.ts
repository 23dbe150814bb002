import { ensureSyntaxTree, LRLanguage, syntaxTree } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import type { Tree } from "@lezer/common";
import { functionIdentifierTerms } from "@prometheus-io/codemirror-promql/dist/cjs/complete/promql.terms";
import { Parser } from "@prometheus-io/codemirror-promql/dist/cjs/parser";
import { parser } from "@prometheus-io/lezer-promql";
import { closest, distance } from "fastest-levenshtein";
import { shown } from "../configuration/faults";
import { orChunks } from "./orChunks";
import { nodeFaults } from "./promqlNodes";

/** One thing that is wrong with an expression, and where. */
export interface PromqlFault {
  readonly from: number;
  readonly to: number;
  readonly message: string;
}

/** An expression as it was read: what is wrong with it, else its tree, but for very long ones. */
export interface Expression {
  readonly tree?: Tree;
  readonly faults: readonly PromqlFault[];
}

type Grammar = Parameters<typeof LRLanguage.define>[0]["parser"];
// The package declares its parser with the types of an ES module; what is loaded here is the CommonJS one.
const grammar = parser as unknown as Grammar;
// A strict parser ends at the first thing that it cannot read, and says where; it never yields a part of a tree.
const strict = grammar.configure({ strict: true });
const language = LRLanguage.define({ parser: grammar });

/** What was read before: several checks ask for the same rules. */
const known = new Map<string, Expression>();

/** Reads an expression and checks its types, as Prometheus does when it loads a rule. */
export function readPromql(text: string, features: readonly string[] = []): Expression {
  const key = JSON.stringify([text, ...features]);
  const read = known.get(key) ?? readInChunks(text, features);
  known.set(key, read);
  return read;
}

function readInChunks(text: string, features: readonly string[]): Expression {
  const chunks = orChunks(text);
  if (chunks.length < 2) return readWhole(text, features);
  const faults = chunks.flatMap(({ from, text: chunk }) =>
    readWhole(chunk, features).faults.map((fault) => ({ ...fault, from: fault.from + from, to: fault.to + from })),
  );
  return { faults: distinct(faults) };
}

const trees = new Map<string, Tree | undefined>();

/** The tree of an expression, of which the types are not checked; undefined where it cannot be read. */
export function promqlTree(text: string): Tree | undefined {
  if (!trees.has(text)) trees.set(text, parsed(text));
  return trees.get(text);
}

function parsed(text: string): Tree | undefined {
  try {
    return strict.parse(text);
  } catch {
    return undefined;
  }
}

function readWhole(text: string, features: readonly string[]): Expression {
  let tree: Tree;
  try {
    tree = strict.parse(text);
  } catch (error) {
    const at = Number(/No parse at (\d+)/.exec(String(error))?.[1] ?? text.length);
    return { faults: [syntaxFault(text, at)] };
  }
  try {
    const faults = [...typeFaults(text), ...nodeFaults(tree, text, features)];
    return faults.length > 0 ? { faults: distinct(faults) } : { tree, faults };
  } catch (error) {
    // The check of types goes down the tree by calling itself. An expression that it cannot finish is not taken on trust.
    if (!(error instanceof RangeError)) throw error;
    return { faults: [{ from: 0, to: text.length, message: "is nested too deeply to be checked; split it" }] };
  }
}

/** What Prometheus' own check of types says. */
function typeFaults(text: string): PromqlFault[] {
  let state = EditorState.create({ doc: text, extensions: language });
  // A state that was just made holds the tree of the first 3,000 characters, or of what was read in 20 ms.
  if (syntaxTree(state).length < state.doc.length) {
    ensureSyntaxTree(state, state.doc.length, Infinity);
    state = state.update({}).state;
  }
  if (syntaxTree(state).length < state.doc.length) throw new RangeError("the expression was not read to its end");
  const check = new Parser(state);
  check.analyze();
  return (
    check
      .getDiagnostics()
      // Within braces, Prometheus takes several matchers of the name.
      .filter(
        ({ severity, from, message }) => severity === "error" && !(text[from] === "{" && /set twice/.test(message)),
      )
      .map(({ from, to, message }) => ({ from, to, message: inWords(message) }))
  );
}

function inWords(message: string): string {
  return message
    .replace(/\bmatrix\b/g, "range vector (such as up[5m])")
    .replace(/(?<!instant |range )\bvector\b(?! selector| matching| types| \()/g, "instant vector (such as up)")
    .replace("must use BOOL modifier", "need `bool` after the operator");
}

function distinct(faults: readonly PromqlFault[]): PromqlFault[] {
  const seen = new Set<string>();
  return faults.filter(({ from, message }) => {
    const key = `${from} ${message}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** What was probably meant by signs that PromQL does not have, or not there. */
const hints: Readonly<Record<string, string>> = {
  "=": "; a comparison is written ==",
  "&": "; write and",
  "|": "; write or",
  "!": "; write !=, or unless between two selectors",
  ".": '; a name with dots is written {"a.b"}',
  "-": '; a name with dashes is written {"a-b"}',
};

function syntaxFault(text: string, at: number): PromqlFault {
  if (text.replace(/#.*$/gm, "").trim() === "") return { from: 0, to: 0, message: "there is no expression in it" };
  const found = /^\s*(\w+|\S)/.exec(text.slice(at));
  if (found === null) return { from: at, to: at, message: "it ends too early; is an operand or a bracket missing?" };
  const from = at + found[0].length - found[1]!.length;
  const call = /([A-Za-z_][\w:]*)\s*$/.exec(text.slice(0, from));
  if (found[1] === "(" && call !== null) {
    const name = call[1]!;
    return { from: from - call[0].length, to: from, message: `there is no function ${name}${functionHint(name)}` };
  }
  return { from, to: from + found[1]!.length, message: `cannot be read here${hints[found[1]!] ?? tooLong(text)}` };
}

/** The grammar gives up on hundreds of operations one after another, which Prometheus would take. */
function tooLong(text: string): string {
  return text.length < 5000 ? "" : ", or the expression is too long to be checked; split it into several rules";
}

function functionHint(name: string): string {
  const guess = closest(
    name.toLowerCase(),
    functionIdentifierTerms.map(({ label }) => label),
  );
  return distance(name.toLowerCase(), guess) > Math.max(1, name.length / 4) ? "" : `; is ${guess} meant?`;
}

/** Where in an expression, and what is there: one line in an expression of one line. */
export function place(text: string, { from, to }: PromqlFault): string {
  const before = text.slice(0, from).split("\n");
  const character = `character ${before.at(-1)!.length + 1}`;
  const seen = text.slice(from, to).replace(/\s+/g, " ").trim();
  const where = text.trim().includes("\n") ? `line ${before.length}, ${character}` : character;
  return seen === "" ? where : `${where} (${shown(seen.length > 60 ? `${seen.slice(0, 59)}…` : seen)})`;
}
