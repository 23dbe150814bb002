import { ended, error, type Finding, warning } from "../validation/finding";
import { configFindings } from "../prometheus/config-findings";
import { checkNames } from "./check-names";
import { checkReceivers } from "./check-receivers";
import { checkRoutes } from "./check-routes";
import { checkSecrets, clearPlaces, insteadOfSecret } from "./check-secrets";
import { withCredentialFiles } from "./credentials";
import { strayKey } from "./stray-keys";
import { checkTemplates } from "./templates";
import { isMap, listOf, mapOf, plainData } from "../validation/plain-data";

export interface CheckOptions {
  /** The content of each template file, by the name that it will have in /etc/alertmanager. */
  readonly templates: Readonly<Record<string, string>>;
  /** The names of the template files that come with this program. Default: none. */
  readonly shipped?: ReadonlySet<string>;
  /** Names of the credentials that are set. */
  readonly credentials: readonly string[];
  /** Whether the whole configuration is built-in. If so, Alertmanager's own check is skipped. Default: false. */
  readonly isOurs?: boolean;
}

/**
 * Reports everything that Alertmanager would refuse or that cannot work, and warns of probable mistakes. Any value may
 * be given; nothing is thrown. Findings about a template file have the path `templates.<file name>`; findings about a
 * credential have the path `credentials.<name>`.
 */
export function checkAlertmanagerConfig(config: unknown, options: CheckOptions): Finding[] {
  return everythingSaid(config, options).map((finding) => ({ ...finding, sentence: ended(finding.sentence) }));
}

function everythingSaid(config: unknown, options: CheckOptions): Finding[] {
  const tree = plainData(config).findings;
  if (tree.length > 0) return tree;
  if (!isMap(config)) return [error([], "is not a map; accepted: Alertmanager's configuration")];
  const own = [
    ...checkSecrets(config),
    ...checkReceivers(config),
    ...checkRoutes(config),
    ...checkNames(config, options.credentials),
    ...checkTemplates(config, options.templates, options.shipped ?? new Set()),
    ...(listOf(mapOf(config).mute_time_intervals).length > 0
      ? [warning(["mute_time_intervals"], "is deprecated; write `time_intervals` instead")]
      : []),
  ];
  if (options.isOurs === true) return own;
  return configFindings("alertmanager", withCredentialFiles(config), {
    known: own,
    clear: clearPlaces(config),
    insteadOfSecret,
    strayKey,
  });
}
