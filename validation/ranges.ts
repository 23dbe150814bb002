import { Address4, Address6 } from "ip-address";

/** All private IPv4 addresses, including 100.64.0.0/10, which AWS assigns to pods. */
export const privateRanges = ["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16"] as const;

/** An address range, given by its first and last address. */
interface Span {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
  /** The canonical form of the range. */
  readonly canonical: string;
}

/** The ranges of the internet; only this part of IPv6 is assigned so far. */
const internet = { IPv4: spanOf("0.0.0.0/0"), IPv6: spanOf("2000::/3") } as const;

function spanOf(range: string): Span {
  const family = range.includes(":") ? 6 : 4;
  const address = family === 6 ? new Address6(range) : new Address4(range);
  const [first, last] = [address.startAddress().bigInt(), address.endAddress().bigInt()];
  return { family, first, last, canonical: address.networkForm() };
}

/** What is accepted instead of a syntactically valid range that has a problem; undefined if it has none. */
export function rangeFault(range: string): string | undefined {
  const mapped = range.includes(":") ? new Address6(range) : undefined;
  if (mapped?.isMapped4() && mapped.subnetMask >= 96) {
    const inIpv4 = `${mapped.to4().correctForm()}/${mapped.subnetMask - 96}`;
    return `${spanOf(inIpv4).canonical}, because a range of IPv4 is written as one`;
  }
  const [address] = range.split("/");
  const { family, first, canonical } = spanOf(range);
  const whole = `${address}/${family === 4 ? 32 : 128}`;
  if (spanOf(whole).first === first) return undefined;
  return `${canonical}, or ${whole} where that one address is meant`;
}

/** Whether one range is within another, or equal to it. */
export function isWithin(inner: string, outer: string): boolean {
  const [a, b] = [spanOf(inner), spanOf(outer)];
  return a.family === b.family && b.first <= a.first && a.last <= b.last;
}

/** Redundant ranges, which another range covers: the position of each, and of the range that covers it. */
export function needlessRanges(ranges: readonly string[]): { readonly index: number; readonly other: number }[] {
  return ranges.flatMap((range, index) => {
    // If two are equal, the second is redundant.
    const says = (one: string, at: number) => at < index || (at > index && !isWithin(one, range));
    const other = ranges.findIndex((one, at) => isWithin(range, one) && says(one, at));
    return other < 0 ? [] : [{ index, other }];
  });
}

/** The ranges without the redundant ones. */
export function withoutNeedless(ranges: readonly string[]): string[] {
  const needless = new Set(needlessRanges(ranges).map(({ index }) => index));
  return ranges.filter((_, index) => !needless.has(index));
}

/**
 * The part of the internet of which the ranges together cover half or more, such as `all of IPv4`; undefined if none.
 */
export function tooWide(ranges: readonly string[]): string | undefined {
  for (const [name, whole] of Object.entries(internet)) {
    const size = whole.last - whole.first + 1n;
    const held = heldOf(whole, ranges.map(spanOf));
    if (held * 2n >= size) return held === size ? `all of ${name}` : `half of ${name} or more`;
  }
  return undefined;
}

/** The number of addresses of a span that the other spans cover. */
function heldOf(whole: Span, spans: readonly Span[]): bigint {
  const cut = spans
    .filter(({ family }) => family === whole.family)
    .map(({ first, last }) => ({
      first: first > whole.first ? first : whole.first,
      last: last < whole.last ? last : whole.last,
    }))
    .sort((a, b) => (a.first < b.first ? -1 : 1));
  let held = 0n;
  let next = whole.first;
  for (const { first, last } of cut) {
    const from = first > next ? first : next;
    if (last < from) continue;
    held += last - from + 1n;
    next = last + 1n;
  }
  return held;
}
