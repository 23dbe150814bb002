import { parseArgs } from "node:util";
import type { Labels } from "../../alertmanager/evaluate";
import { secondsOf } from "./timing";

/** What the command line asks for. */
export interface DrillArguments {
  readonly stack?: string;
  readonly alertmanager?: string;
  readonly prometheus?: string;
  /** A node that a person stops, in place of an alert of the drill's own. */
  readonly node?: string;
  /** Receivers that are drilled one after the other, in place of the default channel's. */
  readonly receivers: readonly string[];
  /** Whether every receiver is, but for the sign of life's. */
  readonly everyReceiver: boolean;
  /** Labels of the alert, by which it takes another route. */
  readonly labels: Labels;
  /** Slack's channel, by id or name. */
  readonly channel?: string;
  /** Where the picture goes; made unless given. */
  readonly out?: string;
  readonly json?: string;
  /** How long the person may take to stop the node, and to start it again. */
  readonly patienceSeconds: number;
}

export const usage = `npm run drill -- [--stack <stack>] [options]

  --stack <stack>        the stack whose outputs and settings are read; its password, where the pages ask for one;
                         the selected one unless this or --alertmanager is given
  --alertmanager <url>   where Alertmanager is; else its load balancer, else a port-forward through the API server
  --receiver <name>      drill this receiver, by labels that lead to it; may be given several times
  --every-receiver       drill every receiver, one after the other, but for the heartbeat's
  --label <name>=<value> give the alert this label, and see where it goes; may be given several times
  --node <name>          follow InstanceDown of a node that you stop by hand, in place of an alert of the drill's own
  --prometheus <url>     where Prometheus is, for --node; else found as Alertmanager is
  --channel <channel>    Slack's channel for SLACK_BOT_TOKEN; the stack's unless given
  --patience <duration>  with --node: how long you may take to stop it, and to start it again (30m)
  --out <directory>      where the picture goes (./drill-<time>)
  --json <file>          write the report as JSON

With SLACK_BOT_TOKEN in the environment the message is looked for in the channel as well.
A drill is a message to whoever is behind the receiver: a pager rings.
Exit code: 0 delivered in time, 1 not delivered, 2 wrong command line, 3 delivered late, 4 it cannot be told,
130 interrupted (the alert is resolved first; a second Ctrl-C ends at once).`;

/** Reads the command line; gives every fault of it, each a sentence. */
export function readArguments(args: readonly string[]): { read?: DrillArguments; help: boolean; faults: string[] } {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        stack: { type: "string" },
        alertmanager: { type: "string" },
        prometheus: { type: "string" },
        receiver: { type: "string", multiple: true },
        "every-receiver": { type: "boolean", default: false },
        label: { type: "string", multiple: true },
        node: { type: "string" },
        channel: { type: "string" },
        patience: { type: "string" },
        out: { type: "string" },
        json: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    }));
  } catch (error) {
    return { help: false, faults: [`${(error as Error).message.split(". ")[0]!.replace(/\.$/, "")}.`] };
  }
  if (values.help) return { help: true, faults: [] };
  const faults = Object.entries(values).flatMap(([name, value]) =>
    [value].flat().some((one) => typeof one === "string" && one.trim() === "") ? [`--${name} is empty.`] : [],
  );
  for (const name of ["alertmanager", "prometheus"] as const) {
    const fault = urlFault(values[name]);
    if (fault !== undefined) faults.push(`--${name} ${fault}`);
  }
  const patienceSeconds = secondsOf(values.patience ?? "30m");
  if (patienceSeconds === undefined) {
    faults.push(`--patience got "${values.patience}"; write a duration such as 30m or 1h.`);
  }
  if (values.node === undefined && values.prometheus !== undefined) {
    faults.push("--prometheus goes with --node: an alert of the drill's own does not pass Prometheus.");
  }
  const { stack, alertmanager, prometheus, node, channel, out, json } = values;
  const receivers = [...new Set(values.receiver)];
  const everyReceiver = values["every-receiver"];
  const labels = labelsIn(values.label ?? [], faults);
  if (everyReceiver && (receivers.length > 0 || values.label !== undefined)) {
    faults.push("--every-receiver goes without --receiver and --label.");
  }
  if (node !== undefined && (everyReceiver || receivers.length > 0 || values.label !== undefined)) {
    faults.push("--node goes without --receiver, --every-receiver and --label: InstanceDown has its own labels.");
  }
  if (channel !== undefined && (everyReceiver || receivers.length > 1)) {
    faults.push("--channel goes with one receiver; of several, each one's channel is read from Alertmanager.");
  }
  const read = {
    ...{ stack, alertmanager, prometheus, node, channel, out, json, receivers, everyReceiver, labels },
    patienceSeconds: patienceSeconds ?? 0,
  };
  return { read: faults.length === 0 ? read : undefined, help: false, faults };
}

/** By these the drill is known: another value would hide it from the next one. */
const ownLabels = ["drill", "drill_id"];

function labelsIn(given: readonly string[], faults: string[]): Labels {
  const labels: Record<string, string> = {};
  for (const one of given.filter((text) => text.trim() !== "")) {
    const [, name, value] = /^\s*([^=\s]+?)\s*=\s*(.*?)\s*$/s.exec(one) ?? [];
    if (name === undefined || !value)
      faults.push(`--label got "${one}"; write a name and a value, such as team=payments.`);
    else if (ownLabels.includes(name)) faults.push(`--label ${name} is the drill's own; leave it out.`);
    else if (name in labels) faults.push(`--label ${name} is given twice.`);
    else labels[name] = value;
  }
  return labels;
}

function urlFault(text: string | undefined): string | undefined {
  if (text === undefined || text.trim() === "") return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    return "is no URL; write one such as http://alertmanager.example:9093.";
  }
  // Whoever lists processes could read it.
  if (url.username || url.password) return "has a user or a password in it, which do not belong on a command line.";
  return /[?#]/.test(text) ? "has a query or a fragment; write it up to the path." : undefined;
}
