import * as net from "node:net";
import type { V1Container, V1Probe } from "@kubernetes/client-node";
import { ask } from "../web";

/** The interval of a probe until the probe's first success. It is short, so that the lab starts fast. */
const eagerPeriodMs = 250;

/** The result of a probe. `message` is the reason for a failure, as in a kubelet's event. */
export interface ProbeResult {
  readonly ok: boolean;
  readonly message: string;
}

/** Runs a probe once. It probes the port of this machine that stands for the container's port. */
export async function probeOnce(
  probe: V1Probe,
  container: V1Container,
  localPort: (port: number) => number | undefined,
): Promise<ProbeResult> {
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000;
  const wanted = probe.httpGet?.port ?? probe.tcpSocket?.port;
  if (wanted === undefined) {
    return { ok: true, message: "not made: the lab makes only httpGet and tcpSocket probes" };
  }
  const port = containerPort(wanted, container);
  const local = port === undefined ? undefined : localPort(port);
  if (local === undefined) {
    return { ok: false, message: `connection refused: the program does not listen on port ${wanted}` };
  }
  return probe.httpGet === undefined ? tcpProbe(local, timeoutMs) : httpProbe(probe.httpGet, local, timeoutMs);
}

function containerPort(wanted: string | number, container: V1Container): number | undefined {
  if (typeof wanted === "number" || /^\d+$/.test(wanted)) {
    return Number(wanted);
  }
  return container.ports?.find((port) => port.name === wanted)?.containerPort;
}

function tcpProbe(port: number, timeoutMs: number): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const socket = net.connect({ host: "127.0.0.1", port, timeout: timeoutMs });
    const end = (ok: boolean, message: string) => {
      socket.destroy();
      resolve({ ok, message });
    };
    socket.on("connect", () => end(true, ""));
    socket.on("timeout", () => end(false, `no connection within ${timeoutMs} ms`));
    socket.on("error", (error) => end(false, error.message));
  });
}

async function httpProbe(get: NonNullable<V1Probe["httpGet"]>, port: number, patienceMs: number): Promise<ProbeResult> {
  const headers = Object.fromEntries((get.httpHeaders ?? []).map(({ name, value }) => [name, value]));
  const url = `${(get.scheme ?? "HTTP").toLowerCase()}://127.0.0.1:${port}${get.path ?? "/"}`;
  try {
    const { status } = await ask(url, {}, { headers, patienceMs, takesAnyCertificate: true });
    const ok = status >= 200 && status < 400;
    return { ok, message: ok ? "" : `HTTP probe failed with statuscode: ${status}` };
  } catch (error) {
    return { ok: false, message: (error as Error).message };
  }
}

/** Receives the prober's reports about a container. */
export interface ProbeListener {
  onReady(ready: boolean, message: string): void;
  /** Is called when the liveness probe has failed too often, so that the container must be restarted. */
  onUnhealthy(message: string): void;
}

/** Probes one running container until the prober is stopped. */
export class Prober {
  private readonly timers = new Set<NodeJS.Timeout>();
  private stopped = false;

  constructor(
    private readonly container: V1Container,
    private readonly localPort: (port: number) => number | undefined,
    private readonly listener: ProbeListener,
  ) {}

  public start(): void {
    const { readinessProbe, livenessProbe } = this.container;
    if (readinessProbe) {
      this.readiness(readinessProbe);
    } else {
      this.listener.onReady(true, "");
    }
    if (livenessProbe) {
      this.liveness(livenessProbe);
    }
  }

  public stop(): void {
    this.stopped = true;
    this.timers.forEach((timer) => clearTimeout(timer));
  }

  private readiness(probe: V1Probe): void {
    let ready = false;
    let wasReady = false;
    let failures = 0;
    this.loop(probe, 0, (result) => {
      failures = result.ok ? 0 : failures + 1;
      if (result.ok !== ready && (result.ok || failures >= failuresOf(probe))) {
        ready = result.ok;
        wasReady ||= ready;
        this.listener.onReady(ready, `Readiness probe failed: ${result.message}`);
      }
      return wasReady ? periodMs(probe) : eagerPeriodMs;
    });
  }

  private liveness(probe: V1Probe): void {
    let failures = 0;
    this.loop(probe, Math.max(delayMs(probe), periodMs(probe)), (result) => {
      failures = result.ok ? 0 : failures + 1;
      if (failures < failuresOf(probe)) {
        return periodMs(probe);
      }
      this.listener.onUnhealthy(`Liveness probe failed: ${result.message}`);
      return undefined;
    });
  }

  /** Repeats a probe. `next` returns the milliseconds until the next probe, or `undefined` to end the loop. */
  private loop(probe: V1Probe, firstMs: number, next: (result: ProbeResult) => number | undefined): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      void probeOnce(probe, this.container, this.localPort).then((result) => {
        const pause = this.stopped ? undefined : next(result);
        if (pause !== undefined) {
          this.loop(probe, pause, next);
        }
      });
    }, firstMs);
    this.timers.add(timer);
  }
}

function periodMs(probe: V1Probe): number {
  return (probe.periodSeconds ?? 10) * 1000;
}

function delayMs(probe: V1Probe): number {
  return (probe.initialDelaySeconds ?? 0) * 1000;
}

function failuresOf(probe: V1Probe): number {
  return probe.failureThreshold ?? 3;
}
