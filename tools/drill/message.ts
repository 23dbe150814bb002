import type { AlertmanagerView } from "./alertmanagers";
import type { Window } from "./bounds";
import type { Counters } from "./counters";
import { type Delivery, followDelivery } from "./delivery";
import { explain } from "./reasons";
import { type Stage, stage, missing } from "./report";
import type { LiveConfiguration } from "./live-configuration";
import { findMessage, type ReaderFor, type SlackReader } from "./slack-history";
import type { StackFacts } from "../stack/facts";
import type { Way } from "./ways";

/** The findings of a drill, collected while it runs. */
export interface DrillResult {
  readonly stages: Stage[];
  receivers: readonly string[];
  readonly proof: string[];
  readonly failures: string[];
  /** What may keep other alerts from arriving. */
  readonly warnings: string[];
  /** Receivers that accepted the alert, each with its kind: `slack (slack)`. */
  readonly proven: string[];
}

export function emptyResult(): DrillResult {
  return { stages: [], receivers: [], proof: [], failures: [], warnings: [], proven: [] };
}

/** Adds the findings of another part of the drill. */
export function addResult(to: DrillResult, more: DrillResult): void {
  to.receivers = [...new Set([...to.receivers, ...more.receivers])];
  for (const key of ["proof", "failures", "warnings", "proven"] as const) to[key].push(...more[key]);
  to.stages.push(...more.stages);
}

