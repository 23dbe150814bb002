/** Reads a stack's configuration for tools that run outside of Pulumi, in the same way as the program itself. */
import { z } from "zod";
import { type Configuration, loadConfig } from "../../config";
import { validSections } from "../../settings/readable";
import { checkCredentials } from "../../settings/credentials";
import { checkWebhook } from "../../settings/webhook";
import type { StackSettings } from "../../settings/stack-settings";
import { askCliJson, type CliOptions, StackUnreadable } from "./cli";
import { readIdentity } from "./identity";
import { SecretText } from "./secret-text";

/** A stack's configuration with its decrypted secrets, which stay in this process' memory. */
export interface StackConfiguration {
  /** The configuration as the program loads it, with all its problems. */
  readonly configuration: Configuration;
  /** The Slack webhook, if there is a valid one. */
  readonly webhook?: SecretText;
  /** The credentials of further receivers and channels, and of the long-term engine, by name; only valid ones. */
  readonly credentials: Readonly<Record<string, SecretText>>;
  /** Whether a heartbeat is set, and its URL if it is valid. */
  readonly heartbeatIsSet: boolean;
  readonly heartbeatUrl?: SecretText;
  /** The public part of the custom certificate of the pages (PEM); undefined if there is none. */
  readonly certificate?: CustomCertificate;
}

/** The served chain, and the certificate that verifies it: the custom authority, otherwise the chain itself. */
export interface CustomCertificate {
  readonly chain: string;
  readonly ca: string;
}

const certificateSchema = z.looseObject({ chain: z.string().min(1), ca: z.string().min(1).optional() });
const printed = z.record(z.string(), z.object({ value: z.string().optional(), secret: z.boolean().optional() }));

/** The configuration as the CLI prints it and the program loads it, without secrets unless requested. */
async function load(stack: string, options: CliOptions, withSecrets: boolean) {
  const args = ["config", ...(withSecrets ? ["--show-secrets"] : []), "--json", "--stack", stack];
  const [read, identity] = await Promise.all([
    askCliJson(`the configuration of the stack "${stack}"`, args, printed, options),
    readIdentity(stack, options),
  ]);
  const all = Object.fromEntries(
    Object.entries(read).flatMap(([key, { value, secret }]) =>
      value === undefined || (secret === true && !withSecrets) ? [] : [[key, value]],
    ),
  );
  const isSecret = (key: string) => read[key]?.secret === true;
  const configuration = loadConfig({ all, isSecret, environment: { ...process.env, ...options.env }, ...identity });
  return { read, all, isSecret, configuration };
}

/**
 * Reads the settings of a stack that are not secret, and decrypts nothing. Problems in them are ignored here, because
 * `pulumi preview` reports them; secrets are missing on purpose.
 */
export async function readPlainSettings(
  stack: string,
  options: CliOptions = {},
): Promise<Partial<Configuration["settings"]>> {
  const { read, configuration } = await load(stack, options, false);
  // The values are secret, but not whether they are set.
  return {
    ...validSections(configuration),
    ...(read["alerting:certificate"] && { certificateIsSet: true }),
    ...(read["alerting:heartbeatUrl"] && { heartbeatIsSet: true }),
  };
}

/**
 * The settings of a stack, of which only these sections are certain to be there. Throws {@link StackUnreadable} if one
 * of them has a problem.
 */
export function withSections(
  stack: string,
  read: Partial<StackSettings>,
  sections: readonly (keyof StackSettings)[],
): StackSettings {
  const unread = sections.filter((section) => read[section] === undefined);
  if (unread.length === 0) return read as StackSettings;
  const keys = unread.map((section) => `alerting:${section}`).join(", ");
  throw new StackUnreadable(
    `the settings of the stack "${stack}" are not known, because ${keys} cannot be read. \`pulumi preview --stack ${stack}\` says why.`,
  );
}

/**
 * Reads and checks the configuration of a stack of the project in this directory. Throws {@link StackUnreadable} if the
 * CLI returns none; problems in the configuration itself are in its faults.
 */
export async function readStackConfiguration(stack: string, options: CliOptions = {}): Promise<StackConfiguration> {
  const { all, isSecret, configuration } = await load(stack, options, true);
  const inClear = <T>(name: string, check: (value: string | undefined, secret: boolean) => T): T =>
    check(all[`alerting:${name}`], isSecret(`alerting:${name}`));
  const { url } = inClear("slackWebhookUrl", checkWebhook);
  const { credentials } = inClear("credentials", checkCredentials);
  const heartbeat = inClear("heartbeatUrl", (url, secret) =>
    secret && url !== undefined && URL.canParse(url) ? new SecretText(url) : undefined,
  );
  const certificate = certificateIn(all["alerting:certificate"]);
  return {
    configuration,
    ...(url !== undefined && { webhook: new SecretText(url) }),
    credentials: Object.fromEntries(Object.entries(credentials).map(([name, one]) => [name, new SecretText(one)])),
    heartbeatIsSet: all["alerting:heartbeatUrl"] !== undefined,
    ...(heartbeat && { heartbeatUrl: heartbeat }),
    ...(certificate && { certificate }),
  };
}

/** The public part of a setting that also has the private key. */
function certificateIn(text: string | undefined): CustomCertificate | undefined {
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
  const { data } = certificateSchema.safeParse(value);
  return data && { chain: data.chain, ca: data.ca ?? data.chain };
}
