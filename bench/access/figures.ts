import { markdown, median } from "../markdown";

/** The measurements taken during one change. */
export interface Window {
  readonly change: string;
  /** The longest time without an evaluation that led to a message, minus the evaluation interval, in seconds. */
  readonly silentSeconds: number;
  /** How many alerts began during the change, and how many of them reached the receiver. */
  readonly begun: number;
  readonly told: number;
  /** The longest time in seconds from the moment a target goes down to the message about it. */
  readonly slowestSeconds: number;
  /** The longest time between two heartbeats, in seconds. */
  readonly beatSeconds: number;
  /** How long `up` took, in seconds. */
  readonly upSeconds: number;
}

/** The longest gap, in milliseconds: between two moments, before the first, or after the last. */
export function longestGap(moments: readonly number[], from: number, to: number): number {
  const marks = [from, ...moments.filter((at) => at >= from && at <= to).sort((a, b) => a - b), to];
  return Math.max(...marks.slice(1).map((mark, index) => mark - marks[index]!));
}

/** The table in docs/benchmarks.md: one row per kind of change, over all rounds. */
export function interruptionMarkdown(windows: readonly Window[]): string {
  const changes = [...new Set(windows.map(({ change }) => change))];
  const rows = changes.map((change) => {
    const of = windows.filter((window) => window.change === change);
    const sum = (key: "begun" | "told") => of.reduce((all, window) => all + window[key], 0);
    const range = (key: "silentSeconds" | "slowestSeconds" | "beatSeconds" | "upSeconds") => {
      const values = of.map((window) => window[key]);
      return `${median(values).toFixed(1)} / ${Math.max(...values).toFixed(1)}`;
    };
    const counts = [sum("begun"), sum("begun") - sum("told")];
    return [
      change,
      of.length,
      range("silentSeconds"),
      ...counts,
      range("slowestSeconds"),
      range("beatSeconds"),
      range("upSeconds"),
    ];
  });
  const head = ["change", "times", "alerting silent, s: median / longest", "alerts begun meanwhile", "lost"];
  const timed = ["message after, s: median / latest", "between heartbeats, s", "`up`, s"];
  return markdown([...head, ...timed], rows);
}

/** The times of commands with one program, in seconds. */
export interface CommandTimes {
  readonly program: string;
  readonly resources: number;
  readonly previews: readonly number[];
  readonly ups: readonly number[];
}

/** The times of each program compared with those of the first one. */
export function timesMarkdown(all: readonly CommandTimes[]): string {
  const [first] = all;
  const rows = all.map(({ program, resources, previews, ups }) => {
    const ratio = (values: readonly number[], of: readonly number[] = []) => (median(values) / median(of)).toFixed(2);
    const shown = (values: readonly number[]) =>
      `${median(values).toFixed(1)} (${Math.min(...values).toFixed(1)} to ${Math.max(...values).toFixed(1)})`;
    const [preview, up] = [ratio(previews, first?.previews), ratio(ups, first?.ups)];
    return [program, resources, shown(previews), preview, shown(ups), up];
  });
  return markdown(["program", "resources", "preview, s", "times", "`up` from nothing, s", "times"], rows);
}
