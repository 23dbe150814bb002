import type { AlertingRules } from "../alerts/alerting-rules";
import type { StackSettings } from "../settings/stack-settings";
import { type Path, writtenPath } from "../validation/finding";
import { builtInEntries } from "./alertmanager-config";
import type { BuiltInEntry } from "./built-in-entry";

const config = ["alertmanager", "config"];
const groups = ["serverFiles", "alerting_rules.yml", "groups"];
/** Settings whose values are keys of the root route. */
const ofRoot: Readonly<Record<string, string>> = {
  group_wait: "groupWait",
  group_interval: "groupInterval",
  repeat_interval: "repeatInterval",
};

/** A list in the values that contains built-in entries, and the entries of a setting between them. */
interface Joined {
  readonly prefix: Path;
  readonly setting: keyof StackSettings["alertmanager"];
  readonly before: readonly BuiltInEntry<unknown>[];
  readonly theirs: number;
  readonly after: readonly BuiltInEntry<unknown>[];
}

/** Where a value comes from. */
export interface SourceLocation {
  /** The place as the user knows it, such as `alerting:rules.groups[0].name`. */
  readonly key: string;
  /** Whether the value is a built-in entry of Alertmanager's configuration, which the user cannot change. */
  readonly isOurs: boolean;
}

/**
 * Returns a function that says which setting, file or part of the override a path of the values comes from. Call this
 * once for all findings.
 */
export function sourceLocation(settings: StackSettings, rules: AlertingRules): (path: Path) => SourceLocation {
  const own = builtInEntries(settings);
  const list = (
    setting: "receivers" | "routes" | "inhibitRules" | "timeIntervals",
    prefix: Path,
    before: readonly BuiltInEntry<unknown>[],
    after: readonly BuiltInEntry<unknown>[] = [],
  ): Joined => ({
    prefix: [...config, ...prefix],
    setting,
    before,
    theirs: settings.alertmanager[setting].length,
    after,
  });
  const lists = [
    list("receivers", ["receivers"], own.receivers),
    list("routes", ["route", "routes"], own.routes.before, own.routes.after),
    list("inhibitRules", ["inhibit_rules"], own.inhibitRules),
    list("timeIntervals", ["time_intervals"], own.timeIntervals),
  ];
  return (path) => locate(path, lists, rules);
}

function locate(path: Path, lists: readonly Joined[], rules: AlertingRules): SourceLocation {
  const isBelow = (prefix: Path) => prefix.every((part, index) => path[index] === part);
  const theirs = (key: string): SourceLocation => ({ key, isOurs: false });
  if (path.length > config.length + 1 && isBelow([...config, "templates"]))
    return theirs(`templates/${String(path[3])}`);
  if (isBelow([...config, "credentials"])) return theirs(`alerting:${writtenPath(path.slice(config.length))}`);
  if (isBelow(groups)) {
    const inside = path.slice(groups.length + 1);
    return theirs(rules.groups[Number(path[groups.length])]?.placeOf(inside) ?? "alerting:rules");
  }
  const ofRootRoute = path.length === config.length + 2 && isBelow([...config, "route"]) && ofRoot[String(path.at(-1))];
  if (ofRootRoute) return theirs(`alerting:alerts.${ofRootRoute}`);
  const list = lists.find(({ prefix }) => isBelow(prefix));
  const position = list && path[list.prefix.length];
  if (list === undefined || typeof position !== "number") return theirs(`alerting:${writtenPath(["values", ...path])}`);
  const inside = path.slice(list.prefix.length + 1);
  const ofTheirs = position - list.before.length;
  const own = ofTheirs < 0 ? list.before[position] : list.after[ofTheirs - list.theirs];
  if (own === undefined) return theirs(`alerting:alertmanager.${list.setting}${writtenPath([ofTheirs, ...inside])}`);
  // For an entry that comes from a setting, a path within Alertmanager's configuration would not help the user.
  if (own.at.startsWith("alerting:")) return theirs(own.at);
  return { key: inside.length === 0 ? own.at : `${own.at}, ${writtenPath(inside)}`, isOurs: true };
}
