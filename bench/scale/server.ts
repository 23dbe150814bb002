/** A Prometheus with this program's configuration and rules, which scrapes the synthetic targets. */
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { withFlag, withMappedPaths } from "../../lab/nodes/arguments";
import { type Child, startChild } from "../../lab/processes/child";
import { freePort, waitForHttp } from "../../lab/processes/ports";
import type { RenderedProgram } from "../alerts/rendered";
import { type Target, writePath } from "./targets";

/** The changes to the configuration that the chart renders; docs/benchmarks.md has the same list. */
export const changes = [
  "the targets are static, with the labels that discovery would give them, and reached by HTTP through one proxy",
  "jobs that would find nothing have no targets",
  "the receivers of alerts and of remote write have other addresses",
  "paths and the listen address",
] as const;

/** Keys of a job that need a cluster. */
const ofDiscovery = new Set(["kubernetes_sd_configs", "tls_config", "bearer_token_file", "scheme"]);

interface Job {
  readonly job_name: string;
}

interface PrometheusYml {
  readonly rule_files: readonly string[];
  readonly scrape_configs: readonly Job[];
  readonly remote_write?: readonly object[];
}

export interface Server {
  readonly url: string;
  readonly child: Child;
}

/** Starts Prometheus as the pod would, with one processor. `environment` has more variables of the process. */
export async function startServer(o: {
  readonly command: string;
  readonly directory: string;
  readonly rendered: RenderedProgram;
  /** More flags of Prometheus. */
  readonly flags: readonly string[];
  readonly targets: readonly Target[];
  readonly proxyUrl: string;
  readonly environment: Readonly<Record<string, string>>;
}): Promise<Server> {
  const port = await freePort();
  const toHost = (file: string) => {
    for (const [root, folder] of Object.entries({ "/etc/config": "config", "/data": "data" }))
      if (file === root || file.startsWith(`${root}/`)) return path.join(o.directory, folder, file.slice(root.length));
    return file;
  };
  const { "prometheus.yml": text = "", ...rules } = o.rendered.files;
  const files = { ...rules, "prometheus.yml": changed(text, `127.0.0.1:${port}`, o, toHost) };
  await fs.mkdir(path.join(o.directory, "config"), { recursive: true });
  for (const [name, content] of Object.entries(files))
    await fs.writeFile(path.join(o.directory, "config", name), content);
  const child = startChild({
    name: `Prometheus in ${path.basename(o.directory)}`,
    command: o.command,
    args: withFlag(
      [...withMappedPaths(o.rendered.args, toHost), ...o.flags],
      "--web.listen-address",
      `127.0.0.1:${port}`,
    ),
    cwd: o.directory,
    // With a limit of one processor, Prometheus uses one; 75 is its own setting for the garbage collector.
    env: { PATH: process.env.PATH, GOGC: "75", GOMAXPROCS: "1", ...o.environment },
    logFile: path.join(o.directory, "prometheus.log"),
  });
  const url = `http://127.0.0.1:${port}`;
  try {
    await waitForHttp(`${url}/-/ready`, { child, timeoutMs: 300_000 });
  } catch (error) {
    await child.stop();
    throw error;
  }
  return { url, child };
}

function changed(
  text: string,
  own: string,
  { targets, proxyUrl }: { readonly targets: readonly Target[]; readonly proxyUrl: string },
  toHost: (file: string) => string,
): string {
  const rendered = parse(text) as PrometheusYml & Record<string, unknown>;
  const jobs = rendered.scrape_configs.map((job) => {
    const kept = Object.fromEntries(Object.entries(job).filter(([key]) => !ofDiscovery.has(key)));
    const found = targets.filter((target) => target.job === job.job_name);
    const isOwn = job.job_name === "prometheus";
    const configs = found.map(({ address, labels }) => ({ targets: [address], labels }));
    return {
      ...kept,
      ...(!isOwn && { proxy_url: proxyUrl }),
      static_configs: isOwn ? [{ targets: [own] }] : configs,
    };
  });
  return stringify({
    ...rendered,
    rule_files: rendered.rule_files.map(toHost),
    alerting: { alertmanagers: [{ static_configs: [{ targets: [new URL(proxyUrl).host] }] }] },
    scrape_configs: jobs,
    ...(rendered.remote_write && {
      remote_write: rendered.remote_write.map((remote) => ({ ...remote, url: `${proxyUrl}${writePath}` })),
    }),
  });
}
