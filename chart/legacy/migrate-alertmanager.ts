import { hidesSecret } from "../overrides/secrets";
import type { Migration } from "./migration";
import { type KeyPath, mapsIn } from "./key-paths";
import { ruleGroupsOf } from "./migrate-rules";
import { slackReceiver } from "./migrate-receivers";
import { isMap, listOf, plainData, type PlainMap } from "../../validation/plain-data";

/** The receiver that this program creates. */
export const ourReceiver = "slack";

/** The names of the settings for a route's intervals. */
const times = { group_wait: "groupWait", group_interval: "groupInterval", repeat_interval: "repeatInterval" } as const;

/** Keys of `global` that apply to all e-mails or to all receivers of one kind, each with its key in a receiver. */
const pushedDown: Readonly<Record<string, readonly [kind: string, key: string]>> = {
  smtp_smarthost: ["email_configs", "smarthost"],
  smtp_from: ["email_configs", "from"],
  smtp_hello: ["email_configs", "hello"],
  smtp_auth_username: ["email_configs", "auth_username"],
  smtp_auth_password: ["email_configs", "auth_password"],
  smtp_auth_password_file: ["email_configs", "auth_password_file"],
  smtp_auth_secret: ["email_configs", "auth_secret"],
  smtp_auth_identity: ["email_configs", "auth_identity"],
  smtp_require_tls: ["email_configs", "require_tls"],
  opsgenie_api_key: ["opsgenie_configs", "api_key"],
  opsgenie_api_url: ["opsgenie_configs", "api_url"],
  pagerduty_url: ["pagerduty_configs", "url"],
  victorops_api_key: ["victorops_configs", "api_key"],
  victorops_api_url: ["victorops_configs", "api_url"],
};

/**
 * Migrates a whole Alertmanager configuration to settings. The receiver that only sends to Slack becomes
 * `slack.channel`; the rest keeps its place in Alertmanager's syntax.
 */
export function migrateAlertmanager(given: unknown, migration: Migration, path: KeyPath): void {
  const config = plainData(given).copy;
  if (!isMap(config)) {
    if (given !== null && given !== undefined && given !== "")
      migration.drop(path, "is not a map of Alertmanager's configuration");
    return;
  }
  const global = isMap(config.global) ? config.global : {};
  const receivers = mapsIn(config.receivers);
  pushDown(global, receivers, migration, path);
  globals(global, migration, path);
  const { remaining, split } = slackReceiver(receivers, config.route, migration, path);
  routes(config.route, { remaining, split, known: receivers }, migration, path);
  const used = remaining.map((receiver) => withCredentials(receiver, migration));
  migration.add("alertmanager.receivers", used);
  migration.add("alertmanager.inhibitRules", mapsIn(config.inhibit_rules).map(inhibitRule));
  migration.add("alertmanager.timeIntervals", [
    ...mapsIn(config.time_intervals),
    ...mapsIn(config.mute_time_intervals),
  ]);
  const groups = ruleGroupsOf({ groups: config.groups }, migration, [...path, "groups"]);
  if (groups.length > 0)
    migration.drop(
      [...path, "groups"],
      "rules do not belong to Alertmanager; they were moved to alerting:rules.groups",
    );
  if (config.rule_files !== undefined) {
    migration.drop(
      [...path, "rule_files"],
      "Prometheus reads rules, and Alertmanager refuses this key; rules belong in alerting:rules.groups",
    );
  }
  if (config.templates !== undefined) {
    migration.drop([...path, "templates"], "every file of alertmanager.templates is read already");
  }
  for (const key of ["receivers", "inhibit_rules", "time_intervals", "mute_time_intervals"]) {
    const list = config[key];
    if (list !== undefined && list !== null && (!Array.isArray(list) || mapsIn(list).length < list.length))
      migration.drop([...path, key], "is not a list of maps, or has entries that are not maps");
  }
  others(config, parts, migration, ["alertmanager", "config"]);
}

/** The parts of a configuration, and of its root route, that become settings. */
const parts = new Set(
  "global receivers route inhibit_rules time_intervals mute_time_intervals groups rule_files templates".split(" "),
);
const partsOfRoot = new Set([...Object.keys(times), "receiver", "routes", "group_by"]);

/** Keeps all other keys in the override, which is checked later. */
function others(map: PlainMap, known: ReadonlySet<string>, migration: Migration, below: KeyPath): void {
  for (const [key, value] of Object.entries(map)) if (!known.has(key)) migration.value([...below, key], value);
}

function pushDown(global: PlainMap, receivers: readonly PlainMap[], migration: Migration, path: KeyPath): void {
  for (const [name, [kind, key]] of Object.entries(pushedDown)) {
    if (global[name] === undefined) continue;
    const configs = receivers.flatMap((receiver) => mapsIn(receiver[kind]));
    if (configs.length === 0) migration.drop([...path, "global", name], `is for ${kind}, which no receiver has`);
    for (const config of configs) {
      if (config[key] === undefined && config[`${key}_file`] === undefined) config[key] = global[name];
    }
    delete global[name];
  }
}

function globals(global: PlainMap, migration: Migration, path: KeyPath): void {
  for (const [key, value] of Object.entries(global)) {
    const here = [...path, "global", key];
    if (key === "slack_api_url") {
      migration.webhook();
      migration.drop(here, "the webhook is the secret alerting:slackWebhookUrl, and not a value of the chart");
    } else if (key === "slack_api_url_file") {
      migration.drop(here, "this program creates the webhook's file from alerting:slackWebhookUrl");
    } else if (hidesSecret(here, value)) {
      migration.drop(here, "a secret; give it to the receiver that needs it, by alerting:credentials");
    } else migration.value(["alertmanager", "config", "global", key], value);
  }
}

