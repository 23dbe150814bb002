import { byDistance } from "../../validation/faults";
import { heartbeatReceiverName, watchdogAlert } from "../../values/heartbeat-receiver";
import type { DrillArguments } from "./arguments";
import { drillAlert } from "../../values/alertmanager-routes";
import { labelsTo } from "./labels-to";
import type { LiveConfiguration } from "./live-configuration";
import type { Labels } from "../../alertmanager/evaluate";

/** One alert of a drill: its labels, and its intended receiver, unless only labels were given. */
export interface Target {
  readonly receiver?: string;
  readonly labels: Labels;
}

/** The alerts to drill, and the receivers that cannot be drilled, with reasons. */
export interface Targets {
  readonly targets: readonly Target[];
  readonly unclear: readonly { readonly receiver: string; readonly why: string }[];
}

/** A receiver or a label on the command line that cannot be drilled. */
export class WrongTarget extends Error {
  override readonly name = "WrongTarget";
}

/**
 * The name of the alert in drills to other receivers than the default channel. The alert of the default channel has
 * another name, with its own route before all others. The label `drill="true"` stays, so that the message says that it
 * is a drill.
 */
const routedDrillAlert = "AlertingRouteDrill";

/**
 * The alerts that the command line asks for. The labels for a receiver are computed from Alertmanager's running
 * configuration; whether they are right is checked once Alertmanager has the alert. Throws {@link WrongTarget}.
 */
export function targetsOf(
  args: Pick<DrillArguments, "receivers" | "everyReceiver" | "labels">,
  configuration: LiveConfiguration | undefined,
  base: Labels,
): Targets {
  const { receivers, everyReceiver, labels: fixed } = args;
  if (fixed.alertname === watchdogAlert) {
    throw new WrongTarget(`--label alertname=${watchdogAlert} would be a false heartbeat.`);
  }
  if (receivers.length === 0 && !everyReceiver) {
    const plain = Object.keys(fixed).length === 0;
    return { targets: [{ labels: plain ? {} : { alertname: routedDrillAlert, ...fixed } }], unclear: [] };
  }
  if (configuration === undefined) {
    throw new WrongTarget(
      "Alertmanager does not show its configuration, so the labels that are routed to a receiver are unknown. Give them with --label.",
    );
  }
  const known = Object.keys(configuration.receivers);
  for (const name of receivers) {
    const fault = faultOf(name, known, configuration);
    if (fault !== undefined) throw new WrongTarget(`--receiver got "${name}", ${fault}`);
  }
  const wanted = everyReceiver ? known.filter((name) => faultOf(name, known, configuration) === undefined) : receivers;
  const found = wanted.map((receiver) => ({
    receiver,
    labels: labelsTo(configuration.root, {
      receiver,
      base: { alertname: drillAlert, severity: "info", ...base },
      fixed: { drill: "true", ...fixed },
      further: { alertname: [routedDrillAlert], severity: ["critical", "warning", "info"] },
    }),
  }));
  const isPulse = (labels: Labels | undefined) => labels?.alertname === watchdogAlert;
  const unclear = found.flatMap(({ receiver, labels }) => {
    if (isPulse(labels))
      return [{ receiver, why: `${receiver} only gets ${watchdogAlert}: a drill would be a false heartbeat.` }];
    const why = `found no labels that are routed to the receiver ${receiver}: does a route name it, and does no earlier route take its alerts? Give labels with --label.`;
    return labels === undefined ? [{ receiver, why }] : [];
  });
  if (!everyReceiver && unclear.length > 0) throw new WrongTarget(unclear.map(({ why }) => why).join("\n"));
  return {
    targets: found.flatMap(({ receiver, labels }) =>
      labels === undefined || isPulse(labels) ? [] : [{ receiver, labels }],
    ),
    unclear,
  };
}

function faultOf(name: string, known: readonly string[], { receivers }: LiveConfiguration): string | undefined {
  if (receivers[name] === undefined) {
    return `which Alertmanager does not have. It has ${byDistance(name, known).slice(0, 5).join(", ")}.`;
  }
  if (name === heartbeatReceiverName) {
    return "to which a drill would send a false heartbeat; the service that receives heartbeats checks whether they arrive.";
  }
  return receivers[name].length === 0 ? "which has no entry, so it notifies nobody." : undefined;
}

/** Receivers in the running configuration that were not tested, with their kinds. */
export function unprovenIn({ receivers }: LiveConfiguration, proven: readonly string[]): string[] {
  return Object.entries(receivers).flatMap(([name, entries]) => {
    const kinds = [...new Set(entries.map(({ kind }) => kind))].filter((kind) => !proven.includes(`${name} (${kind})`));
    const watched = name === heartbeatReceiverName ? ", which its external service checks" : "";
    return kinds.map((kind) => `${name} (${kind}${watched})`);
  });
}
