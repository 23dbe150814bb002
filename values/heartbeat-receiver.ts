import type { Receiver, Route } from "../alertmanager/config";
import { milliseconds, type PrometheusDuration } from "../validation/durations";
import type { Settings } from "../settings/schema";
import type { BuiltInEntry } from "./built-in-entry";

/** The Secret that holds the heartbeat's URL. */
export const heartbeatSecret = "alertmanager-heartbeat";
/** Where that Secret is mounted. */
export const heartbeatDirectory = "/etc/alertmanager-secrets/heartbeat";
/** The Secret's key, and so the file's name. */
export const heartbeatKey = "url";

/** The alert that always fires; that it arrives outside is the sign of life. */
export const watchdogAlert = "Watchdog";

/** The receiver of the sign of life. */
export const heartbeatReceiverName = "heartbeat";

export type HeartbeatArgs = Settings["heartbeat"];

/** Posts to the URL in the Secret. No message is sent when the Watchdog is over: the service goes by silence. */
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
        // Read again for every beat, so that a rotated URL needs no restart.
        url_file: `${heartbeatDirectory}/${heartbeatKey}`,
        send_resolved: false,
        // Without one, a service that hangs would use up the time for a second attempt.
        timeout: "10s",
        ...(Object.keys(http).length > 0 && { http_config: http }),
      },
    ],
  };
  return { entry, at: "alerting:heartbeat.authorization.credential" };
}

/**
 * The Watchdog's route: first, and without `continue`, so that no route of the user's brings it to Slack.
 *
 * A beat is a new alert of the group (rules/watchdog.yaml), sent at the next look at it. Nothing is repeated, because
 * what is repeated needs no Prometheus: for four minutes after that has stopped, its last alert still fires here
 * (https://github.com/prometheus/prometheus/blob/v3.14.0/rules/alerting.go#L625). Nor would repetition keep time: with
 * group_interval and repeat_interval both as long as a beat, every other one is left out, because the last is noted
 * after its request, and so has never lasted long enough at the next look
 * (https://github.com/prometheus/alertmanager/blob/v0.34.0/notify/dedup_stage.go#L91).
 */
export function heartbeatRoute({ interval }: HeartbeatArgs): BuiltInEntry<Route> {
  const entry: Route = {
    receiver: heartbeatReceiverName,
    matchers: [`alertname="${watchdogAlert}"`],
    group_wait: "0s",
    group_interval: lookInterval(interval),
    repeat_interval: "24h",
  };
  return { entry, at: "the heartbeat's route" };
}

/** Often enough that the beats come as regularly as Prometheus makes them, and that one that failed is soon tried again. */
function lookInterval(beat: PrometheusDuration): PrometheusDuration {
  return `${BigInt(Math.max(1, Math.floor(milliseconds(beat)! / 12e3)))}s`;
}
