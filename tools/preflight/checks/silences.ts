import type { Configuration } from "../../../config";
import { silenceGaps } from "../../drill/agreement";
import { Alertmanagers } from "../../drill/alertmanagers";
import { Peers } from "../../stack/servers/peers";
import { reachEvery } from "../../stack/servers/reach";
import { silenceWarnings } from "../../drill/silences";
import { type Check, ok, skipped, warning } from "../../shared/check-result";
import type { Reach } from "../cluster";
import { askServer, type Pages } from "./pages";

/**
 * Reports silences of an applied stack that mute critical alerts or last long, and silences that one of several
 * Alertmanagers lacks.
 */
export function silencesCheck(configuration: Configuration, pages: Pages, cluster: Promise<Reach>): Check {
  const words = {
    notYet: "there is no Alertmanager yet.",
    unseen: "were not read",
    onVerdict: (sentence: string) => skipped(`were not read: ${sentence}`),
  };
  return {
    name: "silences",
    run: () =>
      askServer("Alertmanager", reachEvery, configuration, pages, cluster, words, async ({ reached }, facts) => {
        const api = new Alertmanagers(new Peers(reached));
        const found = [
          ...(await silenceWarnings(api, facts.longestSilence)).map((sentence) =>
            warning(sentence, "Is it still needed? End it on Alertmanager's page."),
          ),
          ...silenceGaps(await api.silencesOfEach()).map((sentence) =>
            warning(sentence, 'See the row "availability"; a silence that was just made takes some seconds.'),
          ),
        ];
        const asked = reached.length === 1 ? "" : ` (asked: ${reached.map(({ name }) => name).join(", ")})`;
        if (found.length > 0) return found;
        return [ok(`none mutes critical alerts, or lasts longer than ${facts.longestSilence}${asked}.`)];
      }),
  };
}
