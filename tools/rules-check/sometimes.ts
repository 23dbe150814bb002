import { distance } from "fastest-levenshtein";
import type { Matcher } from "../../prometheus/parsers/parsers";

/** Counters that many programs create only at the first error. */
const errorCounter =
  /(?:^|_)(?:fail(?:ed|ures?)?|errors?|timeouts?|dropped|rejected|refused|retries|evictions|corruptions)(?:_|$)/;
/** Series that exist only while an object is in this state. */
const passingState = /_(?:waiting|terminated)_reason$|_unschedulable$|_deletion_timestamp$/;
/** Values that a label has only after something went wrong, such as `5..` of a status code. */
const badValue =
  /\b[45](?:\.\.|xx|\d\d|\.\+|\[)|err|fail|timeout|refus|reject|denied|crash|backoff|oom|evict|lost|unknown|unavailable|abort/i;

/** Whether a healthy cluster may have no series of a metric, although other clusters have some. */
export function isMetricOfTrouble(metric: string): boolean {
  return errorCounter.test(metric) || passingState.test(metric);
}

/** Whether a healthy cluster may have no series that fulfills a condition. */
export function isConditionOfTrouble({ value }: Matcher): boolean {
  return badValue.test(value);
}

/** Whether a name differs from an existing one by so little that it is probably misspelled. */
export function isMisspelled(name: string, nearest: string | undefined): boolean {
  return nearest !== undefined && distance(name, nearest) <= 2;
}

/** Metrics whose exporter has metrics with another beginning. */
const exporters: Readonly<Record<string, string>> = { push: "pushgateway" };

/**
 * Whether other metrics of the same exporter exist: then the exporter works, and only objects of this kind are missing,
 * such as Jobs or volumes.
 */
export function hasSiblings(metric: string, names: readonly string[]): boolean {
  const [first = ""] = metric.split("_");
  const beginning = `${exporters[first] ?? first}_`;
  return names.some((name) => name.startsWith(beginning));
}
