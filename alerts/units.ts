/** What a threshold counts, and what is sane for it. */
export interface Unit {
  /** As a sentence says it, such as "a percentage". */
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** Whether a part of one is nonsense. */
  readonly whole?: boolean;
}

const percent: Unit = { name: "a percentage", least: 1, most: 100 };
const seconds: Unit = { name: "a number of seconds", least: 0.001, most: 366 * 86_400 };
const count: Unit = { name: "a whole number", least: 0, most: 1_000_000, whole: true };

/** The unit of each threshold that can be set; an alert that is not here has none, whatever its expression compares. */
const units: Readonly<Record<string, Unit>> = {
  JobDown: { ...count, least: 2 },
  NodeCpuHigh: percent,
  NodeMemoryLow: percent,
  NodeDiskFilling: seconds,
  NodeDiskAlmostFull: percent,
  NodeInodesLow: percent,
  NodeClockSkew: seconds,
  PodCrashLooping: count,
  VolumeFilling: percent,
  CertificateExpires: seconds,
  NotificationsFailing: count,
  PushgatewayGroupStale: seconds,
};

/** The unit of an alert's threshold; undefined where it has none to set. */
export function unitOf(alert: string): Unit | undefined {
  return Object.hasOwn(units, alert) ? units[alert] : undefined;
}

/** The alerts that have a threshold with a unit. */
export function alertsWithUnit(): string[] {
  return Object.keys(units);
}

/** What is accepted in place of a threshold that is not sane; undefined where it is. */
export function thresholdFault(value: number, unit: Unit): string | undefined {
  const range = `${unit.name} from ${unit.least} to ${unit.most}`;
  if (unit === percent && value > 0 && value < unit.least)
    return `${range}; is ${Number((value * 100).toPrecision(6))} meant?`;
  if (value < unit.least || value > unit.most) return range;
  return unit.whole && !Number.isInteger(value) ? range : undefined;
}
