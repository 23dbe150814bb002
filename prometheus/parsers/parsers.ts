/**
 * Prometheus' and Alertmanager's own parsers (Go, compiled to WebAssembly; see build.ts), in a separate thread. They
 * are loaded at the first question; {@link startParsers} loads them, and {@link judgeAhead} asks, beside other work.
 */
import { join } from "node:path";
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import { projectRoot } from "../../conventions/project-root";

/** One condition on a label. */
export interface Matcher {
  readonly name: string;
  readonly operator: "=" | "!=" | "=~" | "!~";
  readonly value: string;
}

/** What an expression asks for, and what its result has; durations in milliseconds. */
export interface ExpressionFacts {
  readonly selectors: readonly {
    readonly metric: string;
    /** 0 for an instant selector, or for a range that is worked out. */
    readonly range: number;
    /** The range is given to a function that says nothing of a single sample, such as `rate`. */
    readonly ofTwo: boolean;
  }[];
  readonly offsets: readonly number[];
  /** Numbers on the right of a comparison by order, and where they stand. */
  readonly thresholds: readonly { readonly value: number; readonly from: number; readonly to: number }[];
  /** The labels that a result may have: these, or all but these. */
  readonly labels: { readonly allBut: boolean; readonly names: readonly string[] };
}

/** An expression as Prometheus reads it; `faults` are its own words, with line and character. */
export interface Expression extends ExpressionFacts {
  readonly faults: readonly string[];
  /** The result's type; a rule's is to be a vector or a scalar. */
  readonly type: "vector" | "scalar" | "matrix" | "string" | "";
}

/** What is said of a group of rules. */
export interface GroupVerdict {
  readonly faults: readonly {
    /** From 0; -1 where it is not of one rule. */
    readonly rule: number;
    /** What of the rule; for a text also its name. */
    readonly kind?: "expr" | "labels" | "annotations";
    readonly name?: string;
    readonly message: string;
    /** Fails only when the alert fires. */
    readonly fires?: boolean;
    /** Fails then only where a query in it yields nothing. */
    readonly mild?: boolean;
  }[];
  /** Unknown keys, and values of other kinds; what cannot be read so is left out of all else. */
  readonly form: readonly ConfigVerdict[];
  /** What is known of each rule; null where the group cannot be read. */
  readonly rules: readonly RuleFacts[] | null;
}

/** What is known of a rule; for an alert also its texts, by kind and name. */
export interface RuleFacts extends Expression {
  readonly texts: Readonly<Record<string, Readonly<Record<string, TextFacts>>>>;
}

export interface TextFacts {
  /** The labels of the series that it shows. */
  readonly labels: readonly string[];
  /** Braces close in it what none opens. */
  readonly stray: boolean;
}

/** An expression node by node. */
export interface Tree {
  /** As Prometheus calls it, such as `VectorSelector`, `BinaryExpr`. */
  readonly kind: string;
  /** As it is written. */
  readonly text: string;
  /** The name of a function, an aggregation or an operation; for a string, the string. */
  readonly name: string;
  /** Those of `by`, `without`, `on` or `ignoring`. */
  readonly labels: readonly string[];
  /** Whether they are those of `by` or `on`. */
  readonly isOn: boolean;
  /** Labels of `group_left` and `group_right`, and the side that has more series. */
  readonly include: readonly string[];
  readonly many: "left" | "right" | "";
  readonly children: readonly Tree[];
}

/** A program that reads a configuration file. */
export type Tool = "prometheus" | "alertmanager";

/** What is wrong at a place of a configuration file. */
export interface ConfigVerdict {
  readonly path: readonly (string | number)[];
  /**
   * `key`: unknown keys are in the map; `kind`: it is of another kind than belongs there; `nothing`: it is null; `secret`: it
   * holds a secret in clear; `value`: the tool refuses it; `file`: only the whole file shows it.
   */
  readonly wrong: "key" | "kind" | "nothing" | "secret" | "value" | "file";
  /** What belongs there, as config-keys.ts calls it. */
  readonly kind?: string;
  /** The unknown keys. */
  readonly keys?: readonly string[];
  /** The keys that there are. */
  readonly known?: readonly string[];
  /** The tool's words. */
  readonly said?: string;
}

