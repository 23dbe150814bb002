import * as path from "node:path";
import { firingBounds } from "../../tools/drill/bounds";
import { programPath } from "../../lab/programs/find";
import type { Programs } from "../../lab/programs/program";
import type { Say } from "../../lab/progress";
import { startSlack } from "../../lab/slack/start";
import { runDeployment } from "./deployment";
import { figuresOf } from "./figures";
import type { Figures } from "./figures";
import { judge } from "./judge";
import type { Stop, Verdict } from "./judge";
import { watchMachine } from "./machine";
import type { Machine } from "./machine";
import type { BenchOptions } from "./options";
import { renderProfile } from "./rendered";
import { progressLine } from "./report";
import { randomFrom } from "../random";
import { placesOf } from "./strata";
import { turns } from "./turns";

/** The results of a run. */
export interface BenchResult {
  readonly figures: readonly Figures[];
  readonly verdicts: readonly Verdict[];
  /** A sentence for each deployment that failed; the stops before the failure are counted. */
  readonly failures: readonly string[];
  readonly machine: Machine;
}

/** Runs all deployments of all profiles at the same time. */
export async function runBench(
  options: BenchOptions,
  run: { directory: string; programs: Programs; signal: AbortSignal; say: Say },
): Promise<BenchResult> {
  const machine = watchMachine();
  const slack = await startSlack({ logFile: path.join(run.directory, "slack.jsonl") });
  const stops: Stop[] = [];
  try {
    const helm = programPath(run.programs, "helm");
    const profiles = await Promise.all(options.profiles.map((name) => renderProfile(helm, name)));
    // The deployments that take longest start first.
    profiles.sort((a, b) => firingBounds(b.times, "reset").max - firingBounds(a.times, "reset").max);
    const inTurn = turns(2);
    const random = randomFrom(options.seed);
    const perProfile = options.deployments * options.stops;
    const onStop = (stop: Stop) => {
      stops.push(stop);
      const verdicts = stops.map((one) => judge(one, slack.messages));
      run.say(progressLine(options.profiles, perProfile, verdicts));
    };
    const deployments = profiles.flatMap((rendered) => {
      const places = placesOf(perProfile, random);
      return Array.from({ length: options.deployments }, (_, index) => ({
        rendered,
        number: index + 1,
        places: places.slice(index * options.stops, (index + 1) * options.stops),
      }));
    });
    const { fresh, linger } = options;
    const { directory, programs } = run;
    const common = { fresh, linger, directory, programs, slack, signal: run.signal, inTurn, onStop };
    const ended = await Promise.allSettled(
      deployments.map((one, network) => runDeployment({ ...common, ...one, network })),
    );
    run.signal.throwIfAborted();
    const failures = ended.flatMap((one, index) => {
      const { rendered, number } = deployments[index]!;
      return one.status === "fulfilled"
        ? []
        : [`${rendered.name}, deployment ${number}: ${(one.reason as Error).message}`];
    });
    const verdicts = stops.map((stop) => judge(stop, slack.messages));
    const figures = options.profiles.map((name) => {
      const { times } = profiles.find((profile) => profile.name === name)!;
      return figuresOf(
        name,
        times,
        verdicts.filter(({ stop }) => stop.profile === name),
      );
    });
    return { figures, verdicts, failures, machine: machine.seen() };
  } finally {
    machine.stop();
    await slack.stop();
  }
}
