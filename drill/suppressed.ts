import { outsideText } from "../conventions/outside-text";

/** Who keeps an alert quiet. */
export interface Quiet {
  readonly silencedBy: readonly string[];
  readonly inhibitedBy: readonly string[];
  readonly mutedBy: readonly string[];
}

/** Why an alert will not be told, as a sentence; undefined where nothing keeps it quiet. */
export function whyQuiet(quiet: Quiet | undefined): string | undefined {
  if (quiet === undefined)
    return "Alertmanager has the alert no more: somebody else ended it, or Alertmanager was restarted.";
  const list = (ids: readonly string[]) => [...new Set(ids)].map((id) => outsideText(id)).join(", ");
  if (quiet.silencedBy.length > 0) {
    return `a silence keeps it quiet (${list(quiet.silencedBy)}): end it on Alertmanager's page, or by amtool silence expire.`;
  }
  if (quiet.mutedBy.length > 0) {
    return `a time interval mutes it (${list(quiet.mutedBy)}), as quiet hours do: drill again when it is over. The drill without --receiver and --label has a route that none mutes.`;
  }
  if (quiet.inhibitedBy.length > 0) {
    return `another alert inhibits it (${list(quiet.inhibitedBy)}): see alertmanager.inhibitRules.`;
  }
  return undefined;
}
