import type { DrillEvent } from "./drill";

const TITLES: Readonly<Record<DrillEvent["event"], string>> = {
  node_stopped: "node stops",
  pending: "pending",
  firing: "firing",
  slack_firing: "in Slack",
  node_started: "node starts",
  slack_resolved: "resolved in Slack",
};

/** The drill as a picture of plain characters: one line an event, one column so many seconds. */
export function drawTimeline(events: readonly DrillEvent[], width = 60): string {
  const total = Math.max(events.at(-1)?.secondsSinceStop ?? 0, 1);
  const column = (seconds: number) => Math.round((seconds / total) * (width - 1));
  const lines = events.map((event, index) => {
    const at = column(event.secondsSinceStop);
    const before = column(events[index - 1]?.secondsSinceStop ?? 0);
    const bar = `${" ".repeat(before)}${"─".repeat(Math.max(at - before, 0))}●`.padEnd(width);
    return `${TITLES[event.event].padEnd(18)} ${bar} ${event.secondsSinceStop.toFixed(1).padStart(6)} s`;
  });
  return [...lines, axis(total, width)].join("\n");
}

function axis(total: number, width: number): string {
  const step = tickStep(total);
  const ruler = [..." ".repeat(width + 6)];
  for (let seconds = 0; seconds <= total; seconds += step) {
    const at = Math.round((seconds / total) * (width - 1));
    [...`${seconds}s`].forEach((letter, index) => (ruler[at + index] = letter));
  }
  return `${" ".repeat(19)}${ruler.join("").trimEnd()}`;
}

/** Six to twelve ticks, of round numbers. */
function tickStep(total: number): number {
  return [1, 2, 5, 10, 15, 30, 60, 120, 300].find((step) => total / step <= 12) ?? 600;
}

/** The same picture as a file that a browser shows. */
export function timelineSvg(events: readonly DrillEvent[]): string {
  const total = Math.max(events.at(-1)?.secondsSinceStop ?? 0, 1);
  const [left, plot, row] = [150, 600, 30];
  const x = (seconds: number) => (left + (seconds / total) * plot).toFixed(1);
  const height = row * (events.length + 1) + 20;
  const rows = events.map((event, index) => {
    const y = row * index + 25;
    const color = event.event === "slack_firing" ? "#a30200" : event.event === "slack_resolved" ? "#2eb886" : "#36556b";
    return [
      `<text x="10" y="${y + 4}">${TITLES[event.event]}</text>`,
      `<line x1="${x(events[index - 1]?.secondsSinceStop ?? 0)}" y1="${y}" x2="${x(event.secondsSinceStop)}" y2="${y}" stroke="${color}" stroke-width="3"/>`,
      `<circle cx="${x(event.secondsSinceStop)}" cy="${y}" r="6" fill="${color}"/>`,
      `<text x="${left + plot + 20}" y="${y + 4}">${event.secondsSinceStop.toFixed(1)} s</text>`,
    ].join("");
  });
  const ticks: string[] = [];
  for (let seconds = 0; seconds <= total; seconds += tickStep(total)) {
    ticks.push(
      `<line x1="${x(seconds)}" y1="10" x2="${x(seconds)}" y2="${height - 25}" stroke="#dde3e8"/>`,
      `<text x="${x(seconds)}" y="${height - 8}" text-anchor="middle" fill="#667">${seconds} s</text>`,
    );
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${left + plot + 90}" height="${height}" font-family="sans-serif" font-size="13">`,
    `<rect width="100%" height="100%" fill="white"/>`,
    ...ticks,
    ...rows,
    `</svg>`,
    "",
  ].join("\n");
}
