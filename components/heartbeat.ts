import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { heartbeatKey, heartbeatSecret } from "../values/heartbeat-receiver";
import { mountedSecret } from "./mounted-secret";

export interface HeartbeatUrlArgs {
  readonly namespace: pulumi.Input<string>;
  /** The URL; made a secret if it is none yet. */
  readonly url: pulumi.Input<string>;
  readonly labels: Readonly<Record<string, string>>;
}

/** The one place in the cluster that holds the heartbeat's URL; only Alertmanager's pod mounts it. */
export class HeartbeatUrl extends pulumi.ComponentResource {
  public readonly secret: k8s.core.v1.Secret;

  constructor(name: string, args: HeartbeatUrlArgs, opts?: pulumi.ComponentResourceOptions) {
    // No args to super: they would become inputs of the component in the state.
    super("alerting:alertmanager:HeartbeatUrl", name, {}, opts);
    const { namespace, labels, url } = args;
    this.secret = mountedSecret(
      name,
      { secretName: heartbeatSecret, namespace, labels, texts: { [heartbeatKey]: url } },
      this,
    );
    this.registerOutputs({});
  }
}
