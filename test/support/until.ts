import { setTimeout as delay } from "node:timers/promises";
import { loadText } from "./load";

/**
 * Waits until a condition is true, for conditions that send no event. By default the condition is checked five times a
 * second for up to 5 minutes, so that even on a busy machine only a hang reaches the limit.
 */
export async function until(
  what: string,
  isSo: () => Promise<boolean> | boolean,
  { seconds = 300, everyMs = 200 }: { readonly seconds?: number; readonly everyMs?: number } = {},
): Promise<void> {
  for (const deadline = Date.now() + seconds * 1000; !(await isSo()); await delay(everyMs)) {
    if (Date.now() > deadline) throw new Error(`Out of time: after ${seconds} s (${loadText()}) not so: ${what}.`);
  }
}
