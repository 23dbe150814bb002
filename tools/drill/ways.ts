import { everyRoute, type Placed } from "../../alertmanager/route-tree";
import type { Window } from "./bounds";
import type { LiveConfiguration, LiveEntry } from "./live-configuration";
import { type Labels, routesTaking } from "../../alertmanager/evaluate";
import { receiverOf, type Waits, waitsOf } from "./routing";

/** Where an alert goes: all receivers of one kind, which Alertmanager counts together, and the waits of the routes to them. */
export interface Way {
  readonly integration: string;
  readonly receivers: readonly string[];
  /** How many notifications of this kind one flush of the groups sends. */
  readonly expected: number;
  /** How many of them are sent when the alert is resolved. */
  readonly expectedResolved: number;
  /** In seconds, from the shortest of the groups' to the longest. */
  readonly groupWait: Window;
  readonly groupInterval: Window;
}

interface Sent extends LiveEntry, Waits {
  readonly receiver: string;
}

/**
 * The ways to the receivers that have the alert, by Alertmanager's running configuration: Slack first. None where no receiver
 * has an entry. Each route is a group and so a notification of its own, also where two lead to one receiver.
 */
export function waysTo(
  receivers: readonly string[],
  labels: Labels,
  configuration: LiveConfiguration | undefined,
  times: Waits,
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
      groupWait: windowOf(here.map(({ groupWait }) => groupWait)),
      groupInterval: windowOf(here.map(({ groupInterval }) => groupInterval)),
    };
  });
}

/** Where Alertmanager does not show its configuration, it is taken to be this program's. */
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
    // Where only Go can read a matcher, it may be any route that leads there.
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

function windowOf(seconds: readonly number[]): Window {
  return { min: Math.min(...seconds), max: Math.max(...seconds) };
}
