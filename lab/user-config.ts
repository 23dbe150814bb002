import { isMap } from "../validation/plain-data";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs/promises";
import { parseDocument } from "yaml";
import { groupsOfRuleFolder } from "./user-rules";
import type { Profile } from "./profiles";
import { projectRoot } from "./run-directory";

/** The part of a user's configuration that the lab uses. It does not contain settings that only the lab may set. */
export interface UserConfig {
  readonly file: string;
  /** The values by full key, for example `alerting:values`. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The values that are set as secrets, by the path of the key, for example `alerting:credentials.pagerduty`. */
  readonly secrets: Readonly<Record<string, string>>;
  /** The settings that the lab uses, as written in the file. */
  readonly taken: readonly string[];
  readonly leftAside: readonly LeftAside[];
  /** The keys of credentials that are webhooks of additional channels. The lab replaces them with its own webhooks. */
  readonly webhooks: readonly string[];
  /**
   * The names of the alerts in the file's custom rules. Whether they fire depends on the machine, so the lab counts as
   * idle even if they are active.
   */
  readonly alerts: readonly string[];
  /** Notes for the person who runs the lab with this configuration. */
  readonly notes: readonly string[];
}

/** A setting of the file that the lab ignores, and why. */
export interface LeftAside {
  readonly key: string;
  readonly why: string;
}

const settingsPrefix = "alerting:";
const labCluster = "the lab has its own cluster";
const labAccount = "the lab has its own AWS account";

/** The path of the scrape jobs, which are a map by job name. */
const jobs = "values.scrapeConfigs";

/** The settings, or parts of settings, that only the lab may set, each with the reason. */
const keptByLab: Readonly<Record<string, string>> = {
  context: labCluster,
  kubeconfig: labCluster,
  nodes: labCluster,
  priorityClass: "the lab's cluster has no such priority class",
  efsCsiDriver: "the lab's cluster already has the driver",
  aws: labAccount,
  network: labAccount,
  "loadBalancer.subnetIds": labAccount,
  "storage.fileSystemId": labAccount,
  "storage.mountTargets": labAccount,
  "storage.mountTargetIp": labAccount,
  "storage.kmsKeyId": labAccount,
  slackWebhookUrl: "messages go to the lab's Slack",
  "slack.httpProxy": "the lab's Slack is on this machine",
  heartbeatUrl: "the lab's heartbeat receiver is pinged",
  "heartbeat.httpProxy": "the lab's heartbeat receiver is on this machine",
  "values.server.remoteWrite": "the lab sends no samples to other servers",
  "values.server.remoteRead": "the lab reads no samples from other servers",
  chart: "LAB_CHART selects the lab's chart",
  protectData: "the lab destroys what it makes",
};

/** Reads the file that `CONFIG` names; `undefined` if `CONFIG` is not set. Errors have messages for users. */
export async function readUserConfig(file: string | undefined, profile: Profile): Promise<UserConfig | undefined> {
  if (file === undefined || file === "") {
    return undefined;
  }
  const text = await fs.readFile(file, "utf8").catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(
      code === "ENOENT"
        ? `CONFIG is ${file}, which does not exist. It names a YAML file with a \`config:\` section, like Pulumi.<stack>.yaml.`
        : `CONFIG is ${file}, which cannot be read (${code ?? String(error)}).`,
    );
  });
  const given = takeConfig(text, file, profile);
  const groups = groupsOfRuleFolder(given.config, projectRoot);
  return { ...given, alerts: [...given.alerts, ...alertNames({ groups })] };
}

/** Selects the settings in the content of such a file that the lab uses. Errors have messages for users. */
export function takeConfig(text: string, file: string, profile: Profile): UserConfig {
  const given = configSection(text, file);
  const config: Record<string, unknown> = {};
  const secrets: Record<string, string> = {};
  const taken: string[] = [];
  const leftAside: LeftAside[] = [];
  const notes: string[] = [];
  for (const [key, value] of Object.entries(given)) {
    const name = key.slice(settingsPrefix.length);
    const why = key.startsWith(settingsPrefix) ? whyLeftAside(name, value, profile) : labAccount;
    if (why !== undefined) {
      leftAside.push({ key, why });
    } else if (name === "credentials") {
      const credentials = takeCredentials(value, file);
      Object.assign(secrets, credentials.secrets);
      taken.push(...credentials.taken);
    } else {
      const kept = withoutLabOwn(name, value, leftAside);
      if (kept !== undefined) {
        config[key] = kept;
        taken.push(key);
      }
    }
  }
  if (isMap(config["alerting:alertmanager"]) && "receivers" in config["alerting:alertmanager"]) {
    notes.push("Only Slack is simulated: the URLs of other receivers are really called.");
  }
  const webhooks = webhooksOf(config["alerting:slack"]);
  return { file, config, secrets, taken, leftAside, webhooks, alerts: alertNames(config["alerting:rules"]), notes };
}

/** Lines for the run's output: which settings are used, and which are ignored and why. */
export function userConfigLines({ file, taken, leftAside, notes }: UserConfig): string[] {
  return [
    `CONFIG=${file}, merged over the lab's configuration:`,
    ...taken.map((key) => `  taken       ${key}`),
    ...(taken.length === 0 ? ["  taken       nothing"] : []),
    ...leftAside.map(({ key, why }) => `  left aside  ${key}: ${why}`),
    ...notes.map((note) => `  ${note}`),
  ];
}

