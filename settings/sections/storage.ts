import { z } from "zod";
import { binaryQuantity } from "../../validation/sizes";
import { identifier, refuse } from "./value-types";

export const storage = z
  .strictObject({
    type: z
      .enum(["efs", "storageClass", "none"])
      .default("efs")
      .describe(
        "Where data is kept: an EFS file system, volumes of a storage class (EBS), or nowhere (the data is lost with the pod)",
      ),
    fileSystemId: identifier("fs").optional().describe("An existing EFS file system; without it, one is created"),
    mountTargets: z
      .enum(["create", "existing"])
      .default("create")
      .describe("Whether mount targets are created; `existing` if the file system of `fileSystemId` has them already"),
    mountTargetIp: z
      .ipv4({ error: "an IPv4 address" })
      .optional()
      .describe(
        "Address of an existing mount target, for clusters that cannot resolve the file system's name, because of custom DNS servers or a peered VPC. The address cannot change later",
      ),
    kmsKeyId: z
      .string()
      .regex(/^arn:aws[-a-z]*:kms:[-a-z0-9]+:\d{12}:key\/[-A-Za-z0-9]+$/, {
        // AWS returns the ARN of the key itself, so with an alias every preview would plan a new file system.
        error: "the ARN of a key (arn:aws:kms:<region>:<account>:key/<id>), not an alias",
      })
      .optional()
      .describe("ARN of the KMS key that encrypts the file system; default: AWS' own key for EFS"),
    infrequentAccessAfterDays: z
      .union([z.literal(1), z.literal(7), z.literal(14), z.literal(30), z.literal(60), z.literal(90)], {
        error: "one of 1, 7, 14, 30, 60 and 90",
      })
      .default(30)
      .describe("Days without access until a file moves to EFS Infrequent Access: 1, 7, 14, 30, 60 or 90"),
    backup: z.boolean().default(true).describe("Whether AWS Backup keeps daily backups of the file system"),
    storageClass: z.string().min(1).default("gp3").describe("The storage class, if `storage.type` is `storageClass`"),
    serverSize: binaryQuantity()
      .default("20Gi")
      .describe(
        "Size of Prometheus' volume; EFS ignores it. Later the size can only grow, and only if the storage class can expand volumes",
      ),
    alertmanagerSize: binaryQuantity()
      .default("2Gi")
      .describe("Size of Alertmanager's volume; EFS ignores it. The size cannot change later"),
  })
  .prefault({})
  .superRefine(({ type, fileSystemId, mountTargets, mountTargetIp, kmsKeyId }, context) => {
    const wrong = (key: string, message: string) => refuse(context, [key], message);
    if (fileSystemId !== undefined && type !== "efs")
      wrong("fileSystemId", `no file system id, because alerting:storage.type is ${type}`);
    if (mountTargets === "existing" && fileSystemId === undefined)
      wrong(
        "mountTargets",
        '"create", because without alerting:storage.fileSystemId the file system is new and has none',
      );
    if (mountTargetIp !== undefined && mountTargets !== "existing")
      wrong(
        "mountTargetIp",
        'no address, because alerting:storage.mountTargets is not "existing", and those that are made get theirs only then',
      );
    if (fileSystemId !== undefined && kmsKeyId !== undefined)
      wrong(
        "kmsKeyId",
        "no KMS key, because the existing file system of alerting:storage.fileSystemId has its own already",
      );
  });
