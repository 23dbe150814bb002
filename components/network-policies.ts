import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { networkRules, type NetworkRulesArgs, type Peer, type PodRules, type Port } from "../values/network-rules";

/** The spec of a NetworkPolicy. */
export interface PolicySpec {
  readonly podSelector: { readonly matchLabels?: Readonly<Record<string, string>> };
  readonly policyTypes: readonly ("Ingress" | "Egress")[];
  readonly ingress?: readonly { readonly from: readonly Peer[]; readonly ports: readonly Port[] }[];
  readonly egress?: readonly { readonly to: readonly Peer[]; readonly ports: readonly Port[] }[];
}

/** Denies all connections of every pod in its namespace, so that only those that other policies allow remain. */
export const denyAll: PolicySpec = { podSelector: {}, policyTypes: ["Ingress", "Egress"] };

/** The policy of one kind of pod. */
export function policySpec({ pods, rules }: PodRules): PolicySpec {
  const ingress = rules.filter(({ direction }) => direction === "from");
  const egress = rules.filter(({ direction }) => direction === "to");
  return {
    podSelector: { matchLabels: pods },
    // A direction without rules is left out: the policy for all pods already denies it.
    policyTypes: [
      ...(ingress.length > 0 ? ["Ingress" as const] : []),
      ...(egress.length > 0 ? ["Egress" as const] : []),
    ],
    ...(ingress.length > 0 && { ingress: ingress.map(({ peers, ports }) => ({ from: peers, ports })) }),
    ...(egress.length > 0 && { egress: egress.map(({ peers, ports }) => ({ to: peers, ports })) }),
  };
}

export interface NetworkPoliciesArgs extends NetworkRulesArgs {
  readonly namespace: pulumi.Input<string>;
  /** The namespace of node-exporter, which contains nothing else. */
  readonly nodesNamespace: pulumi.Input<string>;
  readonly labels: Readonly<Record<string, string>>;
  /** The namespaces, which are created before the policies. */
  readonly after: readonly pulumi.Resource[];
}

/**
 * The NetworkPolicies: only connections that the rules allow are possible. They are created before the pods, so that no
 * pod ever runs without them. The cluster's network plugin enforces them.
 */
export class NetworkPolicies extends pulumi.ComponentResource {
  public readonly policies: readonly k8s.networking.v1.NetworkPolicy[];

  constructor(name: string, args: NetworkPoliciesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("alerting:network:NetworkPolicies", name, {}, opts);
    const { namespace, nodesNamespace, labels } = args;
    const policy = (called: string, within: pulumi.Input<string>, spec: PolicySpec) =>
      new k8s.networking.v1.NetworkPolicy(
        `${name}-${called}`,
        {
          metadata: { name: called, namespace: within, labels: { ...labels } },
          spec: spec as k8s.types.input.networking.v1.NetworkPolicySpec,
        },
        { parent: this, dependsOn: [...args.after] },
      );
    this.policies = [
      policy("deny-all", namespace, denyAll),
      // node-exporter itself uses its host's network, which NetworkPolicies do not affect.
      policy("deny-all-nodes", nodesNamespace, denyAll),
      ...networkRules(args).map((rules) => policy(rules.name, namespace, policySpec(rules))),
    ];
    this.registerOutputs({});
  }
}
