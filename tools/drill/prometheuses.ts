import type { Answered, Peers } from "../stack/servers/peers";
import { PrometheusApi, type RuleAlert, type Target } from "../stack/servers/prometheus-api";

/** What a drill with a node asks of Prometheus, be it one or two. Each gives its own answers. */
export interface PrometheusView {
  targets(): Promise<Answered<Target[]>[]>;
  /** Alerts that are pending or firing. */
  alerts(): Promise<Answered<RuleAlert[]>[]>;
  /** How many milliseconds the clock of one of them is ahead of this machine's. */
  clockAhead(): Promise<number>;
}

/** All Prometheus servers of a stack. */
export class Prometheuses implements PrometheusView {
  constructor(
    private readonly peers: Peers,
    private readonly signal: AbortSignal,
  ) {}

  public targets(): Promise<Answered<Target[]>[]> {
    return this.ask((api) => api.targets());
  }

  public alerts(): Promise<Answered<RuleAlert[]>[]> {
    return this.ask((api) => api.alerts());
  }

  public async clockAhead(): Promise<number> {
    const [first] = await this.ask((api) => api.clockAhead());
    return first!.answer;
  }

  private ask<T>(question: (api: PrometheusApi) => Promise<T>): Promise<Answered<T>[]> {
    return this.peers.ask(({ origin, authentication }) =>
      question(new PrometheusApi(origin, this.signal, authentication.access)),
    );
  }
}
