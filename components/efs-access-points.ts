import { AccessPoint } from "@pulumi/aws/efs";
import type * as pulumi from "@pulumi/pulumi";
import { dataUser } from "../chart/placement";
import { alertmanagerClaim, serverClaim } from "../conventions/cluster-names";
import type { StackSettings } from "../settings/stack-settings";

/** A program that writes to the file system. It gets an access point, and a volume with a claim. */
export interface Writer {
  readonly writer: string;
  readonly claimName: string;
  /** The size of its volume, such as `20Gi`. */
  readonly size: string;
}

/** Every program that writes to the file system. */
export function writersOf(storage: StackSettings["storage"]): Writer[] {
  return [
    { writer: "prometheus", claimName: serverClaim, size: storage.serverSize },
    // The chart's StatefulSet accepts no existing claim, so this claim has the name that the StatefulSet would use:
    // https://github.com/prometheus-community/helm-charts/issues/5772
    { writer: "alertmanager", claimName: alertmanagerClaim(0), size: storage.alertmanagerSize },
  ];
}

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
