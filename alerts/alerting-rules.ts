import type { StackSettings } from "../settings/stack-settings";
import { durationText, milliseconds, type PrometheusDuration } from "../validation/durations";
import type { Fault } from "../validation/faults";
import { type Path, writtenPath } from "../validation/finding";
import { instanceDownFor, jobDownFor, peerTimeout } from "../settings/timing";
import type { RuleGroup } from "../prometheus/rule-groups";
import { featuresOff } from "./features";
import { type FolderFile, rulesOfFolder } from "./folder";
import { loadedAlerts, type Tuning, tunedRuleGroups } from "./tuning";

/** A rule group as Prometheus gets it, and the place where the user finds it. */
export interface PlacedRuleGroup {
  /** The content of the group. If the user wrote it, a later check decides whether it is valid. */
  readonly group: RuleGroup;
  readonly origin: "program" | "folder" | "setting";
  /** Describes the place of a path within the group, such as `alerts/rules/nodes.yaml, group Nodes, rules[0].expr`. */
  readonly placeOf: (inside: Path) => string;
}

/** Every rule group that Prometheus gets, in order, and the problems of the rule files. */
export interface AlertingRules {
  readonly groups: readonly PlacedRuleGroup[];
  /** The names of the built-in alerts in these groups. */
  readonly own: readonly string[];
  readonly faults: readonly Fault[];
  readonly warnings: readonly Fault[];
}

/**
 * The built-in rules as the settings change them, then the rules of `alerting:rules.folder`, then those of
 * `alerting:rules.groups`. The path of the folder is relative to the folder of Pulumi.yaml, or to the working directory
 * if the former is unknown.
 */
export function alertingRules(settings: StackSettings, projectFolder = ""): AlertingRules {
  const { rules } = settings;
  const tuning = tuningOf(settings);
  const folder =
    rules.folder === undefined
      ? { files: [], faults: [], warnings: [] }
      : rulesOfFolder(projectFolder || process.cwd(), rules.folder);
  return {
    groups: [
      ...tunedRuleGroups(tuning).map(({ file, group }): PlacedRuleGroup => {
        const place = `${file}, group ${group.name}`;
        return { group, origin: "program", placeOf: (inside) => within(place, inside) };
      }),
      ...folder.files.flatMap(ofFile),
      ...rules.groups.map((group, index): PlacedRuleGroup => {
        const placeOf = (inside: Path) => `alerting:${writtenPath(["rules", "groups", index, ...inside])}`;
        return { group: group as unknown as RuleGroup, origin: "setting", placeOf };
      }),
    ],
    own: loadedAlerts(tuning).map(({ name }) => name),
    faults: folder.faults,
    warnings: folder.warnings,
  };
}

/** The changes that a stack's settings make to the built-in rules. */
export function tuningOf(settings: StackSettings): Tuning {
  const { availability, dashboards, rules } = settings;
  return {
    alerts: rules.alerts,
    instanceDownFor: instanceDownFor(settings),
    jobDownFor: jobDownFor(settings.alerts, instanceDownFor(settings)),
    runbookUrl: rules.runbookUrl,
    grafanaUrl: dashboards.url,
    heartbeatInterval: settings.heartbeat.interval,
    alertmanagers: availability.alertmanagers,
    notificationsFailingFor: notificationsFailingFor(settings),
    off: featuresOff(settings),
  };
}

/**
 * How long `NotificationsFailing` waits if there are several Alertmanagers. When one of them gives up a message, the
 * others try in turn, each after a wait of `peerTimeout`; a scrape later, Prometheus knows whether one could send it.
 */
function notificationsFailingFor({ alerts, availability }: StackSettings): PrometheusDuration | undefined {
  const { alertmanagers } = availability;
  if (alertmanagers === 1) return undefined;
  const tries = alertmanagers * milliseconds(peerTimeout(alerts.groupInterval))!;
  return durationText(tries + milliseconds(alerts.scrapeInterval)!);
}

function ofFile({ name, content }: FolderFile): PlacedRuleGroup[] {
  return content.groups.map((group, index) => {
    const called = (group as { name?: unknown } | null)?.name;
    const title = typeof called === "string" && called !== "" ? `group ${called}` : `groups[${index}]`;
    return {
      group: group as RuleGroup,
      origin: "folder",
      placeOf: (inside) => within(`${name}:${content.lineOf(["groups", index, ...inside])}, ${title}`, inside),
    };
  });
}

function within(place: string, inside: Path): string {
  return inside.length === 0 ? place : `${place}, ${writtenPath(inside)}`;
}
