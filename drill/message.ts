import type { AlertmanagerApi } from "./alertmanager-api";
import type { Window } from "./bounds";
import type { Counters } from "./counters";
import { type Delivery, followDelivery } from "./delivery";
import type { LiveConfiguration } from "./live-configuration";
import { explain } from "./reasons";
import { type Leg, leg, missing } from "./report";
import { findMessage, type SlackReader } from "./slack-history";

/** What a drill finds out, as it goes on. */
export interface Findings {
  readonly legs: Leg[];
  receivers: readonly string[];
  readonly proof: string[];
  readonly faults: string[];
}

export function noFindings(): Findings {
  return { legs: [], receivers: [], proof: [], faults: [] };
}

/** Where an alert is told: one kind of receiver, and the waiting times of the routes to it. */
export interface Way {
  readonly integration: string;
  readonly receivers: readonly string[];
  /** How many notifications of this kind one turn of the group makes. */
  readonly expected: number;
  readonly groupWait: number;
  readonly groupInterval: number;
}

/** The way to the receivers by Alertmanager's running configuration; undefined where none of them has an entry. */
export function wayTo(
  receivers: readonly string[],
  configuration: LiveConfiguration | undefined,
  times: { readonly groupWait: number; readonly groupInterval: number },
): Way | undefined {
  const kinds = receivers.flatMap((name) => configuration?.integrations[name] ?? ["slack"]);
  const integration = kinds.includes("slack") ? "slack" : kinds[0];
  if (integration === undefined) return undefined;
  const known = receivers.map((name) => configuration?.times[name] ?? times);
  return {
    integration,
    receivers,
    expected: kinds.filter((kind) => kind === integration).length,
    groupWait: Math.max(...known.map(({ groupWait }) => groupWait)),
    groupInterval: Math.max(...known.map(({ groupInterval }) => groupInterval)),
  };
}

export interface MessageOptions {
  readonly api: AlertmanagerApi;
  readonly way: Way;
  readonly word: "firing" | "resolved";
  readonly before: Counters;
  /** When the drill began, and when the wait for this message did. */
  readonly start: number;
  readonly from: number;
  readonly due: Window;
  /** Before this moment nothing of ours is sent. */
  readonly notBefore: number;
  readonly hopeless?: () => Promise<string | undefined>;
  readonly stack?: string;
  readonly namespace?: string;
  /** Where the message itself is looked for, and by what. */
  readonly slack?: SlackReader;
  readonly mark: string;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** How long a receiver may take to answer, and a message from there to the channel's history. */
const answered: Window = { min: 0, max: 5 };
const shown: Window = { min: 0, max: 10 };
/** Alertmanager tries again for this long at least. */
const retriesSeconds = 15;

/** Follows one message to its receiver and, with a token, into the channel; writes down its legs. Whether it was delivered. */
export async function followMessage(options: MessageOptions, findings: Findings): Promise<boolean> {
  const { api, way, before, signal, say, from, due } = options;
  const delivery = await followDelivery({
    ...{ api, before, signal, notBefore: options.notBefore, hopeless: options.hopeless },
    integration: way.integration,
    receivers: way.receivers,
    expected: way.expected,
    deadline: from + (due.max + answered.max + retriesSeconds) * 1000,
    onRetry: () => say(`A request to ${way.integration} failed; Alertmanager tries again by itself`),
  });
  const found = await inChannel(options, delivery, findings);
  const legs: Leg[] = [];
  const delivered = note(options, delivery, found, legs, findings);
  findings.legs.splice(findings.legs.length - (found === undefined ? 0 : 1), 0, ...legs);
  return delivered;
}

/** Writes down what became of it. */
function note(
  { way, word, start, from, due, stack, namespace, say }: MessageOptions,
  delivery: Delivery,
  found: boolean | undefined,
  legs: Leg[],
  { proof, faults }: Findings,
): boolean {
  const seconds = (at: number) => (at - start) / 1000;
  const name = `${way.integration === "slack" ? "Slack" : way.integration} answers, ${word}`;
  const waiting = word === "firing" ? "group wait" : "group's next turn";
  const about = { stack, namespace, integration: way.integration };
  const waited = (until: number) =>
    leg(waiting, seconds(from), Math.max(seconds(until), seconds(from)), due, { noMinimum: true });
  switch (delivery.state) {
    case "delivered":
      legs.push(waited(delivery.beganAt));
      legs.push(leg(name, Math.max(seconds(delivery.beganAt), seconds(from)), seconds(delivery.answeredAt), answered));
      proof.push(`${word}: ${delivery.proof}.`);
      say(`The ${word} message was delivered`);
      return true;
    case "failed":
      legs.push(waited(delivery.answeredAt), missing(name, seconds(delivery.answeredAt), answered));
      for (const reason of delivery.reasons) {
        const { meaning, remedy } = explain(reason, about);
        faults.push(`${meaning} ${remedy}.`);
      }
      return false;
    case "unclear":
      // The message itself says more than counters that other alerts moved as well.
      if (found === true) {
        legs.push(waited(delivery.answeredAt));
        return true;
      }
      legs.push(missing(name, seconds(from), answered, "unclear"));
      faults.push(`${delivery.why}. With a bot token (SLACK_BOT_TOKEN) the drill looks for the message itself.`);
      return false;
    case "nothing": {
      legs.push(missing(name, seconds(from), { min: due.min, max: due.max + answered.max }));
      const { meaning, remedy } = explain("serverError", about);
      const hint =
        delivery.earlier > 0 && word === "firing"
          ? ` ${delivery.earlier} were sent before the group's wait was over: an earlier drill's group may still be open. Drill again in a minute.`
          : word === "resolved"
            ? " Is send_resolved off for it?"
            : "";
      faults.push(
        delivery.why ??
          (delivery.retrying
            ? `every request fails, and Alertmanager still tries: ${meaning} ${remedy}.`
            : `Alertmanager began no ${word} message in time, though nothing keeps the alert quiet.${hint}`),
      );
      return false;
    }
  }
}

/** Whether the message is in the channel; undefined where nobody looked. */
async function inChannel(
  { slack, word, mark, start, signal, say }: MessageOptions,
  delivery: Delivery,
  { legs, proof, faults }: Findings,
): Promise<boolean | undefined> {
  if (slack === undefined || (delivery.state !== "delivered" && delivery.state !== "unclear")) return undefined;
  const from = (delivery.answeredAt - start) / 1000;
  const name = `in the channel, ${word}`;
  const wanted = { id: mark, word: word.toUpperCase(), since: start };
  const { at, why } = await findMessage(slack, wanted, { patienceMs: 2_000 * shown.max, signal });
  if (at === undefined) {
    legs.push(missing(name, from, shown, "unclear"));
    faults.push(why ?? "the message is not in the channel.");
    return false;
  }
  const to = Math.max(from, (at - start) / 1000);
  legs.push(leg(name, from, to, shown));
  proof.push(`${word}: Slack's history of ${slack.channel} has the message with ${mark}.`);
  say(`The channel has the ${word} message`);
  return true;
}
