import { durationLength } from "../validation/durations";

/** Where something stands in the configuration. */
export type Path = readonly (string | number)[];
/** An object of which nothing is known. */
export type Unknown = Readonly<Record<string, unknown>>;

/** The object at hand; an empty one where there is something else, of which Alertmanager's own verdict tells. */
export function objectOf(value: unknown): Unknown {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Unknown) : {};
}

/** The list at hand; an empty one where there is something else. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

/** The texts of a list, with their positions. */
export function textsOf(value: unknown): { text: string; at: number }[] {
  return listOf(value).flatMap((text, at) => (typeof text === "string" ? [{ text, at }] : []));
}

/** Whether something is written there: Alertmanager takes an empty text for nothing. */
export const isSet = (value: unknown) => value !== undefined && value !== null && value !== "";

/** The length of whatever may be a duration, in milliseconds. */
export function lengthOf(value: unknown): number | undefined {
  return typeof value === "string" ? durationLength(value) : undefined;
}
