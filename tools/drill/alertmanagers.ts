import { AlertmanagerApi, type HeldAlert, type HeldSilence, type PostedAlert, type Status } from "./alertmanager-api";
import type { Counters } from "./counters";
import type { Answered, Peers } from "../stack/servers/peers";

/** What a drill asks of Alertmanager, be it one or several. */
export type AlertmanagerView = Pick<AlertmanagerApi, "post" | "alerts" | "silences" | "counters">;

/**
 * All Alertmanagers of a stack, as one. They share silences and which messages were sent, but not alerts: each has to
 * get each alert, and any of them may send the message.
 */
export class Alertmanagers implements AlertmanagerView {
  /** What each one counted when it last answered: a message that was sent before it stopped answering stays counted. */
  private readonly counted = new Map<string, Counters>();

  constructor(
    private readonly peers: Peers,
    private readonly signal?: AbortSignal,
  ) {}

  /** Posts an alert to each of them, as Prometheus does. */
  public async post(alert: PostedAlert): Promise<void> {
    await this.ask((api) => api.post(alert), { evenResting: true });
  }

  /** The alerts that any of them has. */
  public async alerts(matching: Readonly<Record<string, string>>): Promise<HeldAlert[]> {
    const all = (await this.ask((api) => api.alerts(matching))).flatMap(({ answer }) => answer);
    return distinct(all, ({ receiver, labels }) => JSON.stringify([receiver, labels]));
  }

  public async silences(): Promise<HeldSilence[]> {
    return distinct(
      (await this.silencesOfEach()).flatMap(({ answer }) => answer),
      ({ id }) => id,
    );
  }

  public silencesOfEach(): Promise<Answered<HeldSilence[]>[]> {
    return this.ask((api) => api.silences());
  }

  /** The counters of all of them, each marked with its Alertmanager. */
  public async counters(): Promise<Counters> {
    for (const { name, answer } of await this.ask((api) => api.counters())) {
      this.counted.set(
        name,
        answer.map((count) => ({ ...count, peer: name })),
      );
    }
    return [...this.counted.values()].flat();
  }

  public statuses(): Promise<Answered<Status>[]> {
    return this.ask((api) => api.status());
  }

  /** The checksum of each one's configuration. */
  public configurationHashes(): Promise<Answered<number | undefined>[]> {
    return this.ask((api) => api.configurationHash());
  }

  private ask<T>(
    question: (api: AlertmanagerApi) => Promise<T>,
    options?: Parameters<Peers["ask"]>[1],
  ): Promise<Answered<T>[]> {
    return this.peers.ask(
      ({ origin, authentication }) => question(new AlertmanagerApi(origin, this.signal, authentication.access)),
      options,
    );
  }
}

function distinct<T>(all: readonly T[], keyOf: (one: T) => string): T[] {
  return [...new Map(all.map((one) => [keyOf(one), one])).values()];
}
