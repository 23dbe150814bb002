import type { DrillReport, Leg } from "../report";

/** What is drawn: legs from top to bottom, in seconds since the drill began. */
export interface Picture {
  readonly title: string;
  readonly subtitle: string;
  /** What the axis counts from. */
  readonly origin: string;
  readonly legs: readonly Leg[];
}

/** The picture of a drill. */
export function pictureOf(report: DrillReport): Picture {
  const where = [report.environment, report.cluster].filter((part) => part !== undefined);
  const facts = [
    ...(where.length > 0 ? [where.join(", ")] : []),
    report.startedAt.replace("T", " ").replace(/(\.\d+)?Z$/, " UTC"),
    outcomes[report.outcome],
  ];
  return {
    title: report.subject,
    subtitle: facts.join("   ·   "),
    origin: `seconds since ${origins[report.kind]}`,
    legs: report.legs,
  };
}

const origins: Readonly<Record<DrillReport["kind"], string>> = {
  alert: "the alert was raised",
  node: "the last good scrape",
  lab: "the stop",
};

const outcomes: Readonly<Record<DrillReport["outcome"], string>> = {
  delivered: "delivered in time",
  late: "delivered, but late",
  failed: "NOT delivered",
  unclear: "not to be told",
  interrupted: "interrupted",
};

/** The last second that anything of the picture needs. */
export function lastSecond({ legs }: Pick<Picture, "legs">): number {
  return Math.max(1, ...legs.map(({ from, to, window }) => Math.max(to ?? from, from + window.max)));
}
