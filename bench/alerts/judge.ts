import type { SlackMessage } from "../../lab/slack/start";
import { readSlackPayload } from "../../lab/slack-message";
import type { ProfileName } from "./profiles";

/** A performed stop of a target; times in milliseconds. */
export interface Stop {
  readonly profile: ProfileName;
  readonly deployment: number;
  readonly instance: string;
  /** The path to which the deployment's messages are sent. */
  readonly webhookPath: string;
  readonly stoppedAt: number;
  readonly startedAt: number;
  /** The time after which a message counts for the next time that the same processes are stopped. */
  readonly overAt: number;
  /** The expected time until Slack is notified, counting only the intervals of the settings. */
  readonly expectedSeconds: number;
}

/** The result of a stop, from the messages that Slack received. */
export interface Verdict {
  readonly stop: Stop;
  /** The time from the stop to the firing message; undefined if that message is lost. */
  readonly seconds?: number;
  /** The time from the restart of the target to the resolved message; undefined if that message is lost. */
  readonly resolvedSeconds?: number;
  /** The number of missing messages (firing, resolved). */
  readonly lost: number;
  /** The number of messages that repeat an earlier one. */
  readonly duplicates: number;
  /** Titles of messages that are not about the stopped target. */
  readonly falseAlerts: readonly string[];
}

const TITLE = /\[(FIRING|RESOLVED)(?::\d+)?\]\s+(\S+)/;

/** The content of a message about an alert: its state, its name, and its full text. */
export function readAlertMessage(payload: unknown): { state?: string; alert?: string; title: string; text: string } {
  const { title, lines } = readSlackPayload(payload);
  const [, state, alert] = TITLE.exec(title) ?? [];
  return { state, alert, title, text: [title, ...lines].join("\n") };
}

/** Whether a message says that this stop's target is down, or up again. */
export function tells(
  stop: Pick<Stop, "instance" | "webhookPath">,
  state: "FIRING" | "RESOLVED",
  message: SlackMessage,
) {
  if (message.path !== stop.webhookPath) {
    return false;
  }
  const read = readAlertMessage(message.payload);
  return read.state === state && read.alert === "InstanceDown" && read.text.includes(stop.instance);
}

/** Counts the messages about a stop. */
export function judge(stop: Stop, messages: readonly SlackMessage[]): Verdict {
  const own = messages.filter(
    ({ path, receivedAt }) =>
      path === stop.webhookPath && Date.parse(receivedAt) >= stop.stoppedAt && Date.parse(receivedAt) <= stop.overAt,
  );
  const firing = own.filter((message) => tells(stop, "FIRING", message));
  const resolved = own.filter((message) => tells(stop, "RESOLVED", message));
  const others = own.filter((message) => !firing.includes(message) && !resolved.includes(message));
  const since = (start: number, message: SlackMessage | undefined) =>
    message === undefined ? undefined : (Date.parse(message.receivedAt) - start) / 1000;
  return {
    stop,
    seconds: since(stop.stoppedAt, firing[0]),
    resolvedSeconds: since(stop.startedAt, resolved[0]),
    lost: [firing, resolved].filter((list) => list.length === 0).length,
    duplicates: [firing, resolved].reduce((sum, list) => sum + Math.max(list.length - 1, 0), 0),
    falseAlerts: others.map(({ payload }) => readAlertMessage(payload).title),
  };
}
