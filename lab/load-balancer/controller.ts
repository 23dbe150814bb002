import { createHash } from "node:crypto";
import type { V1Service } from "@kubernetes/client-node";

const PREFIX = "service.beta.kubernetes.io/aws-load-balancer";

const LBC_FINALIZER = "service.k8s.aws/resources";
const CCM_FINALIZER = "service.kubernetes.io/load-balancer-cleanup";
/** Whatever Service carries one of these, a load balancer was made for it. */
export const FINALIZERS: readonly string[] = [LBC_FINALIZER, CCM_FINALIZER];

/** Which of AWS' two controllers would make an NLB for the Service, and under which name. */
export interface Taken {
  readonly controller: "aws-ccm" | "aws-lbc";
  readonly finalizer: string;
  readonly hostname: string;
  readonly scheme: "internal" | "internet-facing";
}

/** Undefined for a Service that neither controller gives an NLB: its address stays pending. */
export function takenBy(service: V1Service, region: string): Taken | undefined {
  if (service.spec?.type !== "LoadBalancer") {
    return undefined;
  }
  const annotation = (name: string) => service.metadata?.annotations?.[`${PREFIX}-${name}`];
  const type = annotation("type");
  const loadBalancerClass = service.spec.loadBalancerClass;
  const targetType = annotation("nlb-target-type");
  const byAnnotation = loadBalancerClass === undefined && type === "external" && isTargetType(targetType);
  if (loadBalancerClass === "service.k8s.aws/nlb" || byAnnotation) {
    // This controller's load balancers are internal unless the Service says otherwise.
    return taken(
      "aws-lbc",
      LBC_FINALIZER,
      annotation("scheme") === "internet-facing" ? "internet-facing" : "internal",
      annotation("name") ?? lbcName(service),
      region,
    );
  }
  if (loadBalancerClass === undefined && type === "nlb") {
    // This one's are public unless the annotation has any value other than "false".
    const internal = annotation("internal");
    const scheme = internal !== undefined && internal !== "" && internal !== "false" ? "internal" : "internet-facing";
    return taken("aws-ccm", CCM_FINALIZER, scheme, ccmName(service), region);
  }
  return undefined;
}

function isTargetType(value: string | undefined): boolean {
  return value === "instance" || value === "ip";
}

function taken(
  controller: Taken["controller"],
  finalizer: string,
  scheme: Taken["scheme"],
  name: string,
  region: string,
): Taken {
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 16);
  return { controller, finalizer, scheme, hostname: `${name}-${hash}.elb.${region}.amazonaws.com` };
}

/** As the cloud controller manager names them: from the Service's uid. */
function ccmName(service: V1Service): string {
  return `a${(service.metadata?.uid ?? "").replace(/-/g, "")}`.slice(0, 32);
}

/** As aws-load-balancer-controller names them. */
function lbcName(service: V1Service): string {
  const { namespace = "", name = "", uid = "" } = service.metadata ?? {};
  const plain = (text: string) => text.replace(/[^A-Za-z0-9]/g, "").slice(0, 8);
  const hash = createHash("sha256").update(uid).digest("hex").slice(0, 10);
  return `k8s-${plain(namespace)}-${plain(name)}-${hash}`;
}
