import { error, type Finding, warning, writtenPath } from "../configuration/finding";
import { checkNames } from "./checkNames";
import { checkReceivers } from "./checkReceivers";
import { checkRoutes } from "./checkRoutes";
import { alertmanagerConfigSchema } from "./config";
import { issuesOf } from "./issues";
import { plainCopy } from "./plain";
import { listOf, objectOf } from "./reading";
import { checkTemplates } from "./templates";

export interface CheckOptions {
  /** Template files by name, as they will lie in /etc/alertmanager. */
  readonly templates: Readonly<Record<string, string>>;
  /** Those of them that come with this program. Default: none. */
  readonly shipped?: ReadonlySet<string>;
  /** Names of the credentials that are set. */
  readonly credentials: readonly string[];
}

/**
 * Everything that Alertmanager would refuse, or that cannot work, and warnings of what is probably not meant. Any value
 * may be given; nothing is thrown. Findings of template files stand under `templates` and the file's name, those of
 * credentials under `credentials` and theirs.
 */
export function checkAlertmanagerConfig(config: unknown, options: CheckOptions): Finding[] {
  return everythingSaid(config, options).map((finding) => ({ ...finding, sentence: finished(finding.sentence) }));
}

const finished = (sentence: string) => (/[.?]$/.test(sentence) ? sentence : `${sentence}.`);

function everythingSaid(config: unknown, options: CheckOptions): Finding[] {
  const { copy, findings } = plainCopy(config);
  if (typeof copy !== "object" || copy === null || Array.isArray(copy))
    return findings.length > 0 ? findings : [error([], "is no object; accepted: Alertmanager's configuration")];
  const leftOut = new Set(findings.map(({ path }) => writtenPath(path)));
  return [
    ...findings,
    ...issuesOf(alertmanagerConfigSchema, copy).filter(({ path }) => !leftOut.has(writtenPath(path))),
    ...checkReceivers(copy),
    ...checkRoutes(copy),
    ...checkNames(copy, options.credentials),
    ...checkTemplates(copy, options.templates, options.shipped ?? new Set()),
    ...(listOf(objectOf(copy).mute_time_intervals).length > 0
      ? [warning(["mute_time_intervals"], "is deprecated; write `time_intervals` instead")]
      : []),
  ];
}