/** The common inputs of every drill. */
export interface DrillContext {
  readonly api: AlertmanagerView;
  /** By how many seconds a message may come later, because Alertmanagers did not answer. Default: none. */
  readonly peerWait?: number;
  /** The Alertmanagers that stopped answering, as sentences. */
  readonly absent?: () => readonly string[];
  /** Alertmanager's running configuration; undefined if Alertmanager does not show it. */
  readonly configuration: LiveConfiguration | undefined;
  readonly facts: StackFacts;
  /** When the drill began; its stages are counted from then. */
  readonly start: number;
  /** How to look for the messages in a channel's history, and by which words. */
  readonly slack?: ReaderFor;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** An expected message. */
export interface Message {
  readonly word: "firing" | "resolved";
  /** The words by which the message is found in a channel. */
  readonly mark: string;
  readonly before: Counters;
  /** When the drill began to wait for the message. */
  readonly from: number;
  readonly due: Window;
  /** The drill's message is sent between these two moments. */
  readonly notBefore: number;
  readonly sentBy?: number;
  readonly hopeless?: () => Promise<string | undefined>;
}

/**
 * How long a receiver may take to answer, and how long a delivered message may take to appear in the channel's history.
 */
const answered: Window = { min: 0, max: 5 };
const shown: Window = { min: 0, max: 10 };
/** Alertmanager retries for at least this long. */
const retriesSeconds = 15;

/** A receiver and kind to which a message was delivered, and when. */
export interface Delivered {
  readonly way: Way;
  readonly sentAt: number;
}

/** Follows a message to all its receivers at the same time, and records the findings. */
export async function followMessages(
  context: DrillContext,
  ways: readonly Way[],
  messageOn: (way: Way) => Message,
  result: DrillResult,
): Promise<Delivered[]> {
  const slack = context.slack?.(result.receivers);
  const followed = await Promise.all(ways.map((way) => followMessage(context, way, messageOn(way), slack)));
  for (const { found } of followed) addResult(result, found);
  return followed.flatMap(({ way, sentAt }) => (sentAt === undefined ? [] : [{ way, sentAt }]));
}

/** Follows one message to its receivers and, with a token, into the channel; returns when it was sent, if delivered. */
async function followMessage(
  context: DrillContext,
  way: Way,
  message: Message,
  slack: SlackReader | undefined,
): Promise<{ readonly way: Way; readonly found: DrillResult; readonly sentAt?: number }> {
  const { api, absent, signal, say } = context;
  const { from, due, word } = message;
  const found = emptyResult();
  const delivery = await followDelivery({
    ...{ ...message, api, absent, signal },
    integration: way.integration,
    receivers: way.receivers,
    expected: word === "firing" ? way.expected : way.expectedResolved,
    deadline: from + (due.max + answered.max + retriesSeconds) * 1000,
    onRetry: () => say(`A request to ${way.integration} failed; Alertmanager retries it`),
  });
  const channel = emptyResult();
  const inHistory =
    way.integration === "slack" && slack ? await inChannel(context, message, slack, delivery, channel) : undefined;
  // A found message proves nothing about a second entry that posts elsewhere.
  const delivered = note(context, way, message, delivery, inHistory === true && way.expected === 1, found);
  addResult(found, channel);
  if (!delivered) return { way, found };
  if (word === "firing" && inHistory !== false)
    found.proven.push(...way.receivers.map((name) => `${name} (${way.integration})`));
  return { way, found, sentAt: delivery.state === "delivered" ? delivery.beganAt : from };
}

/** Records the outcome of the message. */
function note(
  { start, facts: { stack, namespace }, say }: DrillContext,
  way: Way,
  { word, from, due }: Message,
  delivery: Delivery,
  isInChannel: boolean,
  { stages, proof, failures }: DrillResult,
): boolean {
  const seconds = (at: number) => (at - start) / 1000;
  const name = `${way.integration === "slack" ? "Slack" : way.integration} answers, ${word}`;
  const waiting = word === "firing" ? "group wait" : "group interval";
  const about = { stack, namespace, integration: way.integration, receiver: way.receivers[0] };
  const waited = (until: number) =>
    stage(waiting, seconds(from), Math.max(seconds(until), seconds(from)), due, { noMinimum: true });
  switch (delivery.state) {
    case "delivered":
      stages.push(waited(delivery.beganAt));
      stages.push(
        stage(name, Math.max(seconds(delivery.beganAt), seconds(from)), seconds(delivery.answeredAt), answered),
      );
      proof.push(`${word}: ${delivery.proof}.`);
      say(`The ${word} message was delivered${way.integration === "slack" ? "" : ` to ${way.receivers.join(", ")}`}`);
      return true;
    case "failed":
      stages.push(waited(delivery.answeredAt), missing(name, seconds(delivery.answeredAt), answered));
      for (const reason of delivery.reasons) {
        const { meaning, remedy } = explain(reason, about);
        failures.push(`${meaning} ${remedy}.`);
      }
      return false;
    case "unclear":
      // Finding the message itself proves more than counters that other alerts changed too.
      if (isInChannel) {
        stages.push(waited(delivery.answeredAt));
        return true;
      }
      stages.push(missing(name, seconds(from), answered, "unclear"));
      failures.push(
        `${delivery.why}. ${way.integration === "slack" ? "With a bot token (SLACK_BOT_TOKEN) the drill looks for the message itself." : "Drill again when no other alert is notified."}`,
      );
      return false;
    case "nothing": {
      stages.push(missing(name, seconds(from), { min: due.min, max: due.max + answered.max }));
      const { meaning, remedy } = explain("serverError", about);
      const hint =
        delivery.earlier > 0 && word === "firing"
          ? ` ${delivery.earlier} were sent before the group wait was over: the group of an earlier drill may still be open. Drill again in a minute.`
          : word === "resolved"
            ? " Is send_resolved off for it?"
            : "";
      failures.push(
        delivery.why ??
          (delivery.retrying
            ? `every request fails, and Alertmanager keeps retrying: ${meaning} ${remedy}.`
            : `Alertmanager sent no ${word} message to ${way.receivers.join(", ")} in time, although nothing mutes the alert.${hint}`),
      );
      return false;
    }
  }
}

/** Whether the message is in the channel; undefined if the channel was not searched. */
async function inChannel(
  { start, signal, say }: DrillContext,
  { word, mark }: Message,
  slack: SlackReader,
  delivery: Delivery,
  { stages, proof, failures }: DrillResult,
): Promise<boolean | undefined> {
  if (delivery.state !== "delivered" && delivery.state !== "unclear") return undefined;
  const from = (delivery.answeredAt - start) / 1000;
  const name = `in the channel, ${word}`;
  const wanted = { id: mark, word: word.toUpperCase(), since: start };
  const { at, why } = await findMessage(slack, wanted, { patienceMs: 2_000 * shown.max, signal });
  if (at === undefined) {
    stages.push(missing(name, from, shown, "unclear"));
    failures.push(why ?? "the message is not in the channel.");
    return false;
  }
  const to = Math.max(from, (at - start) / 1000);
  stages.push(stage(name, from, to, shown));
  proof.push(`${word}: Slack's history of ${slack.channel} has the message with ${mark}.`);
  say(`The channel has the ${word} message`);
  return true;
}
