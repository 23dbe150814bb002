/** Limits how many tasks run at the same time; the other tasks wait. */
export function turns(atOnce: number): <T>(work: () => Promise<T>) => Promise<T> {
  const lanes = Array.from({ length: atOnce }, () => Promise.resolve());
  let next = 0;
  return (work) => {
    const lane = next++ % atOnce;
    const result = lanes[lane]!.then(work);
    lanes[lane] = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  };
}
