import type { Receiver, Route } from "../alertmanager/config";
import type { PrometheusDuration } from "../configuration/durations";
import { milliseconds } from "../configuration/quantities";
import type { Settings } from "../configuration/schema";
import type { OwnEntry } from "./ownEntry";

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

/** Posts to the URL in the Secret. That the Watchdog is over is not told: the service goes by silence. */
export function heartbeatReceiver({ authorization, httpProxy }: HeartbeatArgs): OwnEntry<Receiver> {
  const { type, credential } = authorization ?? {};
  const http = {
    ...(credential !== undefined && { authorization: { type, credentials_file: { credential } } }),
    ...(httpProxy !== undefined && { proxy_url: httpProxy }),
  };
  const entry: Receiver = {
    name: heartbeatReceiverName,
    webhook_configs: [
      {
        // Read anew for every beat, so that a rotated URL needs no restart.
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
 * Alertmanager looks at a group once every group_interval, and tells it again where the last time lies *more* than
 * repeat_interval before that look; the last time is noted after the request, so later than its own look
 * (https://github.com/prometheus/alertmanager/blob/v0.34.0/notify/dedup_stage.go#L90). With both as long as the
 * heartbeat's interval, the next look would find it too early by the length of a request, and every other beat would be
 * left out. So it looks twice an interval, and tells after three quarters of one: each second look is a beat. A beat
 * that failed, or took longer than a quarter, is made up for at the look between.
 */
export function heartbeatRoute({ interval }: HeartbeatArgs): OwnEntry<Route> {
  const entry: Route = {
    receiver: heartbeatReceiverName,
    matchers: [`alertname="${watchdogAlert}"`],
    group_wait: "0s",
    group_interval: partOf(interval, 1 / 2),
    repeat_interval: partOf(interval, 3 / 4),
  };
  return { entry, at: "the heartbeat's route" };
}

/** A part of a duration, in minutes and seconds as far as it goes. */
function partOf(whole: PrometheusDuration, part: number): PrometheusDuration {
  const length = Math.round(milliseconds(whole)! * part);
  const units = [
    [Math.floor(length / 60e3), "m"],
    [Math.floor((length % 60e3) / 1e3), "s"],
    [length % 1e3, "ms"],
  ] as const;
  const written = units.filter(([count]) => count > 0).map(([count, unit]) => `${count}${unit}`);
  return written.join("") as PrometheusDuration;
}
