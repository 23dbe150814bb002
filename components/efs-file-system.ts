import { SecurityGroup } from "@pulumi/aws/ec2";
import {
  type AccessPoint,
  BackupPolicy,
  FileSystem,
  FileSystemPolicy,
  getFileSystemOutput,
  MountTarget,
} from "@pulumi/aws/efs";
import { SecurityGroupIngressRule } from "@pulumi/aws/vpc";
import * as pulumi from "@pulumi/pulumi";
import type { StorageNetwork } from "../lookup/aws/node-network";
import { makeAccessPoints } from "./efs-access-points";
import { fileSystemPolicy } from "./efs-file-system-policy";

export interface EfsFileSystemArgs {
  /** Distinguishes this stack's file system from others in the account; never changes. */
  readonly creationToken: string;
  /**
   * The network of the mount targets. Default: no mount targets are created, because the existing file system has some.
   */
  readonly network?: StorageNetwork;
  /** The names of the writers. Each gets an access point with a directory that the other writers cannot reach. */
  readonly writers: readonly string[];
  /** An existing file system to use; its policy, backup and encryption are left to its owner. Default: a new one. */
  readonly fileSystemId?: string;
  /** ARN of the KMS key. Default: the AWS managed key for EFS. */
  readonly kmsKeyId?: string;
  readonly infrequentAccessAfterDays: number;
  readonly enableBackup: boolean;
  /**
   * Prevents deletion of the file system, its access points and its policies, and keeps them in AWS if they are removed
   * from the stack.
   */
  readonly protectData: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

/** The file system with its mount targets and one access point for each writer. */
export class EfsFileSystem extends pulumi.ComponentResource {
  public readonly fileSystemId: pulumi.Output<string>;
  /** Ids of the access points, by writer. */
  public readonly accessPointIds: Readonly<Record<string, pulumi.Output<string>>>;
  /** The resources that a mount depends on: every mount target, and the rules that let the nodes reach them. */
  public readonly mountable: readonly pulumi.Resource[];

  constructor(name: string, args: EfsFileSystemArgs, opts?: pulumi.ComponentResourceOptions) {
    super("alerting:storage:EfsStorage", name, {}, opts);
    const child = { parent: this };
    const keep = { parent: this, protect: args.protectData, retainOnDelete: args.protectData };

    const fileSystem = args.fileSystemId === undefined ? this.makeFileSystem(name, args, keep) : undefined;
    this.fileSystemId = fileSystem?.id ?? getFileSystemOutput({ fileSystemId: args.fileSystemId }, child).fileSystemId;
    this.mountable = args.network ? this.makeMountTargets(name, args, args.network, child) : [];
    const accessPoints = makeAccessPoints(name, args.writers, {
      fileSystemId: this.fileSystemId,
      folder: args.creationToken,
      tags: args.tags,
      opts: keep,
    });
    // If the data is kept, its policies have to be kept too: without them anyone who reaches a mount target could open
    // the data, and there would be no backup.
    if (fileSystem) this.makePolicies(name, fileSystem, Object.values(accessPoints), args.enableBackup, keep);
    this.accessPointIds = Object.fromEntries(Object.entries(accessPoints).map(([writer, point]) => [writer, point.id]));
    this.registerOutputs({ fileSystemId: this.fileSystemId });
  }

  private makeFileSystem(name: string, args: EfsFileSystemArgs, opts: pulumi.CustomResourceOptions): FileSystem {
    const days = args.infrequentAccessAfterDays;
    return new FileSystem(
      name,
      {
        creationToken: args.creationToken,
        encrypted: true,
        kmsKeyId: args.kmsKeyId,
        // Bursting throughput grows with the amount of data, which is small for alerting: its credits would run out
        // unnoticed.
        throughputMode: "elastic",
        lifecyclePolicies: [{ transitionToIa: days === 1 ? "AFTER_1_DAY" : `AFTER_${days}_DAYS` }],
        tags: { ...args.tags, Name: args.creationToken },
      },
      { ...opts, ignoreChanges: ["creationToken"] },
    );
  }

  private makeMountTargets(
    name: string,
    args: EfsFileSystemArgs,
    network: StorageNetwork,
    opts: pulumi.CustomResourceOptions,
  ): pulumi.Resource[] {
    const { securityGroup, rules } = this.makeSecurityGroup(name, args, network, opts);
    const mountTargets = network.subnets.map(
      ({ zone, subnetId }) =>
        new MountTarget(
          `${name}-${zone}`,
          { fileSystemId: this.fileSystemId, subnetId, securityGroups: [securityGroup.id] },
          {
            ...opts,
            // EFS allows one mount target in a zone: the old one has to be deleted before the new one is created.
            deleteBeforeReplace: true,
            // A mount target serves every subnet of its zone, so a change of the subnet must not replace one that
            // Prometheus uses.
            ignoreChanges: ["subnetId"],
          },
        ),
    );
    return [...mountTargets, ...rules];
  }

  private makeSecurityGroup(
    name: string,
    args: EfsFileSystemArgs,
    network: StorageNetwork,
    opts: pulumi.CustomResourceOptions,
  ): { securityGroup: SecurityGroup; rules: SecurityGroupIngressRule[] } {
    const securityGroup = new SecurityGroup(
      name,
      {
        vpcId: network.vpcId,
        description: `NFS from the nodes to the file system ${args.creationToken}`,
        tags: { ...args.tags, Name: args.creationToken },
      },
      { ...opts, ignoreChanges: ["description"] },
    );
    const rules = network.securityGroupIds.map((id) => {
      return new SecurityGroupIngressRule(
        `${name}-${id}`,
        {
          securityGroupId: securityGroup.id,
          referencedSecurityGroupId: id,
          ipProtocol: "tcp",
          fromPort: 2049,
          toPort: 2049,
          description: "NFS from nodes",
          tags: { ...args.tags },
        },
        opts,
      );
    });
    return { securityGroup, rules };
  }

  private makePolicies(
    name: string,
    fileSystem: FileSystem,
    accessPoints: readonly AccessPoint[],
    enableBackup: boolean,
    opts: pulumi.CustomResourceOptions,
  ): void {
    const policy = pulumi
      .all([fileSystem.arn, pulumi.all(accessPoints.map((point) => point.arn))])
      .apply(([arn, points]) => JSON.stringify(fileSystemPolicy(arn, points)));
    new FileSystemPolicy(name, { fileSystemId: fileSystem.id, policy }, opts);
    const status = enableBackup ? "ENABLED" : "DISABLED";
    new BackupPolicy(name, { fileSystemId: fileSystem.id, backupPolicy: { status } }, opts);
  }
}
