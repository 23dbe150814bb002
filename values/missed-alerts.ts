import {
  alertsInWords,
  customAlerts,
  type KnownAlert,
  labelsFor,
  otherMatchersInWords,
  someName,
} from "../alerts/known-alerts";
import { fulfills, routesTaking } from "../alertmanager/evaluate";
import type { Matcher } from "../alertmanager/matchers";
import { isAlwaysMuted } from "../alertmanager/mute-times";
import { textsOf } from "../alertmanager/reading";
import { everyRoute, inherited, matchersOf, type Placed, routeTree } from "../alertmanager/route-tree";
import { type Finding, warning } from "../validation/finding";
import { watchdogAlert } from "./heartbeat-receiver";
import { nodeInhibitor } from "./alertmanager-routes";
import { listOf, mapOf } from "../validation/plain-data";

/** The maximum number of routes that are checked: the time grows with the square of their number. */
const mostRoutes = 100;

/**
 * Warnings about the user's routes and inhibition rules that keep built-in alerts from arriving. `alerts` are the
 * loaded ones. The configuration may have problems, which Alertmanager's check reports.
 */
export function missedAlerts(config: unknown, alerts: readonly KnownAlert[]): Finding[] {
  return [...missedBySlack(config, alerts.filter(isSent)), ...mutedUnnamed(config, alerts)];
}

const isSent = ({ labels }: KnownAlert) => ![watchdogAlert, nodeInhibitor].includes(labels["alertname"]!);

/** Routes without `continue` that keep alerts from Slack. A route with an explicit `continue: false` is intended. */
function missedBySlack(config: unknown, alerts: readonly KnownAlert[]): Finding[] {
  const root = routeTree(config);
  const slack = new Set(
    listOf(mapOf(config).receivers)
      .map(mapOf)
      .filter(({ slack_configs: configs }) => listOf(configs).length > 0)
      .map(({ name }) => name),
  );
  const arrives = (route: Placed) => slack.has(inherited(route, "receiver")) && !isAlwaysMuted(route, config);
  const candidates = [...alerts, ...customAlerts];
  let looked = 0;
  return root.children.flatMap((taker) => {
    if (taker.route.continue !== undefined || looked > mostRoutes) return [];
    const routes = everyRoute(taker);
    looked += routes.length;
    const missed = candidates.filter((alert) =>
      routes.some(({ effective }) => {
        const labels = labelsFor(alert, effective);
        const taking = labels === undefined ? [] : routesTaking(root, labels);
        return taking.some((route) => routes.includes(route)) && !taking.some(arrives);
      }),
    );
    if (missed.length === 0) return [];
    const sentence = `takes alerts that no longer arrive in Slack: ${alertsInWords(missed, candidates)}${otherMatchersInWords(taker.matchers)}. Write \`continue: true\` for Slack to get them as well, or \`continue: false\` if it should not`;
    return [warning(taker.path, sentence)];
  });
}

/** An alert about which nothing is known. */
const anyAlert: KnownAlert = { title: "any alert", labels: {}, mayHave: () => true };

/** Inhibition rules that mute critical alerts without naming them, or that mute alerts at all times. */
function mutedUnnamed(config: unknown, alerts: readonly KnownAlert[]): Finding[] {
  const candidates = [...alerts.filter(isSent), ...customAlerts];
  const pulse = alerts.find(({ labels }) => labels["alertname"] === watchdogAlert);
  return listOf(mapOf(config).inhibit_rules).flatMap((value, at) => {
    const rule = mapOf(value);
    const target = sideOf(rule, "target");
    const source = sideOf(rule, "source");
    // Without matchers every alert is a target; another warning reports that.
    if (source === undefined || target === undefined || target.length === 0) return [];
    const muted = candidates.filter((alert) => labelsFor(alert, target) !== undefined);
    const equal = textsOf(rule.equal).map(({ text }) => text);
    const path = ["inhibit_rules", at];
    if (pulse && muted.length > 0 && labelsFor(pulse, source) && equal.every(pulse.mayHave)) {
      const sentence = `mutes alerts at all times, because ${watchdogAlert} always fires and is a source of it: ${alertsInWords(muted, candidates)} would not arrive. Name the sources by \`alertname\` in source_matchers`;
      return [warning(path, sentence)];
    }
    const critical = muted.filter(({ labels }) => labels["severity"] === "critical");
    const isSame = equal.includes("alertname");
    if (critical.length === 0 || isSame || target.some(isName) || !labelsFor(anyAlert, source)) return [];
    const sentence = `mutes critical alerts that it does not name, while another alert fires: ${alertsInWords(critical, candidates)} would not arrive. Name them by \`alertname\` in target_matchers, or add 'severity=~"warning|info"' there`;
    return [warning(path, sentence)];
  });
}

function sideOf(rule: Readonly<Record<string, unknown>>, side: "source" | "target"): readonly Matcher[] | undefined {
  return matchersOf({
    matchers: rule[`${side}_matchers`],
    match: rule[`${side}_match`],
    match_re: rule[`${side}_match_re`],
  });
}

/** Whether a matcher selects alerts by name, but not all names. */
function isName(matcher: Matcher): boolean {
  return matcher.name === "alertname" && !matcher.operator.startsWith("!") && !fulfills(someName, matcher);
}
