/** When a stop happens, as fractions of an interval: before the scrape that sees it, and from scrape to evaluation. */
export interface Place {
  readonly scrape: number;
  readonly evaluation: number;
}

/**
 * Picks the points for a number of stops: each of `count` equal parts of the scrape interval has exactly one stop, and
 * so has each part of the evaluation interval (a Latin square). The mean of a few stops is then close to that of many.
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
