import { nearest } from "../validation/faults";
import type { Path } from "../validation/finding";
import { type Hint, withHint } from "./verdicts";

const roles = ["pod", "service", "endpoints", "endpointslice", "node", "ingress"];

/** What to write instead, by the message of the tool about its configuration file. */
const hints: readonly Hint[] = [
  [/scrape timeout greater than scrape interval/, "; write a shorter `scrape_timeout`, or a longer `scrape_interval`"],
  [/unknown Kubernetes SD role "(.*)"/, ([, role]) => `; is ${JSON.stringify(nearest(role!, roles) ?? "pod")} meant?`],
  [/unknown relabel action "(\w+)"/, ([, action]) => meant(action!, actions)],
  [/invalid 'replacement' for labelmap/, '; write the pattern of the names, such as "$1"'],
  [/utf8 metric names requested/, '; write "underscores" as `metric_name_escaping_scheme`'],
  [/duplicated selector role/, "; write both conditions into one selector, by `label` and `field`"],
  [
    /is not a valid hostname/,
    '; a target is host and port, such as "db-1.example:9187"; the rest is `scheme` and `metrics_path`',
  ],
  [/oci_sd: api_key auth requires/, "; or write the `auth` instance_principal"],
  [/Azure SDK in the Azure AD config/, "; set `workload_identity`, `managed_identity` or `sdk`"],
  [/unknown scrape protocol (\w+)/, ([, protocol]) => meant(protocol!, protocols)],
  [/if no_proxy is configured/, "; set `proxy_url`"],
  [/exactly one of key or key_file/, "; set `key_file`"],
  [/exactly one of cert or cert_file/, "; set `cert_file`"],
  [/to use custom HTTP client configuration please provide the 'api_server'/, "; set `api_server`, or leave it out"],
  [/invalid selector/, '; selectors are such as `label: "app=web,tier!=test"` and `field: "status.phase=Running"`'],
  [/min_shards must not be greater than max_shards/, "; max_shards is 50 unless set; set it too"],
  [/max_backoff must not be less than min_backoff/, "; max_backoff is 5s unless set; set it too"],
  [/invalid DNS-SD records type (\S+)/, '; there are "SRV", "A", "AAAA", "MX" and "NS"'],
  [/couldn't parse timestamp (\d+),/, ([, minutes]) => `; in quotes it is "${clock(Number(minutes))}"`],
  [/no Slack API URL nor App token/, "; set `api_url_file` or `app_token_file`"],
  [
    /no global (OpsGenie|VictorOps) API Key/,
    ([, name]) => inGlobal("api_key_file", `${name!.toLowerCase()}_api_key_file`),
  ],
  [/no global Wechat Api Secret/, inGlobal("api_secret_file", "wechat_api_secret_file")],
  [/no global Rocketchat TokenID/, inGlobal("token_id_file", "rocketchat_token_id_file")],
  [/no global Rocketchat Token/, inGlobal("token_file", "rocketchat_token_file")],
  [/no global SMTP (smarthost|from)/, ([, key]) => inGlobal(key!, `smtp_${key}`)],
  [/no (discord|msteams|msteamsv2) webhook URL/, "; set `webhook_url_file`"],
  [/missing webex_configs.http_config.authorization/, "; set its `credentials_file`"],
  [/missing service or routing key/, "; set `routing_key_file` or `service_key_file`"],
  [/(?:one of|missing) (\w+) or \1_file/, ([, key]) => `; set \`${key}_file\``],
  [
    /path name .* is not valid for file discovery/,
    "; accepted: a .json, .yml or .yaml file, with one * in its name at most",
  ],
  [/unknown TLS version/i, '; there are "TLS10", "TLS11", "TLS12" and "TLS13"'],
];

const aMatcher = "a matcher such as 'severity=\"critical\"' has one of the operators =, !=, =~ and !~";

const clock = (minutes: number) =>
  [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, "0")).join(":");

const actions = "replace keep drop keepequal dropequal hashmod labelmap labeldrop labelkeep lowercase uppercase".split(
  " ",
);
const protocols =
  "PrometheusProto OpenMetricsText1.0.0 OpenMetricsText0.0.1 PrometheusText1.0.0 PrometheusText0.0.4".split(" ");

function meant(word: string, words: readonly string[]): string {
  const guess = nearest(word, words);
  return guess === undefined ? `; there are ${words.join(", ")}` : `; is "${guess}" meant?`;
}

function inGlobal(key: string, above: string): string {
  return `; set \`${key}\`, or \`${above}\` in \`global\``;
}

/** A tool's message about its configuration file as a sentence, with what to write instead if that is known. */
export function configHint(words: string, path: Path): string {
  words = words.replace(/^instance \d+ in group \d+: /, "");
  if (/matchers$/.test(String(path.at(-2)))) return `${words}; ${aMatcher}.`;
  return withHint(words, hints);
}
