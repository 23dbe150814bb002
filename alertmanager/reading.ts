import { milliseconds } from "../validation/durations";
import { listOf } from "../validation/plain-data";

/** The texts of a list, with their positions. */
export function textsOf(value: unknown): { text: string; at: number }[] {
  return listOf(value).flatMap((text, at) => (typeof text === "string" ? [{ text, at }] : []));
}

/** Whether something is written there: Alertmanager takes an empty text for nothing. */
export const isSet = (value: unknown) => value !== undefined && value !== null && value !== "";

/** The length of whatever may be a duration, in milliseconds. */
export function lengthOf(value: unknown): number | undefined {
  return typeof value === "string" ? milliseconds(value) : undefined;
}
