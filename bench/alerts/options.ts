import { parseArgs } from "node:util";
import { PROFILE_NAMES } from "./profiles";
import type { ProfileName } from "./profiles";

/** The options of a run. */
export interface BenchOptions {
  readonly profiles: readonly ProfileName[];
  readonly deployments: number;
  /** The number of stops in each deployment. */
  readonly stops: number;
  readonly seed: number;
  /** Whether each stop uses fresh processes; otherwise a repeat of an earlier, finished alert can disturb it. */
  readonly fresh: boolean;
  /** Whether a stop's processes keep running until a duplicate message would have come. */
  readonly linger: boolean;
  /** The file to which the figures are written as JSON. */
  readonly out: string;
}

export const DEFAULT_OPTIONS: BenchOptions = {
  profiles: PROFILE_NAMES,
  deployments: 10,
  stops: 2,
  seed: 1,
  fresh: true,
  linger: true,
  out: ".lab/bench-alerts.json",
};

export const USAGE = `npm run bench:alerts -- [options]: from the stop of a target to the message in Slack, for several profiles side by side
  --profiles LIST     of ${PROFILE_NAMES.join(", ")}; default: all
  --deployments N     pairs of Prometheus and Alertmanager of each profile, all at the same time; default ${DEFAULT_OPTIONS.deployments}
  --stops N           stops in each deployment, one after the other; default ${DEFAULT_OPTIONS.stops}
  --seed N            where in their intervals the stops lie; default ${DEFAULT_OPTIONS.seed}
  --same-processes    all stops of a deployment with the same processes: Prometheus repeats what is over for 15 minutes,
                      and such a repeat can bring the next message early, or a second time
  --no-linger         a stop is over with its resolved message; messages that come twice later are not seen
  --out FILE          the figures as JSON; default ${DEFAULT_OPTIONS.out}`;

/** Reads the command's arguments: returns the options, or a sentence for each problem. */
export function readOptions(args: readonly string[]): BenchOptions | { readonly faults: readonly string[] } | "help" {
  const faults: string[] = [];
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        profiles: { type: "string" },
        deployments: { type: "string" },
        stops: { type: "string" },
        seed: { type: "string" },
        "same-processes": { type: "boolean" },
        "no-linger": { type: "boolean" },
        out: { type: "string" },
        help: { type: "boolean" },
      },
    }));
  } catch (error) {
    return { faults: [(error as Error).message] };
  }
  if (values.help === true) {
    return "help";
  }
  const whole = (name: "deployments" | "stops" | "seed", least: number, most: number): number => {
    const text = values[name];
    const number = text === undefined ? DEFAULT_OPTIONS[name] : Number(text);
    if (!Number.isInteger(number) || number < least || number > most) {
      faults.push(`--${name} is "${String(text)}"; it is a whole number from ${least} to ${most}.`);
    }
    return number;
  };
  const profiles = values.profiles?.split(",").map((name) => name.trim()) ?? DEFAULT_OPTIONS.profiles;
  for (const name of profiles.filter((one) => !(PROFILE_NAMES as string[]).includes(one))) {
    faults.push(`--profiles names "${name}"; there are ${PROFILE_NAMES.join(", ")}.`);
  }
  const options = {
    profiles: PROFILE_NAMES.filter((name) => profiles.includes(name)),
    deployments: whole("deployments", 1, 40),
    stops: whole("stops", 1, 100),
    seed: whole("seed", 0, 2 ** 31),
    fresh: values["same-processes"] !== true,
    linger: values["no-linger"] !== true,
    out: values.out ?? DEFAULT_OPTIONS.out,
  };
  return faults.length > 0 ? { faults } : options;
}
