import { z } from "zod";
import { ask, type Ask, askFor, askJson } from "../stack/servers/http";
import { type Counters, readCounters } from "./counters";
import { type LiveConfiguration, readLiveConfiguration } from "./live-configuration";
import type { Access } from "../stack/web/access";
import { outsideText } from "../../conventions/outside-text";

const api = "Alertmanager's API v2";
const labels = z.record(z.string(), z.string());
const alertSchema = z.object({
  labels,
  startsAt: z.string(),
  endsAt: z.string(),
  status: z.object({
    state: z.string(),
    silencedBy: z.array(z.string()).default([]),
    inhibitedBy: z.array(z.string()).default([]),
    mutedBy: z.array(z.string()).default([]),
  }),
});
const groupsSchema = z.array(
  z.object({ labels, receiver: z.object({ name: z.string() }), alerts: z.array(alertSchema) }),
);

const statusSchema = z.object({
  config: z.object({ original: z.string() }),
  cluster: z.object({ peers: z.array(z.unknown()).default([]) }).default({ peers: [] }),
});

const silencesSchema = z.array(
  z.object({
    id: z.string(),
    status: z.object({ state: z.string() }),
    matchers: z.array(
      z.object({ name: z.string(), value: z.string(), isRegex: z.boolean(), isEqual: z.boolean().default(true) }),
    ),
    startsAt: z.string(),
    endsAt: z.string(),
    createdBy: z.string().default(""),
    comment: z.string().default(""),
  }),
);

/** A silence as Alertmanager's API returns it. */
export type HeldSilence = z.output<typeof silencesSchema>[number];

/** An alert as Alertmanager returns it in one of its groups; each group belongs to one receiver. */
export interface HeldAlert extends z.output<typeof alertSchema> {
  readonly receiver: string;
}

/** The receivers of an alert in all its groups. */
export function receiversOf(held: readonly HeldAlert[]): string[] {
  return [...new Set(held.map(({ receiver }) => receiver))];
}

/** What an Alertmanager says of itself. */
export interface Status {
  /** The running configuration, without secrets (Alertmanager removes them); undefined if it is not shown. */
  readonly configuration?: LiveConfiguration;
  /** How many Alertmanagers, itself included, share what they sent. */
  readonly members: number;
}

/** An alert as it is posted to Alertmanager. */
export interface PostedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt?: string;
  readonly endsAt?: string;
}

/** The part of Alertmanager's API that a drill uses. */
export class AlertmanagerApi {
  private readonly asking: Ask;

  constructor(
    public readonly origin: string,
    signal?: AbortSignal,
    private readonly access: Access = {},
  ) {
    this.asking = { signal, access };
  }

  /** Posts an alert, even while the drill ends. */
  public async post(alert: PostedAlert): Promise<void> {
    await ask(this.origin, "/api/v2/alerts", { method: "POST", body: [alert], access: this.access });
  }

  /** The alerts with these labels, and what mutes them. Resolved alerts are not included. */
  public async alerts(matching: Readonly<Record<string, string>>): Promise<HeldAlert[]> {
    const filter = Object.entries(matching).map(
      ([name, value]) => `filter=${encodeURIComponent(matcher(name, value))}`,
    );
    const path = `/api/v2/alerts/groups?${filter.join("&")}`;
    const groups = await askFor(api, groupsSchema, this.origin, path, this.asking);
    return groups.flatMap(({ alerts, receiver }) =>
      alerts.map((alert) => ({ ...alert, receiver: outsideText(receiver.name) })),
    );
  }

  /** Silences that are active or pending. */
  public async silences(): Promise<HeldSilence[]> {
    const silences = await askFor(api, silencesSchema, this.origin, "/api/v2/silences", this.asking);
    return silences.filter(({ status }) => status.state !== "expired");
  }

  public async counters(): Promise<Counters> {
    return readCounters(await this.metrics());
  }

  public async status(): Promise<Status> {
    const answer = statusSchema.safeParse(await askJson(this.origin, "/api/v2/status", this.asking));
    if (!answer.success) return { members: 1 };
    const { config, cluster } = answer.data;
    return { configuration: readLiveConfiguration(config.original), members: Math.max(cluster.peers.length, 1) };
  }

  /** The checksum of the configuration's file that runs; undefined if Alertmanager does not give it. */
  public async configurationHash(): Promise<number | undefined> {
    const [, value] = /^alertmanager_config_hash (\S+)$/m.exec(await this.metrics()) ?? [];
    return value === undefined ? undefined : Number(value);
  }

  private async metrics(): Promise<string> {
    return (await ask(this.origin, "/metrics", this.asking)).text;
  }
}

/**
 * A matcher for a value, which may contain any character: quotes and backslashes are escaped as in JSON, as
 * Alertmanager's matchers allow.
 */
function matcher(name: string, value: string): string {
  return `${name}=${JSON.stringify(value)}`;
}
