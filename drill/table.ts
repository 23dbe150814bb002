import Table from "cli-table3";
import { colors } from "../tools/shared/colors";
import { toleranceSeconds } from "./bounds";
import { type DrillReport, exitCodes, type Outcome, type Verdict } from "./report";
import { secondsText, windowText } from "./texts";

const verdictColors: Readonly<Record<Verdict, (text: string) => string>> = {
  ok: colors.green,
  early: colors.yellow,
  late: colors.yellow,
  failed: colors.red,
  unclear: colors.yellow,
};

const sentences: Readonly<Record<Outcome, string>> = {
  delivered: "Delivered, and in time.",
  late: "Delivered, but late.",
  failed: "NOT delivered.",
  unclear: "It cannot be told whether it was delivered.",
  interrupted: "Interrupted.",
};

/** The report as a person reads it. */
export function reportText(report: DrillReport): string {
  const table = new Table({
    head: ["leg", "took", "bound", ""],
    style: { head: [], border: [] },
    colAligns: ["left", "right", "right", "left"],
  });
  for (const one of report.legs) {
    table.push([one.name, secondsText(one), windowText(one), verdictColors[one.verdict](one.verdict)]);
  }
  const { outcome } = report;
  const color = outcome === "delivered" ? colors.green : outcome === "failed" ? colors.red : colors.yellow;
  return [
    ...(report.legs.length > 0
      ? [table.toString(), `A leg is late beyond its bound and ${toleranceSeconds} s.`, ""]
      : []),
    ...report.proof.map((line) => `Shown by  ${line}`),
    ...(report.warnings ?? []).map((line) => `${colors.yellow("Warning")}   ${line}`),
    ...report.faults.map((line) => `${colors.red("Wrong")}     ${line}`),
    color(`${sentences[outcome]} Exit code ${exitCodes[outcome]}.`),
  ].join("\n");
}
