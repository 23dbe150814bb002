import { alerts as alertSettings } from "../settings/sections/alerts";
import { timingOf } from "../tools/drill/timing";
import type { AlertTimes } from "./drill";

/** How fast alerts are in a run. */
export interface Profile {
  readonly name: "fast" | "default";
  /** In a sentence, for the run's output. */
  readonly description: string;
  /** What `alerting:alerts` is set to; nothing means the program's defaults. */
  readonly alerts?: Readonly<Record<string, string>>;
  /** What `alerting:heartbeat` is set to; nothing means the program's defaults. */
  readonly heartbeat?: Readonly<Record<string, string>>;
  readonly times: AlertTimes;
}

export const PROFILES: Readonly<Record<Profile["name"], Profile>> = {
  fast: {
    name: "fast",
    description: "fast alerts, so that the drill takes seconds; PROFILE=default shows the program's own intervals",
    alerts: {
      scrapeInterval: "2s",
      evaluationInterval: "2s",
      instanceDownFor: "6s",
      groupWait: "1s",
      groupInterval: "5s",
      repeatInterval: "1h",
    },
    heartbeat: { interval: "10s" },
    times: { scrape: 2, evaluation: 2, down: 6, groupWait: 1, groupInterval: 5 },
  },
  default: {
    name: "default",
    description: "the program's own intervals: the drill takes two to three minutes",
    times: { scrape: 15, evaluation: 15, down: 60, groupWait: 10, groupInterval: 60 },
  },
};

/** The profile of that name; `undefined` means the fast one. */
export function profileNamed(name: string | undefined): Profile {
  const profile = Object.values(PROFILES).find((candidate) => candidate.name === (name || "fast"));
  if (profile === undefined) {
    throw new Error(`There is no profile "${String(name)}". PROFILE is one of: ${Object.keys(PROFILES).join(", ")}.`);
  }
  return profile;
}

/** The profile with the intervals of a configuration in place of the program's own, so that the drill waits long enough. */
export function withIntervalsOf(profile: Profile, alerts: unknown): Profile {
  const read = alertSettings.safeParse(alerts ?? undefined);
  // What the program will refuse says nothing about how long to wait.
  if (profile.alerts !== undefined || !read.success) {
    return profile;
  }
  const { scrape, evaluation, down, groupWait, groupInterval } = timingOf(read.data);
  return { ...profile, times: { scrape, evaluation, down, groupWait, groupInterval } };
}
