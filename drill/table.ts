import Table from "cli-table3";
import pc from "picocolors";
import { toleranceSeconds } from "./bounds";
import { type DrillReport, exitCodes, type Outcome, type Verdict } from "./report";
import { secondsText, windowText } from "./texts";

const colors: Readonly<Record<Verdict, (text: string) => string>> = {
  ok: pc.green,
  early: pc.yellow,
  late: pc.yellow,
  failed: pc.red,
  unclear: pc.yellow,
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
    table.push([one.name, secondsText(one), windowText(one), colors[one.verdict](one.verdict)]);
  }
  const { outcome } = report;
  const color = outcome === "delivered" ? pc.green : outcome === "failed" ? pc.red : pc.yellow;
  return [
    ...(report.legs.length > 0
      ? [table.toString(), `A leg is late beyond its bound and ${toleranceSeconds} s.`, ""]
      : []),
    ...report.proof.map((line) => `Shown by  ${line}`),
    ...report.faults.map((line) => `${pc.red("Wrong")}     ${line}`),
    color(`${sentences[outcome]} Exit code ${exitCodes[outcome]}.`),
  ].join("\n");
}
