import type { Labels } from "../../alertmanager/evaluate";
import {
  type Command,
  flag,
  stackOption,
  option,
  repeatable,
  type Values,
  WrongCommandLine,
} from "../shared/command-line";
import { urlFault } from "../shared/url-fault";
import { secondsOf } from "../stack/timing";

export const command = {
  call: "npm run drill --",
  options: {
    stack: stackOption(
      "the stack whose outputs and settings are read, and its password if the pages ask for one;\ndefault: the selected stack, unless --alertmanager is given",
    ),
    alertmanager: option(
      "<url>",
      "the address of Alertmanager; default: its load balancer, otherwise a port-forward through the API server;\nof several, each is reached by a port-forward",
    ),
    receiver: repeatable(
      "<name>",
      "drill this receiver, with labels that are routed to it; may be given several times",
    ),
    "every-receiver": flag("drill every receiver, one after the other, except the heartbeat's"),
    label: repeatable(
      "<name>=<value>",
      "add this label to the alert, and see which receiver gets it; may be given several times",
    ),
    node: option("<name>", "follow InstanceDown of a node that you stop by hand, instead of an alert of the drill"),
    prometheus: option(
      "<url>",
      "the address of Prometheus, for --node; default: found in the same way as Alertmanager",
    ),
    channel: option("<channel>", "Slack's channel for SLACK_BOT_TOKEN; default: the stack's"),
    patience: option(
      "<duration>",
      "with --node: how long you may take to stop the node, and to start it again; default: 30m",
    ),
    out: option("<directory>", "the directory for the picture; default: ./drill-<time>"),
    json: option("<file>", "write the report to this file, as JSON"),
  },
  notes: `With SLACK_BOT_TOKEN in the environment the drill also looks for the message in the channel.
A drill sends a real message to the receiver: a pager rings.
Exit code: 0 delivered in time, 1 not delivered, 2 wrong command line, 3 delivered late, 4 not known,
130 interrupted (the alert is resolved first; a second Ctrl-C ends at once).`,
} as const satisfies Command;

type Given = Values<typeof command>;

/** The meaning of the command line. */
export interface DrillArguments extends Omit<Given, "receiver" | "every-receiver" | "label" | "patience"> {
  /** Receivers that are drilled one after another, instead of the default channel's. */
  readonly receivers: readonly string[];
  /** Whether to drill every receiver except the heartbeat's. */
  readonly everyReceiver: boolean;
  /** Labels of the alert, which may change its route. */
  readonly labels: Labels;
  readonly patienceSeconds: number;
}

/** Checks and combines the options. Throws one error with a sentence for each problem. */
export function drillArguments(given: Given): DrillArguments {
  const { receiver, "every-receiver": everyReceiver, label, patience = "30m", ...rest } = given;
  const { prometheus, node, channel } = rest;
  const faults: string[] = [];
  for (const name of ["alertmanager", "prometheus"] as const) {
    const fault = urlFault(rest[name]);
    if (fault !== undefined) faults.push(`--${name} ${fault}`);
  }
  const patienceSeconds = secondsOf(patience);
  if (patienceSeconds === undefined) {
    faults.push(`--patience got "${patience}"; write a duration such as 30m or 1h.`);
  }
  if (node === undefined && prometheus !== undefined) {
    faults.push("--prometheus needs --node: the drill's own alert does not pass through Prometheus.");
  }
  const receivers = [...new Set(receiver)];
  const isChosen = receivers.length > 0 || label.length > 0;
  const labels = labelsIn(label, faults);
  if (everyReceiver && isChosen) {
    faults.push("--every-receiver cannot be combined with --receiver or --label.");
  }
  if (node !== undefined && (everyReceiver || isChosen)) {
    faults.push(
      "--node cannot be combined with --receiver, --every-receiver or --label: InstanceDown has its own labels.",
    );
  }
  if (channel !== undefined && (everyReceiver || receivers.length > 1)) {
    faults.push("--channel needs a single receiver; for several, each channel is read from Alertmanager.");
  }
  if (patienceSeconds === undefined || faults.length > 0) throw new WrongCommandLine(...faults);
  return { ...rest, receivers, everyReceiver, labels, patienceSeconds };
}

/**
 * The labels that identify a drill. The command line must not change them: the next drill finds a running drill by
 * them.
 */
const ownLabels = ["drill", "drill_id"];

function labelsIn(given: readonly string[], faults: string[]): Labels {
  const labels: Record<string, string> = {};
  for (const one of given) {
    const [, name, value] = /^\s*([^=\s]+?)\s*=\s*(.*?)\s*$/s.exec(one) ?? [];
    if (name === undefined || !value)
      faults.push(`--label got "${one}"; write a name and a value, such as team=payments.`);
    else if (ownLabels.includes(name)) faults.push(`--label ${name} is set by the drill; leave it out.`);
    else if (name in labels) faults.push(`--label ${name} is given twice.`);
    else labels[name] = value;
  }
  return labels;
}
