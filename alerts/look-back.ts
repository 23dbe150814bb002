import type { ExpressionFacts } from "../prometheus/parsers/parsers";

/** How far an expression looks back, in milliseconds; each field is undefined if the expression has no range. */
export interface LookBack {
  /** The shortest range: if evaluations are further apart than this, some samples are in no range. */
  readonly shortest?: number;
  /** The longest range or offset: samples have to be kept for at least this time. */
  readonly longest?: number;
  /** The longest scrape interval with which each range always contains enough samples. */
  readonly scrape?: number;
}

/** How far an expression looks back. */
export function lookBackOf({ selectors, offsets }: Pick<ExpressionFacts, "selectors" | "offsets">): LookBack {
  const ranges = selectors.filter(({ range }) => range > 0);
  const lengths = ranges.map(({ range }) => range);
  // A function that needs two samples needs two scrapes within its range; others need one, with some reserve.
  const scrapes = ranges.map(({ range, ofTwo }) => (ofTwo ? range / 2 : (range * 3) / 4));
  return {
    ...(ranges.length > 0 && { shortest: Math.min(...lengths), scrape: Math.min(...scrapes) }),
    ...(ranges.length + offsets.length > 0 && { longest: Math.max(...lengths, ...offsets) }),
  };
}
