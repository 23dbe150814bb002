import * as fs from "node:fs/promises";
import * as path from "node:path";
import type { DrillReport } from "../tools/drill/report";
import type { Stage } from "./progress";
import type { SecretScan } from "./secrets/scan";
import type { Part } from "./stand-ins/plugins";

/** What a run did and found, written to `.lab/report.json`. A key is added when the run reaches its stage. */
export interface Report {
  readonly startedAt: string;
  /** `passed`, or the failure. */
  result: string;
  readonly profile: string;
  /** The directory of the run's files. */
  readonly directory: string;
  parts: Record<string, Omit<Part, "name">>;
  stages: readonly Stage[];
  outputs?: Record<string, unknown>;
  up?: Readonly<Record<string, number>>;
  /** The number of resources by operation. If nothing changes, the only operation is `same`. */
  secondPreview?: Readonly<Record<string, number>>;
  /** The comment that a pull request with a small change would get. */
  comment?: string;
  drill?: DrillReport;
  /** The loss of a master that ran Prometheus and Alertmanager. */
  loss?: DrillReport;
  /** The Slack messages of the drill and the loss, as JSON. */
  slack?: readonly unknown[];
  secretScan?: SecretScan;
  /** Objects that still exist after destroy although they should not. */
  leftovers?: readonly string[];
  /** Objects that stay after destroy on purpose. */
  retained?: readonly string[];
}

/** The implementation of each part, by the part's name. */
export function partsByName(parts: readonly Part[]): Report["parts"] {
  return Object.fromEntries(parts.map(({ name, ...rest }) => [name, rest]));
}

/** Writes the report into the run's directory, and to `latestFile` as the newest report. */
export async function writeReport(report: Report, latestFile: string): Promise<void> {
  const text = `${JSON.stringify(report, null, 2)}\n`;
  await fs.writeFile(path.join(report.directory, "report.json"), text);
  // The complete file is renamed to `latestFile`, so that this is never a mixture, even if two runs end together.
  const temporary = `${latestFile}.${process.pid}`;
  await fs.writeFile(temporary, text);
  await fs.rename(temporary, latestFile);
}
