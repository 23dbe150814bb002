import { stringify } from "yaml";
import { shown } from "../../validation/faults";
import { writtenPath } from "../../validation/finding";
import { type KeyPath, keyPath, put } from "./key-paths";
import { isMap, listOf, type PlainMap, valueAt } from "../../validation/plain-data";

/** A command that sets a secret, for which it asks, and what the secret is for. */
export interface SecretCommand {
  readonly command: string;
  readonly why: string;
}

/** A value that is not carried over unchanged. */
export interface Dropped {
  readonly path: string;
  readonly reason: string;
}

/** The current replacement of an override: complete, without secrets, ready to paste. */
export interface MigratedSettings {
  /** The settings by key below `alerting:`; `values` is the remaining override of the chart's values. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The commands that set secrets. */
  readonly secrets: readonly SecretCommand[];
  /** Values that are dropped or changed, each with the reason. */
  readonly dropped: readonly Dropped[];
  /** The whole result as text: YAML for the stack's file, with the rest as comments. */
  readonly text: string;
}

/** A translation in progress. */
export class Migration {
  readonly settings: PlainMap = {};
  readonly dropped: Dropped[] = [];
  /** The number of changes so far; it shows whether a migration had an effect, so that nothing disappears silently. */
  effects = 0;
  private readonly reported = new Set<string>();
  private readonly commands = new Map<string, string>();

  /** Starts with all values as values of the current chart; those that remain at the end become the override. */
  constructor(public values: PlainMap) {}

  /** Sets a setting such as `prometheus.retention`. The first value wins, and another one is reported. */
  set(setting: string, value: unknown, from: KeyPath): void {
    this.effects++;
    const path = keyPath(setting);
    const before = valueAt(this.settings, path);
    if (before === undefined) put(this.settings, path, value);
    else if (JSON.stringify(before) !== JSON.stringify(value)) {
      this.drop(from, `got ${shown(value)}, and alerting:${setting} is ${shown(before)} already, by another key`);
    }
  }

  /** Adds to a setting that is a list, without duplicates. */
  add(setting: string, more: readonly unknown[]): void {
    const path = keyPath(setting);
    const list = [...listOf(valueAt(this.settings, path))];
    for (const one of more) {
      if (!list.some((other) => JSON.stringify(other) === JSON.stringify(one))) list.push(one);
    }
    if (list.length === 0) return;
    this.effects++;
    put(this.settings, path, list);
  }

  /** Sets a value of the current chart, unless it is already set. */
  value(path: KeyPath, value: unknown): void {
    this.effects++;
    const before = valueAt(this.values, path);
    if (isMap(value) && isMap(before)) {
      for (const [key, inner] of Object.entries(value)) this.value([...path, key], inner);
    } else if (before === undefined) put(this.values, path, value);
    else if (JSON.stringify(before) !== JSON.stringify(value)) {
      this.drop(path, "was set under its old and its current name; the current one was kept");
    }
  }

  /** Sets a value of the current chart, and replaces an existing one. */
  replace(path: KeyPath, value: unknown): void {
    this.effects++;
    put(this.values, path, value);
  }

  /** Reports a value that is not carried over. */
  drop(path: readonly (string | number)[] | string, reason: string): void {
    this.effects++;
    const written = typeof path === "string" ? path : writtenPath(path);
    const line = `${written} ${reason}`;
    if (!this.reported.has(line)) this.dropped.push({ path: written, reason });
    this.reported.add(line);
  }

  /** Adds the command that sets Slack's webhook, which is a secret setting. */
  webhook(): void {
    this.effects++;
    this.commands.set(
      "pulumi config set --secret alerting:slackWebhookUrl",
      "asks for the webhook of Slack; this output does not contain it",
    );
  }

  /**
   * Adds the command that sets a receiver's secret under an unused name. Returns the field that replaces the secret in
   * the receiver.
   */
  credential(name: string, why: string): { credential: string } {
    this.effects++;
    const slug =
      name
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, "-")
        .replace(/^-+|-+$/g, "") || "receiver";
    let free = slug;
    for (let n = 2; this.commands.has(credentialCommand(free)); n++) free = `${slug}-${n}`;
    this.commands.set(credentialCommand(free), why);
    return { credential: free };
  }

  /** The complete result and its text. */
  done(): MigratedSettings {
    const settings = { ...this.settings };
    if (Object.keys(this.values).length > 0) settings.values = this.values;
    const secrets = [...this.commands].map(([command, why]) => ({ command, why }));
    const answer = { settings, secrets, dropped: this.dropped };
    return { ...answer, text: written(answer) };
  }
}

const credentialCommand = (name: string) => `pulumi config set --secret --path 'alerting:credentials.${name}'`;

/** A line of prose as a comment, without line breaks that would end the comment. */
const comment = (line: string) => `# ${line.replace(/\s+/g, " ")}`;

function written({ settings, secrets, dropped }: Omit<MigratedSettings, "text">): string {
  const lines: string[] = [];
  const config = Object.fromEntries(Object.entries(settings).map(([key, value]) => [`alerting:${key}`, value]));
  if (Object.keys(config).length > 0) {
    lines.push(
      comment("Into Pulumi.<stack>.yaml. If its config: already has one of these keys, put the lines below it there."),
      // The output is also valid in YAML 1.1: strings such as "on" or "1:30" are quoted.
      stringify({ config }, { compat: "yaml-1.1", lineWidth: 0, aliasDuplicateObjects: false }).trimEnd(),
    );
  }
  if (secrets.length > 0) {
    lines.push("", comment("Secrets; each command asks for its value:"));
    lines.push(...secrets.map(({ command, why }) => comment(`  ${command}   (${why})`)));
  }
  if (dropped.length > 0) {
    lines.push("", comment("Not carried over unchanged:"));
    lines.push(...dropped.map(({ path, reason }) => comment(`  ${path}: ${reason}`)));
  }
  return `${lines.join("\n").trimStart()}\n`;
}
