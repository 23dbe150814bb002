import * as fs from "node:fs/promises";
import * as path from "node:path";
import type { DrillReport } from "../tools/drill/report";
import type { Stage } from "./progress";
import type { SecretScan } from "./secrets/scan";
import type { Part } from "./stand-ins/plugins";

/** What a run did and showed; `.lab/report.json`. Keys appear as the run gets there. */
export interface Report {
  readonly startedAt: string;
  /** `passed`, or what failed. */
  result: string;
  readonly profile: string;
  /** Where the run's files are. */
  readonly directory: string;
  parts: Record<string, Omit<Part, "name">>;
  stages: readonly Stage[];
  outputs?: Record<string, unknown>;
  up?: Readonly<Record<string, number>>;
  /** Operation to number of resources; only `same` when nothing changes. */
  secondPreview?: Readonly<Record<string, number>>;
  /** The comment that a pull request with a small change would get. */
  comment?: string;
  drill?: DrillReport;
  /** What the drill posted to Slack, as JSON. */
  slack?: readonly unknown[];
  secretScan?: SecretScan;
  /** Still there after destroy and not meant to be. */
  leftovers?: readonly string[];
  /** Stays after destroy on purpose. */
  retained?: readonly string[];
}

/** Part name to what plays it. */
export function partsByName(parts: readonly Part[]): Report["parts"] {
  return Object.fromEntries(parts.map(({ name, ...rest }) => [name, rest]));
}

/** Writes the report into the run's directory, and as the newest one to `latestFile`. */
export async function writeReport(report: Report, latestFile: string): Promise<void> {
  const text = `${JSON.stringify(report, null, 2)}\n`;
  await fs.writeFile(path.join(report.directory, "report.json"), text);
  // Renamed into place: of two runs that end together, one is there as a whole.
  const temporary = `${latestFile}.${process.pid}`;
  await fs.writeFile(temporary, text);
  await fs.rename(temporary, latestFile);
}
