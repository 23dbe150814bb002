import { durationText, milliseconds, type PrometheusDuration } from "../validation/durations";

/** The intervals that decide how soon an alert is sent. */
export interface Timing {
  readonly scrapeInterval: PrometheusDuration;
  readonly scrapeTimeout: PrometheusDuration;
  readonly evaluationInterval: PrometheusDuration;
  readonly instanceDownFor: PrometheusDuration;
}

export const timingNames = ["default", "prompt", "calm"] as const;
export type TimingName = (typeof timingNames)[number];

/**
 * The profiles of `alerts.timing`: `prompt` alerts sooner than the default, and `calm` collects a quarter of the
 * samples.
 */
export const timings: Readonly<Record<TimingName, Timing>> = {
  default: { scrapeInterval: "15s", scrapeTimeout: "5s", evaluationInterval: "15s", instanceDownFor: "1m" },
  prompt: { scrapeInterval: "15s", scrapeTimeout: "5s", evaluationInterval: "15s", instanceDownFor: "30s" },
  calm: { scrapeInterval: "60s", scrapeTimeout: "10s", evaluationInterval: "60s", instanceDownFor: "1m" },
};

/** The intervals of a profile; explicitly set intervals replace the profile's. */
export function timingOf(
  name: TimingName,
  written: { readonly [Key in keyof Timing]?: Timing[Key] | undefined },
): Timing {
  const profile = timings[name];
  const scrapeInterval = written.scrapeInterval ?? profile.scrapeInterval;
  return {
    scrapeInterval,
    // Prometheus refuses a timeout longer than the interval.
    scrapeTimeout: written.scrapeTimeout ?? shorter(profile.scrapeTimeout, scrapeInterval),
    evaluationInterval: written.evaluationInterval ?? profile.evaluationInterval,
    instanceDownFor: written.instanceDownFor ?? profile.instanceDownFor,
  };
}

/** How long `InstanceDown` waits; one of two settings decides this. */
export function instanceDownFor(settings: {
  readonly alerts: Pick<Timing, "instanceDownFor">;
  readonly rules: { readonly alerts: Readonly<Record<string, { readonly for?: PrometheusDuration | undefined }>> };
}): PrometheusDuration {
  return settings.rules.alerts["InstanceDown"]?.for ?? settings.alerts.instanceDownFor;
}

/**
 * How long `JobDown` waits. It is shorter than the wait of `InstanceDown` by the time that may pass between the first
 * and the last target that Prometheus sees down, so that `JobDown` fires first and mutes the alerts of the targets. It
 * is at least two evaluations, because one lost scrape must not fire the alert, and never longer than the wait of
 * `InstanceDown`.
 */
export function jobDownFor(
  timing: Pick<Timing, "scrapeInterval" | "evaluationInterval">,
  instanceDown: PrometheusDuration,
): PrometheusDuration {
  const [scrape, evaluation, down] = [timing.scrapeInterval, timing.evaluationInterval, instanceDown].map(
    (text) => milliseconds(text) ?? 0,
  ) as [number, number, number];
  const wait = Math.max(2 * evaluation, down - scrape - evaluation);
  if (wait >= down) return instanceDown;
  return wait % 1000 === 0 ? `${BigInt(wait / 1000)}s` : `${BigInt(wait)}ms`;
}

/**
 * How long an Alertmanager waits for the message of each Alertmanager before it: an eighth of the group's interval,
 * from 1 s to 5 s. With a wait as long as the interval, a replaced Alertmanager would report resolved alerts as firing
 * again: https://github.com/prometheus/alertmanager/issues/4008
 */
export function peerTimeout(groupInterval: PrometheusDuration): PrometheusDuration {
  const seconds = Math.floor((milliseconds(groupInterval) ?? 0) / 8000);
  return durationText(1000 * Math.min(5, Math.max(1, seconds)));
}

/** The part of a key's description that lists the profiles with another value than the default. */
export function otherwise(key: keyof Timing): string {
  const others = timingNames.filter((name) => timings[name][key] !== timings.default[key]);
  return others.map((name) => `\`${timings[name][key]}\` with the timing \`${name}\``).join(", ");
}

/** The shorter of two durations. */
export function shorter(one: PrometheusDuration, other: PrometheusDuration): PrometheusDuration {
  return (milliseconds(one) ?? 0) <= (milliseconds(other) ?? 0) ? one : other;
}

/** The longer of two durations. */
export function longer(one: PrometheusDuration, other: PrometheusDuration): PrometheusDuration {
  return shorter(one, other) === one ? other : one;
}
