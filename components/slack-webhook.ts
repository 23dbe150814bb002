import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { mountedSecret } from "./mounted-secret";
import { webhookKey, webhookSecret } from "../values/slack-receivers";

export interface SlackWebhookArgs {
  readonly namespace: pulumi.Input<string>;
  /** The webhook's URL; made a secret if it is none yet. */
  readonly url: pulumi.Input<string>;
  readonly labels: Readonly<Record<string, string>>;
}

/** The one place in the cluster that holds the webhook; only Alertmanager's pod mounts it. */
export class SlackWebhook extends pulumi.ComponentResource {
  public readonly secret: k8s.core.v1.Secret;

  constructor(name: string, args: SlackWebhookArgs, opts?: pulumi.ComponentResourceOptions) {
    // No args to super: they would become inputs of the component in the state.
    super("alerting:slack:SlackWebhook", name, {}, opts);
    const { namespace, labels, url } = args;
    this.secret = mountedSecret(
      name,
      { secretName: webhookSecret, namespace, labels, texts: { [webhookKey]: url } },
      this,
    );
    this.registerOutputs({});
  }
}
