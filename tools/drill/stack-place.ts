import { z } from "zod";
import { loadConfig } from "../../config";
import type { StackSettings } from "../../settings/stack-settings";
import type { PrometheusDuration } from "../../validation/durations";
import { instanceDownFor } from "../../settings/timing";
import { askCli, type CliOptions, readJson, StackUnreadable } from "../stack/cli";
import { readIdentity } from "../stack/identity";
import { readStackOutputs } from "../stack/outputs";
import { readOutputsInCluster } from "./outputs-in-cluster";
import { type WebAddresses, webAddresses } from "./web/addresses";
import { defaultTiming, timingOf } from "./timing";
import type { Timing } from "./bounds";
import { validSections } from "../../settings/readable";

/** What a drill has to know of a stack. Nothing of it is secret. */
export interface StackPlace {
  readonly stack?: string;
  readonly namespace: string;
  readonly environment?: string;
  readonly cluster?: string;
  /** The kubeconfig's context, where the configuration could be read. */
  readonly context?: string;
  readonly kubeconfig?: string;
  readonly channel?: string;
  readonly alertmanagerUrl?: string;
  readonly prometheusUrl?: string;
  /** Which addresses are its own, and how its pages are spoken to. */
  readonly web: WebAddresses;
  readonly timing: Timing;
  /** A silence that is made for longer is reported. */
  readonly longestSilence: PrometheusDuration;
  /** What could not be read, and what is taken in its place. */
  readonly warnings: readonly string[];
}

const defaultNamespace = "monitoring";
const defaultLongestSilence: PrometheusDuration = "7d";
const printed = z.record(z.string(), z.object({ value: z.string().optional(), secret: z.boolean().optional() }));

/**
 * Reads a stack's outputs and settings by the CLI, and decrypts nothing: a drill needs no passphrase and no key, unless the
 * pages ask for a password. What cannot be read is warned of, as a URL on the command line may do.
 */
export async function readStackPlace(stack: string, options: CliOptions = {}): Promise<StackPlace> {
  const settings = await orWhy(readSettings(stack, options));
  const outputs = await readOutputs(stack, settings.read ?? {}, options);
  return { ...placeOf(stack, settings.read, outputs.read), warnings: warningsOf(settings.why, outputs.why) };
}

/** What was read, or why it could not be. */
type Reading<T> = { readonly read: T; readonly why?: undefined } | { readonly read?: undefined; readonly why: string };

async function orWhy<T>(reading: Promise<T>): Promise<Reading<T>> {
  try {
    return { read: await reading };
  } catch (error) {
    if (!(error instanceof StackUnreadable)) throw error;
    return { why: `${error.message.replace(/\.$/, "")}.` };
  }
}

/** A reason that both have is told once. */
function warningsOf(settings: string | undefined, outputs: string | undefined): string[] {
  const withoutSettings = "Without its configuration, the program's own intervals are taken for the bounds.";
  const withoutOutputs = "Without its outputs, the addresses of its load balancers are not known.";
  if (settings !== undefined && settings === outputs) return [`${settings} ${withoutSettings} ${withoutOutputs}`];
  return [
    ...(settings === undefined ? [] : [`${settings} ${withoutSettings}`]),
    ...(outputs === undefined ? [] : [`${outputs} ${withoutOutputs}`]),
  ];
}

/** What settings and outputs say together. */
export function placeOf(
  stack: string,
  settings: Partial<StackSettings> | undefined,
  outputs: Readonly<Record<string, unknown>> | undefined,
): Omit<StackPlace, "warnings"> {
  const text = (name: string) => (typeof outputs?.[name] === "string" ? outputs[name] : undefined);
  return {
    stack,
    namespace: text("namespace") ?? settings?.namespace ?? defaultNamespace,
    environment: settings?.environment ?? stack.split("/").at(-1),
    cluster: settings?.cluster,
    context: settings?.context,
    kubeconfig: settings?.kubeconfig,
    channel: settings?.slack?.channel,
    alertmanagerUrl: text("alertmanagerUrl"),
    prometheusUrl: text("prometheusUrl"),
    web: webAddresses(outputs, settings, settings?.certificateIsSet),
    timing: timingIn(settings),
    longestSilence: settings?.alertmanager?.longestSilence ?? defaultLongestSilence,
  };
}

/** The intervals as the program uses them: `for` of InstanceDown has a second name. */
function timingIn(settings: Partial<StackSettings> | undefined): Timing {
  const { alerts, rules } = settings ?? {};
  if (alerts === undefined) return defaultTiming;
  const down = rules === undefined ? alerts.instanceDownFor : instanceDownFor({ alerts, rules });
  return timingOf({ ...alerts, instanceDownFor: down });
}

/** From the state; from the cluster, where the CLI does not open the state without a passphrase. */
async function readOutputs(
  stack: string,
  settings: { readonly context?: string; readonly kubeconfig?: string; readonly namespace?: string },
  options: CliOptions,
): Promise<Reading<Readonly<Record<string, unknown>>>> {
  const inState = await orWhy(readStackOutputs(stack, options));
  const { context, kubeconfig, namespace = defaultNamespace } = settings;
  if (inState.why === undefined || context === undefined) return inState;
  const inCluster = await readOutputsInCluster({ context, kubeconfig, namespace });
  return inCluster === undefined ? inState : { read: inCluster };
}

/** What is known without a stack. */
export function noStack(): StackPlace {
  return {
    namespace: defaultNamespace,
    web: webAddresses(undefined, undefined),
    timing: defaultTiming,
    longestSilence: defaultLongestSilence,
    warnings: [],
  };
}

/** The settings; faults of the configuration are `pulumi preview`'s to tell, and the secrets are missing on purpose. */
async function readSettings(stack: string, options: CliOptions): Promise<Partial<StackSettings>> {
  const [text, identity] = await Promise.all([
    askCli(["config", "--json", "--stack", stack], options),
    readIdentity(stack, options),
  ]);
  const read = printed.safeParse(readJson(stack, text));
  if (!read.success) throw new StackUnreadable(`the Pulumi CLI printed no configuration of the stack "${stack}".`);
  const plain = Object.entries(read.data).filter(([, { value, secret }]) => value !== undefined && secret !== true);
  const configuration = loadConfig({
    all: Object.fromEntries(plain.map(([key, { value }]) => [key, value!])),
    isSecret: () => false,
    environment: { ...process.env, ...options.env },
    ...identity,
  });
  // It is secret, but whether it is there is not.
  return { ...validSections(configuration), ...(read.data["alerting:certificate"] && { certificateIsSet: true }) };
}
