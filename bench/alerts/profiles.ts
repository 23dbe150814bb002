import { profiles } from "../../lab/profiles";

/** The value of `alerting:alerts` in each profile of the benchmark. */
export const BENCH_PROFILES = {
  fast: profiles.fast.alerts ?? {},
  prompt: { timing: "prompt" },
  default: { timing: "default" },
  calm: { timing: "calm" },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

export type ProfileName = keyof typeof BENCH_PROFILES;

export const PROFILE_NAMES = Object.keys(BENCH_PROFILES) as ProfileName[];
