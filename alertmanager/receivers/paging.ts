import { z } from "zod";
import { commonOfHttp } from "../httpConfig";
import {
  count,
  duration,
  file,
  filledText,
  flag,
  goDuration,
  inlineSecret,
  refused,
  text,
  textMap,
  url,
} from "../scalars";

export const pagerdutyConfig = z.strictObject({
  ...commonOfHttp,
  service_key: inlineSecret("service_key_file").optional(),
  service_key_file: file().optional(),
  routing_key: inlineSecret("routing_key_file").optional(),
  routing_key_file: file().optional(),
  url: url().optional(),
  client: text().optional(),
  client_url: text().optional(),
  description: text().optional(),
  details: z.record(z.string(), z.unknown()).optional(),
  images: z
    .array(z.strictObject({ src: text().optional(), alt: text().optional(), href: text().optional() }))
    .optional(),
  links: z.array(z.strictObject({ href: text().optional(), text: text().optional() })).optional(),
  source: text().optional(),
  severity: text().optional(),
  class: text().optional(),
  component: text().optional(),
  group: text().optional(),
  timeout: goDuration().optional(),
});

const responder = z
  .strictObject({
    id: text().optional(),
    name: text().optional(),
    username: text().optional(),
    type: z.string().refine((type) => type.includes("{{") || /^(teams?|user|escalation|schedule)$/i.test(type), {
      error: 'one of "team", "teams", "user", "escalation" and "schedule"',
    }),
  })
  .refine((one) => Boolean(one.id) || Boolean(one.name) || Boolean(one.username), {
    error: "a responder with an `id`, a `name` or a `username`",
  });

export const opsgenieConfig = z.strictObject({
  ...commonOfHttp,
  api_key: inlineSecret("api_key_file").optional(),
  api_key_file: file().optional(),
  api_url: url().optional(),
  message: text().optional(),
  description: text().optional(),
  source: text().optional(),
  details: textMap().optional(),
  entity: text().optional(),
  responders: z.array(responder).optional(),
  teams: refused(
    "is no key of Alertmanager 0.34; write `responders: [{ name: <team>, type: team }]` instead",
  ).optional(),
  actions: text().optional(),
  tags: text().optional(),
  note: text().optional(),
  priority: text().optional(),
  update_alerts: flag().optional(),
});

/** Fields that VictorOps' message has already. */
const taken = new Set(
  "routing_key message_type state_message entity_display_name monitoring_tool entity_id entity_state".split(" "),
);

export const victoropsConfig = z.strictObject({
  ...commonOfHttp,
  api_key: inlineSecret("api_key_file").optional(),
  api_key_file: file().optional(),
  api_url: url().optional(),
  routing_key: filledText("the routing key, which names a team and is no secret"),
  message_type: text().optional(),
  state_message: text().optional(),
  entity_display_name: text().optional(),
  monitoring_tool: text().optional(),
  custom_fields: z
    .record(
      z.string().refine((name) => !taken.has(name), { error: "a name that the message does not use already" }),
      z.string(),
    )
    .optional(),
});

export const pushoverConfig = z
  .strictObject({
    ...commonOfHttp,
    user_key: inlineSecret("user_key_file").optional(),
    user_key_file: file().optional(),
    token: inlineSecret("token_file").optional(),
    token_file: file().optional(),
    title: text().optional(),
    message: text().optional(),
    url: text().optional(),
    url_title: text().optional(),
    device: text().optional(),
    sound: text().optional(),
    priority: text().optional(),
    retry: goDuration().optional(),
    expire: goDuration().optional(),
    ttl: goDuration().optional(),
    html: flag().optional(),
    monospace: flag().optional(),
  })
  .refine((one) => !(one.html && one.monospace), { error: "`html` or `monospace`, not both" });

export const incidentioConfig = z.strictObject({
  ...commonOfHttp,
  url: url().optional(),
  url_file: file().optional(),
  alert_source_token: inlineSecret("alert_source_token_file").optional(),
  alert_source_token_file: file().optional(),
  max_alerts: count().optional(),
  timeout: goDuration().optional(),
});

/** A field of a Jira issue: its template alone, or with whether an update writes it. */
const jiraField = z.union(
  [z.string(), z.strictObject({ template: text().optional(), enable_update: flag().optional() })],
  { error: "a text, or an object of `template` and `enable_update`" },
);

export const jiraConfig = z.strictObject({
  ...commonOfHttp,
  api_url: url().optional(),
  api_type: z.enum(["auto", "cloud", "datacenter"]).optional(),
  project: filledText("the key of the project"),
  summary: jiraField.optional(),
  description: jiraField.optional(),
  labels: z.array(text()).optional(),
  priority: text().optional(),
  issue_type: filledText('a type of issue such as "Bug"'),
  reopen_transition: text().optional(),
  resolve_transition: text().optional(),
  wont_fix_resolution: text().optional(),
  reopen_duration: duration().optional(),
  fields: z.record(z.string(), z.unknown()).optional(),
});
