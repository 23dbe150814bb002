import { z } from "zod";
import { credentialsSecret } from "../../alertmanager/credentials";
import { heartbeatKey, heartbeatSecret } from "../../values/heartbeat-receiver";
import { longTermKey, longTermSecret } from "../../values/long-term";
import { webhookKey, webhookSecret } from "../../values/slack-receivers";
import { webClientFiles, webClientSecret, webFiles, webSecret } from "../../values/web-values";
import { chartNames } from "../../conventions/cluster-names";
import type { LabStack } from "../stack";
import type { Canary, Home } from "./canary";

/** Outputs of the CLI in which the stack's secrets are decrypted. Anyone with the passphrase can get these outputs. */
export interface Decrypted {
  /** The output of `pulumi config --show-secrets --json`. */
  readonly config: string;
  /** The output of `pulumi stack export --show-secrets`. */
  readonly state: string;
}

export const decryptedConfig = "pulumi config --show-secrets";
export const decryptedState = "pulumi stack export --show-secrets";

/** Reads both outputs with the stack's passphrase. */
export async function decrypted(stack: LabStack): Promise<Decrypted> {
  const [config, state] = await Promise.all([
    stack.cli(["config", "--show-secrets", "--json", "--stack", stack.name]),
    stack.cli(["stack", "export", "--show-secrets", "--stack", stack.name]),
  ]);
  return { config, state };
}

/** The canaries of all secrets in a stack's configuration and of all secrets that the engine generated for it. */
export function stackCanaries(read: Decrypted, namespace: string): Canary[] {
  return [...configCanaries(read.config, namespace), ...passwordCanaries(read.state, namespace)];
}

/** The canary of a secret that was rotated. The old value may be found only in records of the past. */
export function asOld(canary: Canary): Canary {
  const homes = canary.homes.filter(({ stays }) => stays === true);
  return { ...canary, name: `${canary.name}, the old one`, homes };
}

const configSchema = z.record(
  z.string(),
  z.looseObject({
    value: z.string().optional(),
    objectValue: z.unknown().optional(),
    secret: z.boolean().default(false),
  }),
);

function configCanaries(json: string, namespace: string): Canary[] {
  const read = configSchema.parse(JSON.parse(json));
  const ofEngine = longTermSchema.safeParse(read["alerting:longTerm"]?.objectValue).data?.credential;
  return Object.entries(read)
    .filter(([, { secret }]) => secret)
    .flatMap(([key, { value, objectValue }]) => leaves(objectValue ?? value, [key]))
    .flatMap(({ path, text }) => settingCanary(path, text, namespace, ofEngine) ?? []);
}

const longTermSchema = z.looseObject({ credential: z.string().optional() });

/**
 * The canary of a setting, which belongs in one key of one Secret. `ofEngine` is the name of the credential of the
 * long-term engine.
 */
function settingCanary(
  path: readonly string[],
  value: string,
  namespace: string,
  ofEngine: string | undefined,
): Canary | undefined {
  const [key = "", ...below] = path;
  const name = below.at(-1) ?? "";
  const of = (row: string, secret: string, secretKey: string, more: readonly Home[] = []): Canary => ({
    name: row,
    value,
    homes: [...stateHomes(), ...secretHomes(namespace, secret, secretKey), ...programHomes, ...more],
  });
  switch (key) {
    case "alerting:slackWebhookUrl":
      return of("Slack webhook", webhookSecret, webhookKey, [slackRecord]);
    case "alerting:heartbeatUrl":
      return of("heartbeat URL", heartbeatSecret, heartbeatKey);
    case "alerting:credentials": {
      if (name === ofEngine) return of("long-term engine's credential", longTermSecret, longTermKey);
      const isWebhook = /^https?:.*\/services\//.test(value);
      const row = isWebhook ? "further channels' webhooks" : "receivers' credentials";
      return of(row, credentialsSecret, name, isWebhook ? [slackRecord] : []);
    }
    case "alerting:certificate":
      // The other parts of the certificate are public.
      return name === "key" ? of("certificate's key", webSecret, webFiles.key) : undefined;
    default:
      return { name: `setting ${path.join(".")}`, value, homes: [...stateHomes(), ...programHomes] };
  }
}

