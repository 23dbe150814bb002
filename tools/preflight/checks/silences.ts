import type { Configuration } from "../../../config";
import { AlertmanagerApi } from "../../drill/alertmanager-api";
import { NoAnswer } from "../../drill/http";
import { reach } from "../../drill/reach";
import { silenceWarnings } from "../../drill/silences";
import { placeOf } from "../../drill/stack-place";
import { StackUnreadable } from "../../stack/cli";
import { NotApplied } from "../../stack/outputs";
import { type Check, ok, skipped, warning } from "../check";
import type { Reach } from "../cluster";
import type { Pages } from "./pages";
import { validSections } from "../../../settings/readable";

/** Reports silences that mute critical alerts, or for long, of a stack that was applied. */
export function silencesCheck(configuration: Configuration, { outputs, keys }: Pages, cluster: Promise<Reach>): Check {
  return {
    name: "silences",
    async run() {
      // A cluster that hangs is not waited for a second time.
      const isReached = !("fault" in (await cluster));
      try {
        const place = { ...placeOf(keys.stack, validSections(configuration), await outputs()), warnings: [] };
        const known = isReached ? place : { ...place, context: undefined };
        const alertmanager = await reach("Alertmanager", known, undefined, () => undefined, keys);
        try {
          const api = new AlertmanagerApi(alertmanager.origin, undefined, alertmanager.access);
          const found = await silenceWarnings(api, place.longestSilence);
          if (found.length === 0)
            return [ok(`none mutes critical alerts, or lasts longer than ${place.longestSilence}.`)];
          return found.map((sentence) => warning(sentence, "Is it still needed? End it on Alertmanager's page."));
        } finally {
          await alertmanager.stop();
        }
      } catch (error) {
        if (error instanceof NotApplied) return [ok("there is no Alertmanager yet.")];
        if (error instanceof NoAnswer && !isReached)
          return [skipped("were not read: neither Alertmanager's load balancer nor the cluster was reached.")];
        if (error instanceof StackUnreadable || error instanceof NoAnswer)
          return [skipped(`were not read: ${error.message}`)];
        throw error;
      }
    },
  };
}
