import { inherited, type Placed } from "../../alertmanager/route-tree";
import { outsideText } from "../../conventions/outside-text";
import { secondsOf } from "./timing";
import { listOf } from "../../validation/plain-data";

export function receiverOf(route: Placed): string {
  const name = inherited(route, "receiver");
  return typeof name === "string" ? outsideText(name) : "";
}

/** Whether a time interval may keep the route quiet. Intervals are the route's own, and not those of the routes above it. */
export function mayBeMuted({ route }: Placed): boolean {
  return [route.mute_time_intervals, route.active_time_intervals].some((one) => listOf(one).length > 0);
}

/** How long a group of alerts waits, in seconds. */
export interface Waits {
  readonly groupWait: number;
  readonly groupInterval: number;
}

/** Those of a route; Alertmanager's own defaults where no route says. */
export function waitsOf(route: Placed): Waits {
  const seconds = (key: string, otherwise: number) => {
    const written = inherited(route, key);
    return (typeof written === "string" ? secondsOf(written) : undefined) ?? otherwise;
  };
  return { groupWait: seconds("group_wait", 30), groupInterval: seconds("group_interval", 300) };
}