function configSection(text: string, file: string): Record<string, unknown> {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) {
    // Further lines of the parser's message quote the file, which may hold credentials.
    throw new Error(`CONFIG is ${file}, which is not valid YAML: ${error.message.split("\n")[0] ?? ""}`);
  }
  const parsed: unknown = document.toJS();
  const section = isMap(parsed) ? parsed.config : undefined;
  if (!isMap(section)) {
    throw new Error(`CONFIG is ${file}, which has no map \`config:\`; it must have the format of Pulumi.<stack>.yaml.`);
  }
  const bare = Object.keys(section).filter((key) => !/^[^:]+:./.test(key));
  if (bare.length > 0) {
    const list = bare.map((key) => `"${key}" (is ${settingsPrefix}${key} meant?)`).join(", ");
    throw new Error(`CONFIG is ${file}, in which keys of \`config:\` have no namespace: ${list}.`);
  }
  return section;
}

function whyLeftAside(name: string, value: unknown, profile: Profile): string | undefined {
  if (Object.hasOwn(keptByLab, name)) {
    return keptByLab[name];
  }
  if (name === "alerts" && profile.alerts !== undefined) {
    return `the profile ${profile.name} has its own intervals; PROFILE=default uses those of the file`;
  }
  return name !== "credentials" && holdsCiphertext(value)
    ? "it holds a value that is encrypted for another stack"
    : undefined;
}

/** The value of a setting without the parts that only the lab may set; `undefined` if nothing is left. */
function withoutLabOwn(name: string, value: unknown, leftAside: LeftAside[]): unknown {
  if (!isMap(value)) {
    return value;
  }
  const kept = Object.entries(value).flatMap(([part, inner]): [string, unknown][] => {
    const path = `${name}.${part}`;
    const why = Object.hasOwn(keptByLab, path) ? keptByLab[path] : whyElsewhere(path, inner, value);
    if (why !== undefined) {
      leftAside.push({ key: `${settingsPrefix}${path}`, why });
      return [];
    }
    const deeper = Object.keys(keptByLab).some((own) => own.startsWith(`${path}.`)) || path === jobs;
    const rest = deeper ? withoutLabOwn(path, inner, leftAside) : inner;
    return rest === undefined ? [] : [[part, rest]];
  });
  return kept.length === 0 && Object.keys(value).length > 0 ? undefined : Object.fromEntries(kept);
}

/** The reason why the lab ignores this part of a setting that it accepts in general. */
function whyElsewhere(path: string, value: unknown, around: Readonly<Record<string, unknown>>): string | undefined {
  if (/^storage\.(type|storageClass)$/.test(path) && around.type === "storageClass") {
    return "the lab's cluster has no storage class";
  }
  const discoveries = path.startsWith(`${jobs}.`) && isMap(value) ? Object.keys(value) : [];
  return discoveries.some((key) => /^(?!kubernetes_).*(_sd|static)_configs$/.test(key))
    ? "its targets do not exist in the lab and would be down"
    : undefined;
}

function webhooksOf(slack: unknown): string[] {
  const channels = isMap(slack) && Array.isArray(slack.channels) ? (slack.channels as unknown[]) : [];
  const names = channels.flatMap((one) => (isMap(one) && typeof one.credential === "string" ? [one.credential] : []));
  return [...new Set(names)].map(credentialKey);
}

function credentialKey(name: string): string {
  return `${settingsPrefix}credentials${/^\w+$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`}`;
}

function alertNames(rules: unknown): string[] {
  const lists = (value: unknown, key: string): unknown[] => {
    const list = isMap(value) ? value[key] : undefined;
    return Array.isArray(list) ? list : [];
  };
  return lists(rules, "groups")
    .flatMap((group) => lists(group, "rules"))
    .flatMap((rule) => (isMap(rule) && typeof rule.alert === "string" ? [rule.alert] : []));
}

/**
 * Credentials in clear become secrets of the lab's stack. Encrypted credentials are replaced with random strings,
 * because only their own stack can decrypt them.
 */
function takeCredentials(value: unknown, file: string): { secrets: Record<string, string>; taken: string[] } {
  const entries: [string, unknown][] = isMap(value) ? Object.entries(value) : [];
  const wrong = entries.find(([, credential]) => typeof credential !== "string" && !isCiphertext(credential));
  if (!isMap(value) || wrong !== undefined || isCiphertext(value)) {
    const where = `${settingsPrefix}credentials${wrong === undefined ? "" : `.${wrong[0]}`}`;
    throw new Error(
      `CONFIG is ${file}, in which ${where} is not ${wrong === undefined ? "a map of names to strings" : "a string"}; a number needs quotes.`,
    );
  }
  const keyed = entries.map(([name, credential]) => ({ key: credentialKey(name), credential }));
  return {
    secrets: Object.fromEntries(
      keyed.map(({ key, credential }) => [
        key,
        typeof credential === "string" ? credential : `lab-${randomBytes(12).toString("hex")}`,
      ]),
    ),
    taken: keyed.map(({ key, credential }) =>
      typeof credential === "string"
        ? `${key} (as a secret)`
        : `${key} (as a random string, because it is encrypted for another stack)`,
    ),
  };
}

function holdsCiphertext(value: unknown): boolean {
  if (Array.isArray(value)) {
    return value.some(holdsCiphertext);
  }
  return isCiphertext(value) || (isMap(value) && Object.values(value).some(holdsCiphertext));
}

/** Whether this is an encrypted value, in the form in which the CLI writes it. */
function isCiphertext(value: unknown): boolean {
  return isMap(value) && Object.keys(value).length === 1 && typeof value.secure === "string";
}
