import { RunError } from "@pulumi/pulumi";
import { closest, distance } from "fastest-levenshtein";
import { withoutCredentials } from "../conventions/outside-text";

/** One problem of the configuration, or of an object that it names. */
export interface Fault {
  /** The key in the form of the stack's file, such as `alerting:nodes.masters.names`. */
  readonly key: string;
  /** A sentence with the problem, the value seen and the accepted values. It never contains a secret. */
  readonly sentence: string;
}

/** The maximum number of reported problems. More are too many to read, and most of them often have one cause. */
const toldAtOnce = 100;

/** Additional information about the problems. */
export interface AlsoTold {
  /** Checks that were not made yet, so that more problems may follow. */
  readonly unchecked?: readonly string[];
}

/**
 * All problems in one error, followed by a note if more may follow. The engine shows only the message of a `RunError`,
 * without a stack trace.
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
    // A stack trace does not help to fix a setting, and mapping it to the sources would take the runner many seconds.
    this.stack = this.message;
  }
}

/**
 * A value in a form that may be shown: shortened, and URLs only up to the host, because the rest may be a credential.
 */
export function shown(value: unknown): string {
  const whole = value === undefined ? "nothing" : JSON.stringify(value, (_, inner: unknown) => withoutPaths(inner));
  const text = withoutCredentials(whole);
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}

/** Cuts a string after the host of its first URL: a webhook that was pasted with a line break continues after it. */
function withoutPaths(value: unknown): unknown {
  if (typeof value !== "string") return value;
  const cut = value.replace(
    /([a-z][a-z0-9+.-]*:\\?\/\\?\/|\bhooks\.slack\.)([^]*)$/i,
    (url, start: string, rest: string) => {
      const host = /^[^\s/?#\\"']*/.exec(rest)![0];
      return host === rest && !host.includes("@") ? url : `${start}${host.replace(/^.*@/, "")}/…`;
    },
  );
  // A string that lacks a slash is not a URL, but may still contain a password.
  return cut.replace(/\b([a-z][a-z0-9+.-]{0,20}:\/?)[^\s/:"',]{1,100}:[^\s"',]{0,200}@/gi, "$1…@");
}

/** The known name that was probably meant; undefined if none is similar. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  // The name may be a part of a longer one, such as `node-exporter` of `prometheus-node-exporter`.
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

/** The known names, most similar first. */
export function byDistance(name: string, known: readonly string[]): string[] {
  return [...known].sort((a, b) => distance(name, a) - distance(name, b) || a.localeCompare(b));
}
