import type { ChartValues } from "../chart/values";
import type { StackSettings } from "../settings/stack-settings";
import { shown, type Fault } from "../validation/faults";
import { isWithin, needlessRanges } from "../validation/ranges";
import { servicesCalled } from "./outside-ports";

/** Warnings about network settings that are valid, but probably not intended. */
export function networkWarnings(
  { loadBalancer, networkPolicies }: Pick<StackSettings, "loadBalancer" | "networkPolicies">,
  { alertmanager }: ChartValues,
): Fault[] {
  const services =
    networkPolicies.enabled && networkPolicies.alertmanagerPorts.length === 0
      ? servicesCalled(alertmanager?.config)
      : [];
  return [
    ...needless("alerting:loadBalancer.sourceRanges", loadBalancer.sourceRanges),
    ...needless("alerting:networkPolicies.nodeRanges", networkPolicies.nodeRanges),
    ...services.map((host) => ({
      key: "alerting:networkPolicies.alertmanagerPorts",
      sentence: `a receiver is at ${shown(host)}, a Service of the cluster, and a network policy needs the port of the pods behind it; add that port here, unless it is 443 or the one in the URL.`,
    })),
  ];
}

function needless(key: string, ranges: readonly string[]): Fault[] {
  return needlessRanges(ranges).map(({ index, other }) => {
    const [inner, outer] = [ranges[index]!, ranges[other]!];
    const sentence = isWithin(outer, inner)
      ? `${shown(inner)} is listed twice; remove one.`
      : `${shown(inner)} lies within ${shown(outer)}, which covers all of it; remove one of the two.`;
    return { key: `${key}[${index}]`, sentence };
  });
}
