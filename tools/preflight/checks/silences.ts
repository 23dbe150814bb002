import type { Configuration } from "../../../config";
import { AlertmanagerApi } from "../../drill/alertmanager-api";
import { silenceWarnings } from "../../drill/silences";
import { type Check, ok, skipped, warning } from "../../shared/check-result";
import type { Reach } from "../cluster";
import { onServer, type Pages } from "./pages";

/** Reports silences of an applied stack that mute critical alerts or last long. */
export function silencesCheck(configuration: Configuration, pages: Pages, cluster: Promise<Reach>): Check {
  const words = {
    notYet: "there is no Alertmanager yet.",
    unseen: "were not read",
    onVerdict: (sentence: string) => skipped(`were not read: ${sentence}`),
  };
  return onServer("silences", "Alertmanager", configuration, pages, cluster, words, async (reached, facts) => {
    const api = new AlertmanagerApi(reached.origin, undefined, reached.authentication.access);
    const found = await silenceWarnings(api, facts.longestSilence);
    if (found.length === 0) return [ok(`none mutes critical alerts, or lasts longer than ${facts.longestSilence}.`)];
    return found.map((sentence) => warning(sentence, "Is it still needed? End it on Alertmanager's page."));
  });
}
