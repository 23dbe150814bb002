import type { Timing } from "../tools/stack/timing";

/** How fast alerts fire in a run. */
export interface Profile {
  readonly name: "fast" | "default";
  /** A description for the run's output. */
  readonly description: string;
  /** The value of `alerting:alerts`; `undefined` means the program's defaults. */
  readonly alerts?: Readonly<Record<string, string>>;
  /** The value of `alerting:heartbeat`; `undefined` means the program's defaults. */
  readonly heartbeat?: Readonly<Record<string, string>>;
  /** The intervals that result from these values, in seconds. */
  readonly times: Omit<Timing, "scrapeTimeout">;
}

export const profiles: Readonly<Record<Profile["name"], Profile>> = {
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

/** Returns the profile with this name; `undefined` means the profile `fast`. */
export function profileNamed(name: string | undefined): Profile {
  const profile = Object.values(profiles).find((candidate) => candidate.name === (name || "fast"));
  if (profile === undefined) {
    throw new Error(`There is no profile "${String(name)}". PROFILE is one of: ${Object.keys(profiles).join(", ")}.`);
  }
  return profile;
}
