import { markdown, median } from "../markdown";

/** What was seen while one thing was changed. */
export interface Window {
  readonly change: string;
  /** The longest time without an evaluation that was told, beyond the evaluations' interval, in seconds. */
  readonly silentSeconds: number;
  /** Alerts that began in that time, and those of them that were told. */
  readonly begun: number;
  readonly told: number;
  /** The longest that one of them took, from the target's end to its message, in seconds. */
  readonly slowestSeconds: number;
  /** Signs of life: the longest time between two, in seconds. */
  readonly beatSeconds: number;
  /** What `up` took, in seconds. */
  readonly upSeconds: number;
}

/** The longest time between two of the moments, and before the first and after the last, in milliseconds. */
export function longestGap(moments: readonly number[], from: number, to: number): number {
  const marks = [from, ...moments.filter((at) => at >= from && at <= to).sort((a, b) => a - b), to];
  return Math.max(...marks.slice(1).map((mark, index) => mark - marks[index]!));
}

/** The table of docs/benchmarks.md: a line for each kind of change, over all rounds. */
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
  const head = ["what changes", "times", "alerting silent, s: median / longest", "alerts begun meanwhile", "lost"];
  const timed = ["told after, s: median / latest", "between signs of life, s", "`up`, s"];
  return markdown([...head, ...timed], rows);
}

/** Seconds that commands took, of one program. */
export interface CommandTimes {
  readonly program: string;
  readonly resources: number;
  readonly previews: readonly number[];
  readonly ups: readonly number[];
}

/** What each took against the first of them. */
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
