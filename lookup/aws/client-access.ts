import { allows } from "./iam-evaluation";

/** A client of a file system, and how it comes. */
export interface FileSystemClient {
  readonly tls: boolean;
  /** ARN of the access point that it mounts through; undefined for the file system's own root. */
  readonly accessPoint?: string;
  /** Whether it comes by a mount target, as NFS does. */
  readonly byMountTarget: boolean;
  /** ARN of its role, where it says who it is; its own policy then allows all that a client may ask. */
  readonly role?: string;
}

/** What a client gets. */
export interface ClientAccess {
  readonly mount: boolean;
  readonly write: boolean;
  readonly root: boolean;
}

/** The three rights that EFS asks a file system's policy for when a client connects; without the first, there are none. */
export function clientAccess(arn: string, policy: object | undefined, client: FileSystemClient): ClientAccess {
  // Without a policy of its own, EFS' default lets everyone in who comes by a mount target.
  if (policy === undefined) {
    const isIn = client.byMountTarget || client.role !== undefined;
    return { mount: isIn, write: isIn, root: isIn };
  }
  const context = {
    "aws:SecureTransport": String(client.tls),
    "elasticfilesystem:AccessedViaMountTarget": String(client.byMountTarget),
    "elasticfilesystem:AccessPointArn": client.accessPoint,
  };
  const may = (action: string) =>
    allows(
      policy,
      { principal: client.role, action: `elasticfilesystem:${action}`, resource: arn, context },
      client.role !== undefined,
    );
  const mount = may("ClientMount");
  return { mount, write: mount && may("ClientWrite"), root: mount && may("ClientRootAccess") };
}
