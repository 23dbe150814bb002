import { shown } from "../validation/faults";
import { error, type Finding, type Path, warning } from "../validation/finding";
import { fulfills } from "./evaluate";
import { checkMuteTimes } from "./mute-times";
import { checkReachability } from "./reachability";
import { isSet, lengthOf, textsOf } from "./reading";
import { everyRoute, inherited, type Placed, routeTree } from "./route-tree";
import { listOf, mapOf } from "../validation/plain-data";

/** Alertmanager's default intervals, used if no route sets them. */
const defaultIntervals = { group_interval: "5m", repeat_interval: "4h" };
/** The time in milliseconds after which Alertmanager forgets what it has sent, and sends it again. */
const remembered = 120 * 3600e3;

/** Checks the intervals of a route that sets at least one of them. */
function checkIntervals(placed: Placed): Finding[] {
  const { route, path } = placed;
  const group = inherited(placed, "group_interval") ?? defaultIntervals.group_interval;
  const repeat = inherited(placed, "repeat_interval") ?? defaultIntervals.repeat_interval;
  const findings: Finding[] = [];
  const says = isSet(route.group_interval) || isSet(route.repeat_interval);
  const key = isSet(route.repeat_interval) ? "repeat_interval" : "group_interval";
  const [groupLength, repeatLength] = [lengthOf(group), lengthOf(repeat)];
  if (says && groupLength !== undefined && repeatLength !== undefined && repeatLength < groupLength)
    findings.push(
      warning(
        [...path, key],
        `makes repeat_interval (${shown(repeat)}) shorter than group_interval (${shown(group)}), and a group is looked at only after each group_interval; alerts are repeated no sooner`,
      ),
    );
  if (isSet(route.repeat_interval) && repeatLength !== undefined && repeatLength > remembered)
    findings.push(
      warning(
        [...path, "repeat_interval"],
        `is longer than the 120h for which Alertmanager remembers what it sent; alerts are repeated after 120h`,
      ),
    );
  return findings;
}

/** The longest reasonable waits for messages about critical alerts. */
const late = {
  group_wait: { most: "5m", what: "the first message of each of its alerts comes so much later" },
  group_interval: { most: "1h", what: "what joins an alert that was sent already, or ends it, waits up to so long" },
};

/** Reports waits that delay critical alerts. */
function checkWaits({ route, path, effective }: Placed): Finding[] {
  const takesCritical = effective.every(
    (matcher) => matcher.name !== "severity" || fulfills("critical", matcher) !== false,
  );
  if (!takesCritical) return [];
  return Object.entries(late).flatMap(([key, { most, what }]) => {
    const length = lengthOf(route[key]);
    if (!isSet(route[key]) || length === undefined || length <= lengthOf(most)!) return [];
    return [
      warning([...path, key], `is ${shown(route[key])}, for critical alerts too: ${what}; write at most ${most}`),
    ];
  });
}

const newForm = (key: string, path: Path) =>
  warning(
    [...path, key],
    `is deprecated; write \`${key.replace(/match(_re)?$/, "matchers")}\` instead, a list of strings such as 'severity="critical"'`,
  );

function deprecated(here: unknown, keys: readonly string[], path: Path): Finding[] {
  return keys.filter((key) => mapOf(here)[key] !== undefined).map((key) => newForm(key, path));
}

function checkInhibitRules(config: unknown): Finding[] {
  return listOf(mapOf(config).inhibit_rules).flatMap((value, at) => {
    const rule = mapOf(value);
    const path = ["inhibit_rules", at];
    const findings = deprecated(rule, ["source_match", "source_match_re", "target_match", "target_match_re"], path);
    const some = (side: string) =>
      ["match", "match_re", "matchers"].some((form) => Object.keys(rule[`${side}_${form}`] ?? {}).length > 0);
    for (const side of ["source", "target"])
      if (!some(side))
        findings.push(warning(path, `has no \`${side}_matchers\`, so any alert is its ${side}; write which are`));
    return findings;
  });
}

/** Alertmanager treats an empty string as no condition. */
function checkMatchers({ route, path }: Placed): Finding[] {
  return textsOf(route.matchers)
    .filter(({ text }) => text.trim() === "")
    .map(({ at }) => error([...path, "matchers", at], "is empty; write a matcher such as 'severity=\"critical\"'"));
}

/** Reports problems of routes and inhibit rules that a check of single keys cannot find. */
export function checkRoutes(config: unknown): Finding[] {
  const root = routeTree(config);
  return [
    ...everyRoute(root).flatMap((placed) => [
      ...checkMatchers(placed),
      ...checkIntervals(placed),
      ...checkWaits(placed),
      ...deprecated(placed.route, ["match", "match_re"], placed.path),
    ]),
    ...checkReachability(root),
    ...checkMuteTimes(root, config),
    ...checkInhibitRules(config),
  ];
}
