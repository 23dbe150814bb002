/**
 * The text that an exporter serves, as a template: it can be served under the name of any node, and its counters grow.
 */

/** The place of a node's name in a template. Names of nodes have the same length, so labels keep their lengths. */
export const placeholder = "n00000";

/** The name that replaces the placeholder for the node with this number. */
export function nameOf(node: number): string {
  return `n${String(node).padStart(placeholder.length - 1, "0")}`;
}

/** Gauges whose value is the present time. */
const clocks = new Set(["node_time_seconds", "container_last_seen"]);
/** Gauges that change a little all the time; every other gauge keeps its value. */
const wavering = /memory|memstats|_load\d+$/;
const sample = /^([a-zA-Z_:][\w:]*)(\{.*\})? (\S+)$/;

type Kind = "constant" | "counter" | "wavering" | "clock";

interface Part {
  /** The text before the value. */
  readonly before: string;
  readonly kind: Kind;
  readonly value: number;
}

/** An exporter's text, split at the values that change. */
export class Exposition {
  /** The number of series. */
  readonly series: number;
  private readonly parts: Part[] = [];
  private readonly end: string;

  /** `ageSeconds` says how long the counters have been growing to their values, which decides how fast they grow. */
  constructor(
    text: string,
    private readonly ageSeconds: number,
  ) {
    const types = new Map<string, string>();
    let [series, before] = [0, ""];
    for (const line of text.split("\n")) {
      const [, name, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
      if (name !== undefined && type !== undefined) types.set(name, type);
      const [, metric, labels = "", value] = sample.exec(line) ?? [];
      if (metric === undefined || value === undefined) {
        before += line === "" ? "" : `${line}\n`;
        continue;
      }
      series++;
      const kind = kindOf(metric, labels, types);
      before += `${metric}${labels} `;
      if (kind === "constant" || !Number.isFinite(Number(value))) {
        before += `${value}\n`;
        continue;
      }
      this.parts.push({ before, kind, value: Number(value) });
      before = "\n";
    }
    this.series = series;
    this.end = before;
  }

  /** The text for a node at a moment, which is given in seconds since the start. */
  render(node: string, seconds: number): string {
    const grown = 1 + seconds / this.ageSeconds;
    const wave = 1 + Math.sin(seconds / 37) / 50;
    const now = String(Date.now() / 1000);
    const text = this.parts
      .map(({ before, kind, value }) => {
        if (kind === "clock") return before + now;
        const moved = value * (kind === "counter" ? grown : wave);
        return before + String(Number.isInteger(value) ? Math.floor(moved) : moved);
      })
      .join("");
    return (text + this.end).replaceAll(placeholder, node);
  }
}

function kindOf(metric: string, labels: string, types: ReadonlyMap<string, string>): Kind {
  if (clocks.has(metric)) return "clock";
  const type = types.get(metric) ?? types.get(metric.replace(/_(bucket|sum|count)$/, ""));
  if (type === "counter" || type === "histogram") return "counter";
  if (type === "summary") return labels.includes('quantile="') ? "constant" : "counter";
  return wavering.test(metric) ? "wavering" : "constant";
}
