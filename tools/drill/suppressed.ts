import { outsideText } from "../../conventions/outside-text";
import type { HeldAlert } from "./alertmanager-api";

/**
 * Why receivers will not be notified of an alert, as a sentence; undefined if at least one of its groups is not muted.
 * Silences and inhibition apply to the alert; time intervals apply to the route and therefore to the group.
 */
export function whyQuiet(held: readonly HeldAlert[], receivers: readonly string[]): string | undefined {
  const here = held.filter(({ receiver }) => receivers.includes(receiver)).map(({ status }) => status);
  if (here.length === 0) {
    return "Alertmanager no longer has the alert: someone else ended it, or Alertmanager was restarted.";
  }
  const [first] = here.map(whyOf);
  return here.every((status) => whyOf(status) !== undefined) ? first : undefined;
}

function whyOf({ silencedBy, mutedBy, inhibitedBy }: HeldAlert["status"]): string | undefined {
  const list = (ids: readonly string[]) => [...new Set(ids)].map((id) => outsideText(id)).join(", ");
  if (silencedBy.length > 0) {
    return `a silence mutes it (${list(silencedBy)}): end it on Alertmanager's page, or with amtool silence expire.`;
  }
  if (mutedBy.length > 0) {
    return `a time interval mutes it (${list(mutedBy)}), such as quiet hours: drill again when the interval is over. A drill without --receiver and --label uses a route that is never muted.`;
  }
  if (inhibitedBy.length > 0) {
    return `another alert inhibits it (${list(inhibitedBy)}): see alertmanager.inhibitRules.`;
  }
  return undefined;
}
