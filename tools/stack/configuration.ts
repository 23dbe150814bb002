/** Reads a stack's configuration for tools that run outside of Pulumi, just as the program itself sees it. */
import { z } from "zod";
import { type Configuration, loadConfig } from "../../config";
import { checkCredentials } from "../../settings/credentials";
import { checkWebhook } from "../../settings/webhook";
import { askCli, type CliOptions, readJson, StackUnreadable } from "./cli";
import { readIdentity } from "./identity";
import { SecretText } from "./secret-text";

/** A stack's configuration, and its secrets in clear in this process' memory alone. */
export interface StackConfiguration {
  /** As the program loads it; with all its faults. */
  readonly configuration: Configuration;
  /** The Slack webhook, where there is a right one. */
  readonly webhook?: SecretText;
  /** Credentials of further receivers and channels by name, those that are right. */
  readonly credentials: Readonly<Record<string, SecretText>>;
  /** Whether there is to be a heartbeat, and its URL where that is one. */
  readonly heartbeatIsSet: boolean;
  readonly heartbeatUrl?: SecretText;
  /** What everybody may see of the pages' own certificate, as PEM; undefined where there is none. */
  readonly certificate?: CustomCertificate;
}

/** The chain that is served, and who vouches for it: an authority of one's own, else the chain itself. */
export interface CustomCertificate {
  readonly chain: string;
  readonly ca: string;
}

const certificateSchema = z.looseObject({ chain: z.string().min(1), ca: z.string().min(1).optional() });
const printed = z.record(z.string(), z.object({ value: z.string().optional(), secret: z.boolean().optional() }));

/**
 * Reads and checks the configuration of a stack of the project in this directory. Throws {@link StackUnreadable}, a
 * sentence, where the CLI gives none; what is wrong with the configuration itself is in its faults.
 */
export async function readStackConfiguration(stack: string, options: CliOptions = {}): Promise<StackConfiguration> {
  const [text, identity] = await Promise.all([
    askCli(["config", "--show-secrets", "--json", "--stack", stack], options),
    readIdentity(stack, options),
  ]);
  const read = printed.safeParse(readJson(stack, text));
  if (!read.success) throw new StackUnreadable(`the Pulumi CLI printed no configuration of the stack "${stack}".`);
  const entries = Object.entries(read.data);
  const all = Object.fromEntries(entries.flatMap(([key, { value }]) => (value === undefined ? [] : [[key, value]])));
  const isSecret = (key: string) => read.data[key]?.secret === true;
  const configuration = loadConfig({
    all,
    isSecret,
    environment: { ...process.env, ...options.env },
    ...identity,
  });
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

/** The public part, of a value that has the private key beside it. */
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
