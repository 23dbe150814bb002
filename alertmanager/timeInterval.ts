import { z } from "zod";
import { filledText } from "./scalars";

const weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const months = "january february march april may june july august september october november december".split(" ");

const clock = (minutes: number) =>
  [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, "0")).join(":");

const aTime = (seen: unknown) =>
  typeof seen === "number" && Number.isInteger(seen) && seen >= 0 && seen <= 1440
    ? `a time of day in quotes, such as "${clock(seen)}", because without them YAML reads a number`
    : 'a time of day such as "09:00", from "00:00" to "24:00"';

const timePattern = /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/;
const timeOfDay = z
  .string({ error: ({ input }) => aTime(input) })
  .regex(timePattern, { error: ({ input }) => aTime(input) });

const times = z
  .strictObject({ start_time: timeOfDay, end_time: timeOfDay })
  .refine(
    ({ start_time, end_time }) =>
      start_time < end_time || ![start_time, end_time].every((time) => timePattern.test(time)),
    {
      error: "a start before the end; a night is two ranges, one until 24:00 and one from 00:00",
    },
  );

/** A part of a calendar or a range of it, `first:last`; `member` reads one end. */
function range(
  accepted: string,
  member: (text: string) => number | undefined,
  fits: (first: number, last: number) => boolean,
) {
  return z.union([z.string(), z.number()], { error: accepted }).refine(
    (value) => {
      const ends = String(value).toLowerCase().split(":").map(member);
      const [first, last = first] = ends;
      return ends.length <= 2 && !ends.includes(undefined) && fits(first!, last!);
    },
    { error: accepted },
  );
}

const whole = (text: string) => (/^[-+]?\d+$/.test(text) ? Number(text) : undefined);
const among = (names: readonly string[], first: number) => (text: string) =>
  names.includes(text) ? names.indexOf(text) + first : undefined;

/** A month of 28 days, the shortest, must have the first day no later than the last. */
const inMonth = (day: number) => (day < 0 ? 28 + day : day);
const aDay = (day: number) => day !== 0 && Math.abs(day) <= 31;

/** A zone as Go knows it: by the names of the time zone database in their own case, without offsets. */
export function isLocation(zone: string): boolean {
  if (zone === "" || zone === "Local") return true;
  if (/^[-+]/.test(zone)) return false;
  try {
    const known = new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone;
    return known === zone || known.toLowerCase() !== zone.toLowerCase();
  } catch {
    return false;
  }
}

const timeRanges = z.strictObject({
  times: z.array(times).optional(),
  weekdays: z
    .array(
      range(
        'a day such as "monday", or a range in the order of the week, "sunday" first, such as "monday:friday"',
        among(weekdays, 0),
        (first, last) => first <= last,
      ),
    )
    .optional(),
  days_of_month: z
    .array(
      range(
        'a day of the month such as "1" or "-1" (the last), or a range such as "1:5" or "-3:-1"',
        whole,
        (first, last) => aDay(first) && aDay(last) && !(first < 0 && last > 0) && inMonth(first) <= inMonth(last),
      ),
    )
    .optional(),
  months: z
    .array(
      range(
        'a month such as "december" or "12", or a range within a year such as "may:august"',
        (text) => among(months, 1)(text) ?? whole(text),
        (first, last) => first >= 1 && last <= 12 && first <= last,
      ),
    )
    .optional(),
  years: z
    .array(range('a year such as "2026", or a range such as "2026:2028"', whole, (first, last) => first <= last))
    .optional(),
  location: z
    .string()
    .refine(isLocation, { error: 'a time zone such as "Asia/Seoul" or "UTC", in the case of the time zone database' })
    .optional(),
});

/** A named set of times, for routes to be active or mute in. */
export const timeInterval = z.strictObject({
  name: filledText("a name, by which routes call the interval"),
  time_intervals: z.array(timeRanges).optional(),
});
