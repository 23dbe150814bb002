import * as path from "node:path";
import { CoreV1Api } from "@kubernetes/client-node";
import type { V1Pod, V1PodCondition, V1PodStatus } from "@kubernetes/client-node";
import { reasonOf } from "../control-plane/reason";
import { playConfigReloaders } from "./config-reloader";
import { ContainerRun } from "./container-run";
import { containerStatuses } from "./container-statuses";
import type { LocalCommand } from "./exec";
import { startHttpProxy } from "./http-proxy";
import type { HttpProxy } from "./http-proxy";
import { knownProgram } from "./known-programs";
import type { NodeContext } from "./node-context";
import { PodContainers } from "./pod-containers";
import { podStatus } from "./pod-status";
import { podSources } from "./pod-sources";
import { PodVolumes } from "./pod-volumes";
import { StatusWriter } from "./status-writer";

const volumeRetryMs = 1_000;
const tokenCheckMs = 60_000;

/** Runs one pod on one node, from the moment when the pod is bound to the node until the pod is gone. */
export class PodWorker {
  public readonly podIP: string;
  public readonly runs: readonly ContainerRun[];
  private readonly startTime: Date;
  private readonly boundAt = Date.now();
  private readonly volumes: PodVolumes;
  private readonly containers: PodContainers;
  private readonly writer: StatusWriter;
  private readonly podDirectory: string;
  private conditions: readonly V1PodCondition[] = [];
  private proxy: HttpProxy | undefined;
  private set = false;
  private ending = false;
  private retry: NodeJS.Timeout | undefined;
  private tokenTimer: NodeJS.Timeout | undefined;
  private work: Promise<void> = Promise.resolve();

  constructor(
    public pod: V1Pod,
    private readonly context: NodeContext,
  ) {
    const { name = "", namespace = "", uid = "" } = pod.metadata ?? {};
    const { node } = context;
    this.startTime = new Date(pod.status?.startTime ?? Date.now());
    this.conditions = pod.status?.conditions ?? [];
    this.podIP = this.addressOf(pod);
    this.podDirectory = path.join(context.directory, "pods", `${namespace}_${name}_${uid}`);
    const sources = podSources(pod, this.podIP, context);
    this.containers = new PodContainers(
      pod,
      this.podDirectory,
      context,
      () => this.volumes,
      sources,
      () => this.proxy?.url,
    );
    this.volumes = new PodVolumes(pod, this.podDirectory, sources, this.containers.fileChange());
    this.writer = new StatusWriter(context.config, pod, () => this.status(), context.say);
    this.runs = (pod.spec?.containers ?? []).flatMap((container) => {
      const known = knownProgram(container.image);
      if (known === undefined) {
        return [];
      }
      const before = pod.status?.containerStatuses?.find((status) => status.name === container.name);
      // The status has a container id if the container ran on this node before, and the node then failed and came back.
      const restarts = before?.containerID === undefined ? 0 : before.restartCount + 1;
      const host = {
        podName: `${namespace}/${name}`,
        restartPolicy: pod.spec?.restartPolicy ?? "Always",
        logDirectory: path.join(this.podDirectory, "logs"),
        launch: () => this.containers.launch(container, known.program),
        held: () => context.held.has(known.program),
        opened: (ports: ReadonlyMap<number, number>) =>
          ports.forEach((local, port) => context.network.open(this.podIP, port, local)),
        closed: (ports: ReadonlyMap<number, number>) =>
          ports.forEach((_, port) => context.network.close(this.podIP, port)),
        changed: () => this.writer.write(),
        event: (type: "Normal" | "Warning", reason: string, message: string) =>
          context.events.write(this.pod, type, reason, message),
      };
      return [new ContainerRun(container, known.program, host, restarts)];
    });
    context.network.addAddress(this.podIP, node.name);
  }

  /** The directory of each claim that is mounted, by the claim's name. */
  public claims(): ReadonlyMap<string, string> {
    return this.volumes.claims();
  }

  /** The command on this machine for a command in a container; an error message if the lab cannot run it. */
  public async commandIn(name: string, command: readonly string[]): Promise<LocalCommand | string> {
    const container = this.pod.spec?.containers.find((one) => one.name === name);
    const run = this.runs.find((one) => one.container.name === name);
    if (container === undefined || (run !== undefined && run.process === undefined)) {
      return `container ${name} of pod ${this.nameOf()} does not run`;
    }
    return this.containers.commandIn(container, command);
  }

  /** Makes the volumes, waits for missing objects, and starts the containers. */
  public start(): void {
    this.writer.write();
    this.enqueue(() => this.prepare());
  }

  /**
   * Handles a changed pod object. If another client changed whether the pod is ready, the node writes its status again.
   */
  public seen(pod: V1Pod): void {
    this.pod = pod;
    const ready = (conditions: readonly V1PodCondition[] | undefined) =>
      conditions?.find((condition) => condition.type === "Ready")?.status;
    if (this.set && !this.ending && ready(pod.status?.conditions) !== ready(this.conditions)) {
      this.writer.writeAgain();
    }
  }

