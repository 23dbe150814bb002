import { toleranceSeconds } from "../../tools/drill/bounds";
import { markdown } from "../markdown";
import { CHANGES } from "./configuration";
import type { Figures, Spread } from "./figures";
import { MEAN_TOLERANCE } from "./figures";
import type { Verdict } from "./judge";
import type { Machine } from "./machine";
import type { ProfileName } from "./profiles";

/** The progress of a run after its newest stop. */
export function progressLine(profiles: readonly ProfileName[], each: number, verdicts: readonly Verdict[]): string {
  const done = profiles.map((name) => `${name} ${verdicts.filter(({ stop }) => stop.profile === name).length}/${each}`);
  const sum = (of: (verdict: Verdict) => number) => verdicts.reduce((all, one) => all + of(one), 0);
  const last = verdicts.at(-1);
  return [
    done.join(", "),
    `lost ${sum(({ lost }) => lost)}, duplicates ${sum(({ duplicates }) => duplicates)}, false alerts ${sum(({ falseAlerts }) => falseAlerts.length)}`,
    ...(last === undefined
      ? []
      : [
          `last: ${last.stop.profile}, ${last.seconds === undefined ? "no message" : `message after ${last.seconds.toFixed(1)} s`}`,
        ]),
  ].join("; ");
}

/** The figures as a table for docs/benchmarks.md. */
export function markdownReport(figures: readonly Figures[], machine: Machine): string {
  const head = [
    "profile",
    "stops (deployments)",
    "lost",
    "duplicates",
    "false alerts",
    "message after, s: min / mean / max",
    "window, s",
    "mean / T_avg",
    "outside the window",
    "resolved after, s: min / mean / max",
    "allowed maximum, s",
    "delay besides the intervals, s: mean, max",
  ];
  const rows = figures.map((one) => [
    one.profile,
    `${one.stops} (${one.deployments})`,
    one.lost,
    one.duplicates,
    one.falseAlerts.length,
    spread(one.told),
    `${one.window.min} to ${one.window.max}, T_avg ${one.window.avg}`,
    one.meanRatio?.toFixed(3) ?? "-",
    one.outside,
    spread(one.resolved),
    one.resolvedWithin,
    one.overhead === undefined ? "-" : `${one.overhead.mean.toFixed(2)}, ${one.overhead.max.toFixed(2)}`,
  ]);
  return [
    markdown(head, rows),
    "",
    `${machine.minutes.toFixed(0)} minutes, at most ${machine.peakMiB.toFixed(0)} MiB in all processes; timers were late by at most ${machine.timersLate.toFixed(2)} s.`,
    `Changes to the configuration that the program builds: ${CHANGES.join("; ")}.`,
  ].join("\n");
}

function spread(of: Spread | undefined): string {
  return of === undefined ? "-" : [of.min, of.mean, of.max].map((one) => one.toFixed(1)).join(" / ");
}

/** A sentence for each problem that the figures show. */
export function complaints(figures: readonly Figures[]): string[] {
  return figures.flatMap((one) => {
    const { profile, window, meanRatio } = one;
    const counted = (number: number, what: string) => (number === 0 ? [] : [`${profile}: ${number} ${what}.`]);
    return [
      ...counted(one.lost, "messages lost"),
      ...counted(one.duplicates, "duplicate messages"),
      ...counted(one.outside, `stops reported before ${window.min} s or after ${window.max + toleranceSeconds} s`),
      ...one.falseAlerts.map((title) => `${profile}: a false alert: ${title}.`),
      ...(meanRatio === undefined || Math.abs(meanRatio - 1) > MEAN_TOLERANCE
        ? [
            `${profile}: the mean is ${meanRatio?.toFixed(3) ?? "unknown"} of T_avg, more than ${MEAN_TOLERANCE * 100} % off.`,
          ]
        : []),
    ];
  });
}
