import type { AlertingRules } from "../alerts/alertingRules";
import { type Finding, writtenPath } from "../configuration/finding";
import type { StackSettings } from "../config";
import type { ChartValues } from "../chart/values";

type Path = Finding["path"];

const config = ["alertmanager", "config"];
const groups = ["serverFiles", "alerting_rules.yml", "groups"];

/** A list of the values with entries of this program's own and those of a setting among them. */
interface Joined {
  readonly prefix: Path;
  readonly setting: keyof StackSettings["alertmanager"];
  readonly entries: readonly unknown[];
  /** What an entry of the program's own is called. */
  readonly own: (entry: unknown) => string;
}

/**
 * Tells where somebody who reads a fault finds what is at a path of the values: a setting, a file, or the override.
 * `ours` are the values before the override.
 */
export function writtenAt(
  settings: StackSettings,
  ours: Pick<ChartValues, "alertmanager">,
  rules: AlertingRules,
): (path: Path) => string {
  const made = ours.alertmanager?.config;
  const lists: Joined[] = [
    {
      prefix: [...config, "receivers"],
      setting: "receivers",
      entries: made?.receivers ?? [],
      own: (entry) => receiverName((entry as { name?: unknown }).name),
    },
    {
      prefix: [...config, "route", "routes"],
      setting: "routes",
      entries: made?.route?.routes ?? [],
      own: () => "a route of this program",
    },
    {
      prefix: [...config, "inhibit_rules"],
      setting: "inhibitRules",
      entries: made?.inhibit_rules ?? [],
      own: () => "an inhibition rule of this program",
    },
    {
      prefix: [...config, "time_intervals"],
      setting: "timeIntervals",
      entries: made?.time_intervals ?? [],
      own: () => "a time interval of this program",
    },
  ];
  return (path) => keyOf(path, lists, settings, rules);
}

function receiverName(name: unknown): string {
  return name === "slack" ? "the Slack receiver" : `the receiver ${String(name)}`;
}

function keyOf(path: Path, lists: readonly Joined[], settings: StackSettings, rules: AlertingRules): string {
  const isBelow = (prefix: Path) => prefix.every((part, index) => path[index] === part);
  if (path.length > config.length + 1 && isBelow([...config, "templates"])) return `templates/${String(path[3])}`;
  if (isBelow([...config, "credentials"])) return `alerting:${writtenPath(path.slice(config.length))}`;
  const group = isBelow(groups) ? rules.groups[Number(path[groups.length])] : undefined;
  if (isBelow(groups) && path.length === groups.length) return "alerting:rules";
  if (group !== undefined) return group.placeOf(path.slice(groups.length + 1));
  const list = lists.find(({ prefix }) => isBelow(prefix));
  const position = list && path[list.prefix.length];
  if (list === undefined || typeof position !== "number") return `alerting:${writtenPath(["values", ...path])}`;
  const inside = path.slice(list.prefix.length + 1);
  const entry = list.entries[position];
  // The user's own are handed on as they are, so that each is found by being the same.
  const theirs = (settings.alertmanager[list.setting] as readonly unknown[]).indexOf(entry);
  if (theirs >= 0) return `alerting:alertmanager.${list.setting}${writtenPath([theirs, ...inside])}`;
  return inside.length === 0 ? list.own(entry) : `${list.own(entry)}, ${writtenPath(inside)}`;
}
