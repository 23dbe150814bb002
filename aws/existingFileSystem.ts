import { getFileSystem } from "@pulumi/aws/efs";
import type { InvokeOptions } from "@pulumi/pulumi";
import type { Fault } from "../configuration/faults";
import { awsFault, isUnknown, reason } from "./errors";

/** Faults of the file system that is to be taken: one that EFS does not know is told before anything is registered. */
export async function fileSystemFaults(fileSystemId: string | undefined, options: InvokeOptions): Promise<Fault[]> {
  if (fileSystemId === undefined) return [];
  try {
    await getFileSystem({ fileSystemId }, options);
    return [];
  } catch (error) {
    if (!isUnknown(error)) return [awsFault(error)];
    const sentence =
      `EFS does not know the file system ${fileSystemId}: ${reason(error)}. Check the id, alerting:aws.region and the ` +
      "account, or leave it out, and one is made.";
    return [{ key: "alerting:storage.fileSystemId", sentence }];
  }
}
