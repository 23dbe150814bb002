import type { DrillReport, Stage, Verdict } from "../report";

/**
 * Dark colors on a light background; a stage that never ended also gets a cross, so that nothing is shown by color
 * only.
 */
const verdictColors: Readonly<Record<Verdict, string>> = {
  ok: "#1a7f4b",
  early: "#8a6d00",
  late: "#c2570c",
  failed: "#b42318",
  unclear: "#8a6d00",
};
const [ink, faint, grid] = ["#1f2933", "#5c6773", "#eceff3"];
const windowStyle = 'fill="#d3e2f4" stroke="#9bb4d3" rx="2"';
const averageStyle = 'stroke="#3d5a80" stroke-width="2" stroke-dasharray="4,3"';

const width = 1000;
const rowHeight = 46;
const [top, bottom, left, right] = [100, 104, 250, 100];

const origins: Readonly<Record<DrillReport["kind"], string>> = {
  alert: "the alert was raised",
  node: "the last good scrape",
};

const outcomes: Readonly<Record<DrillReport["outcome"], string>> = {
  delivered: "delivered in time",
  late: "delivered, but late",
  failed: "NOT delivered",
  unclear: "unknown",
  interrupted: "interrupted",
};

/** Draws the stages of a drill from top to bottom, each with its window, on an axis of seconds. */
export function drawSvg(report: DrillReport): string {
  const { stages, startedAt, environment, cluster, outcome, kind, subject, origin = origins[kind] } = report;
  const end = Math.max(1, ...stages.map(({ from, to, window }) => Math.max(to ?? from, from + window.max)));
  const step = tickStep(end);
  const last = Math.ceil((end * 1.01) / step) * step;
  const x = (seconds: number) => left + (seconds / last) * (width - left - right);
  const axis = top + rowHeight * Math.max(stages.length, 1);
  const height = axis + bottom;
  const where = [environment, cluster].filter((part) => part !== undefined).join(", ");
  const when = startedAt.replace("T", " ").replace(/(\.\d+)?Z$/, " UTC");
  const facts = [...(where === "" ? [] : [where]), when, outcomes[outcome]].join("   ·   ");
  const ticks = Array.from({ length: last / step + 1 }, (_, index) => index * step);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="DejaVu Sans, Verdana, sans-serif">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text(20, 32, cut(subject, 72), `font-size="20" font-weight="bold" fill="${ink}"`),
    text(20, 62, cut(facts, 115), `font-size="13" fill="${faint}"`),
    ...ticks.flatMap((seconds) => [
      line(x(seconds), top, x(seconds), axis, `stroke="${grid}"`),
      text(x(seconds), axis + 16, String(seconds), `font-size="12" text-anchor="middle" fill="${faint}"`),
    ]),
    line(left, top, left, axis, `stroke="${faint}"`),
    line(left, axis, width - right, axis, `stroke="${faint}"`),
    text(
      (left + width - right) / 2,
      axis + 40,
      `seconds since ${origin}`,
      `font-size="13" text-anchor="middle" fill="${faint}"`,
    ),
    ...stages.flatMap((stage, row) => drawStage(stage, top + rowHeight * (row + 0.5), x)),
    ...key(height - 26),
    "</svg>",
    "",
  ].join("\n");
}

/** One row: the stage's name, its window, its average, how long it took, and when it ended. */
function drawStage({ name, from, to, window, average, verdict }: Stage, y: number, x: (seconds: number) => number) {
  const color = verdictColors[verdict];
  const [opens, closes] = [x(from + window.min), x(from + window.max)];
  const took = to === undefined ? "–" : `${(to - from).toFixed(1)} s`;
  const mean = average === undefined ? [] : [line(x(from + average), y - 15, x(from + average), y + 15, averageStyle)];
  return [
    line(left, y + rowHeight / 2, width - right, y + rowHeight / 2, `stroke="${grid}"`),
    text(
      left - 14,
      y,
      cut(`${name.charAt(0).toUpperCase()}${name.slice(1)}`, 29),
      `font-size="13" text-anchor="end" fill="${ink}"`,
    ),
    // A window of zero length is drawn 3 pixels wide.
    rect(opens, y - 12, Math.max(closes - opens, 3), 24, windowStyle),
    ...mean,
    ...(to === undefined
      ? cross(x(from), y, color)
      : [rect(x(from), y - 4, Math.max(x(to) - x(from), 1), 8, `fill="${color}"`), dot(x(to), y, color)]),
    text(width - right + 14, y, took, `font-size="14" font-weight="bold" fill="${verdict === "ok" ? ink : color}"`),
  ];
}

/** The legend, in one line below the axis. */
function key(y: number): string[] {
  const label = (x: number, words: string) => text(x, y, words, `font-size="12" fill="${faint}"`);
  return [
    rect(250, y - 8, 26, 16, windowStyle),
    label(284, "allowed"),
    line(373, y - 10, 373, y + 10, averageStyle),
    label(394, "average"),
    dot(518, y, verdictColors.ok),
    label(539, "in time"),
    dot(618, y, verdictColors.late),
    label(639, "late"),
    label(691, "× never ended"),
  ];
}

function cross(x: number, y: number, color: string): string[] {
  const style = `stroke="${color}" stroke-width="4" stroke-linecap="round"`;
  return [line(x + 2, y - 6, x + 14, y + 6, style), line(x + 2, y + 6, x + 14, y - 6, style)];
}

function dot(x: number, y: number, color: string): string {
  return `<circle cx="${x}" cy="${y}" r="7" fill="${color}" stroke="#ffffff" stroke-width="2"/>`;
}

function rect(x: number, y: number, wide: number, high: number, style: string): string {
  return `<rect x="${x}" y="${y}" width="${wide}" height="${high}" ${style}/>`;
}

function line(x1: number, y1: number, x2: number, y2: number, style: string): string {
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" ${style}/>`;
}

function text(x: number, y: number, words: string, style: string): string {
  const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
  const escaped = words.replaceAll(/[&<>]/g, (letter) => entities[letter]!);
  return `<text x="${x}" y="${y}" dominant-baseline="central" xml:space="preserve" ${style}>${escaped}</text>`;
}

/** The step between two numbers on the axis, in seconds; there are at most twelve numbers. */
function tickStep(seconds: number): number {
  return [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600].find((one) => seconds / one <= 12) ?? 3600;
}

function cut(words: string, length: number): string {
  return words.length > length ? `${words.slice(0, length - 1)}…` : words;
}
