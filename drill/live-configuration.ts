import { parse } from "yaml";
import { z } from "zod";
import { secondsOf } from "./timing";

interface RouteTimes {
  readonly groupWait: number;
  readonly groupInterval: number;
}

/** What Alertmanager says of its own configuration. */
export interface LiveConfiguration {
  /** Receiver to the kinds of its entries, such as `slack` or `webhook`, one for each entry. */
  readonly integrations: Readonly<Record<string, readonly string[]>>;
  /** Receiver to the longest waiting times of the routes that lead to it, in seconds. */
  readonly times: Readonly<Record<string, RouteTimes>>;
}

interface RawRoute {
  readonly receiver?: string;
  readonly group_wait?: string;
  readonly group_interval?: string;
  readonly routes?: readonly RawRoute[];
}

const rawRoute: z.ZodType<RawRoute> = z.looseObject({
  receiver: z.string().optional(),
  group_wait: z.string().optional(),
  group_interval: z.string().optional(),
  get routes() {
    return z.array(rawRoute).optional();
  },
});
const rawConfiguration = z.looseObject({
  route: rawRoute,
  receivers: z.array(z.looseObject({ name: z.string() })),
});

/** Alertmanager's own, where a route says nothing. */
const otherwise: RouteTimes = { groupWait: 30, groupInterval: 300 };

/** Reads the text that Alertmanager gives of its configuration; undefined where it is none. */
export function readLiveConfiguration(text: string): LiveConfiguration | undefined {
  let raw: unknown;
  try {
    raw = parse(text);
  } catch {
    return undefined;
  }
  const read = rawConfiguration.safeParse(raw);
  if (!read.success) return undefined;
  const integrations = Object.fromEntries(read.data.receivers.map((one) => [one.name, kindsOf(one)]));
  const times: Record<string, RouteTimes> = {};
  walk(read.data.route, otherwise, "", times);
  return { integrations, times };
}

/** `slack_configs: [a, b]` are two entries of the kind `slack`. */
function kindsOf(receiver: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(receiver).flatMap(([key, entries]) =>
    key.endsWith("_configs") && Array.isArray(entries) ? entries.map(() => key.replace(/_configs$/, "")) : [],
  );
}

function walk(route: RawRoute, inherited: RouteTimes, above: string, times: Record<string, RouteTimes>): void {
  const receiver = route.receiver ?? above;
  const own = {
    groupWait: secondsOf(route.group_wait ?? "") ?? inherited.groupWait,
    groupInterval: secondsOf(route.group_interval ?? "") ?? inherited.groupInterval,
  };
  const known = times[receiver];
  times[receiver] = {
    groupWait: Math.max(own.groupWait, known?.groupWait ?? 0),
    groupInterval: Math.max(own.groupInterval, known?.groupInterval ?? 0),
  };
  for (const child of route.routes ?? []) walk(child, own, receiver, times);
}
