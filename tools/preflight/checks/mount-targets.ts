import type { MountTargetDescription } from "@aws-sdk/client-efs";
import { masterZones } from "../../../lookup/aws/master-zones";
import { creationToken } from "../../../conventions/aws-names";
import { subnetFaults, vpcFaults } from "../../../lookup/aws/node-network";
import type { Configuration } from "../../../config";
import type { StackSettings } from "../../../settings/stack-settings";
import type { Account } from "../aws/account";
import type { Network } from "../aws/network";
import { failed, type Finding, named, ok, skipped, warning } from "../check";
import { validSections } from "../../../settings/readable";

type Storage = StackSettings["storage"];

/** Whether EFS can be mounted where the masters are: one mount target a zone, all in one VPC, a zone for each master. */
export async function mountTargets(
  network: Network,
  account: Account,
  configuration: Configuration,
): Promise<Finding[]> {
  const settings = validSections(configuration);
  const { storage } = settings;
  if (storage === undefined) return [skipped("alerting:storage could not be read.")];
  if (storage.type !== "efs") return [ok(`not needed: alerting:storage.type is "${storage.type}".`)];
  const unknown = network.unknownSubnets.map((id) =>
    failed(
      `alerting:network.subnetIds: EC2 does not know the subnet ${id}.`,
      "Check the id, the region and the account.",
    ),
  );
  const id = storage.fileSystemId;
  const system = id === undefined ? undefined : await account.fileSystem(id);
  if (id !== undefined && system === undefined) {
    const todo = "Check alerting:storage.fileSystemId, the region and the account; without that setting one is made.";
    return [...unknown, failed(`EFS does not know the file system ${id}.`, todo)];
  }
  const there = id === undefined ? [] : await account.mountTargets(id);
  const oneZone = system?.AvailabilityZoneName;
  if (storage.mountTargets === "existing") return [...unknown, ...existing(network, there, storage, oneZone)];

  const group = creationToken(configuration.owner, settings.cluster ?? "");
  const isOwn =
    network.livingFileSystem === id ||
    there.length === 0 ||
    (await account.securityGroupIds([{ Name: "tag:Name", Values: [group] }])).length > 0;
  const taken = isOwn
    ? []
    : [
        failed(
          `${id} has mount targets already, in ${named(zonesOf(there))}, and EFS takes one a zone: \`pulumi up\` would end with MountTargetConflict, half applied.`,
          'Set alerting:storage.mountTargets to "existing", and let the nodes\' security groups in there.',
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
    { oneZone, areMade: true },
  );
}

/** A file system that has its own mount targets: in reach of the nodes, and not on their way out. */
function existing(
  network: Network,
  all: readonly MountTargetDescription[],
  { fileSystemId, mountTargetIp }: Storage,
  oneZone: string | undefined,
): Finding[] {
  const states = all
    .filter(({ LifeCycleState }) => LifeCycleState !== "available")
    .map((one) => `${one.MountTargetId} in ${one.AvailabilityZoneName} is ${one.LifeCycleState}`);
  const leaving =
    states.length === 0 ? [] : [warning(`${named(states)}.`, "Wait until it is available, or make another.")];
  const available = all.filter(({ LifeCycleState }) => LifeCycleState === "available");
  if (available.length === 0) {
    const todo = 'Make one, or set alerting:storage.mountTargets to "create".';
    return [failed(`${fileSystemId} has no mount target that is available.`, todo), ...leaving];
  }
  if (mountTargetIp !== undefined) {
    const target = available.find(({ IpAddress }) => IpAddress === mountTargetIp);
    if (target)
      return [...leaving, ok(`mounted at ${mountTargetIp}, the mount target in ${target.AvailabilityZoneName}.`)];
    const known = available.flatMap(({ IpAddress }) => IpAddress ?? []);
    return [
      failed(
        `alerting:storage.mountTargetIp: ${mountTargetIp} is no mount target of ${fileSystemId}.`,
        `Its addresses: ${named(known)}.`,
      ),
    ];
  }
  const { vpcId } = network;
  const near = available.filter(({ VpcId }) => vpcId === undefined || VpcId === undefined || VpcId === vpcId);
  if (near.length === 0) {
    const what = `the mount targets of ${fileSystemId} are in ${named([...new Set(available.map(({ VpcId }) => VpcId ?? ""))])}, and the nodes in ${vpcId}, where its name leads nowhere.`;
    return [
      failed(
        what,
        "Name the address of one by alerting:storage.mountTargetIp where the VPCs are peered, or take a file system of the nodes' VPC.",
      ),
    ];
  }
  return summary(leaving, network, zonesOf(near), { oneZone, areMade: false });
}

function summary(
  wrong: readonly Finding[],
  network: Network,
  zones: readonly string[],
  how: { readonly oneZone?: string; readonly areMade: boolean },
): Finding[] {
  const masters = network.nodes.flatMap(({ node: { name }, machine, role }) => {
    const zone = machine?.Placement?.AvailabilityZone;
    return role === "master" && zone !== undefined ? [{ name, zone }] : [];
  });
  const { left, isHopeless } = masterZones(masters, zones, how);
  const findings = [...wrong, ...left.map(({ what, todo }) => (isHopeless ? failed(what, todo) : warning(what, todo)))];
  if (findings.length > 0) return findings;
  if (zones.length === 0) return [warning("cannot be told: no subnet is known.", "See the rows about nodes.")];
  const where = named([...new Set(zones)].sort(), 6);
  return [ok(`one mount target a zone: ${where}${how.areMade ? ", made by `pulumi up`" : ""}.`)];
}

function zonesOf(targets: readonly MountTargetDescription[]): string[] {
  return [...new Set(targets.flatMap(({ AvailabilityZoneName }) => AvailabilityZoneName ?? []))].sort();
}

/** The VPC of each node of which EC2 knows the machine. */
function placesOf({ nodes }: Network): { name: string; vpcId: string }[] {
  return nodes.flatMap(({ node: { name }, machine }) =>
    machine?.VpcId === undefined ? [] : [{ name, vpcId: machine.VpcId }],
  );
}
