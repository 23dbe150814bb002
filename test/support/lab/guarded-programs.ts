import { mkdir, rename, writeFile } from "node:fs/promises";
import * as path from "node:path";
import { hash } from "bcryptjs";
import { stringify } from "yaml";
import { webConfig } from "../../../components/web-access";
import { clientUser, personUser, webUsers } from "../../../conventions/web-users";
import { webClientDirectory, webClientFiles, webDirectory, webFiles } from "../../../values/web-values";
import { prometheusValues } from "../../../values/prometheus-values";
import type { StackSettings } from "../../../settings/stack-settings";
import type { CustomCertificate } from "../../../lab/custom-certificate";
import { startChild } from "../../../lab/processes/child";
import { freePort, waitForHttp } from "../../../lab/processes/ports";
import { programPath, type Programs } from "../../../lab/programs/find";
import type { Access } from "../../../lab/web";
import { SecretText } from "../../../tools/stack/secret-text";
import type { Started } from "./plain-pipeline";

/** Prometheus or Alertmanager as a local process, with the program's access settings and the files of its pod. */
export interface GuardedProgram extends Started {
  /** Delivers the files of a Secret as a kubelet does: all at once. */
  deliver(secret: Secret, files: Readonly<Record<string, string>>): Promise<void>;
}
export type Secret = "web" | "client";

const mounted: Readonly<Record<Secret, string>> = { web: webDirectory, client: webClientDirectory };
const passwordOf = (user: string) => `password-of-${user}-0123456789`;
const hashes = new Map<string, Promise<string>>();

/** The files of both Secrets for these passwords, as the component `WebAccess` makes them. */
export async function secretFiles(passwords: readonly number[], certificate?: CustomCertificate) {
  const { people, clients, used } = webUsers(passwords);
  const users = [...people.map(personUser), ...clients.map(clientUser)].map(async (user) => {
    const bcryptHash = hashes.get(user) ?? hash(passwordOf(user), 10);
    hashes.set(user, bcryptHash);
    return { user, bcryptHash: await bcryptHash };
  });
  const web = {
    [webFiles.config]: webConfig(await Promise.all(users), certificate !== undefined),
    ...(certificate && { [webFiles.certificate]: certificate.chain, [webFiles.key]: certificate.key }),
  };
  const client = {
    [webClientFiles.user]: clientUser(used),
    [webClientFiles.password]: passwordOf(clientUser(used)),
    ...(certificate && { [webClientFiles.authority]: certificate.ca }),
  };
  return { web, client };
}

/** The credentials that a person gets, with the password of this number. */
export function person(number: number, ca?: string): Access {
  const user = personUser(number);
  return { login: { user, password: new SecretText(passwordOf(user)) }, ...(ca !== undefined && { ca }) };
}

export interface GuardedOptions {
  readonly programs: Programs;
  readonly directory: string;
  readonly settings: StackSettings;
  readonly files: Awaited<ReturnType<typeof secretFiles>>;
  /** The authority of the custom certificate, if there is a custom certificate. */
  readonly ca?: string;
}

export async function startAlertmanager(options: GuardedOptions): Promise<GuardedProgram> {
  const pod = await makePod(options, "alertmanager", ["web"]);
  const config = path.join(pod.directory, "alertmanager.yml");
  await writeFile(config, stringify({ route: { receiver: "nobody" }, receivers: [{ name: "nobody" }] }));
  const { extraArgs } = prometheusValues(options.settings).alertmanager;
  return pod.start(await freePort(), [
    `--config.file=${config}`,
    `--storage.path=${path.join(pod.directory, "data")}`,
    ...Object.entries(extraArgs).map(([flag, value]) => `--${flag}=${pod.toHost(value)}`),
  ]);
}

/** Starts a Prometheus that scrapes itself and Alertmanager and has an alert that always fires. */
export async function startPrometheus(options: GuardedOptions, alertmanager: Started): Promise<GuardedProgram> {
  const pod = await makePod(options, "prometheus", ["web", "client"]);
  const port = await freePort();
  const { server, scrapeConfigs } = prometheusValues(options.settings);
  const at = (entry: object, target: string) => {
    const { enabled, kubernetes_sd_configs, relabel_configs, ...rest } = entry as Record<string, unknown>;
    void [enabled, kubernetes_sd_configs, relabel_configs];
    return { ...rest, static_configs: [{ targets: [target] }] };
  };
  const peer = new URL(alertmanager.origin).host;
  const rules = path.join(pod.directory, "rules.yml");
  await writeFile(rules, stringify({ groups: [{ name: "Own", rules: [{ alert: "Always", expr: "vector(1)" }] }] }));
  const config = {
    global: { scrape_interval: "1s", scrape_timeout: "1s", evaluation_interval: "1s" },
    rule_files: [rules],
    scrape_configs: [
      { job_name: "prometheus", ...at(scrapeConfigs.prometheus ?? {}, `localhost:${port}`) },
      { job_name: "alertmanager", ...at(scrapeConfigs.alertmanager, peer) },
    ],
    alerting: { alertmanagers: server.alertmanagers.map((entry) => at(entry, peer)) },
  };
  const file = path.join(pod.directory, "prometheus.yml");
  await writeFile(file, pod.toHost(stringify(config)));
  return pod.start(port, [
    `--config.file=${file}`,
    `--storage.tsdb.path=${path.join(pod.directory, "data")}`,
    ...server.extraFlags.map((flag) => `--${flag}`),
    ...Object.entries(server.extraArgs).map(([flag, value]) => `--${flag}=${pod.toHost(value)}`),
    // With the default delay, Prometheus would send the alert again only after a minute.
    "--rules.alert.resend-delay=1s",
  ]);
}

async function makePod(options: GuardedOptions, name: "prometheus" | "alertmanager", secrets: readonly Secret[]) {
  const directory = path.join(options.directory, name);
  const toHost = (text: string) =>
    Object.values(mounted).reduce((one, inPod) => one.replaceAll(`${inPod}/`, `${path.join(directory, inPod)}/`), text);
  const deliver: GuardedProgram["deliver"] = async (secret, files) => {
    for (const [file, text] of Object.entries(files)) {
      const target = path.join(directory, mounted[secret], file);
      await mkdir(path.dirname(target), { recursive: true });
      await writeFile(`${target}.new`, text, { mode: 0o600 });
      await rename(`${target}.new`, target);
    }
  };
  for (const secret of secrets) await deliver(secret, options.files[secret]);
  const start = async (port: number, args: readonly string[]): Promise<GuardedProgram> => {
    const child = startChild({
      name,
      command: programPath(options.programs, name),
      args: [...args, `--web.listen-address=127.0.0.1:${port}`],
      logFile: path.join(directory, `${name}.log`),
    });
    const origin = `${options.ca === undefined ? "http" : "https"}://127.0.0.1:${port}`;
    await waitForHttp(`${origin}/-/ready`, {
      child,
      timeoutMs: 300_000,
      ...(options.ca !== undefined && { ca: options.ca }),
      // Both answers are accepted, because the tests check whether the server asks for a password.
      accept: ({ status }) => status === 401 || status === 200,
    });
    return { origin, child, deliver };
  };
  return { directory, toHost, deliver, start };
}
