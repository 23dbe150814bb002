import * as fs from "node:fs/promises";
import * as path from "node:path";
import { startChild } from "../../lab/processes/child";
import { waitForHttp } from "../../lab/processes/ports";
import { programPath } from "../../lab/programs/find";
import type { Programs } from "../../lab/programs/program";
import { configurationOf } from "./configuration";
import type { DeploymentPlaces } from "./configuration";
import type { RenderedProfile } from "./rendered";

/** A running Prometheus with its Alertmanager. */
export interface Pair {
  readonly prometheus: string;
  /** Stops both programs and deletes their data; the logs stay. */
  stop(): Promise<void>;
}

const START_MS = 120_000;

/** Starts both programs with new data directories. */
export async function startPair(
  rendered: RenderedProfile,
  places: DeploymentPlaces,
  programs: Programs,
): Promise<Pair> {
  const { files, prometheusArgs, alertmanagerArgs } = configurationOf(rendered, places);
  for (const [file, text] of Object.entries(files)) {
    await fs.mkdir(path.dirname(file), { recursive: true });
    await fs.writeFile(file, text, { mode: 0o600 });
  }
  const start = (name: "prometheus" | "alertmanager", args: readonly string[]) =>
    startChild({
      name: `${name} of ${path.basename(places.directory)}`,
      command: programPath(programs, name),
      args,
      cwd: places.directory,
      logFile: path.join(places.directory, `${name}.log`),
    });
  const alertmanager = start("alertmanager", alertmanagerArgs);
  const prometheus = start("prometheus", prometheusArgs);
  const stop = async () => {
    await Promise.all([prometheus.stop(), alertmanager.stop()]);
    const data = ["tsdb", "notifications", "secrets"].map((folder) => path.join(places.directory, folder));
    await Promise.all(data.map((folder) => fs.rm(folder, { recursive: true, force: true })));
  };
  try {
    await waitForHttp(`http://${places.alertmanager}/-/ready`, { child: alertmanager, timeoutMs: START_MS });
    await waitForHttp(`http://${places.prometheus}/-/ready`, { child: prometheus, timeoutMs: START_MS });
  } catch (error) {
    await stop();
    throw error;
  }
  return { prometheus: `http://${places.prometheus}`, stop };
}
