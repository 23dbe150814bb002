import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { efsCsiDriverName, fileSystemAnnotation } from "../conventions/cluster-names";

export interface EfsPersistentVolumeArgs {
  readonly namespace: pulumi.Input<string>;
  readonly volumeName: string;
  readonly claimName: string;
  readonly fileSystemId: pulumi.Input<string>;
  /** Whether the settings name an existing file system. Otherwise the stack has created it. */
  readonly fileSystemIsGiven: boolean;
  readonly accessPointId: pulumi.Input<string>;
  /**
   * Address of the mount target. Default: the file system's name, which resolves to the mount target in the node's
   * zone.
   */
  readonly mountTargetIp?: string;
  /** The size of the volume, such as `20Gi`; Kubernetes requires a size, and EFS ignores it. */
  readonly size: string;
  readonly labels: Readonly<Record<string, string>>;
  /**
   * Resources that have to exist before a pod mounts the volume. Otherwise a pod in a zone whose mount target is late
   * would hang.
   */
  readonly after: readonly pulumi.Resource[];
}

/**
 * A static volume on an access point, and its claim, each reserved for the other. Neither is ever protected from
 * deletion: they contain no data themselves, and a volume without its claim would stay `Released` and never be bound
 * again.
 */
export class EfsPersistentVolume extends pulumi.ComponentResource {
  public readonly claim: k8s.core.v1.PersistentVolumeClaim;

  constructor(name: string, args: EfsPersistentVolumeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("alerting:storage:EfsVolume", name, {}, opts);
    const volume = new k8s.core.v1.PersistentVolume(
      name,
      {
        metadata: {
          name: args.volumeName,
          labels: { ...args.labels },
          annotations: { [fileSystemAnnotation]: args.fileSystemIsGiven ? "given" : "made" },
        },
        spec: {
          capacity: { storage: args.size },
          accessModes: ["ReadWriteOnce"],
          persistentVolumeReclaimPolicy: "Retain",
          storageClassName: "",
          volumeMode: "Filesystem",
          // Without this, any claim of any namespace that names this volume, or that fits it, could be bound to it:
          // https://kubernetes.io/docs/concepts/storage/persistent-volumes/#reserving-a-persistentvolume
          claimRef: {
            apiVersion: "v1",
            kind: "PersistentVolumeClaim",
            namespace: args.namespace,
            name: args.claimName,
          },
          // An access point implies TLS. The driver refuses mount options that name TLS or the access point.
          csi: {
            driver: efsCsiDriverName,
            volumeHandle: pulumi.interpolate`${args.fileSystemId}::${args.accessPointId}`,
            ...(args.mountTargetIp !== undefined && { volumeAttributes: { mounttargetip: args.mountTargetIp } }),
          },
        },
      },
      { parent: this, dependsOn: [...args.after] },
    );
    this.claim = new k8s.core.v1.PersistentVolumeClaim(
      name,
      {
        metadata: { name: args.claimName, namespace: args.namespace, labels: { ...args.labels } },
        spec: {
          accessModes: ["ReadWriteOnce"],
          storageClassName: "",
          volumeName: volume.metadata.name,
          resources: { requests: { storage: args.size } },
        },
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
