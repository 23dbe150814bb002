import type { ExpressionFacts } from "../prometheus/parsers/parsers";

/** How far an expression looks back; each in milliseconds, and undefined where it asks for no range. */
export interface LookBack {
  /** Its shortest range: what lies between two evaluations that are further apart is seen by none. */
  readonly shortest?: number;
  /** Its longest range or offset: samples that are not kept for so long are missing. */
  readonly longest?: number;
  /** The longest scrape interval with which there are always samples enough in each of its ranges. */
  readonly scrape?: number;
}

/** How far an expression looks back. */
export function lookBackOf({ selectors, offsets }: Pick<ExpressionFacts, "selectors" | "offsets">): LookBack {
  const ranges = selectors.filter(({ range }) => range > 0);
  const lengths = ranges.map(({ range }) => range);
  // A function of two samples needs two scrapes within its range; others one, with some room.
  const scrapes = ranges.map(({ range, ofTwo }) => (ofTwo ? range / 2 : (range * 3) / 4));
  return {
    ...(ranges.length > 0 && { shortest: Math.min(...lengths), scrape: Math.min(...scrapes) }),
    ...(ranges.length + offsets.length > 0 && { longest: Math.max(...lengths, ...offsets) }),
  };
}
