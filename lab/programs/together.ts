/**
 * Runs several tasks in parallel. If one fails, the others are aborted, and its error is thrown when all tasks have
 * ended. So a build neither continues after an error nor is killed before it has cleaned up.
 */
export async function together<T>(
  works: readonly ((signal: AbortSignal) => Promise<T>)[],
  signal?: AbortSignal,
): Promise<T[]> {
  const failure = new AbortController();
  const either = signal === undefined ? failure.signal : AbortSignal.any([failure.signal, signal]);
  const errors: unknown[] = [];
  const results = await Promise.all(
    works.map(async (work) => {
      try {
        return [await work(either)];
      } catch (error) {
        errors.push(error);
        failure.abort();
        return [];
      }
    }),
  );
  if (errors.length > 0) {
    throw errors[0];
  }
  return results.flat();
}
