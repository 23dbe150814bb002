import { inherited, type Placed } from "../../alertmanager/route-tree";
import { outsideText } from "../../conventions/outside-text";
import { secondsOf } from "../stack/timing";
import { listOf } from "../../validation/plain-data";

export function receiverOf(route: Placed): string {
  const name = inherited(route, "receiver");
  return typeof name === "string" ? outsideText(name) : "";
}

/** Whether a time interval may mute the route. Routes do not inherit intervals from the routes above them. */
export function mayBeMuted({ route }: Placed): boolean {
  return [route.mute_time_intervals, route.active_time_intervals].some((one) => listOf(one).length > 0);
}

/** How long a group of alerts waits, in seconds. */
export interface Waits {
  readonly groupWait: number;
  readonly groupInterval: number;
}

/** The waits of a route; Alertmanager's defaults if no route sets them. */
export function waitsOf(route: Placed): Waits {
  const seconds = (key: string, otherwise: number) => {
    const written = inherited(route, key);
    return (typeof written === "string" ? secondsOf(written) : undefined) ?? otherwise;
  };
  return { groupWait: seconds("group_wait", 30), groupInterval: seconds("group_interval", 300) };
}
