/**
 * Prometheus' and Alertmanager's own parsers (Go, compiled to WebAssembly; see build.ts), in a separate thread. They
 * are loaded at the first request. {@link startParsers} loads them early, and {@link judgeAhead} sends a request early,
 * both in the background.
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

/** What an expression selects, and the properties of its result; durations in milliseconds. */
export interface ExpressionFacts {
  readonly selectors: readonly {
    readonly metric: string;
    /** The length of the range; 0 for an instant selector, or for a computed range. */
    readonly range: number;
    /** Whether the range goes to a function whose result does not come from a single sample, such as `rate`. */
    readonly ofTwo: boolean;
  }[];
  readonly offsets: readonly number[];
  /** Numbers on the right side of an ordering comparison, and their positions. */
  readonly thresholds: readonly { readonly value: number; readonly from: number; readonly to: number }[];
  /** The labels that a result may have: only these, or all except these. */
  readonly labels: { readonly allBut: boolean; readonly names: readonly string[] };
}

/** An expression as Prometheus reads it; `faults` are its own messages, with line and character. */
export interface Expression extends ExpressionFacts {
  readonly faults: readonly string[];
  /** The type of the result; a rule needs a vector or a scalar. */
  readonly type: "vector" | "scalar" | "matrix" | "string" | "";
}

/** The verdict on a group of rules. */
export interface GroupVerdict {
  readonly faults: readonly {
    /** The rule's index from 0; -1 if the problem is not in a single rule. */
    readonly rule: number;
    /** The part of the rule; for a label or annotation `name` gives its name. */
    readonly kind?: "expr" | "labels" | "annotations";
    readonly name?: string;
    readonly message: string;
    /** Whether the problem appears only when the alert fires. */
    readonly fires?: boolean;
    /** Whether the problem appears only when a query in the template yields nothing. */
    readonly mild?: boolean;
  }[];
  /** Unknown keys, and values of the wrong kind; they are left out of the rest of the verdict. */
  readonly form: readonly ConfigVerdict[];
  /** Facts about each rule; `null` if the group cannot be read. */
  readonly rules: readonly RuleFacts[] | null;
}

/** Facts about a rule; for an alert also about its labels and annotations, by kind and name. */
export interface RuleFacts extends Expression {
  readonly texts: Readonly<Record<string, Readonly<Record<string, TextFacts>>>>;
}

export interface TextFacts {
  /** The labels of the series that the label or annotation shows. */
  readonly labels: readonly string[];
  /** Whether the label or annotation has closing braces without opening ones. */
  readonly stray: boolean;
}

/** An expression as a tree of nodes. */
export interface Tree {
  /** The node type as Prometheus names it, such as `VectorSelector`, `BinaryExpr`. */
  readonly kind: string;
  /** The source text of the node. */
  readonly text: string;
  /** The name of a function, aggregation or operation; for a string node, the string. */
  readonly name: string;
  /** The labels of `by`, `without`, `on` or `ignoring`. */
  readonly labels: readonly string[];
  /** Whether the labels belong to `by` or `on`. */
  readonly isOn: boolean;
  /** The labels of `group_left` or `group_right`, and the side that has more series. */
  readonly include: readonly string[];
  readonly many: "left" | "right" | "";
  /** For a selector of series: the metric, empty if it is not a single name, and the conditions on labels. */
  readonly selects?: { readonly metric: string; readonly matchers: readonly Matcher[] };
  /** The whole expression as Prometheus' API shows it; only the root has it. */
  readonly printed?: string;
  readonly children: readonly Tree[];
}

/** A program whose configuration file is checked. */
export type Tool = "prometheus" | "alertmanager";

/** A problem at a path of a configuration file. */
export interface ConfigVerdict {
  readonly path: readonly (string | number)[];
  /**
   * `key`: the map has unknown keys; `kind`: the value has the wrong type; `nothing`: the value is `null`; `secret`:
   * the value is a secret in plain text; `value`: the tool refuses the value; `file`: the problem only shows in the
   * whole file.
   */
  readonly wrong: "key" | "kind" | "nothing" | "secret" | "value" | "file";
  /** The expected type, as named in config-keys.ts. */
  readonly kind?: string;
  /** The unknown keys. */
  readonly keys?: readonly string[];
  /** The known keys. */
  readonly known?: readonly string[];
  /** The tool's message. */
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
  /** How many requests have been answered. */
  readonly answered: Int32Array;
  /** Requests that were sent but whose answers have not been read, in order. */
  readonly pending: Set<string>;
}

