import { allows } from "./iam-evaluation";

/** A client of a file system, and how it connects. */
export interface FileSystemClient {
  readonly tls: boolean;
  /** ARN of the access point that the client mounts; undefined for the root of the file system. */
  readonly accessPoint?: string;
  /** Whether the client connects through a mount target, as NFS does. */
  readonly byMountTarget: boolean;
  /** ARN of the client's role, if the client identifies itself. The role's policy is assumed to allow everything. */
  readonly role?: string;
}

/** The access that a client gets. */
export interface ClientAccess {
  readonly mount: boolean;
  readonly write: boolean;
  readonly root: boolean;
}

/**
 * Evaluates the three rights that EFS checks in a file system's policy when a client connects. A client that may not
 * mount has none of the three.
 */
export function clientAccess(arn: string, policy: object | undefined, client: FileSystemClient): ClientAccess {
  // Without a policy, EFS' default admits everyone who connects through a mount target.
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
