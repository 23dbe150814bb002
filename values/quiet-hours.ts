import type { TimeInterval } from "../alertmanager/config";
import type { Settings } from "../settings/schema";
import type { BuiltInEntry } from "./built-in-entry";

export type QuietHours = NonNullable<Settings["alerts"]["quietHours"]>;

/** The name of the interval during which routes are muted. */
export const quietHoursInterval = "quiet-hours";

/**
 * The severities that are not sent in quiet hours. Critical alerts, and alerts without a severity or with an unknown
 * one, are always sent.
 */
export const quietSeverities = ["warning", "info"] as const;

/** The hours in Alertmanager's syntax. A night consists of two ranges, because a range ends with its day. */
export function quietInterval({ from, to, timeZone, weekends }: QuietHours): BuiltInEntry<TimeInterval> {
  const range = (start_time: string, end_time: string) => ({ start_time, end_time });
  const night = [range(from, "24:00"), ...(to === "00:00" ? [] : [range("00:00", to)])];
  const entry: TimeInterval = {
    name: quietHoursInterval,
    time_intervals: [
      { times: from < to ? [range(from, to)] : night, location: timeZone },
      ...(weekends === true ? [{ weekdays: ["saturday", "sunday"], location: timeZone }] : []),
    ],
  };
  return { entry, at: "alerting:alerts.quietHours" };
}
