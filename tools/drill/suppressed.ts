import { outsideText } from "../../conventions/outside-text";
import type { HeldAlert } from "./alertmanager-api";

/**
 * Why receivers will not be notified of an alert, as a sentence; undefined where nothing keeps one of its groups quiet. Silences
 * and inhibition are of the alert, time intervals of the route and so of the group.
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
    return `a silence keeps it quiet (${list(silencedBy)}): end it on Alertmanager's page, or by amtool silence expire.`;
  }
  if (mutedBy.length > 0) {
    return `a time interval mutes it (${list(mutedBy)}), as quiet hours do: drill again when it is over. The drill without --receiver and --label has a route that none mutes.`;
  }
  if (inhibitedBy.length > 0) {
    return `another alert inhibits it (${list(inhibitedBy)}): see alertmanager.inhibitRules.`;
  }
  return undefined;
}
