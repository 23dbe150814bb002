import { createHash } from "node:crypto";
import type { V1Service } from "@kubernetes/client-node";

const prefix = "service.beta.kubernetes.io/aws-load-balancer";

const lbcFinalizer = "service.k8s.aws/resources";
const ccmFinalizer = "service.kubernetes.io/load-balancer-cleanup";
/** A Service that carries one of these finalizers has a load balancer. */
export const controllerFinalizers: readonly string[] = [lbcFinalizer, ccmFinalizer];

/** The NLB that one of AWS' two controllers would make for a Service. */
export interface Taken {
  readonly controller: "aws-ccm" | "aws-lbc";
  readonly finalizer: string;
  readonly hostname: string;
  readonly scheme: "internal" | "internet-facing";
  /** Whether the load balancer terminates TLS, with a certificate from ACM. */
  readonly endsTls: boolean;
}

/**
 * The NLB that a controller would make; `undefined` if neither controller makes an NLB for this Service. The Service's
 * address then stays pending.
 */
export function takenBy(service: V1Service, region: string): Taken | undefined {
  if (service.spec?.type !== "LoadBalancer") {
    return undefined;
  }
  const annotation = (name: string) => service.metadata?.annotations?.[`${prefix}-${name}`];
  const type = annotation("type");
  const endsTls = (annotation("ssl-cert") ?? "") !== "";
  const loadBalancerClass = service.spec.loadBalancerClass;
  const targetType = annotation("nlb-target-type");
  const byAnnotation = loadBalancerClass === undefined && type === "external" && isTargetType(targetType);
  if (loadBalancerClass === "service.k8s.aws/nlb" || byAnnotation) {
    // aws-load-balancer-controller makes internal load balancers unless the Service requests a public one.
    const scheme = annotation("scheme") === "internet-facing" ? "internet-facing" : "internal";
    const named = hostname(annotation("name") ?? lbcName(service), region);
    return { controller: "aws-lbc", finalizer: lbcFinalizer, scheme, hostname: named, endsTls };
  }
  if (loadBalancerClass === undefined && type === "nlb") {
    // The cloud controller manager makes public load balancers if the annotation is missing or has the value "false".
    const internal = annotation("internal");
    const scheme = internal !== undefined && internal !== "" && internal !== "false" ? "internal" : "internet-facing";
    const named = hostname(ccmName(service), region);
    return { controller: "aws-ccm", finalizer: ccmFinalizer, scheme, hostname: named, endsTls };
  }
  return undefined;
}

function isTargetType(value: string | undefined): boolean {
  return value === "instance" || value === "ip";
}

function hostname(name: string, region: string): string {
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 16);
  return `${name}-${hash}.elb.${region}.amazonaws.com`;
}

/** The name that the cloud controller manager makes from the Service's uid. */
function ccmName(service: V1Service): string {
  return `a${(service.metadata?.uid ?? "").replace(/-/g, "")}`.slice(0, 32);
}

/** The name that aws-load-balancer-controller makes. */
function lbcName(service: V1Service): string {
  const { namespace = "", name = "", uid = "" } = service.metadata ?? {};
  const plain = (text: string) => text.replace(/[^A-Za-z0-9]/g, "").slice(0, 8);
  const hash = createHash("sha256").update(uid).digest("hex").slice(0, 10);
  return `k8s-${plain(namespace)}-${plain(name)}-${hash}`;
}