const resourceSchema = z.looseObject({
  urn: z.string(),
  type: z.string(),
  outputs: z.record(z.string(), z.unknown()).default({}),
});
const stateSchema = z.looseObject({
  deployment: z.looseObject({ resources: z.array(resourceSchema).default([]) }),
});
const plaintext = z.looseObject({ plaintext: z.string().transform((text) => JSON.parse(text) as unknown) });

/** The passwords that the engine generated, and their hashes. */
function passwordCanaries(state: string, namespace: string): Canary[] {
  const { resources } = stateSchema.parse(JSON.parse(state)).deployment;
  return resources
    .filter(({ type }) => type === "random:index/randomPassword:RandomPassword")
    .flatMap(({ urn, outputs }) => {
      const isClient = urn.includes("web-client-password-");
      const whose = isClient ? "Prometheus' own password" : "people's web password";
      const made: [name: string, value: unknown, homes: Home[]][] = [
        [whose, outputs.result, isClient ? clientHomes(namespace) : []],
        [`hash of ${whose}`, outputs.bcryptHash, secretHomes(namespace, webSecret, webFiles.config)],
      ];
      return made.flatMap(([name, wrapped, homes]) => {
        const value = plaintext.safeParse(wrapped).data?.plaintext ?? wrapped;
        const state: Home = {
          place: exactly(decryptedState),
          why: "the state, decrypted with the passphrase",
          needed: true,
        };
        return typeof value === "string" ? [{ name, value, homes: [state, ...homes, ...programHomes] }] : [];
      });
    });
}

/** Where Prometheus' own password belongs, in addition to the places of every accepted password. */
function clientHomes(namespace: string): Home[] {
  return secretHomes(namespace, webClientSecret, webClientFiles.password).map((home) => ({ ...home, needed: false }));
}

function stateHomes(): Home[] {
  return [
    { place: exactly(decryptedConfig), why: "the configuration, decrypted with the passphrase", needed: true },
    { place: exactly(decryptedState), why: "the state, decrypted with the passphrase", needed: true },
  ];
}

/**
 * The homes of a key of a Secret: the key itself, and its file in the pods of the two servers. No other pods mount
 * Secrets.
 */
function secretHomes(namespace: string, secret: string, key: string): Home[] {
  const pods = [chartNames.server, chartNames.alertmanager].map(escaped).join("|");
  return [
    {
      place: exactly(`cluster: Secret ${namespace}/${secret} data.${key}`),
      why: `Secret ${secret}, key ${key}`,
      needed: true,
    },
    {
      place: new RegExp(`^file: nodes/pods/${escaped(namespace)}_(?:${pods})-[^/]+/volumes/[^/]+/.*${escaped(key)}$`),
      why: `the file of Secret ${secret} in the pod that mounts it`,
    },
  ];
}

/** The homes of configuration values, because the engine passes the configuration to the program in its environment. */
const programHomes: readonly Home[] = [
  {
    place: /^environment: .*node.* PULUMI_CONFIG$/,
    why: "the engine passes the configuration to the program here",
    stays: true,
  },
];
const slackRecord: Home = { place: /^file: slack\//, why: "the receiver's own record", stays: true };

function leaves(value: unknown, path: readonly string[]): { path: readonly string[]; text: string }[] {
  if (typeof value === "string") {
    return [{ path, text: value }];
  }
  const inner = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return inner.flatMap(([key, one]) => leaves(one, [...path, key]));
}

export function exactly(name: string): RegExp {
  return new RegExp(`^${escaped(name)}$`);
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}
