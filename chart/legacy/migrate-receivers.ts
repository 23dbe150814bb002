import type { Migration } from "./migration";
import { type KeyPath, mapsIn } from "./key-paths";
import { isMap, listOf, type PlainMap } from "../../validation/plain-data";

/** The name of the receiver that this program creates. */
const ours = "slack";
/** Fields of a Slack message that this program sets. */
const kept = new Set(["channel", "send_resolved", "api_url", "api_url_file", "http_config"]);

/** The remaining receivers after the Slack receiver has become settings. */
export interface SlackTaken {
  readonly remaining: PlainMap[];
  readonly split: ReadonlySet<string>;
}

const kindsOf = (receiver: PlainMap) => Object.keys(receiver).filter((key) => key.endsWith("_configs"));

/**
 * Removes the receiver of Slack messages from the list: the receiver of the root route, or the first that only sends to
 * Slack. Routes to it go to the built-in receiver afterwards.
 */
export function slackReceiver(
  receivers: readonly PlainMap[],
  route: unknown,
  migration: Migration,
  path: KeyPath,
): SlackTaken {
  const root = isMap(route) ? receivers.find(({ name }) => name === route.receiver) : undefined;
  const isSlack = (receiver: PlainMap) => mapsIn(receiver.slack_configs).length > 0;
  const main =
    root && isSlack(root) ? root : receivers.find((receiver) => isSlack(receiver) && kindsOf(receiver).length === 1);
  const split = new Set<string>();
  const remaining: PlainMap[] = [];
  for (const receiver of receivers) {
    const name = typeof receiver.name === "string" ? receiver.name : "";
    if (receiver === main) {
      const rest = takeSlack(receiver, migration, path);
      if (rest === undefined) renameRoutes(route, name, ours);
      else {
        const free = name === ours ? `${ours}-others` : name;
        renameRoutes(route, name, free);
        remaining.push({ ...rest, name: free });
        split.add(free);
      }
    } else if (receiver === root && kindsOf(receiver).length === 0) {
      const used = isMap(route) && routesTo(mapsIn(route.routes), name);
      if (used) remaining.push(receiver);
      else
        migration.drop(
          [...path, "receivers"],
          `${JSON.stringify(name)} sends nothing; Slack gets every alert that no route takes`,
        );
    } else if (name === ours) {
      renameRoutes(route, ours, `${ours}-other`);
      remaining.push({ ...receiver, name: `${ours}-other` });
    } else remaining.push(receiver);
  }
  return { remaining, split };
}

/** Turns the first Slack message of a receiver into settings. Returns the rest of the receiver, if any. */
function takeSlack(receiver: PlainMap, migration: Migration, path: KeyPath): PlainMap | undefined {
  const [first, ...more] = oneMessage(mapsIn(receiver.slack_configs));
  const here = [...path, "receivers", String(receiver.name), "slack_configs"];
  if (typeof first?.channel === "string" && /[^#@\s]/.test(first.channel))
    migration.set("slack.channel", channel(first.channel), here);
  else if (first && "channel" in first) {
    migration.drop(here, "the channel is empty: an unquoted # began a comment; write alerting:slack.channel, quoted");
  }
  if (first?.api_url !== undefined) {
    migration.webhook();
    migration.drop(
      [...here, "api_url"],
      "the webhook is the secret alerting:slackWebhookUrl, and not a value of the chart",
    );
  }
  if (first?.api_url_file !== undefined)
    migration.drop([...here, "api_url_file"], "this program creates the webhook's file from alerting:slackWebhookUrl");
  const { proxy_url: proxy, ...client } = isMap(first?.http_config) ? first.http_config : {};
  if (proxy !== undefined) migration.set("slack.httpProxy", proxy, [...here, "http_config", "proxy_url"]);
  for (const key of Object.keys(client))
    migration.drop(
      [...here, "http_config", key],
      "alerting:slack.httpProxy is the only setting for the connection to Slack",
    );
  if (first?.send_resolved === false) migration.drop([...here, "send_resolved"], "resolved alerts are always sent");
  const rest = Object.keys(first ?? {}).filter((key) => !kept.has(key));
  if (rest.length > 0) migration.drop(here, `${rest.join(", ")}: the message is values/slack.tmpl of this program`);
  const others: PlainMap = { ...receiver };
  delete others.slack_configs;
  if (more.length > 0) return { ...others, slack_configs: more };
  return kindsOf(others).some((kind) => listOf(others[kind]).length > 0) ? others : undefined;
}

/**
 * Merges list entries that set different fields of one intended message. In YAML, one dash too many splits a message
 * into two entries.
 */
function oneMessage(configs: PlainMap[]): PlainMap[] {
  const keys = configs.flatMap((config) => Object.keys(config));
  return configs.length > 1 && new Set(keys).size === keys.length
    ? [Object.assign({}, ...configs) as PlainMap]
    : configs;
}

const channel = (name: string) => (/^[#@]/.test(name) ? name : `#${name}`);

function routesTo(routes: readonly PlainMap[], name: string): boolean {
  return routes.some((route) => route.receiver === name || routesTo(mapsIn(route.routes), name));
}

function renameRoutes(route: unknown, from: string, to: string): void {
  if (!isMap(route)) return;
  if (route.receiver === from) route.receiver = to;
  mapsIn(route.routes).forEach((child) => renameRoutes(child, from, to));
}
