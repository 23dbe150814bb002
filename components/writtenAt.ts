import type { StackSettings } from "../config";
import { type Finding, writtenPath } from "../configuration/finding";
import { ownGroups } from "./prometheusValues";

type Path = Finding["path"];

/** A list of the values that begins with this program's own entries and goes on with those of a setting. */
interface Joined {
  readonly prefix: Path;
  readonly setting: string;
  /** What the program's own entries are called, by position. */
  readonly own: readonly string[];
}

const config = ["alertmanager", "config"];

/**
 * Tells where somebody who reads a fault finds what is at a path of the values: a setting, a file, or the override.
 * Made once for all faults, because it reads the files under rules/.
 */
export function writtenAt(settings: StackSettings): (path: Path) => string {
  const groups = ownGroups(settings).map(({ file, group }) => `${file}, group ${group.name}`);
  const lists: Joined[] = [
    { prefix: ["serverFiles", "alerting_rules.yml", "groups"], setting: "rules.groups", own: groups },
    { prefix: [...config, "receivers"], setting: "alertmanager.receivers", own: ["the Slack receiver"] },
    { prefix: [...config, "route", "routes"], setting: "alertmanager.routes", own: [] },
    { prefix: [...config, "inhibit_rules"], setting: "alertmanager.inhibitRules", own: [] },
    { prefix: [...config, "time_intervals"], setting: "alertmanager.timeIntervals", own: [] },
  ];
  return (path) => keyOf(path, lists);
}

function keyOf(path: Path, lists: readonly Joined[]): string {
  const isBelow = (prefix: Path) => prefix.every((part, index) => path[index] === part);
  if (path.length > config.length + 1 && isBelow([...config, "templates"])) return `templates/${String(path[3])}`;
  if (isBelow([...config, "credentials"])) return `alerting:${writtenPath(path.slice(config.length))}`;
  const list = lists.find(({ prefix }) => isBelow(prefix));
  const position = list && path[list.prefix.length];
  if (list === undefined || typeof position !== "number") return `alerting:${writtenPath(["values", ...path])}`;
  const inside = path.slice(list.prefix.length + 1);
  const own = list.own[position];
  if (own !== undefined) return inside.length === 0 ? own : `${own}, ${writtenPath(inside)}`;
  const at = writtenPath([position - list.own.length, ...inside]);
  return `alerting:${list.setting}${at}`;
}
