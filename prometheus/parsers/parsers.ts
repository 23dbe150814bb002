/**
 * Prometheus' and Alertmanager's own parsers (Go, compiled to WebAssembly; see build.ts), in a thread of their own. They
 * are loaded at the first question; {@link startParsers} loads them beside other work.
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
  /** Of the result; a rule's is to be a vector or a scalar. */
  readonly type: "vector" | "scalar" | "matrix" | "string" | "";
}

/** What is said of a group of rules. */
export interface GroupVerdict {
  readonly faults: readonly {
    /** From 0; -1 where it is not of one rule. */
    readonly rule: number;
    /** What of the rule; of a text also its name. */
    readonly kind?: "expr" | "labels" | "annotations";
    readonly name?: string;
    readonly message: string;
    /** Fails only when the alert fires. */
    readonly fires?: boolean;
    /** Fails then only where a query in it yields nothing. */
    readonly mild?: boolean;
  }[];
  /** What is known of each rule; null where the group cannot be read. */
  readonly rules: readonly RuleFacts[] | null;
}

/** What is known of a rule; of an alert, its texts too, by kind and name. */
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
  /** Of a function, an aggregation or an operation; of a string, the string. */
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

type Question =
  | { readonly ask: "group" | "expression" | "tree"; readonly text: string; readonly features?: readonly string[] }
  | { readonly ask: "names" }
  | { readonly ask: "matchers" | "regex"; readonly text: string }
  | { readonly ask: "match"; readonly text: string; readonly value: string }
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
  readonly ready: Promise<void>;
}

/** Above this it hangs: the longest file that fits into a ConfigMap takes a few seconds. */
const patienceMs = 60_000;
let thread: Thread | undefined;
const known = new Map<string, unknown>();

/** Begins to load the parsers, and resolves when they are there: whoever asks then does not wait for that. */
export function startParsers(): Promise<void> {
  return started().ready;
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
  const ready = new Promise<void>((resolve, reject) => {
    worker.once("message", resolve).once("error", reject);
  });
  // A process that waits for it must not end, and one that does not, ends without it.
  ready.then(
    () => worker.unref(),
    () => undefined,
  );
  port1.unref();
  return (thread = { worker, port: port1, answered, ready });
}

/** Asks, and waits for the answer; the same is asked once. Where the parsers themselves fail, `failed` says what holds. */
function ask<T>(question: Question, failed: (why: string) => T): T {
  const key = JSON.stringify(question);
  if (!known.has(key)) known.set(key, answerTo(key));
  const answer = known.get(key) as T & { readonly failed?: string };
  return answer.failed === undefined ? answer : failed(answer.failed);
}

function answerTo(question: string): unknown {
  const { worker, port, answered } = started();
  const before = Atomics.load(answered, 0);
  port.postMessage(question);
  // The thread's word on the question before may come as late as this, so a wake-up alone says nothing.
  while (Atomics.load(answered, 0) === before) {
    if (Atomics.wait(answered, 0, before, patienceMs) !== "timed-out") continue;
    void worker.terminate();
    thread = undefined;
    return { failed: `it took more than ${patienceMs / 1000} s` };
  }
  return JSON.parse((receiveMessageOnPort(port) as { message: string }).message) as unknown;
}

/** What Prometheus says of a file with one group of rules, and what of its texts fails when an alert fires. */
export function judgeGroup(text: string, features: readonly string[]): GroupVerdict {
  return ask<GroupVerdict>({ ask: "group", text, features }, (message) => ({
    faults: [{ rule: -1, message }],
    rules: [],
  }));
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

/** What is wrong with a regular expression, as Go reads it. */
export function regexFault(text: string): string | undefined {
  if (isPlainRegex(text)) return undefined;
  return ask<{ readonly fault?: string }>({ ask: "regex", text }, (fault) => ({ fault })).fault;
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
  const about = (...some: typeof texts) =>
    ask<TextsVerdict>({ ask: "receiverTexts", files, texts: some }, (why) => ({
      files: Object.fromEntries(Object.keys(files).map((name) => [name, why])),
      texts: some.map(() => why),
    }));
  // One by one, so that the same text is asked for once, whatever stands beside it.
  return { files: about().files, texts: texts.map((text) => about(text).texts[0]!) };
}
