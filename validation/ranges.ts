import { Address4, Address6 } from "ip-address";

/** Every IPv4 address that is private, 100.64.0.0/10 with them, which AWS gives to pods. */
export const privateRanges = ["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16"] as const;

/** An address range by its ends. */
interface Span {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
  /** As it should be written. */
  readonly canonical: string;
}

/** What there is of the internet; of IPv6 only so much is given out. */
const internet = { IPv4: spanOf("0.0.0.0/0"), IPv6: spanOf("2000::/3") } as const;

function spanOf(range: string): Span {
  const family = range.includes(":") ? 6 : 4;
  const address = family === 6 ? new Address6(range) : new Address4(range);
  const [first, last] = [address.startAddress().bigInt(), address.endAddress().bigInt()];
  return { family, first, last, canonical: address.networkForm() };
}

/** What is wrong with a range that is one in form, as what is accepted in its place; undefined where nothing is. */
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

/** Whether one range lies in another, or is it. */
export function isWithin(inner: string, outer: string): boolean {
  const [a, b] = [spanOf(inner), spanOf(outer)];
  return a.family === b.family && b.first <= a.first && a.last <= b.last;
}

/** Ranges that say nothing, because another says it already: the position of each, and of that other. */
export function needlessRanges(ranges: readonly string[]): { readonly index: number; readonly other: number }[] {
  return ranges.flatMap((range, index) => {
    // If two are equal, the second is redundant.
    const says = (one: string, at: number) => at < index || (at > index && !isWithin(one, range));
    const other = ranges.findIndex((one, at) => isWithin(range, one) && says(one, at));
    return other < 0 ? [] : [{ index, other }];
  });
}

/** Ranges without the needless ones among them. */
export function withoutNeedless(ranges: readonly string[]): string[] {
  const needless = new Set(needlessRanges(ranges).map(({ index }) => index));
  return ranges.filter((_, index) => !needless.has(index));
}

/** Of which part of the internet ranges together hold half or more, such as `all of IPv4`; undefined where of none. */
export function tooWide(ranges: readonly string[]): string | undefined {
  for (const [name, whole] of Object.entries(internet)) {
    const size = whole.last - whole.first + 1n;
    const held = heldOf(whole, ranges.map(spanOf));
    if (held * 2n >= size) return held === size ? `all of ${name}` : `half of ${name} or more`;
  }
  return undefined;
}

/** How many addresses of a span lie in one of others. */
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
