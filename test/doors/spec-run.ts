import * as fs from "node:fs/promises";
import * as path from "node:path";
import { startChild, type Child } from "../../lab/processes/child";
import type { Copy } from "./copy";

/** How one test ended. */
export interface TestResult {
  readonly title: string;
  readonly outcome: "passed" | "failed" | "skipped";
  /** The first line of what a failed test says. */
  readonly says: string;
  /** Whether it failed by an assertion, rather than by an error on the way to one. */
  readonly isAssertion: boolean;
}

/** What became of a run of one spec. */
export interface SpecRun {
  readonly tests: readonly TestResult[];
  /** Where there are fewer tests than were asked for: why, as far as mocha tells. */
  readonly trouble: string;
}

interface ReportedTest {
  readonly title: string;
  readonly err: { readonly message?: string; readonly name?: string; readonly code?: string };
}
interface Report {
  readonly tests: readonly ReportedTest[];
  readonly pending: readonly ReportedTest[];
  readonly failures: readonly ReportedTest[];
}

/** Runs the tests of one spec of a copy that have these titles. `started` gets the process, to stop it by. */
export async function runSpec(
  { root, logs }: Copy,
  spec: string,
  titles: readonly string[],
  started: (mocha: Child) => void,
): Promise<SpecRun> {
  const report = path.join(logs, "report.json");
  const logFile = path.join(logs, "mocha.log");
  await Promise.all([report, logFile].map((file) => fs.rm(file, { force: true })));
  const mocha = startChild({
    name: "mocha",
    command: process.execPath,
    args: [
      path.join("node_modules", "mocha", "bin", "mocha.js"),
      ...["--reporter", "json", "--reporter-option", `output=${report}`],
      ...["--grep", titles.map(escaped).join("|")],
      spec,
    ],
    cwd: root,
    logFile,
  });
  started(mocha);
  await mocha.exited;
  const read = await fs.readFile(report, "utf8").catch(() => undefined);
  if (read === undefined) return { tests: [], trouble: firstError(await fs.readFile(logFile, "utf8")) };
  const { tests, pending, failures } = JSON.parse(read) as Report;
  const named = tests.filter(({ title }) => titles.includes(title));
  const hooks = failures.filter(({ title }) => / hook(:| for )/.test(title));
  return {
    tests: named.map((test) => result(test, pending)),
    trouble: hooks.map(({ title, err }) => `${title}: ${firstLine(err.message)}`)[0] ?? "",
  };
}

function result({ title, err }: ReportedTest, pending: readonly ReportedTest[]): TestResult {
  const failed = err.message !== undefined;
  return {
    title,
    outcome: pending.some((one) => one.title === title) ? "skipped" : failed ? "failed" : "passed",
    says: firstLine(err.message),
    isAssertion: err.code === "ERR_ASSERTION" || err.name === "AssertionError",
  };
}

const firstLine = (text = "") => text.trim().split("\n")[0]!;
const escaped = (title: string) => title.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Of what mocha wrote before it gave up: the error, without where it was thrown. */
function firstError(log: string): string {
  const said = log.trim().split(/\n\s+at /)[0]!;
  return said.replace(/^Exception during run: /, "").replace(/\s+/g, " ") || "mocha said nothing.";
}
