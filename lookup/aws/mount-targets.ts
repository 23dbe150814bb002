import { getSecurityGroups, getSubnet } from "@pulumi/aws/ec2";
import { getMountTarget, type GetMountTargetResult } from "@pulumi/aws/efs";
import type { InvokeOptions } from "@pulumi/pulumi";
import type { StackSettings } from "../../settings/stack-settings";
import type { Fault } from "../../validation/faults";
import { awsFault, isUnknown, reason } from "./errors";

const key = "alerting:storage.mountTargets";

/**
 * The mount targets of an existing file system, checked before anything is applied. The provider can only look up one
 * mount target. If there are several, it reports only that, and the preflight checks each of them.
 */
export async function mountTargetFindings(
  { storage, network }: Pick<StackSettings, "storage" | "network">,
  /** Name of this stack's security group, which is created before its mount targets. */
  ownGroup: string,
  options: InvokeOptions,
): Promise<{ faults: Fault[]; warnings: string[] }> {
  const { fileSystemId: id, mountTargets, mountTargetIp } = storage;
  const nothing = { faults: [], warnings: [] };
  if (id === undefined) return nothing;
  try {
    const found = await mountTargetsOf(id, options);
    if (found === "unknown") return nothing;
    if (mountTargets === "existing") {
      if (mountTargetIp !== undefined) return nothing;
      return { ...nothing, faults: await existingFaults(id, found, network.vpcId, options) };
    }
    if (found === "none") return nothing;
    const has = `the file system ${id} has ${found === "several" ? "mount targets" : `a mount target in ${found.availabilityZoneName}`}`;
    const instead = `Set ${key} to "existing", and allow the nodes' security groups there`;
    const groups = await getSecurityGroups({ filters: [{ name: "tag:Name", values: [ownGroup] }] }, options);
    if (groups.ids.length === 0) {
      const why = "EFS allows one in a zone, so an update would end with MountTargetConflict, half applied";
      return { ...nothing, faults: [{ key, sentence: `got "create", but ${has} already, and ${why}. ${instead}.` }] };
    }
    const warning = `${key}: ${has} already. If they come from an interrupted update of this stack, they are adopted; otherwise \`pulumi up\` ends with MountTargetConflict. ${instead} then.`;
    return { ...nothing, warnings: [warning] };
  } catch (error) {
    return isUnknown(error) ? nothing : { ...nothing, faults: [awsFault(error)] };
  }
}

type Found = GetMountTargetResult | "none" | "several" | "unknown";

async function mountTargetsOf(fileSystemId: string, options: InvokeOptions): Promise<Found> {
  try {
    return await getMountTarget({ fileSystemId }, options);
  } catch (error) {
    const said = reason(error);
    if (/too many results|multiple|more than one/i.test(said)) return "several";
    if (/couldn't find resource|empty result|no matching/i.test(said)) return "none";
    if (isUnknown(error)) return "unknown";
    throw error;
  }
}

/** Problems of existing mount targets: at least one has to exist, in the configured VPC. */
async function existingFaults(
  id: string,
  found: Exclude<Found, "unknown">,
  vpcId: string | undefined,
  options: InvokeOptions,
): Promise<Fault[]> {
  if (found === "none") {
    return [{ key, sentence: `got "existing", but the file system ${id} has no mount target. Set it to "create".` }];
  }
  if (found === "several" || vpcId === undefined) return [];
  const subnet = await getSubnet({ id: found.subnetId }, options);
  if (subnet.vpcId === vpcId) return [];
  const sentence =
    `got "existing", but the mount target of ${id} is in ${subnet.vpcId}, and the file system's name does not resolve in ${vpcId}. ` +
    "Set its address in alerting:storage.mountTargetIp if the VPCs are peered, or use a file system of that VPC.";
  return [{ key, sentence }];
}
