import type { Receiver, Route } from "../alertmanager/config";
import { durationText, milliseconds, type PrometheusDuration } from "../validation/durations";
import type { Settings } from "../settings/schema";
import type { BuiltInEntry } from "./built-in-entry";

/** The Secret that holds the heartbeat's URL. */
export const heartbeatSecret = "alertmanager-heartbeat";
/** The directory in which that Secret is mounted. */
export const heartbeatDirectory = "/etc/alertmanager-secrets/heartbeat";
/** The key within the Secret, which is also the name of the file. */
export const heartbeatKey = "url";

/** The alert that always fires. Its arrival at the external service is the heartbeat. */
export const watchdogAlert = "Watchdog";

/** The receiver of the heartbeat. */
export const heartbeatReceiverName = "heartbeat";

export type HeartbeatArgs = Settings["heartbeat"];

/** Posts to the URL in the Secret. No message is sent when the Watchdog ends: the service reacts to missing beats. */
export function heartbeatReceiver({ authorization, httpProxy }: HeartbeatArgs): BuiltInEntry<Receiver> {
  const { type, credential } = authorization ?? {};
  const http = {
    ...(credential !== undefined && { authorization: { type, credentials_file: { credential } } }),
    ...(httpProxy !== undefined && { proxy_url: httpProxy }),
  };
  const entry: Receiver = {
    name: heartbeatReceiverName,
    webhook_configs: [
      {
        // Alertmanager reads the file for every beat, so a rotated URL needs no restart.
        url_file: `${heartbeatDirectory}/${heartbeatKey}`,
        send_resolved: false,
        // Without a timeout, a service that hangs would leave no time for a second attempt.
        timeout: "10s",
        ...(Object.keys(http).length > 0 && { http_config: http }),
      },
    ],
  };
  return { entry, at: "alerting:heartbeat.authorization.credential" };
}

/**
 * The Watchdog's route. It is first and has no `continue`, so that no route of the user sends the Watchdog to Slack.
 *
 * A beat is a new alert of the group (alerts/rules/watchdog.yaml), which Alertmanager sends at its next flush of the
 * group. Beats are not repeated, for two reasons. Alertmanager would repeat them without Prometheus: for four minutes
 * after Prometheus has stopped, its last alert still fires in Alertmanager
 * (https://github.com/prometheus/prometheus/blob/v3.14.0/rules/alerting.go#L625). And the repetition would not be
 * regular: if `group_interval` and `repeat_interval` are both as long as a beat, every second beat is left out. The
 * reason is that Alertmanager notes the time of the last beat after its request, so at the next flush less than the
 * interval has passed (https://github.com/prometheus/alertmanager/blob/v0.34.0/notify/dedup_stage.go#L91).
 */
export function heartbeatRoute(
  { interval }: HeartbeatArgs,
  { alertmanagers }: Settings["availability"],
): BuiltInEntry<Route> {
  const entry: Route = {
    receiver: heartbeatReceiverName,
    matchers: [`alertname="${watchdogAlert}"`],
    group_wait: "0s",
    ...(alertmanagers > 1
      ? onceByReplicas(interval)
      : { group_interval: lookInterval(interval), repeat_interval: "24h" }),
  };
  return { entry, at: "the heartbeat's route" };
}

/**
 * The interval between flushes of the group. It is so short that beats are as regular as Prometheus makes them, and
 * that a failed beat is soon sent again.
 */
function lookInterval(beat: PrometheusDuration): PrometheusDuration {
  return `${BigInt(Math.max(1, Math.floor(milliseconds(beat)! / 12e3)))}s`;
}

/**
 * With several Alertmanagers, each beat is a separate group. In one group, the Alertmanagers would compare beats of
 * different ages, and send some of them again. The group of a beat is flushed once when the beat begins, and again in
 * the middle of the next beat: all Alertmanagers then know that the old one has ended, which none of them sends. If they
 * looked more often, one that waits for the others while the beat ends would send it again: with three Alertmanagers
 * 0.34.0 and a look at each twelfth of the interval, 5 of 24 beats were sent twice; with this interval, none. Beats look
 * alike after 97 intervals (alerts/rules/watchdog.yaml), so the repeat interval is shorter; it is longer than an
 * alert lives without Prometheus, which is four minutes or four intervals.
 */
function onceByReplicas(interval: PrometheusDuration): Partial<Route> {
  const beat = milliseconds(interval)!;
  return {
    group_by: ["alertname", "cluster", "beat"],
    group_interval: durationText(1.5 * beat),
    repeat_interval: durationText(5 * Math.max(beat, 60_000)),
  };
}
