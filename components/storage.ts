import * as pulumi from "@pulumi/pulumi";
import type { StackSettings } from "../settings/stack-settings";
import { writersOf } from "./efs-access-points";
import { EfsFileSystem } from "./efs-file-system";
import { EfsPersistentVolume } from "./efs-persistent-volume";
import type { StorageNetwork } from "../lookup/aws/node-network";

export interface StorageArgs {
  readonly namespace: pulumi.Input<string>;
  readonly storage: StackSettings["storage"];
  /** How many programs write to the file system. */
  readonly availability: StackSettings["availability"];
  readonly protectData: boolean;
  /** The file system's name in AWS; see {@link EfsFileSystem}. */
  readonly creationToken: string;
  /** The network of the mount targets; undefined if an existing file system has mount targets already. */
  readonly network?: StorageNetwork;
  readonly labels: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly providers: { readonly aws: pulumi.ProviderResource; readonly cluster: pulumi.ProviderResource };
}

/** The data of Prometheus and Alertmanager on EFS: file system, access points, volumes and claims. */
export class Storage extends pulumi.ComponentResource {
  public readonly fileSystemId: pulumi.Output<string>;
  /** The claims that the Helm release waits for. */
  public readonly claims: readonly pulumi.Resource[];

  constructor(name: string, args: StorageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("alerting:storage:Storage", name, {}, opts);
    const { storage } = args;
    const writers = writersOf(args);
    const efs = new EfsFileSystem(
      name,
      {
        creationToken: args.creationToken,
        network: args.network,
        writers: writers.map(({ writer }) => writer),
        fileSystemId: storage.fileSystemId,
        kmsKeyId: storage.kmsKeyId,
        infrequentAccessAfterDays: storage.infrequentAccessAfterDays,
        enableBackup: storage.backup,
        protectData: args.protectData,
        tags: args.tags,
      },
      { parent: this, provider: args.providers.aws },
    );
    this.fileSystemId = efs.fileSystemId;
    this.claims = writers.map(
      ({ writer, volume, claimName, size }) =>
        new EfsPersistentVolume(
          `${name}-${volume}`,
          {
            namespace: args.namespace,
            volumeName: `alerting-${volume}`,
            claimName,
            fileSystemId: efs.fileSystemId,
            fileSystemIsGiven: storage.fileSystemId !== undefined,
            accessPointId: efs.accessPointIds[writer]!,
            mountTargetIp: storage.mountTargetIp,
            size,
            labels: args.labels,
            after: efs.mountable,
          },
          { parent: this, provider: args.providers.cluster },
        ).claim,
    );
    this.registerOutputs({ fileSystemId: this.fileSystemId });
  }
}
