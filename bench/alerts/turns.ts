/** Lets so many do their work at the same time; the others wait. */
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
