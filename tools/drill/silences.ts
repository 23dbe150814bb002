import { alertsInWords, customAlerts, knownAlerts, labelsFor, otherMatchersInWords } from "../../alerts/known-alerts";
import type { Matcher } from "../../alertmanager/matchers";
import { milliseconds, type PrometheusDuration } from "../../validation/durations";
import { outsideText } from "../../conventions/outside-text";
import type { HeldAlert, HeldSilence } from "./alertmanager-api";
import type { AlertmanagerView } from "./alertmanagers";

/**
 * A sentence for each silence that mutes critical alerts or lasts longer than allowed. Anyone can create such a silence
 * in a minute, and no alert reports it. Throws an error if Alertmanager does not answer.
 */
export async function silenceWarnings(api: AlertmanagerView, longest: PrometheusDuration): Promise<string[]> {
  const silences = await api.silences();
  // Alerts that are silenced right now show whether a silence mutes critical alerts, even if no matcher names a
  // severity.
  const critical = silences.length === 0 ? [] : await api.alerts({ severity: "critical" });
  return silences.flatMap((silence) => warningOf(silence, critical, longest) ?? []);
}

function warningOf(
  silence: HeldSilence,
  critical: readonly HeldAlert[],
  longest: PrometheusDuration,
): string | undefined {
  const { id, startsAt, endsAt, createdBy, comment } = silence;
  const matchers = silence.matchers.map(matcherOf);
  const known = [...knownAlerts().filter(({ labels }) => labels["severity"] !== "none"), ...customAlerts];
  const muted = known.filter((alert) => labelsFor(alert, matchers) !== undefined);
  const quiet = critical.filter(({ status }) => status.silencedBy.includes(id));
  const lasts = Date.parse(endsAt) - Date.parse(startsAt);
  const mutes = [
    ...(muted.length === known.length
      ? [`every alert${otherMatchersInWords(matchers)}`]
      : muted.some(({ labels }) => labels["severity"] === "critical")
        ? [`${alertsInWords(muted, known)}${otherMatchersInWords(matchers)}`]
        : []),
    ...(quiet.length > 0
      ? [`now firing and critical: ${[...new Set(quiet.map(({ labels }) => labels["alertname"]))].join(", ")}`]
      : []),
  ];
  const reasons = [
    ...(mutes.length > 0 ? [`mutes ${mutes.join("; ")}`] : []),
    ...(lasts > milliseconds(longest)! ? [`lasts for ${days(lasts)}, longer than ${longest}`] : []),
  ];
  if (reasons.length === 0) return undefined;
  const who = createdBy === "" ? "" : `, made by ${createdBy}${comment === "" ? "" : ` ("${comment}")`}`;
  return `${outsideText(`the silence ${id} ${reasons.join(", and ")}, until ${endsAt.slice(0, 16)}Z${who}`)}.`;
}

function matcherOf({ name, value, isRegex, isEqual }: HeldSilence["matchers"][number]): Matcher {
  return { name, value, operator: isRegex ? (isEqual ? "=~" : "!~") : isEqual ? "=" : "!=" };
}

function days(lengthMs: number): string {
  const count = Math.round(lengthMs / 86_400_000);
  return `${count} ${count === 1 ? "day" : "days"}`;
}
