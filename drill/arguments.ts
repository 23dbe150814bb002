import { parseArgs } from "node:util";
import { secondsOf } from "./timing";

/** What the command line asks for. */
export interface DrillArguments {
  readonly stack?: string;
  readonly alertmanager?: string;
  readonly prometheus?: string;
  /** A node that a person stops, in place of an alert of the drill's own. */
  readonly node?: string;
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
  --node <name>          follow InstanceDown of a node that you stop by hand, in place of an alert of the drill's own
  --prometheus <url>     where Prometheus is, for --node; else found as Alertmanager is
  --channel <channel>    Slack's channel for SLACK_BOT_TOKEN; the stack's unless given
  --patience <duration>  with --node: how long you may take to stop it, and to start it again (30m)
  --out <directory>      where the picture goes (./drill-<time>)
  --json <file>          write the report as JSON

With SLACK_BOT_TOKEN in the environment the message is looked for in the channel as well.
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
    typeof value === "string" && value.trim() === "" ? [`--${name} is empty.`] : [],
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
  const read = { stack, alertmanager, prometheus, node, channel, out, json, patienceSeconds: patienceSeconds ?? 0 };
  return { read: faults.length === 0 ? read : undefined, help: false, faults };
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
