/**
 * Does several works at once. The first that fails aborts the others, and its error is thrown when all have ended: a
 * build must not go on under an error that is known already, nor be cut off before it has cleared up.
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
