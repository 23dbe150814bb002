import { error, type Finding, type Path, warning } from "../validation/finding";
import { isSet } from "./reading";
import { listOf, mapOf, type PlainMap } from "../validation/plain-data";
import { got } from "../validation/wrong-value";

/** The URL to which a Slack bot posts. It is not a secret, unlike a webhook's URL. */
export const postMessage = "https://slack.com/api/chat.postMessage";

/** Receivers that send no "resolved" message unless `send_resolved` is set. */
const silentWhenResolved = ["slack_configs", "email_configs", "rocketchat_configs", "wechat_configs"];

/** Reports receivers that Alertmanager refuses, that cannot work, or that are probably a mistake. */
export function checkReceivers(config: unknown): Finding[] {
  const global = mapOf(mapOf(config).global);
  // Alertmanager crashes if `global` contains both keys.
  const ofGlobal = ["slack_api_url_file", "slack_app_token_file"].every((key) => isSet(global[key]))
    ? [error(["global"], "sets `slack_api_url_file` and `slack_app_token_file`; one of them is all that is allowed")]
    : [];
  const ofReceivers = listOf(mapOf(config).receivers).flatMap((item, at) =>
    Object.entries(mapOf(item)).flatMap(([key, entries]) => {
      const path = ["receivers", at, key];
      if (!key.endsWith("_configs") || !Array.isArray(entries)) return [];
      if (entries.length === 0)
        return [error(path, "is an empty list; accepted: at least one entry; without any, leave the key out")];
      return listOf(entries).flatMap((entry, index) =>
        typeof entry === "object" && entry !== null ? checkEntry(key, mapOf(entry), global, [...path, index]) : [],
      );
    }),
  );
  return [...ofGlobal, ...ofReceivers];
}

function checkEntry(key: string, entry: Readonly<PlainMap>, global: Readonly<PlainMap>, path: Path): Finding[] {
  const findings: Finding[] = [];
  if (silentWhenResolved.includes(key) && entry.send_resolved === undefined)
    findings.push(
      warning(
        [...path, "send_resolved"],
        "is not set, and is false then: no message is sent when an alert is over; write true or false",
      ),
    );
  if (key === "slack_configs") findings.push(...checkSlack(entry, global, path));
  if (key === "sns_configs") {
    const targets = ["topic_arn", "target_arn", "phone_number"].filter((one) => isSet(entry[one]));
    if (targets.length > 2)
      findings.push(error(path, `sets ${targets.join(", ")}; one of them is all that is allowed`));
  }
  const asks = (from: Readonly<PlainMap>) => isSet(mapOf(from.http_config).authorization);
  const token = isSet(entry.alert_source_token) || isSet(entry.alert_source_token_file);
  if (key === "incidentio_configs" && !token && !asks(entry) && !asks(global))
    findings.push(error(path, "cannot send: set `alert_source_token_file` or `http_config.authorization`"));
  return findings;
}

const aChannel =
  'a channel such as "#monitoring", a person such as "@ops" or an id such as "C0123456789", in quotes, because an unquoted # begins a comment in YAML';

/**
 * Checks what each of the three ways to post to Slack allows: a webhook, a bot's token, or a token as authorization.
 */
function checkSlack(entry: Readonly<PlainMap>, global: Readonly<PlainMap>, path: Path): Finding[] {
  const findings: Finding[] = [];
  const ownToken = isSet(entry.app_token) || isSet(entry.app_token_file);
  const globalToken = isSet(global.slack_app_token) || isSet(global.slack_app_token_file);
  // Alertmanager uses the token in `global` even if a webhook is given as a file.
  const token = ownToken || (globalToken && !isSet(mapOf(entry.http_config).authorization) && !isSet(entry.api_url));
  const bot =
    token || entry.api_url === postMessage || (!isSet(entry.api_url_file) && global.slack_api_url === postMessage);
  if (!ownToken && globalToken && isSet(entry.api_url_file))
    findings.push(
      error(
        [...path, "api_url_file"],
        "is never read, because `global` has a token of a Slack app, which Alertmanager prefers; leave one of them out",
      ),
    );
  const { channel } = entry;
  if (channel === undefined)
    findings.push(
      (bot ? error : warning)(
        [...path, "channel"],
        `is not set${bot ? ", and a bot has none of its own" : ": messages go where the webhook was made for"}; an unquoted # begins a comment in YAML, so write it as "#monitoring"`,
      ),
    );
  else if (typeof channel !== "string" || !/^[#@][^\s#@]|^[CDGUW][A-Z0-9]{8,}$|\{\{/.test(channel))
    findings.push(error([...path, "channel"], `${got(channel)}; accepted: ${aChannel}`));
  return findings;
}