/** After this time the parser counts as hung: the longest file that fits into a ConfigMap takes a few seconds. */
const patienceMs = 60_000;
let thread: Thread | undefined;
const known = new Map<string, unknown>();

/** Starts to load the parsers in the background, so that later requests wait less, or not at all. */
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
    // Pulumi has put the stack's secrets into this process's environment, so the thread gets none of it.
    env: {},
    execArgv: [],
    resourceLimits: { stackSizeMb: 64 },
  });
  // The process does not stay alive for this thread: it may end when it has nothing else to do. A request has its own
  // time-out.
  worker.on("error", () => undefined).unref();
  port1.unref();
  return (thread = { worker, port: port1, answered, pending: new Set() });
}

/** Sends a request and waits for the answer; answers are cached. If the parsers fail, `failed` gives the result. */
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

/** Waits for the answer to the oldest open request. */
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

/** A group of rules (plain data), and the features that the server has enabled. */
export interface GroupFile {
  readonly file: object;
  readonly features: readonly string[];
}

/** Requests the verdict on a group without waiting, so that a later request waits less, or not at all. */
export function judgeAhead(file: GroupFile): void {
  send(JSON.stringify({ ask: "group", ...file } satisfies Question));
}

/**
 * Prometheus' verdict on a group of rules, including labels and annotations whose template would fail when an alert
 * fires.
 */
export function judgeGroup(group: GroupFile): GroupVerdict {
  return ask<GroupVerdict>({ ask: "group", ...group }, (message) => ({
    faults: [{ rule: -1, message }],
    form: [],
    rules: [],
  }));
}

/**
 * A tool's verdict on its configuration file, which is plain data without cycles. `clear` has the paths of values that
 * are not secrets although the tool treats them as secrets.
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

/** For each type in a tool's file, by name: its keys, and the kind of each key's value. */
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

/** The nodes of an expression. Throws an error if Prometheus refuses it. */
export function readTree(text: string, features: readonly string[] = []): Tree {
  return ask<Tree>({ ask: "tree", text, features }, (why) => {
    throw new Error(why);
  });
}

/** The functions of PromQL, and the template functions that Prometheus adds to Go's. */
export function functionNames(): { readonly promql: readonly string[]; readonly texts: readonly string[] } {
  return ask({ ask: "names" }, () => ({ promql: [], texts: [] }));
}

/** The conditions of an entry of a `matchers` list; has a `fault` if Alertmanager refuses it. */
export function readMatchers(text: string): { readonly fault?: string; readonly matchers: readonly Matcher[] } {
  return ask<ReturnType<typeof readMatchers>>({ ask: "matchers", text }, (fault) => ({ fault, matchers: [] }));
}

/** Whether a regular expression matches a whole value; an invalid one matches nothing. */
export function matchesRegex(text: string, value: string): boolean {
  if (isPlainRegex(text)) return new RegExp(`^(?:${text})$`, "s").test(value);
  return ask<boolean>({ ask: "match", text, value }, () => false);
}

/** Whether a regular expression is so simple (words, wildcards, alternatives) that JavaScript reads it as Go does. */
export function isPlainRegex(text: string): boolean {
  return /^(?:[\w/:@ -]|\.[*+]?|\|)*$/.test(text);
}

interface TextsVerdict {
  readonly files: Readonly<Record<string, string>>;
  readonly texts: readonly string[];
}

/**
 * Alertmanager's messages about template files, by name, and about strings, in the order of `texts`; an empty message
 * means no problem.
 */
export function judgeReceiverTexts(
  files: Readonly<Record<string, string>>,
  texts: readonly { readonly text: string; readonly html: boolean }[],
): TextsVerdict {
  const about = (some: typeof texts): TextsVerdict =>
    ask<TextsVerdict>({ ask: "receiverTexts", files, texts: some }, (why) => {
      const half = Math.ceil(some.length / 2);
      return {
        files: Object.fromEntries(Object.keys(files).map((name) => [name, why])),
        // If the parsers fail, the string that causes it is found by splitting the list in halves.
        texts: some.length < 2 ? [why] : [some.slice(0, half), some.slice(half)].flatMap((part) => about(part).texts),
      };
    });
  // All strings go into one request, because each request includes all files.
  return { files: about([]).files, texts: about(texts).texts };
}
