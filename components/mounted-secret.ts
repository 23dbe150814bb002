import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

export interface MountedSecretArgs {
  /** The Secret's name in the cluster; fixed, so that a new value reaches the mounted files without a restart. */
  readonly secretName: string;
  readonly namespace: pulumi.Input<string>;
  readonly labels: Readonly<Record<string, string>>;
  /** By file name; made secrets if they are none yet. */
  readonly texts: Readonly<Record<string, pulumi.Input<string>>>;
}

/** A Secret of texts that a pod mounts as files. */
export function mountedSecret(name: string, args: MountedSecretArgs, parent: pulumi.Resource): k8s.core.v1.Secret {
  return new k8s.core.v1.Secret(
    name,
    {
      metadata: { name: args.secretName, namespace: args.namespace, labels: { ...args.labels } },
      stringData: Object.fromEntries(Object.entries(args.texts).map(([key, text]) => [key, pulumi.secret(text)])),
    },
    // What the API server answers holds the texts as well, in base64 under `data`.
    { parent, additionalSecretOutputs: ["data", "stringData"] },
  );
}
