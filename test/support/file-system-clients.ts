import type { ClientAccess, FileSystemClient } from "../../lookup/aws/client-access";

const role = "arn:aws:iam::123456789012:role/may-mount-everything";
const another = "arn:aws:elasticfilesystem:ap-northeast-2:123456789012:access-point/fsap-another";

/**
 * Every kind of client of the file system: with or without TLS; through one of the stack's access points, a foreign
 * access point or none; through a mount target or not; and anonymous, or with a role whose policy allows everything.
 */
export function clients(points: readonly string[]): FileSystemClient[] {
  return [true, false].flatMap((tls) =>
    [...points, another, undefined].flatMap((accessPoint) =>
      [true, false].flatMap((byMountTarget) =>
        [undefined, role].map((role) => ({ tls, accessPoint, byMountTarget, role })),
      ),
    ),
  );
}

/** The access that a client must have. */
export function accessOf(client: FileSystemClient, points: readonly string[]): ClientAccess {
  const isIn = client.tls && client.byMountTarget && points.includes(client.accessPoint ?? "");
  return { mount: isIn, write: isIn, root: false };
}

/** Typical clients: a pod of the stack, the same pod with a role, and a client that only knows the mount target. */
export function wellKnown(points: readonly string[]) {
  const anonymous: FileSystemClient = { tls: true, accessPoint: points[0], byMountTarget: true };
  const anyone: FileSystemClient = { tls: false, byMountTarget: true };
  return { anonymous, anyone, role: { ...anonymous, role } };
}

/** A description of a client. */
export function said({ tls, accessPoint, byMountTarget, role }: FileSystemClient, points: readonly string[]): string {
  const own = points.indexOf(accessPoint ?? "");
  const through = own >= 0 ? `our access point ${own + 1}` : accessPoint ? "another's access point" : "no access point";
  return [
    role ? "a role that may mount everything" : "anyone",
    tls ? "by TLS" : "without TLS",
    `through ${through}`,
    byMountTarget ? "by a mount target" : "by no mount target",
  ].join(", ");
}
