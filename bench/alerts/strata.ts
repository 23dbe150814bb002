/** Where a stop lies, as parts of one interval: before the scrape that sees it, and that scrape before the evaluation. */
export interface Place {
  readonly scrape: number;
  readonly evaluation: number;
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