interface Receivers {
  readonly remaining: readonly PlainMap[];
  /** Receivers that sent to Slack and elsewhere. A route to such a receiver becomes two routes. */
  readonly split: ReadonlySet<string>;
  readonly known: readonly PlainMap[];
}

function routes(given: unknown, receivers: Receivers, migration: Migration, path: KeyPath): void {
  if (!isMap(given)) return;
  const root = given;
  others(root, partsOfRoot, migration, ["alertmanager", "config", "route"]);
  for (const [key, setting] of Object.entries(times)) {
    if (root[key] !== undefined) migration.set(`alerts.${setting}`, root[key], [...path, "route", key]);
  }
  if (Array.isArray(root.group_by) && root.group_by.join() !== "alertname,cluster") {
    migration.value(["alertmanager", "config", "route", "group_by"], root.group_by);
  }
  const children = mapsIn(root.routes).flatMap((child) => route(child, receivers));
  const kept = children.filter((child) => {
    const missing = namedReceivers(child).filter((name) => !isKnown(name, receivers));
    if (missing.length > 0)
      migration.drop(
        [...path, "route", "routes"],
        `a route names "${missing[0]!}", which is not the name of a receiver`,
      );
    return missing.length === 0;
  });
  migration.add("alertmanager.routes", kept);
  const name = typeof root.receiver === "string" ? root.receiver : undefined;
  if (name === undefined || (name === ourReceiver && !receivers.split.has(name))) return;
  const known = isKnown(name, receivers);
  if (!known && !receivers.known.some((receiver) => receiver.name === name)) {
    migration.drop(
      [...path, "route", "receiver"],
      `there is no receiver ${JSON.stringify(name)}; Slack gets every alert that no route takes`,
    );
  } else if (known) {
    // Alerts for another receiver still go there, and also to Slack, which is the purpose of this program.
    migration.add("alertmanager.routes", [{ receiver: name, continue: true }, { receiver: ourReceiver }]);
    migration.drop(
      [...path, "route", "receiver"],
      `alerts that no route takes go to ${JSON.stringify(name)} as before, and to Slack too: the last two of alerting:alertmanager.routes`,
    );
  }
}

const isKnown = (name: string, { remaining }: Receivers) =>
  name === ourReceiver || remaining.some((receiver) => receiver.name === name);

function namedReceivers(child: PlainMap): string[] {
  return [
    ...(typeof child.receiver === "string" ? [child.receiver] : []),
    ...mapsIn(child.routes).flatMap(namedReceivers),
  ];
}

/** A route in the current form, or two routes if its receiver was split. */
function route(given: PlainMap, receivers: Receivers): PlainMap[] {
  const { match, match_re, matchers, routes: inner, ...rest } = given;
  const all = [...listOf(matchers), ...pairs(match, "="), ...pairs(match_re, "=~")];
  const one: PlainMap = {
    ...rest,
    ...(all.length > 0 && { matchers: all }),
    ...(inner !== undefined && { routes: mapsIn(inner).flatMap((child) => route(child, receivers)) }),
  };
  return typeof one.receiver === "string" && receivers.split.has(one.receiver)
    ? [
        { ...one, continue: true },
        { ...one, receiver: ourReceiver },
      ]
    : [one];
}

function inhibitRule(rule: PlainMap): PlainMap {
  const { source_match, source_match_re, target_match, target_match_re, source_matchers, target_matchers, ...rest } =
    rule;
  const source = [...listOf(source_matchers), ...pairs(source_match, "="), ...pairs(source_match_re, "=~")];
  const target = [...listOf(target_matchers), ...pairs(target_match, "="), ...pairs(target_match_re, "=~")];
  return {
    ...(source.length > 0 && { source_matchers: source }),
    ...(target.length > 0 && { target_matchers: target }),
    ...rest,
  };
}

/** Matchers from a map of labels, a form that Alertmanager has deprecated. */
function pairs(labels: unknown, operator: "=" | "=~"): string[] {
  if (!isMap(labels)) return [];
  return Object.entries(labels).map(([label, value]) => `${label}${operator}${JSON.stringify(String(value))}`);
}

/** A receiver with the names of credentials in place of its secrets. */
function withCredentials(receiver: PlainMap, migration: Migration): PlainMap {
  const name = typeof receiver.name === "string" ? receiver.name : "receiver";
  const within = (value: unknown, path: readonly string[]): unknown => {
    if (Array.isArray(value)) return value.map((item) => within(item, path));
    if (!isMap(value)) return value;
    const copy: PlainMap = {};
    for (const [key, inner] of Object.entries(value)) {
      const isUrl =
        (key === "url" && path.includes("webhook_configs")) || (key === "api_url" && path.includes("slack_configs"));
      const secret =
        hidesSecret([...path, key], inner) || (isUrl && typeof inner === "string" && hasSecretPart(inner, key));
      if (!secret) copy[key] = within(inner, [...path, key]);
      else
        copy[`${key}_file`] = migration.credential(`${name}-${key}`, `${key} of the receiver ${JSON.stringify(name)}`);
    }
    return copy;
  };
  return within(receiver, []) as PlainMap;
}

/** A Slack URL is always secret; the URL of another webhook is secret if it has a query or a user. */
const hasSecretPart = (url: string, key: string) => key === "api_url" || /[?@]/.test(url);
