import { getFileSystem } from "@pulumi/aws/efs";
import type { InvokeOptions } from "@pulumi/pulumi";
import type { Fault } from "../configuration/faults";
import { awsFault, isUnknown, reason } from "./errors";

/** What a preview says of a given file system: whom its owner lets in is not this program's to decide. */
export function fileSystemWarnings(fileSystemId: string | undefined): string[] {
  if (fileSystemId === undefined) return [];
  return [
    `alerting:storage.fileSystemId: the policy of ${fileSystemId} stays its owner's, and a preview does not look at it; \`npm run preflight\` says whom it lets in.`,
  ];
}

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
