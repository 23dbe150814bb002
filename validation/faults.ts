import { RunError } from "@pulumi/pulumi";
import { closest, distance } from "fastest-levenshtein";
import { withoutCredentials } from "../conventions/outside-text";

/** One thing that is wrong with the configuration, or with what it names. */
export interface Fault {
  /** The key as it is written in the stack's file, such as `alerting:nodes.masters.names`. */
  readonly key: string;
  /** What is wrong, what was seen, what is accepted: a sentence, never with a secret's value. */
  readonly sentence: string;
}

/** More than a person reads in one go; with one cause behind most of them, the rest goes away with the first. */
const toldAtOnce = 100;

/** What goes with the faults. */
export interface AlsoTold {
  /** What was not checked yet, so that more faults may follow. */
  readonly unchecked?: readonly string[];
}

/**
 * Everything that is wrong, in one error, and below it whether more may follow. The engine shows only the message of a
 * `RunError`, without a stack.
 */
export class ConfigurationError extends RunError {
  constructor(
    readonly faults: readonly Fault[],
    { unchecked = [] }: AlsoTold = {},
  ) {
    const heading =
      faults.length === 1
        ? "There is a problem in the configuration"
        : `There are ${faults.length} problems in the configuration`;
    const lines = faults.slice(0, toldAtOnce).map(({ key, sentence }) => `  - ${key}: ${sentence}`);
    const more = faults.length - lines.length;
    super(
      [
        `${heading}; nothing was changed.`,
        ...lines,
        ...(more > 0 ? [`  - and ${more} more, which are reported once these are fixed.`] : []),
        ...(unchecked.length > 0 ? [`Not checked yet, so more may follow: ${unchecked.join("; ")}.`] : []),
      ].join("\n"),
    );
    this.name = "ConfigurationError";
    // A stack helps nobody who has to mend a setting, and to map one to the sources takes the runner many seconds.
    this.stack = this.message;
  }
}

/** A value as it may be shown: short, and a URL only up to its host, because what follows may be a credential. */
export function shown(value: unknown): string {
  const whole = value === undefined ? "nothing" : JSON.stringify(value, (_, inner: unknown) => withoutPaths(inner));
  const text = withoutCredentials(whole);
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}

/** Cuts a string behind the host of its first URL: a webhook that was pasted with a line break goes on after that. */
function withoutPaths(value: unknown): unknown {
  if (typeof value !== "string") return value;
  const cut = value.replace(
    /([a-z][a-z0-9+.-]*:\\?\/\\?\/|\bhooks\.slack\.)([^]*)$/i,
    (url, start: string, rest: string) => {
      const host = /^[^\s/?#\\"']*/.exec(rest)![0];
      return host === rest && !host.includes("@") ? url : `${start}${host.replace(/^.*@/, "")}/…`;
    },
  );
  // With a slash missing it is not a URL, and may hold a password all the same.
  return cut.replace(/\b([a-z][a-z0-9+.-]{0,20}:\/?)[^\s/:"',]{1,100}:[^\s"',]{0,200}@/gi, "$1…@");
}

/** Which of the known names was probably meant; undefined where none is near. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  // A whole part of a longer name, such as `node-exporter` of `prometheus-node-exporter`.
  const longer = known.filter((one) => (name.includes("-") && one.endsWith(`-${name}`)) || one.startsWith(`${name}_`));
  if (longer.length === 1) return longer[0];
  const candidate = closest(
    name.toLowerCase(),
    known.map((one) => one.toLowerCase()),
  );
  const found = known.find((one) => one.toLowerCase() === candidate);
  return found !== undefined && distance(name.toLowerCase(), candidate) <= Math.max(2, name.length / 2)
    ? found
    : undefined;
}

/** The known names, nearest first. */
export function byDistance(name: string, known: readonly string[]): string[] {
  return [...known].sort((a, b) => distance(name, a) - distance(name, b) || a.localeCompare(b));
}
