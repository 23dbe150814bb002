/** Where a stop lies, as parts of one interval: before the scrape that sees it, and that scrape before the evaluation. */
export interface Place {
  readonly scrape: number;
  readonly evaluation: number;
}

/** Numbers from 0 to 1 that look random and are the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Places of so many stops: each of `count` equal parts of the scrape interval has exactly one, each of the evaluation
 * interval as well (a Latin square), so that the mean of a few stops is that of many.
 */
export function placesOf(count: number, random: () => number): Place[] {
  const evaluations = shuffled(count, random);
  return shuffled(count, random).map((scrape, index) => ({
    scrape: (scrape + random()) / count,
    evaluation: ((evaluations[index] ?? 0) + random()) / count,
  }));
}

function shuffled(count: number, random: () => number): number[] {
  const numbers = Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [numbers[last], numbers[other]] = [numbers[other] ?? 0, numbers[last] ?? 0];
  }
  return numbers;
}
