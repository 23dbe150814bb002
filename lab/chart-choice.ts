import * as fs from "node:fs/promises";
import * as path from "node:path";
import { parse } from "yaml";
import { run } from "./programs/command";
import { projectRoot } from "./run-directory";
import type { Part } from "./stand-ins/plugins";

/** The chart that a run uses. */
export interface ChartChoice {
  /**
   * The path or URL of the chart for `alerting:chart`. `undefined` means the program's default, which is the chart's
   * repository.
   */
  readonly source: string | undefined;
  readonly part: Part;
}

const standIn = path.join(__dirname, "stand-ins", "chart");

/** Uses the real chart if LAB_CHART names one. Otherwise uses the stand-in, unless stand-ins are forbidden. */
export async function chooseChart(options: { chart: string | undefined; never: boolean }): Promise<ChartChoice> {
  if (options.chart !== undefined && options.chart !== "") {
    const source = path.resolve(options.chart);
    return {
      source: fromProject(source),
      part: { name: "chart", kind: "real", version: await chartVersion(source), note: "LAB_CHART" },
    };
  }
  if (options.never) {
    const note = "from its repository";
    return { source: undefined, part: { name: "chart", kind: "real", version: "as pinned", note } };
  }
  const version = await chartVersion(standIn);
  return {
    source: fromProject(standIn),
    part: { name: "chart", kind: "stand-in", version, note: "same names, labels, ports and values" },
  };
}

/** The path of a file relative to the project's folder, because the program accepts no absolute path. */
const fromProject = (file: string) => `./${path.relative(projectRoot, file)}`;

async function chartVersion(source: string): Promise<string> {
  const stat = await fs.stat(source).catch(() => undefined);
  if (stat === undefined) {
    throw new Error(`LAB_CHART is ${source}, which does not exist. It names a chart's directory or its .tgz file.`);
  }
  const text = stat.isDirectory()
    ? await fs.readFile(path.join(source, "Chart.yaml"), "utf8")
    : (await run("tar", ["-xzOf", source, "prometheus/Chart.yaml"], { env: process.env })).stdout;
  const { name, version } = parse(text) as { name?: string; version?: string };
  if (name !== "prometheus" || version === undefined) {
    throw new Error(`LAB_CHART is ${source}, which holds the chart "${String(name)}" and not "prometheus".`);
  }
  return version;
}
