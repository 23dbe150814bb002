import { getFileSystem } from "@pulumi/aws/efs";
import type { InvokeOptions } from "@pulumi/pulumi";
import { isUnknown, reason } from "./errors";
import { creationToken } from "../../conventions/aws-names";

/**
 * The warning of a preview if EFS has a file system with this stack's creation token, but the cluster has no volume of
 * the stack yet: an update may have been killed before its state recorded the file system.
 */
export async function leftFileSystemWarnings(
  owner: string,
  cluster: string,
  options: InvokeOptions,
): Promise<string[]> {
  const token = creationToken(owner, cluster);
  try {
    const { fileSystemId } = await getFileSystem({ creationToken: token }, options);
    const [project, stack] = owner.split("/").slice(-2);
    const urn = (type: string, name: string) => `urn:pulumi:${stack}::${project}::${type}::${name}`;
    const parent = "alerting:index:Alerting$alerting:storage:Storage$alerting:storage:EfsStorage";
    return [
      `EFS has ${fileSystemId} with this stack's creation token, ${token}. If \`pulumi up\` fails with ` +
        "FileSystemAlreadyExists, it was created by an update that was killed, or by a stack whose state is lost. Add it to the " +
        "state, and run `pulumi up` again:\n" +
        `pulumi import aws:efs/fileSystem:FileSystem storage ${fileSystemId} --parent 'parent=${urn(parent, "storage")}' ` +
        `--provider 'provider=${urn("pulumi:providers:aws", "aws")}' --protect=false --generate-code=false`,
    ];
  } catch (error) {
    if (isUnknown(error)) return [];
    return [`AWS did not say whether it has a file system of this stack already: ${reason(error)}.`];
  }
}
