import { ApiException, type V1ObjectMeta } from "@kubernetes/client-node";

/** Waits for an answer, for a limited time. */
export type InTime = <T>(answer: Promise<T>) => Promise<T>;

/** The answer, or an error where none comes in time. */
export async function within<T>(patienceMs: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${patienceMs / 1000} s`)), patienceMs);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The answer; undefined where the object is not there. */
export function ifFound<T>(answer: Promise<T>): Promise<T | undefined> {
  return unless(answer, ({ code }) => code === 404);
}

/** The answer; undefined where the API server gives none: the object is not there, or not for these credentials to see. */
export function ifReadable<T>(answer: Promise<T>): Promise<T | undefined> {
  return unless(answer, () => true);
}

async function unless<T>(answer: Promise<T>, isExpected: (error: ApiException<unknown>) => boolean) {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiException && isExpected(error)) return undefined;
    throw error;
  }
}

/** Who set a label: field managers as the API server recorded them. */
export function labelManagers(metadata: V1ObjectMeta | undefined, label: string): string[] {
  return (metadata?.managedFields ?? []).flatMap(({ manager = "an unnamed manager", fieldsV1 }) => {
    const fields = fieldsV1 as { "f:metadata"?: { "f:labels"?: Record<string, unknown> } } | undefined;
    return Object.hasOwn(fields?.["f:metadata"]?.["f:labels"] ?? {}, `f:${label}`) ? [manager] : [];
  });
}

/** What the API server says is wrong. */
export function apiMessage(error: ApiException<unknown>): string {
  const body = typeof error.body === "string" ? error.body : JSON.stringify(error.body);
  try {
    return (JSON.parse(body) as { message?: string }).message ?? body;
  } catch {
    return body.slice(0, 200);
  }
}
