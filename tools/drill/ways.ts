import { everyRoute, type Placed } from "../../alertmanager/route-tree";
import type { Window } from "./bounds";
import type { LiveConfiguration, LiveEntry } from "./live-configuration";
import { type Labels, routesTaking } from "../../alertmanager/evaluate";
import { receiverOf, type Waits, waitsOf } from "./routing";

/**
 * All receivers of one kind that get an alert (Alertmanager counts them together), and the waits of the routes to them.
 */
export interface Way {
  readonly integration: string;
  readonly receivers: readonly string[];
  /** How many notifications of this kind one flush of the groups sends. */
  readonly expected: number;
  /** How many of them are sent when the alert is resolved. */
  readonly expectedResolved: number;
  /** The group wait in seconds, from the shortest to the longest among the groups. */
  readonly groupWait: Window;
  readonly groupInterval: Window;
}

interface Sent extends LiveEntry, Waits {
  readonly receiver: string;
}

/**
 * The receivers that have the alert, by kind, according to Alertmanager's running configuration; Slack first. Empty if
 * no receiver has an entry. Alertmanager may send later by `peerWait` seconds, if others did not answer. Each route
 * makes a separate group and so a separate notification, even if two routes have the same receiver.
 */
export function waysTo(
  receivers: readonly string[],
  labels: Labels,
  configuration: LiveConfiguration | undefined,
  times: Waits,
  peerWait = 0,
): Way[] {
  const sent = configuration === undefined ? unseen(receivers, times) : entriesOf(receivers, labels, configuration);
  const kinds = [...new Set(sent.map(({ kind }) => kind))].sort(
    (a, b) => Number(b === "slack") - Number(a === "slack"),
  );
  return kinds.map((integration) => {
    const here = sent.filter(({ kind }) => kind === integration);
    return {
      integration,
      receivers: [...new Set(here.map(({ receiver }) => receiver))],
      expected: here.length,
      expectedResolved: here.filter(({ sendsResolved }) => sendsResolved).length,
      groupWait: windowOf(
        here.map(({ groupWait }) => groupWait),
        peerWait,
      ),
      groupInterval: windowOf(
        here.map(({ groupInterval }) => groupInterval),
        peerWait,
      ),
    };
  });
}

/** If Alertmanager does not show its configuration, this program's is assumed. */
function unseen(receivers: readonly string[], { groupWait, groupInterval }: Waits): Sent[] {
  return receivers.map((receiver) => ({ receiver, kind: "slack", sendsResolved: true, groupWait, groupInterval }));
}

function entriesOf(
  receivers: readonly string[],
  labels: Labels,
  { receivers: known, root }: LiveConfiguration,
): Sent[] {
  const taken = routesTaking(root, labels);
  return receivers.flatMap((receiver) => {
    const leading = (routes: readonly Placed[]) => routes.filter((one) => receiverOf(one) === receiver);
    const here = leading(taken).map(waitsOf);
    // A matcher that only Go can read may match, so every route to the receiver is included.
    const waits = here.length > 0 ? here : [longest(leading(everyRoute(root)).map(waitsOf))];
    return waits.flatMap((one) => (known[receiver] ?? []).map((entry) => ({ receiver, ...entry, ...one })));
  });
}

function longest(all: readonly Waits[]): Waits {
  return {
    groupWait: Math.max(0, ...all.map(({ groupWait }) => groupWait)),
    groupInterval: Math.max(0, ...all.map(({ groupInterval }) => groupInterval)),
  };
}

function windowOf(seconds: readonly number[], more: number): Window {
  return { min: Math.min(...seconds), max: Math.max(...seconds) + more };
}
