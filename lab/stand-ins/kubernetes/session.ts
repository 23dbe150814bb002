/** This file has the session of a configured provider, which is its cluster and its settings. */

import { Severity } from "../engine";
import { Properties } from "../properties";
import { Call } from "../provider";
import { Cluster } from "./cluster";

/** The implemented inputs of the provider. */
export const providerInputs = [
  "kubeconfig",
  "context",
  "namespace",
  "enableSecretMutable",
  "enableConfigMapMutable",
  "enablePatchForce",
  // Only the values that the program sets are implemented: server-side apply, and no upsert of existing objects.
  "enableServerSideApply",
  "upsertExistingObjects",
];

export class Session {
  private connected: Cluster | undefined;
  private unreachable = "the provider is not configured yet";
  private config: Properties = {};
  /**
   * Resources that the engine has compared with their old inputs. If a preview then creates such a resource, it
   * replaces the object of this name.
   */
  readonly replaceable = new Set<string>();

  /** Connects to the cluster. If that fails, only warns, so that a preview continues, as with the real provider. */
  async configure(config: Properties, log: (severity: Severity, message: string) => void): Promise<void> {
    this.config = config;
    try {
      const cluster = await Cluster.open({ kubeconfig: this.text("kubeconfig"), context: this.text("context") });
      await cluster.probe();
      this.connected = cluster;
    } catch (error) {
      this.unreachable = (error as Error).message;
      log("warning", `configured Kubernetes cluster is unreachable: ${this.unreachable}`);
    }
  }

  get isReachable(): boolean {
    return this.connected !== undefined;
  }

  get cluster(): Cluster {
    if (this.connected === undefined) {
      throw new Error(`configured Kubernetes cluster is unreachable: ${this.unreachable}`);
    }
    return this.connected;
  }

  /** The default namespace of objects. */
  get namespace(): string {
    return this.text("namespace") ?? this.connected?.namespace ?? "default";
  }

  /** A boolean setting. The engine may send it as a string. */
  flag(name: string): boolean {
    return this.config[name] === true || this.config[name] === "true";
  }

  private text(name: string): string | undefined {
    const value = this.config[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  }
}

/**
 * The changed settings if they mean another cluster, which has another address or authority. Otherwise there are none.
 */
export async function clusterChanges(olds: Properties, news: Properties): Promise<readonly string[]> {
  const identity = async (config: Properties): Promise<string | undefined> => {
    const text = (key: string): string | undefined => (typeof config[key] === "string" ? config[key] : undefined);
    // A kubeconfig that cannot be read may be on another machine. That does not mean that the cluster is another one.
    return Cluster.open({ kubeconfig: text("kubeconfig"), context: text("context") }).then(
      (cluster) => cluster.identity,
      () => undefined,
    );
  };
  const [before, now] = [await identity(olds), await identity(news)];
  return before !== undefined && now !== undefined && before !== now ? providerInputs : [];
}

/** Whether a resource may be dropped from the state because its cluster is gone. The user has to allow this. */
export function mayForget(session: Session, call: Call): boolean {
  if (session.isReachable) return false;
  const allowed = process.env.PULUMI_K8S_DELETE_UNREACHABLE === "true";
  if (allowed) call.log("warning", `the cluster is unreachable: ${call.name} is dropped from the state`);
  return allowed;
}
