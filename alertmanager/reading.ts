import { milliseconds } from "../validation/durations";
import { listOf } from "../validation/plain-data";

/** The strings in a list, with their positions. */
export function textsOf(value: unknown): { text: string; at: number }[] {
  return listOf(value).flatMap((text, at) => (typeof text === "string" ? [{ text, at }] : []));
}

/** Whether a value is set: Alertmanager treats an empty string as unset. */
export const isSet = (value: unknown) => value !== undefined && value !== null && value !== "";

/** The length in milliseconds of a value that may be a duration. */
export function lengthOf(value: unknown): number | undefined {
  return typeof value === "string" ? milliseconds(value) : undefined;
}