type Question =
  | { readonly ask: "group"; readonly file: object; readonly features: readonly string[] }
  | { readonly ask: "expression" | "tree"; readonly text: string; readonly features?: readonly string[] }
  | { readonly ask: "names" }
  | { readonly ask: "matchers"; readonly text: string }
  | { readonly ask: "match"; readonly text: string; readonly value: string }
  | {
      readonly ask: "config";
      readonly tool: Tool;
      readonly file: object;
      readonly clear: readonly ConfigVerdict["path"][];
    }
  | { readonly ask: "types"; readonly tool: Tool }
  | {
      readonly ask: "receiverTexts";
      readonly files: Readonly<Record<string, string>>;
      readonly texts: readonly { readonly text: string; readonly html: boolean }[];
    };

interface Thread {
  readonly worker: Worker;
  readonly port: MessagePort;
  /** How many questions were answered. */
  readonly answered: Int32Array;
  /** Those that are asked and not read yet, in order. */
  readonly pending: Set<string>;
}

/** Above this it hangs: the longest file that fits into a ConfigMap takes a few seconds. */
const patienceMs = 60_000;
let thread: Thread | undefined;
const known = new Map<string, unknown>();

/** Begins to load the parsers beside other work: who asks later waits less, or not at all. */
export function startParsers(): void {
  started();
}

function started(): Thread {
  if (thread !== undefined) return thread;
  const { port1, port2 } = new MessageChannel();
  const answered = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(join(projectRoot, "prometheus/parsers/worker.cjs"), {
    workerData: { port: port2, answered },
    transferList: [port2],
    // In this environment the engine has put the stack's secrets.
    env: {},
    execArgv: [],
    resourceLimits: { stackSizeMb: 64 },
  });
  // Who asks gets a time-out; a process that has nothing else to do ends without it.
  worker.on("error", () => undefined).unref();
  port1.unref();
  return (thread = { worker, port: port1, answered, pending: new Set() });
}

/** Asks, and waits for the answer; the same is asked once. Where the parsers themselves fail, `failed` says what holds. */
function ask<T>(question: Question, failed: (why: string) => T): T {
  const key = JSON.stringify(question);
  send(key);
  while (!known.has(key)) readAnswer();
  const answer = known.get(key) as T & { readonly failed?: string };
  return answer.failed === undefined ? answer : failed(answer.failed);
}

function send(question: string): void {
  if (known.has(question) || thread?.pending.has(question)) return;
  const { port, pending } = started();
  pending.add(question);
  port.postMessage(question);
}

/** Waits for the answer to the question that was asked first. */
function readAnswer(): void {
  const { worker, port, answered, pending } = started();
  const [question = "", ...others] = pending;
  const before = Atomics.load(answered, 0);
  const read: { readonly message: string } | undefined = receiveMessageOnPort(port);
  if (read !== undefined) {
    pending.delete(question);
    known.set(question, JSON.parse(read.message));
  } else if (Atomics.wait(answered, 0, before, patienceMs) === "timed-out") {
    void worker.terminate();
    thread = undefined;
    known.set(question, { failed: `it took more than ${patienceMs / 1000} s` });
    others.forEach(send);
  }
}

/** A group of rules, which is plain data, and the features that the server has switched on. */
export interface GroupFile {
  readonly file: object;
  readonly features: readonly string[];
}

/** Asks for the verdict on a group, and goes on: who asks for it later waits less, or not at all. */
export function judgeAhead(file: GroupFile): void {
  send(JSON.stringify({ ask: "group", ...file } satisfies Question));
}

