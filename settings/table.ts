import { withSection } from "../conventions/marked-section";
import { z } from "zod";
import { settingsSchema } from "./schema";

/** One key of the namespace `alerting:` as a row of the table. */
export interface Row {
  /** The key without `alerting:`, with a dot before every inner key. */
  readonly key: string;
  readonly type: string;
  /** The default as it would be written in the stack's file; undefined if there is none. */
  readonly default?: string;
  readonly mustBeSet: boolean;
  readonly meaning: string;
}

type JsonSchema = z.core.JSONSchema.JSONSchema;

/** The secrets, which have separate checks. */
const webhook: Row = {
  key: "slackWebhookUrl",
  type: "secret string",
  mustBeSet: true,
  meaning: "The URL of the Slack webhook; `pulumi config set --secret alerting:slackWebhookUrl` asks for it",
};
const optionalSecrets = [
  {
    key: "credentials",
    type: "secret strings by name",
    meaning:
      "Credentials of more channels and receivers, by name; `pulumi config set --secret --path alerting:credentials.<name>` asks for one, and a receiver refers to it: `routing_key_file: { credential: <name> }`",
  },
  {
    key: "heartbeatUrl",
    type: "secret string",
    meaning:
      "The URL of a service that expects a heartbeat (docs/heartbeat.md); `pulumi config set --secret alerting:heartbeatUrl` asks for it",
  },
  {
    key: "certificate",
    type: "secret strings: `chain`, `key`, `ca`",
    meaning:
      "Your own certificate, with which Prometheus and Alertmanager serve TLS (docs/access.md); `pulumi config set --secret --path alerting:certificate.chain < chain.pem` sets the chain; set `key` in the same way, and `ca` if the authority is not public",
  },
].map((row): Row => ({ ...row, mustBeSet: false }));

/** Every key that can be set, in the schema's order. */
export function rows(): Row[] {
  return [webhook, ...rowsOf(z.toJSONSchema(settingsSchema, { io: "input" }), ""), ...optionalSecrets];
}

function rowsOf(object: JsonSchema, prefix: string): Row[] {
  return Object.entries(object.properties ?? {}).flatMap(([name, inner]) => {
    const schema = inner as JsonSchema;
    const key = prefix + name;
    const mustBeSet = object.required?.includes(name) ?? false;
    const row: Row = { key, type: typeOf(schema), mustBeSet, meaning: schema.description ?? "", ...defaultOf(schema) };
    // A map with arbitrary keys has no inner keys to list.
    if (schema.type !== "object" || schema.properties === undefined) return [row];
    const required = schema.required?.length ?? 0;
    // An optional object with required keys is shown as one row.
    if (!mustBeSet && required > 0) return [row];
    const within = rowsOf(schema, `${key}.`);
    return mustBeSet && required === 0 ? [{ ...row, type: "object" }, ...within] : within;
  });
}

function defaultOf(schema: JsonSchema): { default?: string } {
  // A map with arbitrary keys is empty by default, which the table does not show.
  const free = schema.type === "object" && schema.properties === undefined;
  return schema.default === undefined || free ? {} : { default: JSON.stringify(schema.default) };
}

const listed: Readonly<Record<string, string>> = { object: "objects", integer: "numbers", number: "numbers" };

function typeOf(schema: JsonSchema): string {
  const choices = schema.enum ?? schema.anyOf?.map((one) => one.const);
  if (choices?.every((one) => one !== undefined)) return choices.map((one) => `\`${String(one)}\``).join(", ");
  if (schema.anyOf) return schema.anyOf.map((one) => typeOf(one)).join(" or ");
  switch (schema.type) {
    case "string":
    case "boolean":
      return schema.type;
    case "integer":
      return "number";
    case "array":
      return `list of ${listed[String((schema.items as JsonSchema).type)] ?? "strings"}`;
    case "object":
      if (schema.properties === undefined) return "object";
      return `object of ${Object.keys(schema.properties ?? {}).join(" and ")}`;
    default:
      throw new Error(`The table has no word for ${JSON.stringify(schema)}.`);
  }
}

/** The keys that most stacks set, in the order in which a new stack sets them. */
const mostUsed = [
  "slackWebhookUrl",
  "context",
  "cluster",
  "nodes.masters.selector",
  "nodes.workers.selector",
  "slack.channel",
  "heartbeatUrl",
  "storage.type",
  "protectData",
  "prometheus.retention",
  "alertmanager.externalUrl",
  "prometheus.externalUrl",
];

/** The sections of the page, by the first part of the keys; all remaining keys are listed under "Others". */
const sections: Readonly<Record<string, readonly string[]>> = {
  "Cluster and nodes": [
    "context",
    "kubeconfig",
    "cluster",
    "environment",
    "namespace",
    "nodes",
    "nodeLabel",
    "missingNodes",
  ],
  "Slack, heartbeat and credentials": ["slackWebhookUrl", "slack", "heartbeatUrl", "heartbeat", "credentials"],
  "Alerts and rules": ["alerts", "rules"],
  "Prometheus and Alertmanager": ["availability", "prometheus", "alertmanager"],
  "Grafana and long-term storage": ["dashboards", "longTerm"],
  "Access and network": ["access", "certificate", "loadBalancer", "networkPolicies"],
  "AWS and storage": ["aws", "network", "storage", "efsCsiDriver", "protectData"],
  "Chart, images and pods": ["chart", "images", "priorityClass", "podSecurity", "values"],
};

/** The tables in Markdown: the most used keys, then the remaining keys by section. */
export function tables(): string {
  const all = rows();
  const first = mostUsed.map((key) => all.find((row) => row.key === key)!);
  const rest = all.filter((row) => !first.includes(row));
  const sectionOf = ({ key }: Row) =>
    Object.keys(sections).find((title) => sections[title]!.includes(key.split(".")[0]!)) ?? "Others";
  const titles = [...Object.keys(sections), "Others"];
  const grouped = titles.map((title) => [title, rest.filter((row) => sectionOf(row) === title)] as const);
  return [["Most used", first] as const, ...grouped]
    .filter(([, found]) => found.length > 0)
    .map(([title, found]) => `## ${title}\n\n${table(found)}`)
    .join("\n\n");
}

function table(rows: readonly Row[]): string {
  const cell = (text: string) => text.replaceAll("|", "\\|");
  const line = (...cells: string[]) => `| ${cells.map(cell).join(" | ")} |`;
  return [
    line("key", "type", "default", "meaning"),
    "|---|---|---|---|",
    ...rows.map((row) =>
      line(
        `\`${row.key}\``,
        row.type,
        row.mustBeSet ? "must be set" : row.default === undefined ? "" : `\`${row.default}\``,
        row.meaning,
      ),
    ),
  ].join("\n");
}

/** Returns docs/configuration.md with new tables between its two marks. */
export function withTables(page: string): string {
  return withSection("docs/configuration.md", page, "configuration", tables());
}
