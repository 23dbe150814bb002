import type { MountTargetDescription } from "@aws-sdk/client-efs";
import { carrierZones } from "../../../lookup/aws/carrier-zones";
import { carriers, type Spread } from "../../../lookup/cluster/carriers";
import { creationToken } from "../../../conventions/aws-names";
import { subnetFaults, vpcFaults } from "../../../lookup/aws/node-network";
import type { Configuration } from "../../../config";
import type { StackSettings } from "../../../settings/stack-settings";
import type { Account } from "../aws/account";
import type { Network } from "../aws/network";
import { failed, type CheckResult, named, ok, skipped, warning } from "../../shared/check-result";
import { validSections } from "../../../settings/readable";

type Storage = StackSettings["storage"];

/**
 * Whether EFS can be mounted where Prometheus and Alertmanager may run: one mount target per zone, all in one VPC, one in
 * the zone of each of these nodes.
 */
export async function mountTargets(
  network: Network,
  account: Account,
  configuration: Configuration,
): Promise<CheckResult[]> {
  const settings = validSections(configuration);
  const { storage, availability } = settings;
  if (storage === undefined) return [skipped("alerting:storage could not be read.")];
  if (storage.type !== "efs") return [ok(`not needed: alerting:storage.type is "${storage.type}".`)];
  const unknown = network.unknownSubnets.map((id) =>
    failed(
      `alerting:network.subnetIds: EC2 does not know the subnet ${id}.`,
      "Check the id, the region and the account.",
    ),
  );
  const spread = availability?.spread ?? "masters";
  const id = storage.fileSystemId;
  const system = id === undefined ? undefined : await account.fileSystem(id);
  if (id !== undefined && system === undefined) {
    const todo =
      "Check alerting:storage.fileSystemId, the region and the account; without that setting a file system is created.";
    return [...unknown, failed(`EFS does not know the file system ${id}.`, todo)];
  }
  const there = id === undefined ? [] : await account.mountTargets(id);
  const oneZone = system?.AvailabilityZoneName;
  if (storage.mountTargets === "existing")
    return [...unknown, ...existing(network, there, storage, { spread, oneZone })];

  const group = creationToken(configuration.owner, settings.cluster ?? "");
  const isOwn =
    network.livingFileSystem === id ||
    there.length === 0 ||
    (await account.securityGroupIds([{ Name: "tag:Name", Values: [group] }])).length > 0;
  const taken = isOwn
    ? []
    : [
        failed(
          `${id} already has mount targets in ${named(zonesOf(there))}, and EFS allows one per zone: \`pulumi up\` would fail with MountTargetConflict, half applied.`,
          'Set alerting:storage.mountTargets to "existing", and allow the nodes\' security groups there.',
        ),
      ];
  const faults =
    settings.network?.subnetIds === undefined
      ? vpcFaults(placesOf(network), settings.network?.vpcId)
      : subnetFaults(
          network.mountSubnets.map((one) => ({
            id: one.SubnetId ?? "",
            zone: one.AvailabilityZone ?? "",
            vpcId: one.VpcId ?? "",
          })),
          settings.network.vpcId,
        );
  const zones = network.mountSubnets
    .flatMap(({ AvailabilityZone }) => AvailabilityZone ?? [])
    .filter((zone) => oneZone === undefined || zone === oneZone);
  return summary(
    [...unknown, ...taken, ...faults.map(({ key, sentence }) => failed(`${key}: ${sentence}`))],
    network,
    zones,
    { spread, oneZone, areMade: true },
  );
}

/** Checks a file system that has its own mount targets: whether the nodes reach them, and none is being deleted. */
function existing(
  network: Network,
  all: readonly MountTargetDescription[],
  { fileSystemId, mountTargetIp }: Storage,
  how: { readonly spread: Spread; readonly oneZone?: string },
): CheckResult[] {
  const states = all
    .filter(({ LifeCycleState }) => LifeCycleState !== "available")
    .map((one) => `${one.MountTargetId} in ${one.AvailabilityZoneName} is ${one.LifeCycleState}`);
  const leaving =
    states.length === 0 ? [] : [warning(`${named(states)}.`, "Wait until it is available, or create another.")];
  const available = all.filter(({ LifeCycleState }) => LifeCycleState === "available");
  if (available.length === 0) {
    const todo = 'Create one, or set alerting:storage.mountTargets to "create".';
    return [failed(`${fileSystemId} has no mount target that is available.`, todo), ...leaving];
  }
  if (mountTargetIp !== undefined) {
    const target = available.find(({ IpAddress }) => IpAddress === mountTargetIp);
    if (target)
      return [...leaving, ok(`mounted at ${mountTargetIp}, the mount target in ${target.AvailabilityZoneName}.`)];
    const known = available.flatMap(({ IpAddress }) => IpAddress ?? []);
    return [
      failed(
        `alerting:storage.mountTargetIp: ${mountTargetIp} is not a mount target of ${fileSystemId}.`,
        `Its addresses: ${named(known)}.`,
      ),
    ];
  }
  const { vpcId } = network;
  const near = available.filter(({ VpcId }) => vpcId === undefined || VpcId === undefined || VpcId === vpcId);
  if (near.length === 0) {
    const what = `the mount targets of ${fileSystemId} are in ${named([...new Set(available.map(({ VpcId }) => VpcId ?? ""))])}, and the nodes in ${vpcId}, where its name cannot be resolved.`;
    return [
      failed(
        what,
        "If the VPCs are peered, set alerting:storage.mountTargetIp to the address of a mount target; otherwise use a file system in the nodes' VPC.",
      ),
    ];
  }
  return summary(leaving, network, zonesOf(near), { ...how, areMade: false });
}

function summary(
  wrong: readonly CheckResult[],
  network: Network,
  zones: readonly string[],
  how: { readonly spread: Spread; readonly oneZone?: string; readonly areMade: boolean },
): CheckResult[] {
  const nodes = carriers(network.nodes, how.spread).flatMap(({ node: { name }, machine }) => {
    const zone = machine?.Placement?.AvailabilityZone;
    return zone === undefined ? [] : [{ name, zone }];
  });
  const { left, isHopeless } = carrierZones(nodes, zones, how);
  const results = [...wrong, ...left.map(({ what, todo }) => (isHopeless ? failed(what, todo) : warning(what, todo)))];
  if (results.length > 0) return results;
  if (zones.length === 0) return [warning("is not known: no subnet is known.", "See the rows about nodes.")];
  const where = named([...new Set(zones)].sort(), 6);
  return [ok(`one mount target per zone: ${where}${how.areMade ? ", created by `pulumi up`" : ""}.`)];
}

function zonesOf(targets: readonly MountTargetDescription[]): string[] {
  return [...new Set(targets.flatMap(({ AvailabilityZoneName }) => AvailabilityZoneName ?? []))].sort();
}

/** The VPC of each node whose instance EC2 knows. */
function placesOf({ nodes }: Network): { name: string; vpcId: string }[] {
  return nodes.flatMap(({ node: { name }, machine }) =>
    machine?.VpcId === undefined ? [] : [{ name, vpcId: machine.VpcId }],
  );
}
