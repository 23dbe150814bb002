import type { KeyKinds } from "../prometheus/config-types";
import { configKeys } from "./config-keys";
import type { Path } from "../validation/finding";

/** Keys that people often write into Alertmanager's configuration although they belong elsewhere. */
const ofRules = /^(rule_files|groups|rules|alerts)$/;
const ofPrometheus =
  /^(scrape_(configs|config_files|interval|timeout)|remote_(write|read)|alerting|storage|evaluation_interval|external_labels)$/;
const types: KeyKinds = configKeys;

/** The message for a key that Alertmanager does not have, if there is better advice than the most similar key. */
export function strayKey(path: Path, key: string): string | undefined {
  if (path.length <= 1 && ofRules.test(key))
    return "is not a key of Alertmanager; rules belong in `alerting:rules.groups`.";
  if (path.length <= 1 && ofPrometheus.test(key))
    return "is not a key of Alertmanager; it belongs to Prometheus' own file.";
  if (path.at(-2) === "opsgenie_configs" && key === "teams")
    return "is not a key of Alertmanager; write `responders: [{ name: <team>, type: team }]` instead.";
  if (path[0] !== "receivers" || path.length !== 2) return undefined;
  const homes = Object.entries(types["config.Receiver"]!)
    .filter(([, kind]) => types[kind.replace(/^\[\]/, "")]?.[key] !== undefined)
    .map(([home]) => `\`${home}\``);
  return homes.length === 0 || homes.length > 3 ? undefined : `belongs in an entry of ${homes.join(" or ")}.`;
}
