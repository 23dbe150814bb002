import type { Subnet, Tag } from "@aws-sdk/client-ec2";
import { isEdgeZone } from "../../../lookup/aws/node-network";
import type { StackSettings } from "../../../settings/stack-settings";
import type { Network } from "../aws/network";
import { outsideText } from "../../../conventions/outside-text";
import { failed, type CheckResult, named, ok, warning } from "../../shared/check-result";

type LoadBalancer = StackSettings["loadBalancer"];

/** The minimum number of free addresses in a subnet: with fewer, AWS rejects a new NLB. */
const leastFreeAddresses = 8;
const clusterTag = /^kubernetes\.io\/cluster\/(.+)$/;

/** The names of the clusters (as the cloud provider names them) for which one of these resources is tagged. */
function clustersOf(tagged: { readonly Tags?: readonly Tag[] } | undefined): string[] {
  return (tagged?.Tags ?? [])
    .flatMap(({ Key }) => clusterTag.exec(Key ?? "")?.[1] ?? [])
    .map((one) => outsideText(one));
}

/**
 * The clusters in the tags of the nodes' instances, by which a controller recognizes its cluster; empty without tags.
 */
export function ownClusters({ nodes }: Pick<Network, "nodes">): Set<string> {
  return new Set(nodes.flatMap(({ machine }) => clustersOf(machine)));
}

/** Whether the controller finds subnets for the NLBs: those in the settings, otherwise those with the expected tags. */
export function balancerSubnets(settings: LoadBalancer, network: Pick<Network, "nodes" | "vpcSubnets">): CheckResult[] {
  return settings.subnetIds.length > 0 ? givenSubnets(settings, network.vpcSubnets) : [foundSubnets(settings, network)];
}

function givenSubnets({ subnetIds }: LoadBalancer, subnets: readonly Subnet[]): CheckResult[] {
  const key = "alerting:loadBalancer.subnetIds";
  const ids = [...new Set(subnetIds)];
  const unknown = ids.filter((id) => !subnets.some(({ SubnetId }) => SubnetId === id));
  const given = subnets.filter(({ SubnetId }) => ids.includes(SubnetId ?? ""));
  const zones = new Set(given.map(({ AvailabilityZone }) => AvailabilityZone));
  const results = [
    ...(unknown.length === 0
      ? []
      : [
          failed(
            `${key}: ${named(unknown)} ${unknown.length === 1 ? "is" : "are"} not in the nodes' VPC.`,
            "Check the ids, the region and the account.",
          ),
        ]),
    ...[...zones].flatMap((zone) => {
      const here = given.filter(({ AvailabilityZone }) => AvailabilityZone === zone).map(idOf);
      if (here.length < 2) return [];
      return [
        failed(
          `${key}: ${here.join(" and ")} are both in zone ${zone}, and an NLB accepts one per zone.`,
          "Keep one of them.",
        ),
      ];
    }),
    ...given
      .filter(isAtTheEdge)
      .map((one) =>
        failed(
          `${key}: ${idOf(one)} is in the Local Zone ${one.AvailabilityZone}, where there is no NLB.`,
          "Remove it.",
        ),
      ),
    ...given.filter(isFull).map((one) => warning(`${key}: ${idOf(one)} ${fullText(one)}.`, freeSome)),
  ];
  return results.length > 0 ? results : [ok(`${named(ids)}, as ${key} says.`)];
}

const freeSome = "Free addresses there, or name other subnets in alerting:loadBalancer.subnetIds.";

function foundSubnets(
  { scheme, controller }: LoadBalancer,
  { vpcSubnets, nodes }: Pick<Network, "nodes" | "vpcSubnets">,
): CheckResult {
  if (vpcSubnets.length === 0) return warning("is not known: the VPC is not known.", "Set alerting:network.vpcId.");
  const role = scheme === "internal" ? "kubernetes.io/role/internal-elb" : "kubernetes.io/role/elb";
  const byClass = controller === "aws-load-balancer-controller";
  const own = ownClusters({ nodes });
  const isOwn = (one: Subnet) => clustersOf(one).some((name) => own.size === 0 || own.has(name));
  const roleOf = ({ Tags }: Subnet) => Tags?.find(({ Key }) => Key === role)?.Value;
  const withRole = vpcSubnets.filter((one) => roleOf(one) !== undefined);
  const ofCluster = byClass ? [] : vpcSubnets.filter(isOwn);
  const candidates = withRole.length > 0 ? withRole : ofCluster;
  if (candidates.length === 0)
    return untagged(role, controller, vpcSubnets.filter((one) => !isOwn(one)).flatMap(clustersOf));
  const why = (one: Subnet): string | undefined => {
    const clusters = clustersOf(one);
    // The other controller checks only the key of the tag.
    const value = roleOf(one) ?? "";
    if (byClass && !["", "1"].includes(value))
      return `has ${role}=${outsideText(value)}, but only the value 1 is accepted`;
    if (clusters.length > 0 && !isOwn(one)) return `is tagged for another cluster: ${named(clusters)}`;
    if (isAtTheEdge(one)) return `is in the Local Zone ${one.AvailabilityZone}, where there is no NLB`;
    return isFull(one) ? fullText(one) : undefined;
  };
  const taken = candidates.filter((one) => why(one) === undefined);
  const left = candidates.flatMap((one) => {
    const reason = why(one);
    return reason === undefined ? [] : [`${idOf(one)} ${reason}`];
  });
  if (taken.length === 0)
    return warning(`${controller} accepts none of the subnets: ${left.join("; ")}.`, tagSome(role, own));
  const by = withRole.length > 0 ? `the tag ${role}` : "the tag of a cluster";
  return ok(`${named(taken.map(idOf))}, by ${by}${left.length > 0 ? `; not used: ${named(left, 3)}` : ""}.`);
}

function untagged(role: string, controller: LoadBalancer["controller"], others: readonly string[]): CheckResult {
  const clusters = [...new Set(others)];
  const seen = clusters.length > 0 ? `; tagged subnets belong to another cluster: ${named(clusters)}` : "";
  return warning(
    `no subnet of the VPC has the tag ${role}, by which ${controller} finds them${seen}.`,
    tagSome(role, new Set()),
  );
}

/** A subnet that has only tags of other clusters is ignored, whatever its role is. */
function tagSome(role: string, own: ReadonlySet<string>): string {
  const [name] = own;
  const shared =
    name === undefined ? "" : `, and with kubernetes.io/cluster/${name}=shared if it has another cluster's tag`;
  return `Tag one subnet per zone that has ${leastFreeAddresses} or more free addresses with ${role}=1${shared}; or set alerting:loadBalancer.subnetIds.`;
}

const idOf = ({ SubnetId = "" }: Subnet) => SubnetId;
const isAtTheEdge = ({ AvailabilityZone = "" }: Subnet) => isEdgeZone(AvailabilityZone);
const isFull = ({ AvailableIpAddressCount: free }: Subnet) => free !== undefined && free < leastFreeAddresses;
const fullText = ({ AvailableIpAddressCount: free }: Subnet) =>
  `has ${free} free addresses, and a new NLB needs ${leastFreeAddresses}`;
