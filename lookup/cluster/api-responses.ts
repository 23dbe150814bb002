import { ApiException, type V1ObjectMeta } from "@kubernetes/client-node";

/** Waits for a response for a limited time. */
export type InTime = <T>(answer: Promise<T>) => Promise<T>;

/** The response. Throws an error if it takes too long. */
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

/** The response; undefined if the object does not exist. */
export function ifFound<T>(answer: Promise<T>): Promise<T | undefined> {
  return unless(answer, ({ code }) => code === 404);
}

/** The response; undefined if the object does not exist or these credentials may not read it. */
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

/** The field managers that set a label, as recorded by the API server. */
export function labelManagers(metadata: V1ObjectMeta | undefined, label: string): string[] {
  return (metadata?.managedFields ?? []).flatMap(({ manager = "an unnamed manager", fieldsV1 }) => {
    const fields = fieldsV1 as { "f:metadata"?: { "f:labels"?: Record<string, unknown> } } | undefined;
    return Object.hasOwn(fields?.["f:metadata"]?.["f:labels"] ?? {}, `f:${label}`) ? [manager] : [];
  });
}

/** The error message of the API server. */
export function apiMessage(error: ApiException<unknown>): string {
  const body = typeof error.body === "string" ? error.body : JSON.stringify(error.body);
  try {
    return (JSON.parse(body) as { message?: string }).message ?? body;
  } catch {
    return body.slice(0, 200);
  }
}
