import { milliseconds } from "../validation/durations";
import { listOf } from "../validation/plain-data";

/** The strings of a list, with their positions. */
export function textsOf(value: unknown): { text: string; at: number }[] {
  return listOf(value).flatMap((text, at) => (typeof text === "string" ? [{ text, at }] : []));
}

/** Whether something is written there: Alertmanager takes an empty string for nothing. */
export const isSet = (value: unknown) => value !== undefined && value !== null && value !== "";

/** The length of what may be a duration, in milliseconds. */
export function lengthOf(value: unknown): number | undefined {
  return typeof value === "string" ? milliseconds(value) : undefined;
}
