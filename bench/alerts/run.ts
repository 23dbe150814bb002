import { monitorEventLoopDelay } from "node:perf_hooks";
import * as path from "node:path";
import { firingBounds } from "../../drill/bounds";
import { descendantsOf, readOfProcess } from "../../lab/process-family";
import { programPath } from "../../lab/programs/find";
import type { Programs } from "../../lab/programs/program";
import type { Say } from "../../lab/progress";
import { startSlack } from "../../lab/slack/start";
import { runDeployment } from "./deployment";
import { figuresOf } from "./figures";
import type { Figures } from "./figures";
import { judge } from "./judge";
import type { Stop, Verdict } from "./judge";
import type { BenchOptions } from "./options";
import { renderProfile } from "./rendered";
import type { Machine } from "./report";
import { placesOf, randomFrom } from "./strata";

/** What a run came to. */
export interface BenchResult {
  readonly figures: readonly Figures[];
  readonly verdicts: readonly Verdict[];
  /** A sentence for each deployment that could not go on; its stops up to then are counted. */
  readonly failures: readonly string[];
  readonly machine: Machine;
}

/** Runs all deployments of all profiles at the same time. */
export async function runBench(
  options: BenchOptions,
  run: { directory: string; programs: Programs; signal: AbortSignal; say: Say },
): Promise<BenchResult> {
  const started = Date.now();
  const machine = watchMachine();
  const slack = await startSlack({ logFile: path.join(run.directory, "slack.jsonl") });
  const stops: Stop[] = [];
  try {
    const helm = programPath(run.programs, "helm");
    const profiles = await Promise.all(options.profiles.map((name) => renderProfile(helm, name)));
    // Those that take longest start first.
    profiles.sort((a, b) => firingBounds(b.times, "reset").max - firingBounds(a.times, "reset").max);
    const inTurn = turns(2);
    const random = randomFrom(options.seed);
    const perProfile = options.deployments * options.stops;
    const onStop = (stop: Stop) => {
      stops.push(stop);
      const done = options.profiles.map(
        (name) => `${name} ${stops.filter(({ profile }) => profile === name).length}/${perProfile}`,
      );
      const verdicts = stops.map((one) => judge(one, slack.messages));
      const sum = (of: (verdict: Verdict) => number) => verdicts.reduce((all, one) => all + of(one), 0);
      const seconds = verdicts.at(-1)?.seconds?.toFixed(1) ?? "never";
      run.say(
        `${done.join(", ")}; lost ${sum(({ lost }) => lost)}, duplicates ${sum(({ duplicates }) => duplicates)}, ` +
          `false alerts ${sum(({ falseAlerts }) => falseAlerts.length)}; last: ${stop.profile}, told after ${seconds} s`,
      );
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
    const ended = await Promise.allSettled(deployments.map((one) => runDeployment({ ...common, ...one })));
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
    return { figures, verdicts, failures, machine: { ...machine.seen(), minutes: (Date.now() - started) / 60_000 } };
  } finally {
    machine.stop();
    await slack.stop();
  }
}

/** Lets so many do their work at the same time; the others wait. */
function turns(atOnce: number): <T>(work: () => Promise<T>) => Promise<T> {
  const lanes = Array.from({ length: atOnce }, () => Promise.resolve());
  let next = 0;
  return (work) => {
    const lane = next++ % atOnce;
    const result = lanes[lane]!.then(work);
    lanes[lane] = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  };
}

/** Memory of this process and its children, now and then, and how late its timers are. */
function watchMachine() {
  const delays = monitorEventLoopDelay({ resolution: 10 });
  delays.enable();
  let peakMiB = 0;
  const look = () => {
    const kibibytes = descendantsOf(process.pid).map((pid) =>
      Number(/^VmRSS:\s+(\d+) kB/m.exec(readOfProcess(pid, "status"))?.[1] ?? 0),
    );
    peakMiB = Math.max(peakMiB, kibibytes.reduce((sum, one) => sum + one, 0) / 1024);
  };
  const timer = setInterval(look, 15_000);
  return {
    seen: () => {
      look();
      return { peakMiB, timersLate: delays.max / 1e9 };
    },
    stop: () => {
      clearInterval(timer);
      delays.disable();
    },
  };
}