  /** Handles a changed object that a volume may use. */
  public sourceChanged(source: string): void {
    if (!this.set) {
      // The pod may be waiting for this object.
      this.enqueue(() => this.prepare());
    } else if (this.volumes.uses(source)) {
      this.enqueue(() => this.refresh());
    }
  }

  /** Handles a request to delete the pod: ends the containers, and then deletes the pod object. */
  public terminate(graceSeconds: number): void {
    if (!this.ending) {
      this.ending = true;
      this.enqueue(async () => {
        await this.endContainers(graceSeconds * 1000);
        this.writer.write();
        await this.writer.flush();
        await this.deletePod();
      });
    }
  }

  /** Ends the processes without writing anything to the cluster. */
  public async kill(graceMs: number): Promise<void> {
    this.ending = true;
    this.writer.close();
    await this.endContainers(graceMs);
    await this.proxy?.stop();
    await this.work;
    await this.volumes.remove();
  }

  /** Releases the pod's address after the pod object is gone. */
  public async forget(): Promise<void> {
    if (this.pod.spec?.hostNetwork !== true) {
      this.context.network.removeAddress(this.podIP);
    }
    await this.kill(2_000);
  }

  private async prepare(): Promise<void> {
    if (this.set || this.ending) {
      return;
    }
    clearTimeout(this.retry);
    try {
      if (this.proxy === undefined && this.runs.some((run) => run.program === "prometheus")) {
        const caller = { address: this.podIP, namespace: this.pod.metadata?.namespace ?? "" };
        const { network } = this.context;
        this.proxy = await startHttpProxy(
          (host, port) => network.route(host, port, caller),
          undefined,
          (seen) => network.note(seen),
        );
      }
      await this.volumes.prepare();
    } catch (error) {
      // No event is written at first, because an object that was created together with the pod is often seen a moment
      // later than the pod.
      if (Date.now() - this.boundAt > volumeRetryMs) {
        this.context.events.write(this.pod, "Warning", "FailedMount", reasonOf(error));
      }
      this.retry = setTimeout(() => this.enqueue(() => this.prepare()), volumeRetryMs);
      return;
    }
    this.set = true;
    this.writer.write();
    this.tokenTimer = setInterval(() => this.enqueue(() => this.refresh()), tokenCheckMs);
    await Promise.all(this.runs.map((run) => run.start()));
  }

  private async refresh(): Promise<void> {
    if (this.ending) {
      return;
    }
    try {
      if (await this.volumes.refresh()) {
        const caller = { address: this.podIP, namespace: this.pod.metadata?.namespace ?? "" };
        const failures = await playConfigReloaders(this.pod, this.context.network, caller);
        failures.forEach((failure) => this.context.say(`${this.nameOf()}: ${failure}`));
      }
    } catch (error) {
      this.context.events.write(this.pod, "Warning", "FailedMount", reasonOf(error));
    }
  }

  private async endContainers(graceMs: number): Promise<void> {
    clearTimeout(this.retry);
    clearInterval(this.tokenTimer);
    await Promise.all(this.runs.map((run) => run.stop(graceMs)));
  }

  private async deletePod(): Promise<void> {
    const { name = "", namespace = "", uid } = this.pod.metadata ?? {};
    const core = this.context.config.makeApiClient(CoreV1Api);
    try {
      await core.deleteNamespacedPod({
        name,
        namespace,
        // The options are in the body, because the API server ignores other options if a delete request has a body.
        body: { gracePeriodSeconds: 0, preconditions: { uid } },
      });
    } catch (error) {
      const code = (error as { code?: unknown }).code;
      if (code !== 404 && code !== 409) {
        this.context.say(`${this.nameOf()} could not be deleted (${reasonOf(error)}); trying again`);
        this.retry = setTimeout(() => this.enqueue(() => this.deletePod()), volumeRetryMs);
      }
    }
  }

  private status(): V1PodStatus {
    const { set, startTime, ending } = this;
    const facts = {
      podIP: this.podIP,
      hostIP: this.context.node.address,
      startTime,
      set,
      ...containerStatuses(this.pod, this.runs, { podName: this.nameOf(), set, ending, since: startTime }),
    };
    const status = podStatus(this.pod, facts, this.conditions, new Date());
    this.conditions = status.conditions ?? [];
    return status;
  }

  private addressOf(pod: V1Pod): string {
    if (pod.spec?.hostNetwork === true) {
      return this.context.node.address;
    }
    return pod.status?.podIP ?? this.context.newPodAddress();
  }

  private nameOf(): string {
    return `${this.pod.metadata?.namespace}/${this.pod.metadata?.name}`;
  }

  /** Runs the step after all earlier steps, so that, for example, a refresh never overlaps with a termination. */
  private enqueue(step: () => Promise<void>): void {
    this.work = this.work.then(step).catch((error: unknown) => {
      this.context.say(`${this.nameOf()}: ${reasonOf(error)}`);
    });
  }
}
