import { firingBounds, resolvedBounds, wholeEvaluations, type Window } from "../tools/drill/bounds";
import { type DrillReport, stage, outcomeOf } from "../tools/drill/report";
import { type AlertTimes, type DrillEvent, eventTitles, timingOf } from "./drill";

/** The drill as a picture of plain characters: one line an event, one column so many seconds. */
export function drawTimeline(events: readonly DrillEvent[], width = 50): string {
  const total = Math.max(events.at(-1)?.secondsSinceStop ?? 0, 1);
  const column = (seconds: number) => Math.round((seconds / total) * (width - 1));
  const lines = events.map((event, index) => {
    const at = column(event.secondsSinceStop);
    const before = column(events[index - 1]?.secondsSinceStop ?? 0);
    const bar = `${" ".repeat(before)}${"─".repeat(Math.max(at - before, 0))}●`.padEnd(width);
    return `${eventTitles[event.event].padEnd(18)} ${bar} ${event.secondsSinceStop.toFixed(1).padStart(6)} s`;
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

const STAGES: Readonly<Partial<Record<DrillEvent["event"], string>>> = {
  pending: "scrape and pending",
  firing: "firing",
  slack_firing: "group wait and Slack",
  slack_resolved: "resolved in Slack",
};

/** The drill as the drill on a living stack reports it, so that both have the same picture. */
export function drillReport(
  drill: { readonly node: string; readonly events: readonly DrillEvent[] },
  times: AlertTimes,
): DrillReport {
  const { evaluation, scrape, groupWait } = times;
  const hold = wholeEvaluations(times.down, evaluation);
  const windows: Readonly<Partial<Record<DrillEvent["event"], Window>>> = {
    pending: { min: 0, max: scrape + evaluation },
    firing: { min: hold, max: hold },
    slack_firing: { min: groupWait, max: groupWait },
    slack_resolved: resolvedBounds(timingOf(times)),
  };
  const stages = drill.events.flatMap(({ event, secondsSinceStop }, index) => {
    const [name, window] = [STAGES[event], windows[event]];
    const before = drill.events[index - 1]?.secondsSinceStop ?? 0;
    return name === undefined || window === undefined ? [] : [stage(name, before, secondsSinceStop, window)];
  });
  const told = drill.events.find(({ event }) => event === "slack_firing")?.secondsSinceStop;
  const whole = told === undefined ? [] : [stage("stop to message", 0, told, firingBounds(timingOf(times), "reset"))];
  const at = stages.findIndex(({ name }) => name === STAGES.slack_resolved);
  const all = at < 0 ? [...stages, ...whole] : [...stages.slice(0, at), ...whole, ...stages.slice(at)];
  return {
    kind: "lab",
    id: drill.node,
    subject: `InstanceDown of ${drill.node}`,
    startedAt: drill.events[0]?.at ?? new Date(0).toISOString(),
    way: "the lab",
    receivers: ["slack"],
    stages: all,
    outcome: outcomeOf(all),
    proof: [],
    failures: [],
  };
}