/** What Prometheus says of a group of rules, and what of its texts fails when an alert fires. */
export function judgeGroup(group: GroupFile): GroupVerdict {
  return ask<GroupVerdict>({ ask: "group", ...group }, (message) => ({
    faults: [{ rule: -1, message }],
    form: [],
    rules: [],
  }));
}

/**
 * What a tool says of its configuration file, which is plain data without cycles. `clear` are places of what is not a secret, though
 * the tool takes it for one.
 */
export function judgeConfig(
  tool: Tool,
  file: object,
  clear: readonly ConfigVerdict["path"][] = [],
): readonly ConfigVerdict[] {
  return ask<readonly ConfigVerdict[] & { readonly failed?: string }>({ ask: "config", tool, file, clear }, (said) => [
    { path: [], wrong: "file", said },
  ]);
}

/** The types of a tool's file by name, of each its keys, and of each key the kind of its value. */
export function configTypes(tool: Tool): Readonly<Record<string, Readonly<Record<string, string>>>> {
  return ask({ ask: "types", tool }, (why) => {
    throw new Error(why);
  });
}

/** An expression as Prometheus reads it. */
export function readExpression(text: string, features: readonly string[] = []): Expression {
  return ask<Expression>({ ask: "expression", text, features }, (why) => ({
    ...{ faults: [why], type: "", selectors: [], offsets: [], thresholds: [] },
    labels: { allBut: true, names: [] },
  }));
}

/** Whether a result may have a label. */
export function hasLabel({ labels }: Pick<ExpressionFacts, "labels">, label: string): boolean {
  return labels.names.includes(label) !== labels.allBut;
}

/** The nodes of an expression. Throws where Prometheus refuses it. */
export function readTree(text: string): Tree {
  return ask<Tree>({ ask: "tree", text }, (why) => {
    throw new Error(why);
  });
}

/** The functions of PromQL, and those that Prometheus adds to Go's in texts of rules. */
export function functionNames(): { readonly promql: readonly string[]; readonly texts: readonly string[] } {
  return ask({ ask: "names" }, () => ({ promql: [], texts: [] }));
}

/** The conditions of an entry of a `matchers` list; `fault` where Alertmanager refuses it. */
export function readMatchers(text: string): { readonly fault?: string; readonly matchers: readonly Matcher[] } {
  return ask<ReturnType<typeof readMatchers>>({ ask: "matchers", text }, (fault) => ({ fault, matchers: [] }));
}

/** Whether an expression matches the whole of a value; one that cannot be read matches none. */
export function matchesRegex(text: string, value: string): boolean {
  if (isPlainRegex(text)) return new RegExp(`^(?:${text})$`, "s").test(value);
  return ask<boolean>({ ask: "match", text, value }, () => false);
}

/** Whether any language reads an expression alike: words, any characters, alternatives. It needs no parser then. */
export function isPlainRegex(text: string): boolean {
  return /^(?:[\w/:@ -]|\.[*+]?|\|)*$/.test(text);
}

interface TextsVerdict {
  readonly files: Readonly<Record<string, string>>;
  readonly texts: readonly string[];
}

/** What Alertmanager says of template files, by name, and of texts, in order; an empty text where nothing is wrong. */
export function judgeReceiverTexts(
  files: Readonly<Record<string, string>>,
  texts: readonly { readonly text: string; readonly html: boolean }[],
): TextsVerdict {
  const about = (some: typeof texts): TextsVerdict =>
    ask<TextsVerdict>({ ask: "receiverTexts", files, texts: some }, (why) => {
      const half = Math.ceil(some.length / 2);
      return {
        files: Object.fromEntries(Object.keys(files).map((name) => [name, why])),
        // With which of several texts the parsers fail is found by halves.
        texts: some.length < 2 ? [why] : [some.slice(0, half), some.slice(half)].flatMap((part) => about(part).texts),
      };
    });
  // All texts at once: each question brings all files along.
  return { files: about([]).files, texts: about(texts).texts };
}
