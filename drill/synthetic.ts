import { setTimeout as delay } from "node:timers/promises";
import { drillAlert } from "../components/alertmanagerRoutes";
import type { AlertmanagerApi, HeldAlert } from "./alertmanager-api";
import { drillAlertBounds, type Window } from "./bounds";
import type { DrillAlert } from "./drill-alert";
import { type Findings, followMessage, noFindings, wayTo } from "./message";
import { leg, missing } from "./report";
import type { SlackReader } from "./slack-history";
import { whyQuiet } from "./suppressed";

/** What a drill with an alert of its own needs. */
export interface SyntheticOptions {
  readonly api: AlertmanagerApi;
  readonly alert: DrillAlert;
  readonly stack?: string;
  readonly namespace?: string;
  /** Seconds that the settings say; what Alertmanager itself says of its routes goes first. */
  readonly times: { readonly groupWait: number; readonly groupInterval: number };
  readonly slack?: SlackReader;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

const hasAlert = "Alertmanager has the alert";
const taken: Window = { min: 0, max: 2 };
const takenPatienceMs = 10_000;

/** Raises the alert, follows it to the receiver and back. The caller resolves it when this throws, or ends early. */
export async function runSynthetic(options: SyntheticOptions): Promise<Findings> {
  const { api, alert, say, signal, stack, namespace, slack } = options;
  const findings = noFindings();
  const { legs, faults } = findings;
  const giveWay = ({ labels, endsAt }: HeldAlert) => {
    faults.push(
      `another drill is on (${labels.drill_id ?? "without an id"}, until ${endsAt} unless it is refreshed), and their messages would be one. Wait until it has ended.`,
    );
    legs.push(missing(hasAlert, 0, taken));
    return findings;
  };
  const there = await otherDrill(api, alert.id);
  if (there !== undefined) return giveWay(there);
  const configuration = await api.configuration();
  const before = await api.counters();
  const start = Date.now();
  const seconds = (at: number) => (at - start) / 1000;
  await alert.raise();

  const held = await untilHeld(alert, start + takenPatienceMs, signal);
  if (held === undefined) {
    faults.push(`Alertmanager took the alert, but shows none after ${takenPatienceMs / 1000} s.`);
    legs.push(missing(hasAlert, 0, taken));
    return findings;
  }
  const hadAt = Date.now();
  // One that was raised at the same time found none before either.
  const sooner = await otherDrill(api, alert.id);
  if (sooner !== undefined) return giveWay(sooner);
  findings.receivers = held.receivers;
  legs.push(leg(hasAlert, 0, seconds(hadAt), taken));
  const way = wayTo(held.receivers, configuration, options.times);
  if (way === undefined) {
    faults.push(
      `the receiver ${held.receivers.join(", ")} has no entry, so it tells nobody. Give it one, or change the route.`,
    );
    legs.push(missing("group wait", seconds(hadAt), taken));
    return findings;
  }
  say(
    `Alertmanager has the alert; it goes to ${held.receivers.join(", ")}, and the message is due in ${way.groupWait} s`,
  );

  const bounds = drillAlertBounds(way);
  const common = { api, way, start, stack, namespace, slack, mark: alert.id, signal, say };
  const delivered = await followMessage(
    {
      ...common,
      word: "firing",
      before,
      from: start,
      due: bounds.firing,
      // The group's wait began a moment after the request was sent, so nothing of ours is sent earlier.
      notBefore: start + way.groupWait * 1000,
      hopeless: async () => whyQuiet(await alert.held()),
    },
    findings,
  );
  if (!delivered) return findings;

  const beforeResolved = await api.counters();
  const resolvedAt = Date.now();
  await alert.resolve();
  say(`Resolved; the message is due within ${way.groupInterval} s`);
  await followMessage(
    {
      ...common,
      word: "resolved",
      before: beforeResolved,
      from: resolvedAt,
      due: bounds.resolved,
      notBefore: resolvedAt,
    },
    findings,
  );
  return findings;
}

/** Another drill: any before ours is held, and afterwards one that began before it, so that one of two goes on. */
async function otherDrill(api: AlertmanagerApi, id: string): Promise<HeldAlert | undefined> {
  const all = await api.alerts({ alertname: drillAlert });
  const own = all.find(({ labels }) => labels.drill_id === id);
  return all.find(({ labels, startsAt }) => {
    if (labels.drill_id === id) return false;
    const ahead = own === undefined ? 1 : Date.parse(own.startsAt) - Date.parse(startsAt);
    return ahead > 0 || (ahead === 0 && (labels.drill_id ?? "") < id);
  });
}

async function untilHeld(alert: DrillAlert, deadline: number, signal: AbortSignal) {
  for (;;) {
    const held = await alert.held();
    if (held !== undefined || Date.now() > deadline) return held;
    await delay(100, undefined, { signal });
  }
}
