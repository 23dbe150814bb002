import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

export interface MountedSecretArgs {
  /** The Secret's name in the cluster. It is fixed, so that a new value reaches the mounted files without a restart. */
  readonly secretName: string;
  readonly namespace: pulumi.Input<string>;
  readonly labels: Readonly<Record<string, string>>;
  /**
   * The content of each file, by file name, which always becomes a Pulumi secret. If there are no files, no Secret is
   * created.
   */
  readonly texts: Readonly<Record<string, pulumi.Input<string>>>;
}

/** The types of the components that contain one Secret. The state records the types, so they must not change. */
export type MountedSecretType =
  | "alerting:slack:SlackWebhook"
  | "alerting:alertmanager:HeartbeatUrl"
  | "alerting:alertmanager:ReceiverCredentials"
  | "alerting:prometheus:LongTermCredential";

/** The only object in the cluster that contains these strings; only the pod that needs them mounts it. */
export class MountedSecret extends pulumi.ComponentResource {
  public readonly secrets: readonly k8s.core.v1.Secret[];

  constructor(type: MountedSecretType, name: string, args: MountedSecretArgs, opts?: pulumi.ComponentResourceOptions) {
    // `super` gets no args, because they would become inputs of the component in the state.
    super(type, name, {}, opts);
    this.secrets = Object.keys(args.texts).length === 0 ? [] : [mountedSecret(name, args, this)];
    this.registerOutputs({});
  }
}

/** A Secret whose strings a pod mounts as files. */
export function mountedSecret(name: string, args: MountedSecretArgs, parent: pulumi.Resource): k8s.core.v1.Secret {
  return new k8s.core.v1.Secret(
    name,
    {
      metadata: { name: args.secretName, namespace: args.namespace, labels: { ...args.labels } },
      stringData: Object.fromEntries(Object.entries(args.texts).map(([key, text]) => [key, pulumi.secret(text)])),
    },
    // The API server's response also contains the strings, base64-encoded under `data`.
    { parent, additionalSecretOutputs: ["data", "stringData"] },
  );
}
