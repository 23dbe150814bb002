import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parse } from "yaml";
import { checkAlertmanagerConfig } from "../../../alertmanager/check";
import type { Finding } from "../../../validation/finding";

/** A configuration of the corpus; its file's name says the point. */
export interface Sample {
  readonly name: string;
  readonly config: unknown;
  /** The template beside it, if any. */
  readonly templates: Readonly<Record<string, string>>;
}

/** Credentials that count as set in the good configurations. */
const credentials =
  "slack slack-bot slack-ops slack-all webhook-url webhook-password webhook-token oauth2 client-certificate client-key " +
  "pagerduty opsgenie smtp victorops pushover-user pushover-token telegram discord teams teams-old webex wechat jira " +
  "rocket-token rocket-id mattermost incidentio";

/** Every configuration of a kind, by name. */
export function samples(kind: "good" | "bad"): Sample[] {
  const directory = join(__dirname, kind);
  const files = readdirSync(directory).sort();
  return files
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => {
      const name = basename(file, ".yaml");
      const template = `${name}.tmpl`;
      return {
        name,
        config: parse(readFileSync(join(directory, file), "utf8")) as unknown,
        templates: files.includes(template) ? { [template]: readFileSync(join(directory, template), "utf8") } : {},
      };
    });
}

/** What the check says of a configuration. */
export function findingsOf({ config, templates }: Sample): Finding[] {
  return checkAlertmanagerConfig(config, { templates, credentials: credentials.split(" ") });
}

export const errorsOf = (sample: Sample) => findingsOf(sample).filter(({ severity }) => severity === "error");
