import { mkdir, writeFile } from "node:fs/promises";
import * as path from "node:path";
import { stringify } from "yaml";
import { withCredentialFiles } from "../../../alertmanager/credentials";
import { prometheusValues } from "../../../values/prometheus-values";
import { rewritePathsOnly } from "../../../lab/nodes/config-file-changes";
import { type Child, startChild } from "../../../lab/processes/child";
import { freePort, waitForHttp } from "../../../lab/processes/ports";
import { getText } from "../../../lab/web";
import { programPath, type Programs } from "../../../lab/programs/find";
import { requireValid } from "../../../config";
import { configuration, type Values } from "../settings";

/** A program that runs on this machine, without a cluster. */
export interface Started {
  readonly origin: string;
  readonly child: Child;
}

export interface PlainOptions {
  readonly programs: Programs;
  /** The program's own directory, created for it. */
  readonly directory: string;
  /** Values of `alerting:`, merged into the minimal configuration. */
  readonly values?: Values;
  /** Variables of the program's environment, in addition to those of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The path of a webhook of the lab's Slack. */
export const WEBHOOK = "/services/T000/B000/example";

/**
 * Starts Alertmanager with the configuration and templates that the program builds. The webhook is in a file, as in
 * Alertmanager's pod.
 */
export async function startAlertmanager(
  options: PlainOptions & {
    webhookUrl: string;
    /** Credentials of additional receivers, by name. */
    credentials?: Readonly<Record<string, string>>;
  },
): Promise<Started> {
  const { directory } = options;
  const credentials = Object.entries(options.credentials ?? {});
  const whole = configuration(
    { ...options.values, ...(options.credentials && { credentials: options.credentials }) },
    { isSecret: (key) => /slackWebhookUrl|credentials/.test(key) },
  );
  const { config, templates, extraArgs } = prometheusValues(requireValid(whole).settings).alertmanager;
  await mkdir(path.join(directory, "secrets"), { recursive: true });
  await mkdir(path.join(directory, "etc"), { recursive: true });
  const toHost = (inPod: string) =>
    inPod.startsWith("/etc/alertmanager/")
      ? path.join(directory, "etc", path.basename(inPod))
      : /^\/etc\/alertmanager-(secrets|credentials)\//.test(inPod)
        ? path.join(directory, "secrets", path.basename(inPod))
        : inPod;
  for (const [name, secret] of [["webhook-url", options.webhookUrl], ...credentials] as const) {
    await writeFile(path.join(directory, "secrets", name), secret, { mode: 0o600 });
  }
  for (const [name, text] of Object.entries(templates)) await writeFile(path.join(directory, "etc", name), text);
  const file = path.join(directory, "alertmanager.yml");
  await writeFile(file, rewritePathsOnly(stringify(withCredentialFiles(config)), { toHost }));
  return started(options, "alertmanager", [
    `--config.file=${file}`,
    `--storage.path=${path.join(directory, "data")}`,
    // The `web.` arguments are left out, because the password file exists only in the pod.
    ...Object.entries(extraArgs).flatMap(([name, value]) => (name.startsWith("web.") ? [] : [`--${name}=${value}`])),
  ]);
}

/** Starts Prometheus with the rules that the program builds and the given scrape jobs. */
export async function startPrometheus(
  options: PlainOptions & {
    /** Scrape jobs, or functions that return a scrape job for Prometheus' own address. */
    scrapeConfigs: readonly (object | ((self: string) => object))[];
    alertmanager?: string;
    rules?: readonly object[];
    /** Additional arguments. */
    args?: readonly string[];
    /** The file with the credential of the long-term engine. */
    credentialFile?: string;
  },
): Promise<Started> {
  const { directory } = options;
  const whole = configuration(options.values, { isSecret: (key) => /slackWebhookUrl|credentials/.test(key) });
  const { server, serverFiles } = prometheusValues(requireValid(whole).settings);
  const remoteWrite = "remoteWrite" in server ? server.remoteWrite : undefined;
  const toHost = (inPod: string) => (inPod.endsWith("/credential") ? (options.credentialFile ?? inPod) : inPod);
  await mkdir(directory, { recursive: true });
  const file = path.join(directory, "prometheus.yml");
  const rules = path.join(directory, "rules.yml");
  await writeFile(
    rules,
    stringify({ groups: [...serverFiles["alerting_rules.yml"].groups, ...(options.rules ?? [])] }),
  );
  const port = await freePort();
  const targets = options.alertmanager === undefined ? [] : [new URL(options.alertmanager).host];
  const config = stringify({
    global: server.global,
    rule_files: [rules],
    scrape_configs: options.scrapeConfigs.map((config) =>
      typeof config === "function" ? (config as (self: string) => object)(`127.0.0.1:${port}`) : config,
    ),
    alerting: { alertmanagers: [{ static_configs: [{ targets }] }] },
    ...(remoteWrite !== undefined && { remote_write: remoteWrite }),
  });
  await writeFile(file, rewritePathsOnly(config, { toHost }));
  return started(
    options,
    "prometheus",
    [`--config.file=${file}`, `--storage.tsdb.path=${path.join(directory, "data")}`, ...(options.args ?? [])],
    port,
  );
}

async function started(
  { programs, directory, env }: PlainOptions,
  program: "alertmanager" | "prometheus",
  args: readonly string[],
  givenPort?: number,
): Promise<Started> {
  const port = givenPort ?? (await freePort());
  const child = startChild({
    name: program,
    command: programPath(programs, program),
    args: [...args, `--web.listen-address=127.0.0.1:${port}`],
    ...(env !== undefined && { env: { ...process.env, ...env } }),
    logFile: path.join(directory, `${program}.log`),
  });
  const origin = `http://127.0.0.1:${port}`;
  await waitForHttp(`${origin}/-/ready`, { child, timeoutMs: 300_000 });
  return { origin, child };
}

/** An alert as Alertmanager's API accepts and returns it. */
export interface PostedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly startsAt?: string;
  readonly endsAt?: string;
}

export async function postAlerts({ origin }: Started, alerts: readonly PostedAlert[]): Promise<void> {
  const answer = await fetch(`${origin}/api/v2/alerts`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(alerts),
  });
  if (!answer.ok) throw new Error(`Alertmanager takes no alert: ${answer.status} ${await answer.text()}`);
}

/** The samples of one metric on a server's metrics page: the values by the labels, in the page's notation. */
export async function samplesOf({ origin }: Started, metric: string): Promise<Record<string, number>> {
  const text = await getText(`${origin}/metrics`);
  const samples = text.matchAll(new RegExp(`^${metric}(?:\\{(.*)\\})? (\\S+)$`, "gm"));
  return Object.fromEntries([...samples].map(([, labels = "", value]) => [labels, Number(value)]));
}
