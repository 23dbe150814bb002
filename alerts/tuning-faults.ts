import type { AlertTuning } from "../settings/sections/rules";
import { type Fault, nearest, shown } from "../validation/faults";
import { catalog, builtInAlert } from "./catalog";
import { thresholdFault } from "./adjustable-threshold";

/** Problems of `alerting:rules.alerts`: alerts that do not exist, and values that do not fit an alert. */
export function tuningFaults(alerts: Readonly<Record<string, AlertTuning>>): Fault[] {
  return Object.entries(alerts).flatMap(([name, tuning]) => {
    const wrong = (key: string, seen: unknown, accepted: string) => [
      {
        key: `alerting:rules.alerts.${name}${key}`,
        sentence: `got ${shown(seen)}; accepted: ${accepted}${accepted.endsWith("?") ? "" : "."}`,
      },
    ];
    const alert = builtInAlert(name);
    if (alert === undefined) return wrong("", tuning, noSuchAlert(name));
    const { threshold } = tuning;
    const fault =
      threshold === undefined
        ? undefined
        : alert.threshold === undefined
          ? noThreshold(name)
          : thresholdFault(threshold, alert.threshold.unit);
    return [
      ...(fault === undefined ? [] : wrong(".threshold", threshold, fault)),
      // With `for`, the Watchdog would never fire, because each evaluation makes a new alert
      // (alerts/rules/watchdog.yaml).
      ...(name === "Watchdog" && tuning.for !== undefined ? wrong(".for", tuning.for, noWait) : []),
    ];
  });
}

const noWait =
  "nothing here, because each beat is a separate alert that lasts for one evaluation; alerting:heartbeat.interval sets how often one is sent";

function noSuchAlert(name: string): string {
  const names = catalog().map((alert) => alert.name);
  const guess = nearest(name, names);
  const advice = guess === undefined ? `those are ${names.join(", ")}` : `is ${guess} meant?`;
  return `the name of an alert of this program; ${advice}`;
}

function noThreshold(name: string): string {
  const names = catalog().flatMap((alert) => (alert.threshold === undefined ? [] : [alert.name]));
  return `no threshold for ${name}, which has none to set; these have one: ${names.join(", ")}`;
}
