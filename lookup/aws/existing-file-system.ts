import { getFileSystem } from "@pulumi/aws/efs";
import type { InvokeOptions } from "@pulumi/pulumi";
import type { DeployedFileSystem } from "../cluster/deployed-storage";
import type { StackSettings } from "../../settings/stack-settings";
import type { Fault } from "../../validation/faults";
import { ifKnown } from "./errors";

/**
 * The warnings of a preview about an existing file system. Its policy is only mentioned, because the owner of the file
 * system decides about it.
 */
export function fileSystemWarnings(fileSystemId: string | undefined): string[] {
  if (fileSystemId === undefined) return [];
  return [
    `alerting:storage.fileSystemId: the policy of ${fileSystemId} is its owner's, and a preview does not check it; \`npm run preflight\` shows whom it admits.`,
  ];
}

/**
 * Reads a file system from EFS: the one that contains the data of a deployed stack, or the one that a setting names. An
 * unknown file system, or one with another KMS key, is reported before anything is registered. `oneZone` is the zone of
 * a One Zone file system.
 */
export async function describeFileSystem(
  { fileSystemId, kmsKeyId }: Pick<StackSettings["storage"], "fileSystemId" | "kmsKeyId">,
  deployed: DeployedFileSystem | undefined,
  options: InvokeOptions,
): Promise<{ faults: Fault[]; oneZone?: string }> {
  const id = deployed?.id ?? fileSystemId;
  if (id === undefined) return { faults: [] };
  const { found, unknown } = await ifKnown(getFileSystem({ fileSystemId: id }, options));
  if (found === undefined) {
    const says = `EFS does not know the file system ${id}`;
    if (deployed !== undefined) {
      const sentence = `${says}, which has this stack's data: ${unknown}. A stack cannot change its region or its account while it exists: set alerting:aws.region and the credentials back to those of the file system.`;
      return { faults: [{ key: "alerting:aws", sentence }] };
    }
    const sentence = `${says}: ${unknown}. Check the id, alerting:aws.region and the account, or leave it out to create one.`;
    return { faults: [{ key: "alerting:storage.fileSystemId", sentence }] };
  }
  // There is no zone if the file system is in all zones.
  const zone = found.availabilityZoneName ? { oneZone: found.availabilityZoneName } : {};
  const isMade = deployed !== undefined && fileSystemId === undefined;
  if (!isMade || kmsKeyId === undefined || found.kmsKeyId === kmsKeyId) return { faults: [], ...zone };
  const sentence =
    `got "${kmsKeyId}", but the file system ${id}, which has this stack's data, is encrypted with ` +
    `"${found.kmsKeyId}", and EFS cannot change that. Set it back, or leave it out if it was never set, or move ` +
    'the data: docs/operations.md, "Move to another file system".';
  return { faults: [{ key: "alerting:storage.kmsKeyId", sentence }], ...zone };
}
