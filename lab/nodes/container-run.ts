import * as path from "node:path";
import type {
  V1Container,
  V1ContainerState,
  V1ContainerStateTerminated,
  V1ContainerStatus,
} from "@kubernetes/client-node";
import { type Child, type Exit, startChild, tailOf } from "../processes/child";
import type { Launch, PodProgram } from "./known-programs";
import { Prober } from "./probes";

/** The data and callbacks that a container needs from its pod. */
export interface ContainerHost {
  readonly podName: string;
  readonly restartPolicy: string;
  readonly logDirectory: string;
  /** Returns the command, or throws an error if an object to which its arguments or variables refer is missing. */
  launch(): Promise<Launch & { command: string; env: Record<string, string>; workDirectory: string }>;
  /** Whether the lab keeps this program stopped. */
  held(): boolean;
  /** Is called when the program starts to listen, or stops listening. */
  opened(ports: Launch["ports"]): void;
  closed(ports: Launch["ports"]): void;
  changed(): void;
  event(type: "Normal" | "Warning", reason: string, message: string): void;
}

/** One container that runs as a real process. Starts, probes, restarts and stops the process. */
export class ContainerRun {
  private state: V1ContainerState = { waiting: { reason: "ContainerCreating" } };
  private lastState: V1ContainerState | undefined;
  private ready = false;
  private child: Child | undefined;
  private prober: Prober | undefined;
  private retry: NodeJS.Timeout | undefined;
  private failures = 0;
  private stopping = false;
  private hasRun = false;
  private ports: Launch["ports"] = new Map();

  constructor(
    public readonly container: V1Container,
    public readonly program: PodProgram,
    private readonly host: ContainerHost,
    private restartCount: number,
  ) {}

  /** The process; `undefined` while the container is not running. */
  public get process(): Child | undefined {
    return this.child;
  }

  /** The port of this machine that stands for the program's main port; `undefined` while the program is not running. */
  public get mainPort(): number | undefined {
    return this.child === undefined ? undefined : [...this.ports.values()][0];
  }

  /** The log file of the current or previous run; `undefined` if there was no such run. */
  public logFile(previous = false): string | undefined {
    const run = previous ? this.restartCount - 1 : this.restartCount;
    return run < 0 ? undefined : path.join(this.host.logDirectory, `${this.container.name}.${run}.log`);
  }

  public status(): V1ContainerStatus {
    const id = `lab://${this.host.podName}/${this.container.name}/${this.restartCount}`;
    return {
      name: this.container.name,
      image: this.container.image ?? "",
      imageID: this.container.image ?? "",
      containerID: this.state.waiting?.reason === "ContainerCreating" ? undefined : id,
      state: this.state,
      lastState: this.lastState ?? {},
      ready: this.ready,
      started: this.child !== undefined,
      restartCount: this.restartCount,
    };
  }

  /** Starts the process, unless the lab keeps the program stopped. */
  public async start(): Promise<void> {
    clearTimeout(this.retry);
    this.retry = undefined;
    if (this.stopping || this.child !== undefined) {
      return;
    }
    if (this.host.held()) {
      this.wait("StoppedByTheLab", "The lab keeps this program stopped.");
      return;
    }
    let launch: Awaited<ReturnType<ContainerHost["launch"]>>;
    try {
      launch = await this.host.launch();
    } catch (error) {
      this.wait("CreateContainerConfigError", (error as Error).message);
      this.retryIn(1_000);
      return;
    }
    this.run(launch);
  }

  /** Ends the process and does not restart it. */
  public async stop(graceMs: number): Promise<void> {
    this.stopping = true;
    clearTimeout(this.retry);
    this.prober?.stop();
    await this.child?.stop(graceMs);
  }

  /** Ends the process. The pod's restart policy then applies, as after any other end of the process. */
  public async interrupt(graceMs: number): Promise<void> {
    await this.child?.stop(graceMs);
  }

  private run(launch: Awaited<ReturnType<ContainerHost["launch"]>>): void {
    this.restartCount += this.hasRun ? 1 : 0;
    this.hasRun = true;
    let child: Child;
    try {
      child = startChild({
        name: `${this.host.podName}/${this.container.name}`,
        command: launch.command,
        args: launch.args,
        env: launch.env,
        cwd: launch.workDirectory,
        logFile: this.logFile()!,
      });
    } catch (error) {
      this.wait("RunContainerError", (error as Error).message);
      this.retryIn(backOffMs(++this.failures));
      return;
    }
    const startedAt = new Date();
    this.child = child;
    this.ports = launch.ports;
    this.state = { running: { startedAt } };
    this.host.opened(launch.ports);
    this.prober = new Prober(this.container, (port) => launch.ports.get(port), {
      onReady: (ready, message) => {
        if (!ready) {
          this.host.event("Warning", "Unhealthy", message);
        }
        this.ready = ready;
        this.host.changed();
      },
      onUnhealthy: (message) => {
        this.host.event("Warning", "Unhealthy", message);
        void this.interrupt(5_000);
      },
    });
    this.prober.start();
    this.host.changed();
    void child.exited.then((exit) => this.ended(child, startedAt, exit));
  }

  private ended(child: Child, startedAt: Date, exit: Exit): void {
    this.prober?.stop();
    this.child = undefined;
    this.ready = false;
    this.host.closed(this.ports);
    const exitCode = exit.code ?? (exit.signal === "SIGKILL" ? 137 : 143);
    const terminated: V1ContainerStateTerminated = {
      exitCode,
      reason: exitCode === 0 ? "Completed" : "Error",
      message: exitCode === 0 ? undefined : tailOf(child.logFile),
      startedAt,
      finishedAt: new Date(),
      containerID: this.status().containerID,
    };
    this.state = { terminated };
    this.host.changed();
    const ended = this.host.restartPolicy === "Never" || (this.host.restartPolicy === "OnFailure" && exitCode === 0);
    if (this.stopping || ended) {
      return;
    }
    this.lastState = { terminated };
    if (this.host.held()) {
      return;
    }
    const ranLong = Date.now() - startedAt.getTime() > 600_000;
    this.failures = ranLong ? 0 : this.failures + 1;
    const pause = backOffMs(this.failures);
    if (pause > 0) {
      const message = `back-off ${pause / 1000}s restarting failed container=${this.container.name} pod=${this.host.podName}`;
      this.wait("CrashLoopBackOff", message);
      this.host.event("Warning", "BackOff", message);
    }
    this.retryIn(pause);
  }

  private retryIn(ms: number): void {
    this.retry = setTimeout(() => void this.start(), ms);
  }

  private wait(reason: string, message: string): void {
    this.state = { waiting: { reason, message } };
    this.host.changed();
  }
}

/**
 * How long a kubelet waits before it restarts a failed container: the first time 0 s, the second time 10 s, then twice
 * as long each time, up to 5 minutes.
 */
export function backOffMs(failures: number): number {
  return failures <= 1 ? 0 : Math.min(10_000 * 2 ** (failures - 2), 300_000);
}
