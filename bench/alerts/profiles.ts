import { PROFILES } from "../../lab/profiles";

/** What `alerting:alerts` is set to in each profile of the benchmark. */
export const BENCH_PROFILES = {
  fast: PROFILES.fast.alerts ?? {},
  prompt: { scrapeInterval: "15s", scrapeTimeout: "5s", evaluationInterval: "15s", instanceDownFor: "30s" },
  default: {},
  calm: { scrapeInterval: "60s", scrapeTimeout: "10s", evaluationInterval: "60s", instanceDownFor: "1m" },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

export type ProfileName = keyof typeof BENCH_PROFILES;

export const PROFILE_NAMES = Object.keys(BENCH_PROFILES) as ProfileName[];
