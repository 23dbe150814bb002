import { outsideText } from "../../conventions/outside-text";
import { type HeldAlert, receiversOf } from "./alertmanager-api";
import type { AlertmanagerView } from "./alertmanagers";
import type { Window } from "./bounds";
import type { DrillAlert } from "./drill-alert";
import { type DrillContext, type DrillResult, followMessages, emptyResult } from "./message";
import { stage, missing } from "./report";
import { poll } from "./polling";
import { whyQuiet } from "./suppressed";
import { waysTo } from "./ways";

/** The inputs of a drill with its own alert. */
export interface SyntheticOptions extends DrillContext {
  readonly alert: DrillAlert;
  /** The receiver that should get the alert. Default: any receiver that it reaches. */
  readonly receiver?: string;
}

const hasAlert = "Alertmanager has the alert";
const taken: Window = { min: 0, max: 2 };
const takenPatienceMs = 10_000;

/** By how much a busy machine may exceed the group interval before it sends a message. */
const flushDelayMs = 1_000;

/** Raises the alert and follows it to its receivers and back. The caller resolves it if this throws or ends early. */
export async function runSynthetic(options: SyntheticOptions): Promise<DrillResult> {
  const { api, alert, receiver, configuration, start, say, signal, facts } = options;
  const result = emptyResult();
  const { stages, failures } = result;
  const seconds = (at: number) => (at - start) / 1000;
  const raisedAt = Date.now();
  const giveUp = (why: string, verdict: "failed" | "unclear" = "failed") => {
    failures.push(why);
    stages.push(missing(hasAlert, seconds(raisedAt), taken, verdict));
    return result;
  };
  const giveWay = ({ labels, endsAt }: HeldAlert) =>
    giveUp(
      `another drill is running (${outsideText(labels.drill_id ?? "without an id")}, until ${outsideText(endsAt)} unless it is refreshed), and both drills would share one message. Wait until it has ended.`,
    );
  const there = await otherDrill(api, alert.id);
  if (there !== undefined) return giveWay(there);
  const before = await api.counters();
  const postedAt = Date.now();
  await alert.raise();

  const held = await poll(
    async () => {
      const now = await alert.held();
      return now.length > 0 ? now : undefined;
    },
    { deadline: postedAt + takenPatienceMs, everyMs: 100, signal },
  );
  if (held === undefined)
    return giveUp(`Alertmanager accepted the alert, but does not show it after ${takenPatienceMs / 1000} s.`);
  const hadAt = Date.now();
  // The check is repeated, because another drill that was raised at the same time was not visible in the first check.
  const sooner = await otherDrill(api, alert.id);
  if (sooner !== undefined) return giveWay(sooner);
  const receivers = receiversOf(held);
  result.receivers = receivers;
  const reached = receivers.join(", ");
  if (receiver !== undefined && !receivers.includes(receiver)) {
    return giveUp(
      `the alert reached ${reached}, not ${receiver}: use --label to give labels that are routed there.`,
      "unclear",
    );
  }
  stages.push(stage(hasAlert, seconds(postedAt), seconds(hadAt), taken));
  const ways = waysTo(receivers, alert.labels, configuration, facts.timing, options.peerWait);
  if (ways.length === 0) {
    return giveUp(`the receiver ${reached} has no entry, so it notifies nobody. Give it one, or change the route.`);
  }
  const longest = (key: "groupWait" | "groupInterval") => Math.max(...ways.map((way) => way[key].max));
  say(`Alertmanager has the alert; it goes to ${reached}, and the message is due in ${longest("groupWait")} s`);

  const delivered = await followMessages(
    options,
    ways,
    ({ groupWait, receivers: told }) => ({
      word: "firing",
      mark: alert.id,
      before,
      from: postedAt,
      due: groupWait,
      // The group wait began between the request and the moment when the alert was visible.
      notBefore: postedAt + groupWait.min * 1000,
      sentBy: hadAt + groupWait.max * 1000 + flushDelayMs,
      hopeless: async () => whyQuiet(await alert.held(), told),
    }),
    result,
  );

  const [ending, silent] = [true, false].map((sends) =>
    delivered.filter(({ way }) => way.expectedResolved > 0 === sends),
  ) as [typeof delivered, typeof delivered];
  for (const { way } of silent) {
    say(`${way.receivers.join(", ")} (${way.integration}) has send_resolved off, so no resolved message is sent`);
  }
  if (ending.length === 0) return result;
  const beforeResolved = await api.counters();
  const resolvedAt = Date.now();
  await alert.resolve();
  say(`Resolved; waiting for the resolved message, due within ${longest("groupInterval")} s`);
  await followMessages(
    options,
    ending.map(({ way }) => way),
    (way) => {
      const { sentAt } = ending.find((one) => one.way === way)!;
      const { groupInterval } = way;
      return {
        word: "resolved",
        mark: alert.id,
        before: beforeResolved,
        from: resolvedAt,
        due: { min: 0, max: groupInterval.max },
        // The group may still be that of an earlier drill: then the time of its flush is unknown.
        notBefore: resolvedAt,
        sentBy: sentAt + groupInterval.max * 1000 + flushDelayMs,
      };
    },
    result,
  );
  return result;
}

/**
 * Finds another running drill. Before Alertmanager has the alert of this drill, any drill counts. Later, only a drill
 * that began earlier counts, so that one of the two goes on.
 */
async function otherDrill(api: AlertmanagerView, id: string): Promise<HeldAlert | undefined> {
  const all = await api.alerts({ drill: "true" });
  const own = all.find(({ labels }) => labels.drill_id === id);
  return all.find(({ labels, startsAt }) => {
    if (labels.drill_id === id) return false;
    const ahead = own === undefined ? 1 : Date.parse(own.startsAt) - Date.parse(startsAt);
    return ahead > 0 || (ahead === 0 && (labels.drill_id ?? "") < id);
  });
}
