import type { Leg } from "./report";

/** `10.0 s`, `at most 60.0 s`, or `40.0 to 75.0 s`. */
export function windowText({ window }: Pick<Leg, "window">): string {
  const [min, max] = [window.min.toFixed(1), window.max.toFixed(1)];
  if (min === max) return `${max} s`;
  return window.min === 0 ? `at most ${max} s` : `${min} to ${max} s`;
}

/** `10.2 s`, or a dash for what was never done. */
export function secondsText({ from, to }: Pick<Leg, "from" | "to">): string {
  return to === undefined ? "-" : `${(to - from).toFixed(1)} s`;
}
