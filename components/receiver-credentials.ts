import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { isCredentialName, nameRule, shownName } from "../settings/credentials";
import { credentialsSecret } from "../alertmanager/credentials";
import { mountedSecret } from "./mounted-secret";

export interface ReceiverCredentialsArgs {
  readonly namespace: pulumi.Input<string>;
  /** The credentials by name; made secrets if they are none yet. */
  readonly credentials: Readonly<Record<string, pulumi.Input<string>>>;
  readonly labels: Readonly<Record<string, string>>;
}

/** The one place in the cluster that holds the receivers' credentials; only Alertmanager's pod mounts it. */
export class ReceiverCredentials extends pulumi.ComponentResource {
  /** Undefined where there are no credentials. */
  public readonly secret: k8s.core.v1.Secret | undefined;

  constructor(name: string, args: ReceiverCredentialsArgs, opts?: pulumi.ComponentResourceOptions) {
    // No args to super: they would become inputs of the component in the state.
    super("alerting:alertmanager:ReceiverCredentials", name, {}, opts);
    const bad = Object.keys(args.credentials).filter((one) => !isCredentialName(one));
    if (bad.length > 0) {
      throw new Error(`no files can be called ${bad.map(shownName).join(", ")}; accepted: ${nameRule}`);
    }
    const { namespace, labels, credentials: texts } = args;
    this.secret =
      Object.keys(texts).length === 0
        ? undefined
        : mountedSecret(name, { secretName: credentialsSecret, namespace, labels, texts }, this);
    this.registerOutputs({});
  }
}
