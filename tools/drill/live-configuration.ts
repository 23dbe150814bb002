import { parse } from "yaml";
import { z } from "zod";
import { type Placed, routeTree } from "../../alertmanager/route-tree";
import { outsideText } from "../../conventions/outside-text";

/** One entry of a receiver: `slack_configs: [a, b]` gives two entries of the kind `slack`. */
export interface LiveEntry {
  readonly kind: string;
  /** Whether a message is sent when an alert is resolved. */
  readonly sendsResolved: boolean;
  /** The Slack channel, unless it is a template. */
  readonly channel?: string;
}

/** The parts of Alertmanager's running configuration that a drill uses. */
export interface LiveConfiguration {
  /** The entries of each receiver, by its name; a receiver without entries notifies nobody. */
  readonly receivers: Readonly<Record<string, readonly LiveEntry[]>>;
  /** The tree of routes. */
  readonly root: Placed;
}

const rawConfiguration = z.looseObject({
  route: z.looseObject({}),
  receivers: z.array(z.looseObject({ name: z.string() })),
});
const rawEntry = z.looseObject({ send_resolved: z.boolean().optional(), channel: z.string().optional() });

/** Reads the configuration from the YAML that Alertmanager returns; undefined if it is invalid. */
export function readLiveConfiguration(text: string): LiveConfiguration | undefined {
  let raw: unknown;
  try {
    raw = parse(text);
  } catch {
    return undefined;
  }
  const read = rawConfiguration.safeParse(raw);
  if (!read.success) return undefined;
  return {
    receivers: Object.fromEntries(read.data.receivers.map((one) => [outsideText(one.name), entriesOf(one)])),
    root: routeTree(read.data),
  };
}

function entriesOf(receiver: Readonly<Record<string, unknown>>): LiveEntry[] {
  return Object.entries(receiver).flatMap(([key, entries]) => {
    if (!key.endsWith("_configs") || !Array.isArray(entries)) return [];
    const kind = outsideText(key.replace(/_configs$/, ""));
    return entries.map((entry): LiveEntry => {
      const { send_resolved: sendsResolved = true, channel } = rawEntry.safeParse(entry).data ?? {};
      const plain = channel !== undefined && channel !== "" && !channel.includes("{{");
      return { kind, sendsResolved, ...(plain && { channel: outsideText(channel) }) };
    });
  });
}
