import type { TimeInterval } from "../alertmanager/config";
import type { Settings } from "../settings/schema";
import type { BuiltInEntry } from "./built-in-entry";

export type QuietHours = NonNullable<Settings["alerts"]["quietHours"]>;

/** The interval's name, by which routes are mute in it. */
export const quietHoursInterval = "quiet-hours";

/** What is not sent in quiet hours. Critical alerts always are, and so are alerts without a severity or with another one. */
export const quietSeverities = ["warning", "info"] as const;

/** The hours as Alertmanager's interval; a night is two ranges, because a range ends with its day. */
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
