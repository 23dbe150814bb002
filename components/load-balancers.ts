import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { StackSettings } from "../settings/stack-settings";
import { alertmanagerPods, serverPods } from "../values/prometheus-values";

type LoadBalancer = StackSettings["loadBalancer"];

export interface LoadBalancersArgs {
  readonly namespace: pulumi.Input<string>;
  readonly loadBalancer: LoadBalancer;
  /**
   * The pod of Prometheus that people see. Two servers scrape at different times, so a page that went to both would jump
   * between them, and the AWS cloud controller manager refuses Services with session affinity. Default: the
   * only one.
   */
  readonly prometheusPod?: string;
  /** Whether people connect by TLS, at port 443. Default: by HTTP at port 80. */
  readonly byTls?: boolean;
  /**
   * A certificate in ACM with which the NLBs terminate TLS; undefined if the servers terminate it, or if there is no
   * TLS.
   */
  readonly certificateArn?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Tags of the NLBs in AWS. */
  readonly tags: Readonly<Record<string, string>>;
  /** The Helm release, which creates the pods: a Service only becomes ready once it has a ready pod. */
  readonly after: readonly pulumi.Resource[];
}

/** The AWS policy that allows TLS 1.2 and 1.3, and nothing older. */
const tlsPolicy = "ELBSecurityPolicy-TLS13-1-2-2021-06";

const annotation = (name: string) => `service.beta.kubernetes.io/aws-load-balancer-${name}`;

/**
 * The annotations that select an NLB and its scheme. The two controllers have opposite default schemes (one creates a
 * public NLB, the other an internal one), so the scheme is always set.
 */
export function loadBalancerAnnotations(
  loadBalancer: LoadBalancer,
  tags: Readonly<Record<string, string>>,
  certificateArn?: string,
): Record<string, string> {
  const common = {
    [annotation("additional-resource-tags")]: Object.entries(tags)
      .map(([key, value]) => `${key}=${value}`)
      .join(","),
    // TLS with `tlsPolicy` needs all of these annotations: without one of them, the NLB would use plain TCP, or an old
    // default policy of AWS.
    ...(certificateArn !== undefined && {
      [annotation("ssl-cert")]: certificateArn,
      [annotation("ssl-ports")]: "443",
      [annotation("ssl-negotiation-policy")]: tlsPolicy,
    }),
    ...(loadBalancer.subnetIds.length > 0 && { [annotation("subnets")]: loadBalancer.subnetIds.join(",") }),
  };
  switch (loadBalancer.controller) {
    case "cloud-controller-manager":
      return {
        ...common,
        [annotation("type")]: "nlb",
        [annotation("internal")]: String(loadBalancer.scheme === "internal"),
      };
    case "aws-load-balancer-controller":
      return { ...common, [annotation("scheme")]: loadBalancer.scheme, [annotation("nlb-target-type")]: "instance" };
    default:
      return loadBalancer.controller satisfies never;
  }
}

/**
 * Two NLBs, for Prometheus and Alertmanager. Their Services are separate resources, so that the program can wait for
 * their addresses and knows their types.
 */
export class LoadBalancers extends pulumi.ComponentResource {
  public readonly prometheusHostname: pulumi.Output<string>;
  public readonly alertmanagerHostname: pulumi.Output<string>;

  constructor(name: string, args: LoadBalancersArgs, opts?: pulumi.ComponentResourceOptions) {
    super("alerting:endpoints:Endpoints", name, {}, opts);
    const servers = {
      ...serverPods,
      ...(args.prometheusPod !== undefined && { "statefulset.kubernetes.io/pod-name": args.prometheusPod }),
    };
    this.prometheusHostname = this.expose(`${name}-prometheus`, "prometheus-nlb", servers, 9090, args);
    this.alertmanagerHostname = this.expose(`${name}-alertmanager`, "alertmanager-nlb", alertmanagerPods, 9093, args);
    this.registerOutputs({
      prometheusHostname: this.prometheusHostname,
      alertmanagerHostname: this.alertmanagerHostname,
    });
  }

  private expose(
    name: string,
    serviceName: string,
    selector: Record<string, string>,
    targetPort: number,
    args: LoadBalancersArgs,
  ): pulumi.Output<string> {
    const { loadBalancer } = args;
    const byClass = loadBalancer.controller === "aws-load-balancer-controller";
    const service = new k8s.core.v1.Service(
      name,
      {
        metadata: {
          name: serviceName,
          namespace: args.namespace,
          labels: { ...args.labels },
          annotations: loadBalancerAnnotations(loadBalancer, args.tags, args.certificateArn),
        },
        spec: {
          type: "LoadBalancer",
          ...(byClass && { loadBalancerClass: "service.k8s.aws/nlb" }),
          ...(loadBalancer.sourceRanges.length > 0 && { loadBalancerSourceRanges: [...loadBalancer.sourceRanges] }),
          selector,
          // Only one port is open: with TLS, an open HTTP port would let people send a password unencrypted.
          ports: [
            args.byTls
              ? { name: "https", port: 443, targetPort, protocol: "TCP" }
              : { name: "http", port: 80, targetPort, protocol: "TCP" },
          ],
        },
      },
      {
        parent: this,
        dependsOn: [...args.after],
        // Changing the controller or scheme of an existing Service would leak the old NLB or open it to the internet,
        // so the Service is replaced. Both controllers update listeners and certificates in place, and the NLB keeps
        // its name.
        replaceOnChanges: [
          "spec.loadBalancerClass",
          ...["type", "internal", "scheme"].map((one) => `metadata.annotations["${annotation(one)}"]`),
        ],
        deleteBeforeReplace: true,
      },
    );
    return service.status.loadBalancer.ingress.apply(
      (addresses) => addresses?.[0]?.hostname ?? addresses?.[0]?.ip ?? "",
    );
  }
}
