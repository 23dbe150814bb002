import * as efs from "@aws-sdk/client-efs";
import { isNotFound, until } from "./errors";
import type { Kind, Work } from "./kind";
import { fromAws, sameSet, toAws } from "./shapes";

/** `aws:efs/mountTarget:MountTarget`; a file system can have one in each zone. */
export const mountTarget: Kind = {
  what: "EFS mount target",
  inputs: {
    fileSystemId: { required: true, replace: true },
    ipAddress: { replace: true, computed: true },
    securityGroups: { computed: true, same: sameSet },
    subnetId: { required: true, replace: true },
  },
  outputs:
    "availabilityZoneId availabilityZoneName dnsName fileSystemArn ipAddressType mountTargetDnsName networkInterfaceId ownerId",
  deleteBeforeReplace: true,

  async create({ efs: client }, inputs) {
    const keys = "fileSystemId subnetId ipAddress securityGroups";
    const { MountTargetId } = await client.send(
      new efs.CreateMountTargetCommand(toAws<efs.CreateMountTargetCommandInput>(inputs, keys)),
    );
    return MountTargetId!;
  },

  settle: (work, id) => lifeCycleState(work, id, "available", 1_800_000),

  async read({ efs: client, region }, id) {
    const { MountTargets } = await client.send(new efs.DescribeMountTargetsCommand({ MountTargetId: id }));
    const found = MountTargets![0]!;
    if (found.LifeCycleState === "deleted") return undefined;
    const { SecurityGroups } = await client.send(
      new efs.DescribeMountTargetSecurityGroupsCommand({ MountTargetId: id }),
    );
    const keys = "availabilityZoneId availabilityZoneName fileSystemId ipAddress networkInterfaceId ownerId subnetId";
    const dnsName = `${found.FileSystemId}.efs.${region}.amazonaws.com`;
    return {
      ...fromAws(found, keys),
      dnsName,
      mountTargetDnsName: `${found.AvailabilityZoneName}.${dnsName}`,
      fileSystemArn: `arn:aws:elasticfilesystem:${region}:${found.OwnerId}:file-system/${found.FileSystemId}`,
      ipAddressType: "IPV4_ONLY",
      securityGroups: SecurityGroups ?? [],
    };
  },

  async update({ efs: client }, id, { securityGroups }, changed) {
    if (!changed.has("securityGroups")) return;
    const SecurityGroups = securityGroups as string[];
    await client.send(new efs.ModifyMountTargetSecurityGroupsCommand({ MountTargetId: id, SecurityGroups }));
  },

  async delete(work, id) {
    await work.efs.send(new efs.DeleteMountTargetCommand({ MountTargetId: id }));
    await lifeCycleState(work, id, "deleted", 600_000);
  },
};

async function lifeCycleState({ efs: client, call, timeoutMs }: Work, id: string, state: string, otherwise: number) {
  const what = `the mount target ${id} is not yet ${state}`;
  await until({ what, timeoutMs: timeoutMs(otherwise), signal: call.signal }, async () => {
    const found = await client.send(new efs.DescribeMountTargetsCommand({ MountTargetId: id })).then(
      ({ MountTargets }) => MountTargets?.[0]?.LifeCycleState,
      (error: unknown) => {
        if (isNotFound(error)) return "deleted";
        throw error;
      },
    );
    if (found === "error") throw new Error(`EFS reports the state "error" for the mount target ${id}`);
    return found === state ? true : undefined;
  });
}
