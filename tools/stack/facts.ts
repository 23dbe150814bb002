import type { StackSettings } from "../../settings/stack-settings";
import type { PrometheusDuration } from "../../validation/durations";
import { instanceDownFor, peerTimeout } from "../../settings/timing";
import { type CliOptions, StackUnreadable } from "./cli";
import { readPlainSettings } from "./configuration";
import { readStackOutputs } from "./outputs";
import { readOutputsInCluster } from "./outputs-in-cluster";
import { type WebAddresses, webAddresses } from "./web/addresses";
import { defaultTiming, secondsOf, type Timing, timingOf } from "./timing";

/** The facts about a stack that a drill needs. None of them is secret. */
export interface StackFacts {
  readonly stack?: string;
  readonly namespace: string;
  readonly environment?: string;
  readonly cluster?: string;
  /** The kubeconfig's context, if the configuration could be read. */
  readonly context?: string;
  readonly kubeconfig?: string;
  readonly channel?: string;
  readonly alertmanagerUrl?: string;
  readonly prometheusUrl?: string;
  /** The addresses of the stack's own pages, and how to connect to them. */
  readonly web: WebAddresses;
  readonly timing: Timing;
  /** How many replicas each server has. */
  readonly replicas: Readonly<Record<"alertmanagers" | "prometheus", number>>;
  /** How many seconds an Alertmanager waits for each one before it, if there are several. */
  readonly peerWait: number;
  /** The longest silence that is not reported. */
  readonly longestSilence: PrometheusDuration;
  /** Facts that could not be read, and the values used instead. */
  readonly warnings: readonly string[];
}

const defaultNamespace = "monitoring";
const defaultLongestSilence: PrometheusDuration = "7d";
const defaultPeerWait = 5;

/**
 * Reads a stack's outputs and settings with the CLI and decrypts nothing: a drill needs no passphrase and no key,
 * unless the pages ask for a password. Unreadable facts are warnings only, because a URL on the command line may
 * replace them.
 */
export async function readStackFacts(
  stack: string,
  options: CliOptions = {},
  settingsRead = readPlainSettings(stack, options),
): Promise<StackFacts> {
  const settings = await orWhy(settingsRead);
  const outputs = await readOutputs(stack, settings.read ?? {}, options);
  return { ...stackFacts(stack, settings.read, outputs.read), warnings: warningsOf(settings.why, outputs.why) };
}

/** The value that was read, or why it could not be read. */
type Reading<T> = { readonly read: T; readonly why?: undefined } | { readonly read?: undefined; readonly why: string };

async function orWhy<T>(reading: Promise<T>): Promise<Reading<T>> {
  try {
    return { read: await reading };
  } catch (error) {
    if (!(error instanceof StackUnreadable)) throw error;
    return { why: `${error.message.replace(/\.$/, "")}.` };
  }
}

/** Warnings; a reason that applies to both settings and outputs is given once. */
function warningsOf(settings: string | undefined, outputs: string | undefined): string[] {
  const withoutSettings = "Without its configuration, the bounds are computed from the program's default intervals.";
  const withoutOutputs = "Without its outputs, the addresses of its load balancers are not known.";
  if (settings !== undefined && settings === outputs) return [`${settings} ${withoutSettings} ${withoutOutputs}`];
  return [
    ...(settings === undefined ? [] : [`${settings} ${withoutSettings}`]),
    ...(outputs === undefined ? [] : [`${outputs} ${withoutOutputs}`]),
  ];
}

/** Combines the facts from settings and outputs. */
export function stackFacts(
  stack: string,
  settings: Partial<StackSettings> | undefined,
  outputs: Readonly<Record<string, unknown>> | undefined,
): Omit<StackFacts, "warnings"> {
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
    replicas: replicasOf(settings?.availability, outputs),
    peerWait: (settings?.alerts && secondsOf(peerTimeout(settings.alerts.groupInterval))) ?? defaultPeerWait,
    longestSilence: settings?.alertmanager?.longestSilence ?? defaultLongestSilence,
  };
}

/** The settings' numbers. Only with several Alertmanagers is there an output for senders of alerts. */
function replicasOf(
  availability: StackSettings["availability"] | undefined,
  outputs: Readonly<Record<string, unknown>> | undefined,
): StackFacts["replicas"] {
  const { alertmanagers = 1, prometheus = 1 } = availability ?? {};
  const least = outputs?.["alertmanagerHeadless"] === undefined ? 1 : 2;
  return { alertmanagers: Math.max(alertmanagers, least), prometheus };
}

/** The intervals as the program uses them. InstanceDown's `for` may come from either of two settings. */
function timingIn(settings: Partial<StackSettings> | undefined): Timing {
  const { alerts, rules } = settings ?? {};
  if (alerts === undefined) return defaultTiming;
  const down = rules === undefined ? alerts.instanceDownFor : instanceDownFor({ alerts, rules });
  return timingOf({ ...alerts, instanceDownFor: down });
}

/** Reads the outputs from the state, or from the cluster if the CLI does not open the state without a passphrase. */
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

/** The facts that are known without a stack. */
export function noStack(): StackFacts {
  return {
    namespace: defaultNamespace,
    web: webAddresses(undefined, undefined),
    timing: defaultTiming,
    replicas: { alertmanagers: 1, prometheus: 1 },
    peerWait: defaultPeerWait,
    longestSilence: defaultLongestSilence,
    warnings: [],
  };
}
