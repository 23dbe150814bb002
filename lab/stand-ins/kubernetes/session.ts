/** One configured provider: which cluster, with which settings. */

import { Severity } from "../engine";
import { Properties } from "../properties";
import { Call } from "../provider";
import { Cluster } from "./cluster";

/** The provider's inputs that are implemented. */
export const providerInputs = [
  "kubeconfig",
  "context",
  "namespace",
  "enableSecretMutable",
  "enableConfigMapMutable",
  "enablePatchForce",
  // As the program sets them: applied by the server, and nothing taken over that exists.
  "enableServerSideApply",
  "upsertExistingObjects",
];

export class Session {
  private connected: Cluster | undefined;
  private unreachable = "the provider is not configured yet";
  private config: Properties = {};
  /** Resources of which a diff was asked: a creation in a preview then replaces the object of that name. */
  readonly replaceable = new Set<string>();

  /** Never fails when the cluster is missing: as with the real provider, a preview continues with a warning. */
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

  /** The namespace of objects that name none. */
  get namespace(): string {
    return this.text("namespace") ?? this.connected?.namespace ?? "default";
  }

  /** A setting that is true or false; the engine may hand it over as text. */
  flag(name: string): boolean {
    return this.config[name] === true || this.config[name] === "true";
  }

  private text(name: string): string | undefined {
    const value = this.config[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  }
}

/** The settings whose change means another cluster: all of them if the cluster's address or authority differs, else none. */
export async function clusterChanges(olds: Properties, news: Properties): Promise<readonly string[]> {
  const identity = async (config: Properties): Promise<string | undefined> => {
    const text = (key: string): string | undefined => (typeof config[key] === "string" ? config[key] : undefined);
    // A file of another machine cannot be read here; that does not make it another cluster.
    return Cluster.open({ kubeconfig: text("kubeconfig"), context: text("context") }).then(
      (cluster) => cluster.identity,
      () => undefined,
    );
  };
  const [before, now] = [await identity(olds), await identity(news)];
  return before !== undefined && now !== undefined && before !== now ? providerInputs : [];
}

/** A resource that is gone with its cluster may be dropped from the state, if the user says so. */
export function mayForget(session: Session, call: Call): boolean {
  if (session.isReachable) return false;
  const allowed = process.env.PULUMI_K8S_DELETE_UNREACHABLE === "true";
  if (allowed) call.log("warning", `the cluster is unreachable: ${call.name} is dropped from the state`);
  return allowed;
}
