import { randomUUID } from "node:crypto";
import * as efs from "@aws-sdk/client-efs";
import type { Change, Kind } from "./kind";
import { fromAws, tagChanges, tagList, tagMap, toAws } from "./requests";

const changeTags: Change = async ({ efs: client }, id, news, oldState) => {
  const { gone, put } = tagChanges(oldState, news);
  if (gone.length > 0) await client.send(new efs.UntagResourceCommand({ ResourceId: id, TagKeys: gone }));
  if (put.length > 0) await client.send(new efs.TagResourceCommand({ ResourceId: id, Tags: put }));
};

const putLifecycle: Change = ({ efs: client }, id, { lifecyclePolicies }) => {
  const LifecyclePolicies = (lifecyclePolicies as { transitionToIa: efs.TransitionToIARules }[]).map(
    ({ transitionToIa }) => ({ TransitionToIA: transitionToIa }),
  );
  return client.send(new efs.PutLifecycleConfigurationCommand({ FileSystemId: id, LifecyclePolicies }));
};

/** `aws:efs/fileSystem:FileSystem` */
export const fileSystem: Kind = {
  what: "EFS file system",
  inputs: {
    creationToken: "replace",
    encrypted: "replace",
    kmsKeyId: "replace",
    lifecyclePolicies: putLifecycle,
    tags: changeTags,
    throughputMode: "constant",
  },
  members: { lifecyclePolicies: ["transitionToIa"] },
  outputs: ["arn", "kmsKeyId"],
  async create({ efs: client }, inputs) {
    const keys = ["creationToken", "encrypted", "kmsKeyId", "throughputMode"];
    const request = toAws<efs.CreateFileSystemCommandInput>(inputs, ...keys);
    const made = await client.send(new efs.CreateFileSystemCommand({ ...request, Tags: tagList(inputs.tags) }));
    return made.FileSystemId!;
  },
  settle: putLifecycle,
  async read({ efs: client }, id) {
    const { FileSystems } = await client.send(new efs.DescribeFileSystemsCommand({ FileSystemId: id }));
    const found = FileSystems![0]!;
    const configured = await client.send(new efs.DescribeLifecycleConfigurationCommand({ FileSystemId: id }));
    const policies = configured.LifecyclePolicies ?? [];
    return {
      ...fromAws(found, "creationToken", "encrypted", "kmsKeyId", "throughputMode"),
      arn: found.FileSystemArn,
      lifecyclePolicies: policies.map(({ TransitionToIA }) => ({ transitionToIa: TransitionToIA })),
      tags: tagMap(found.Tags),
    };
  },
  delete: ({ efs: client }, id) => client.send(new efs.DeleteFileSystemCommand({ FileSystemId: id })),
};

/** Creates a setting of a file system. Its id is the file system's id, and one call both creates and changes it. */
function settingOf(put: Change): Pick<Kind, "create"> {
  return {
    async create(session, inputs) {
      const id = inputs.fileSystemId as string;
      await put(session, id, inputs, {});
      return id;
    },
  };
}

const putBackup: Change = ({ efs: client }, id, { backupPolicy }) => {
  const BackupPolicy = { Status: (backupPolicy as { status: efs.Status }).status };
  return client.send(new efs.PutBackupPolicyCommand({ FileSystemId: id, BackupPolicy }));
};

/** `aws:efs/backupPolicy:BackupPolicy`. Its deletion switches backups off. */
export const backupPolicy: Kind = {
  what: "EFS backup policy",
  inputs: { backupPolicy: putBackup, fileSystemId: "replace" },
  members: { backupPolicy: ["status"] },
  ...settingOf(putBackup),
  async read({ efs: client }, id) {
    const { BackupPolicy } = await client.send(new efs.DescribeBackupPolicyCommand({ FileSystemId: id }));
    return { backupPolicy: { status: BackupPolicy?.Status }, fileSystemId: id };
  },
  delete: (session, id) => putBackup(session, id, { backupPolicy: { status: "DISABLED" } }, {}),
};

const putPolicy: Change = ({ efs: client }, id, { policy }) =>
  client.send(new efs.PutFileSystemPolicyCommand({ FileSystemId: id, Policy: policy as string }));

/** `aws:efs/fileSystemPolicy:FileSystemPolicy` */
export const fileSystemPolicy: Kind = {
  what: "EFS file system policy",
  inputs: { fileSystemId: "replace", policy: putPolicy },
  ...settingOf(putPolicy),
  async read({ efs: client }, id) {
    const { Policy: policy } = await client.send(new efs.DescribeFileSystemPolicyCommand({ FileSystemId: id }));
    return { fileSystemId: id, policy };
  },
  delete: ({ efs: client }, id) => client.send(new efs.DeleteFileSystemPolicyCommand({ FileSystemId: id })),
};

/** `aws:efs/mountTarget:MountTarget`. A file system can have one in each zone. */
export const mountTarget: Kind = {
  what: "EFS mount target",
  inputs: {
    fileSystemId: "replace",
    securityGroups({ efs: client }, id, { securityGroups }) {
      const request = { MountTargetId: id, SecurityGroups: securityGroups as string[] };
      return client.send(new efs.ModifyMountTargetSecurityGroupsCommand(request));
    },
    subnetId: "replace",
  },
  deleteBeforeReplace: true,
  async create({ efs: client }, inputs) {
    const request = toAws<efs.CreateMountTargetCommandInput>(inputs, "fileSystemId", "securityGroups", "subnetId");
    return (await client.send(new efs.CreateMountTargetCommand(request))).MountTargetId!;
  },
  async read({ efs: client }, id) {
    const { MountTargets } = await client.send(new efs.DescribeMountTargetsCommand({ MountTargetId: id }));
    const groups = await client.send(new efs.DescribeMountTargetSecurityGroupsCommand({ MountTargetId: id }));
    return { ...fromAws(MountTargets![0], "fileSystemId", "subnetId"), securityGroups: groups.SecurityGroups };
  },
  delete: ({ efs: client }, id) => client.send(new efs.DeleteMountTargetCommand({ MountTargetId: id })),
};

/** `aws:efs/accessPoint:AccessPoint`. Only the tags can change in place. */
export const accessPoint: Kind = {
  what: "EFS access point",
  inputs: { fileSystemId: "replace", posixUser: "replace", rootDirectory: "replace", tags: changeTags },
  members: {
    posixUser: ["gid", "uid"],
    rootDirectory: ["creationInfo", "ownerGid", "ownerUid", "path", "permissions"],
  },
  outputs: ["arn"],
  async create({ efs: client }, inputs) {
    const request = toAws<efs.CreateAccessPointCommandInput>(inputs, "fileSystemId", "posixUser", "rootDirectory");
    const more = { ClientToken: randomUUID(), Tags: tagList(inputs.tags) };
    return (await client.send(new efs.CreateAccessPointCommand({ ...request, ...more }))).AccessPointId!;
  },
  async read({ efs: client }, id) {
    const { AccessPoints } = await client.send(new efs.DescribeAccessPointsCommand({ AccessPointId: id }));
    const found = AccessPoints![0]!;
    const given = fromAws(found, "fileSystemId", "posixUser", "rootDirectory");
    return { ...given, arn: found.AccessPointArn, tags: tagMap(found.Tags) };
  },
  delete: ({ efs: client }, id) => client.send(new efs.DeleteAccessPointCommand({ AccessPointId: id })),
};
