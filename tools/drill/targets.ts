import { byDistance } from "../../validation/faults";
import { heartbeatReceiverName, watchdogAlert } from "../../values/heartbeat-receiver";
import type { DrillArguments } from "./arguments";
import { drillAlert } from "../../values/alertmanager-routes";
import { labelsTo } from "./labels-to";
import type { LiveConfiguration } from "./live-configuration";
import type { Labels } from "../../alertmanager/evaluate";

/** One alert of a drill: its labels, and the receiver that it is meant for, unless only labels were given. */
export interface Target {
  readonly receiver?: string;
  readonly labels: Labels;
}

/** What to drill, and what cannot be drilled, with the reasons. */
export interface Targets {
  readonly targets: readonly Target[];
  readonly unclear: readonly { readonly receiver: string; readonly why: string }[];
}

/** A receiver or a label on the command line that cannot be drilled. */
export class WrongTarget extends Error {
  override readonly name = "WrongTarget";
}

/**
 * Another name than that of the drill to the default channel, which has a route of its own before all others. The label
 * `drill="true"` stays, so that the message says that it is a drill.
 */
const routedDrillAlert = "AlertingRouteDrill";

/**
 * The alerts that the command line asks for. Which labels lead to a receiver is worked out from Alertmanager's running
 * configuration; whether they do, Alertmanager says once it has the alert. Throws {@link WrongTarget}.
 */
export function targetsOf(
  args: Pick<DrillArguments, "receivers" | "everyReceiver" | "labels">,
  configuration: LiveConfiguration | undefined,
  base: Labels,
): Targets {
  const { receivers, everyReceiver, labels: fixed } = args;
  if (fixed.alertname === watchdogAlert) {
    throw new WrongTarget(`--label alertname=${watchdogAlert} would be a false sign of life.`);
  }
  if (receivers.length === 0 && !everyReceiver) {
    const plain = Object.keys(fixed).length === 0;
    return { targets: [{ labels: plain ? {} : { alertname: routedDrillAlert, ...fixed } }], unclear: [] };
  }
  if (configuration === undefined) {
    throw new WrongTarget(
      "Alertmanager does not show its configuration, so which labels lead to a receiver is not known. Give them by --label.",
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
      return [{ receiver, why: `${receiver} only gets ${watchdogAlert}: a drill would be a false sign of life.` }];
    const why = `no labels are found that lead to the receiver ${receiver}: does a route name it, and no earlier one take its alerts? Give labels by --label.`;
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
    return "which a drill would send a false sign of life; whether that arrives is what its service watches.";
  }
  return receivers[name].length === 0 ? "which has no entry, so it notifies nobody." : undefined;
}

/** Receivers of the running configuration, with their kinds, that were not proven. */
export function unprovenIn({ receivers }: LiveConfiguration, proven: readonly string[]): string[] {
  return Object.entries(receivers).flatMap(([name, entries]) => {
    const kinds = [...new Set(entries.map(({ kind }) => kind))].filter((kind) => !proven.includes(`${name} (${kind})`));
    const watched = name === heartbeatReceiverName ? ", which its own service watches" : "";
    return kinds.map((kind) => `${name} (${kind}${watched})`);
  });
}
