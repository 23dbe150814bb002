import { AccessPoint } from "@pulumi/aws/efs";
import type * as pulumi from "@pulumi/pulumi";
import { dataUser } from "../chart/placement";
import { alertmanagerClaim, serverClaim, serverReplicaClaim } from "../conventions/cluster-names";
import type { StackSettings } from "../settings/stack-settings";

/** A program that writes to the file system. It gets an access point, and a volume with a claim. */
export interface Writer {
  readonly writer: string;
  /** The name of its volume, without a prefix. */
  readonly volume: string;
  readonly claimName: string;
  /** The size of its volume, such as `20Gi`. */
  readonly size: string;
}

/**
 * Every program that writes to the file system. The first replica of each keeps its access point, and with it its data,
 * if the number of replicas changes. One Prometheus and the first of two have different volumes, because a volume is
 * reserved for one claim.
 */
export function writersOf({ availability, storage }: Pick<StackSettings, "availability" | "storage">): Writer[] {
  const { alertmanagers, prometheus } = availability;
  // The chart's StatefulSets accept no existing claims, so these claims have the names that the StatefulSets would use:
  // https://github.com/prometheus-community/helm-charts/issues/5772
  const servers: Writer[] =
    prometheus === 1
      ? [writer("prometheus", 0, serverClaim, storage.serverSize)]
      : replicas(prometheus, (index) =>
          writer("prometheus", index, serverReplicaClaim(index), storage.serverSize, `prometheus-${index}`),
        );
  return [
    ...servers,
    ...replicas(alertmanagers, (index) =>
      writer("alertmanager", index, alertmanagerClaim(index), storage.alertmanagerSize),
    ),
  ];
}

function writer(kind: string, index: number, claimName: string, size: string, volume?: string): Writer {
  const name = index === 0 ? kind : `${kind}-${index}`;
  return { writer: name, volume: volume ?? name, claimName, size };
}

const replicas = <Of>(count: number, of: (index: number) => Of) =>
  Array.from({ length: count }, (_, index) => of(index));

interface AccessPointsArgs {
  readonly fileSystemId: pulumi.Input<string>;
  /** The folder of this stack on the file system. */
  readonly folder: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly opts: pulumi.CustomResourceOptions;
}

/** One access point for each writer, with a directory that the other writers cannot reach. */
export function makeAccessPoints(
  name: string,
  writers: readonly string[],
  { fileSystemId, folder, tags, opts }: AccessPointsArgs,
): Record<string, AccessPoint> {
  return Object.fromEntries(
    writers.map((writer) => [
      writer,
      new AccessPoint(
        `${name}-${writer}`,
        {
          fileSystemId,
          posixUser: { uid: dataUser, gid: dataUser },
          // The path is unique for this stack, because two clusters may share a file system and must not share
          // directories. The creation info is complete, because without it a mount of a new directory fails.
          rootDirectory: {
            path: `/${folder}/${writer}`,
            creationInfo: { ownerUid: dataUser, ownerGid: dataUser, permissions: "0700" },
          },
          tags: { ...tags, Name: `${folder}-${writer}` },
        },
        // The path is chosen once: a later rename of the context or the stack must not replace the access point of the
        // data.
        { ...opts, ignoreChanges: ["rootDirectory"] },
      ),
    ]),
  );
}
