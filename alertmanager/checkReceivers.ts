import { error, type Finding, warning } from "../configuration/finding";
import { checkHttp, checkTls, together } from "../prometheus/httpRules";
import { isSet, listOf, objectOf, type Path, type Unknown } from "./reading";
import { integrations, type IntegrationKey } from "./receiver";
import { postMessage } from "./receivers/slack";
import { globalExclusive, receiverRules, silentWhenResolved } from "./receiverRules";

const listed = (keys: readonly string[]) => keys.map((key) => `\`${key}\``).join(" or ");

/** Secrets in clear are refused already, so files are what is named. */
const writable = (keys: readonly string[]) =>
  keys.filter((key) => !keys.includes(`${key}_file`) || ["url", "chat_id"].includes(key));

/** Slack's own URL may stand beside a token. */
const withoutBotUrl = (global: Unknown) => ({
  ...global,
  ...(global.slack_api_url === postMessage && { slack_api_url: undefined }),
});

/** What a receiver's entries lack or have twice, given what `global` says. */
export function checkReceivers(config: unknown): Finding[] {
  const global = objectOf(objectOf(config).global);
  const findings: Finding[] = [
    ...globalExclusive.flatMap((keys) => together(withoutBotUrl(global), keys, ["global"])),
    ...checkHttp(global.http_config, ["global", "http_config"]),
    ...checkTls(global.smtp_tls_config, ["global", "smtp_tls_config"]),
  ];
  listOf(objectOf(config).receivers).forEach((item, at) => {
    const receiver = objectOf(item);
    const label = objectOf(receiver.labels).name;
    if (label !== undefined && label !== receiver.name)
      findings.push(error(["receivers", at, "labels", "name"], "differs from the receiver's `name`; leave it out"));
    for (const key of Object.keys(integrations) as IntegrationKey[]) {
      listOf(receiver[key]).forEach((entry, index) => {
        const path = ["receivers", at, key, index];
        if (typeof entry === "object" && entry !== null)
          findings.push(...checkEntry(key, objectOf(entry), global, path));
      });
    }
  });
  return findings;
}

function checkEntry(key: IntegrationKey, entry: Unknown, global: Unknown, path: Path): Finding[] {
  const rules = receiverRules[key];
  const findings = [
    ...(rules.exclusive ?? []).flatMap((keys) => together(entry, keys, path)),
    ...checkHttp(entry.http_config, [...path, "http_config"]),
    ...checkTls(entry.tls_config, [...path, "tls_config"]),
  ];
  for (const { keys, global: above = [] } of rules.needed ?? []) {
    if (keys.some((one) => entry[one] !== undefined) || above.some((one) => isSet(global[one]))) continue;
    const inGlobal = above.length > 0 ? `, or ${listed(writable(above))} in \`global\`` : "";
    findings.push(error(path, `cannot send: set ${listed(writable(keys))}${inGlobal}`));
  }
  if (silentWhenResolved.includes(key) && entry.send_resolved === undefined)
    findings.push(
      warning(
        [...path, "send_resolved"],
        "is not set, and is false then: that an alert is over is not told; write true or false",
      ),
    );
  if (key === "slack_configs") findings.push(...checkSlack(entry, global, path));
  const authorization = isSet(objectOf(entry.http_config).authorization);
  if (key === "webex_configs" && !authorization)
    findings.push(error(path, "cannot send: set `http_config.authorization.credentials_file`"));
  if (key === "incidentio_configs") {
    const token = isSet(entry.alert_source_token) || isSet(entry.alert_source_token_file);
    if (token && authorization)
      findings.push(
        error(
          path,
          "sets `alert_source_token_file` and `http_config.authorization`; one of them is enough, and all that is allowed",
        ),
      );
    if (!token && !authorization && !isSet(objectOf(global.http_config).authorization))
      findings.push(error(path, "cannot send: set `alert_source_token_file` or `http_config.authorization`"));
  }
  return findings;
}

/** What Slack's three ways in (a webhook, a bot's token, a token as authorization) allow. */
function checkSlack(entry: Unknown, global: Unknown, path: Path): Finding[] {
  const findings: Finding[] = [];
  const authorization =
    isSet(objectOf(entry.http_config).authorization) ||
    (entry.http_config === undefined && isSet(objectOf(global.http_config).authorization));
  const ownToken = isSet(entry.app_token) || isSet(entry.app_token_file);
  const globalToken = isSet(global.slack_app_token) || isSet(global.slack_app_token_file);
  // Alertmanager takes the token of `global` even where a webhook is named by file.
  const token = ownToken || (globalToken && !isSet(objectOf(entry.http_config).authorization) && !isSet(entry.api_url));
  const bot =
    token || entry.api_url === postMessage || (!isSet(entry.api_url_file) && global.slack_api_url === postMessage);
  if (token && authorization)
    findings.push(error(path, "has a token of a Slack app and `http_config.authorization`; leave one of them out"));
  if (!ownToken && globalToken && isSet(entry.api_url_file))
    findings.push(
      error(
        [...path, "api_url_file"],
        "is never read, because `global` has a token of a Slack app, which Alertmanager prefers; leave one of them out",
      ),
    );
  if (entry.update_message === true && entry.api_url !== postMessage)
    findings.push(
      error(
        [...path, "update_message"],
        `needs a bot: set \`api_url\` to "${postMessage}", and its token as \`http_config.authorization.credentials_file\``,
      ),
    );
  if (entry.channel === undefined)
    findings.push(
      (bot ? error : warning)(
        [...path, "channel"],
        `is not set${bot ? ", and a bot has none of its own" : ": messages go where the webhook was made for"}; an unquoted # begins a comment in YAML, so write it as "#monitoring"`,
      ),
    );
  return findings;
}
