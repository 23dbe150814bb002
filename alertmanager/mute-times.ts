import { type Finding, warning } from "../validation/finding";
import { shown } from "../validation/faults";
import type { TimeInterval } from "./config";
import { textsOf } from "./reading";
import { everyRoute, type Placed } from "./route-tree";
import { listOf, mapOf } from "../validation/plain-data";

type Ranges = NonNullable<TimeInterval["time_intervals"]>[number];
type Times = readonly { readonly start_time: string; readonly end_time: string }[];

/** How many days to look ahead: every combination of calendar dates occurs within this time. */
const days = 366;
const dayMs = 86_400_000;
const weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const months = "january february march april may june july august september october november december".split(" ");

const minutesOf = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

/** Whether a day is in one of the ranges of a calendar field; without ranges every day matches. */
function isIn(ranges: readonly (string | number)[] | undefined, member: (text: string) => number, seen: number) {
  return (
    ranges === undefined ||
    ranges.length === 0 ||
    ranges.some((range) => {
      const [first, last = first] = String(range).toLowerCase().split(":").map(member);
      return first! <= seen && seen <= last!;
    })
  );
}

const among = (names: readonly string[], first: number) => (text: string) =>
  names.includes(text) ? names.indexOf(text) + first : Number(text);

function isOnDay({ weekdays: week, days_of_month: month, months: year, years }: Ranges, day: Date): boolean {
  const length = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate();
  const fromStart = (text: string) => (Number(text) < 0 ? length + 1 + Number(text) : Number(text));
  return (
    isIn(week, among(weekdays, 0), day.getUTCDay()) &&
    isIn(month, fromStart, day.getUTCDate()) &&
    isIn(year, among(months, 1), day.getUTCMonth() + 1) &&
    isIn(years, Number, day.getUTCFullYear())
  );
}

/** How much of the coming year is in these intervals. Time zones are ignored: they move times only by hours. */
function share(intervals: readonly TimeInterval[]): "always" | "never" | "at times" {
  const ranges = intervals.flatMap(({ time_intervals: some }) => some ?? []);
  const timesOf = (range: Ranges) => (range.times ?? []) as Times;
  const times = ranges.flatMap(timesOf);
  // The minutes of a day at which an interval begins or ends. Nothing changes between two of them.
  const minutes = [...new Set([0, ...times.flatMap((time) => [minutesOf(time.start_time), minutesOf(time.end_time)])])];
  const isAt = (range: Ranges, minute: number) =>
    timesOf(range).length === 0 ||
    timesOf(range).some((time) => minutesOf(time.start_time) <= minute && minute < minutesOf(time.end_time));
  const seen = new Set<boolean>();
  const sorts = new Set<string>();
  for (let day = 0; day < days && seen.size < 2; day++) {
    const date = new Date(Date.now() + day * dayMs);
    const isHere = ranges.map((range) => isOnDay(range, date));
    const here = ranges.filter((_, at) => isHere[at]);
    // Days that match the same ranges give the same result.
    const sort = isHere.map(Number).join("");
    if (sorts.has(sort)) continue;
    sorts.add(sort);
    for (const minute of minutes) if (minute < 1440) seen.add(here.some((range) => isAt(range, minute)));
  }
  return seen.size === 2 ? "at times" : seen.has(true) ? "always" : "never";
}

const isTimes = (list: unknown) =>
  Array.isArray(list) &&
  list.every((range) => ["start_time", "end_time"].every((end) => typeof mapOf(range)[end] === "string"));

const isRanges = (ranges: unknown) =>
  typeof ranges === "object" &&
  ranges !== null &&
  Object.entries(ranges).every(([key, list]) =>
    key === "times" ? isTimes(list) : key === "location" || Array.isArray(list),
  );

const read = new WeakMap<object, ReadonlyMap<string, readonly TimeInterval[]>>();

/** The valid intervals of a configuration by name; read once for all routes. */
function intervalsIn(config: unknown): ReadonlyMap<string, readonly TimeInterval[]> {
  const whole = mapOf(config);
  const known = read.get(whole);
  if (known !== undefined) return known;
  const named = new Map<string, TimeInterval[]>();
  for (const value of ["time_intervals", "mute_time_intervals"].flatMap((list) => listOf(whole[list]))) {
    const { name, time_intervals: ranges } = mapOf(value);
    if (listOf(ranges).every(isRanges))
      named.set(String(name), [...(named.get(String(name)) ?? []), value as TimeInterval]);
  }
  read.set(whole, named);
  return named;
}

/** The intervals that a key of a route names, if they are defined and valid. */
function intervalsOf({ route }: Placed, key: string, config: unknown): readonly TimeInterval[] {
  const names = new Set(textsOf(route[key]).map(({ text }) => text));
  return [...names].flatMap((name) => intervalsIn(config).get(name) ?? []);
}

/** The key that keeps a route from ever sending anything; undefined if the route sends at some time. */
function keyThatMutes(placed: Placed, config: unknown): string | undefined {
  const says = (key: string, what: ReturnType<typeof share>) => {
    const intervals = intervalsOf(placed, key, config);
    return intervals.length > 0 && share(intervals) === what;
  };
  if (says("mute_time_intervals", "always")) return "mute_time_intervals";
  return says("active_time_intervals", "never") ? "active_time_intervals" : undefined;
}

/** Whether a route never sends anything, at any time. */
export function isAlwaysMuted(placed: Placed, config: unknown): boolean {
  return keyThatMutes(placed, config) !== undefined;
}

/** Warnings about routes that never send anything because of their time intervals. */
export function checkMuteTimes(root: Placed, config: unknown): Finding[] {
  return everyRoute(root).flatMap((placed) => {
    const key = keyThatMutes(placed, config);
    if (key === undefined) return [];
    const names = textsOf(placed.route[key]).map(({ text }) => shown(text));
    const times = key === "mute_time_intervals" ? "hold at all times" : "hold at no time";
    return [
      warning(
        [...placed.path, key],
        `mutes this route for good: ${names.join(", ")} ${times} of the coming year, so nothing that comes here is ever sent`,
      ),
    ];
  });
}
