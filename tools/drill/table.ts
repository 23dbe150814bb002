import { colors } from "../shared/colors";
import { drawTable } from "../shared/table";
import { heartbeatReceiverName } from "../../values/heartbeat-receiver";
import { toleranceSeconds } from "./bounds";
import { type DrillReport, exitCodes, type Stage, type Outcome, type Verdict } from "./report";

const verdictColors: Readonly<Record<Verdict, (text: string) => string>> = {
  ok: colors.green,
  early: colors.yellow,
  late: colors.yellow,
  failed: colors.red,
  unclear: colors.yellow,
};

const sentences: Readonly<Record<Outcome, string>> = {
  delivered: "Delivered, and in time",
  late: "Delivered, but late",
  failed: "NOT delivered",
  unclear: "Unknown whether it was delivered",
  interrupted: "Interrupted",
};

/** The report for a person. */
export function reportText(report: DrillReport): string {
  const table = drawTable(
    report.stages.map((one) => [one.name, secondsText(one), windowText(one), verdictColors[one.verdict](one.verdict)]),
    { head: ["stage", "took", "bound", ""], align: ["left", "right", "right", "left"] },
  );
  const { outcome } = report;
  const color = outcome === "delivered" ? colors.green : outcome === "failed" ? colors.red : colors.yellow;
  return [
    ...(report.stages.length > 0
      ? [table, `A stage counts as late when it took more than ${toleranceSeconds} s longer than its bound.`, ""]
      : []),
    ...report.proof.map((line) => `Evidence  ${line}`),
    ...(report.warnings ?? []).map((line) => `${colors.yellow("Warning")}   ${line}`),
    ...report.failures.map((line) => `${colors.red("Wrong")}     ${line}`),
    ...unprovenLines(report),
    color(`${sentences[outcome]}${whereTo(report)}. Exit code ${exitCodes[outcome]}.`),
  ].join("\n");
}

/** The receivers that got the message, named so that nobody thinks they were all receivers. */
function whereTo({ outcome, receivers }: DrillReport): string {
  const known = (outcome === "delivered" || outcome === "late") && receivers.length > 0;
  return known ? `, to ${receivers.join(", ")}` : "";
}

/** What this drill does not prove. */
function unprovenLines({ unproven }: DrillReport): string[] {
  if (unproven?.length === 0) return [];
  if (unproven === undefined)
    return ["Unproven  other receivers, if any: Alertmanager does not show its configuration."];
  const further = unproven.some((one) => !one.startsWith(`${heartbeatReceiverName} (`));
  return [`Unproven  ${unproven.join(", ")}${further ? ": see --receiver and --every-receiver" : ""}.`];
}

/** A window as text: `10.0 s`, `at most 60.0 s`, or `40.0 to 75.0 s`. */
function windowText({ window }: Pick<Stage, "window">): string {
  const [min, max] = [window.min.toFixed(1), window.max.toFixed(1)];
  if (min === max) return `${max} s`;
  return window.min === 0 ? `at most ${max} s` : `${min} to ${max} s`;
}

/** The duration of a stage as text: `10.2 s`, or a dash for a stage that was not completed. */
function secondsText({ from, to }: Pick<Stage, "from" | "to">): string {
  return to === undefined ? "-" : `${(to - from).toFixed(1)} s`;
}
