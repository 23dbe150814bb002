import type { ClientAccess, FileSystemClient } from "../../lookup/aws/client-access";

const role = "arn:aws:iam::123456789012:role/may-mount-everything";
const another = "arn:aws:elasticfilesystem:ap-northeast-2:123456789012:access-point/fsap-another";

/**
 * Every kind of client: with or without TLS; through each of the stack's access points, a foreign one or none; by a
 * mount target or not; and with a role whose own policy allows everything, or anonymous.
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

/** The access that a client must get. */
export function accessOf(client: FileSystemClient, points: readonly string[]): ClientAccess {
  const isIn = client.tls && client.byMountTarget && points.includes(client.accessPoint ?? "");
  return { mount: isIn, write: isIn, root: false };
}

/** Clients by name: a pod of the stack, the same with a role, and a client that only knows the mount target. */
export function wellKnown(points: readonly string[]) {
  const anonymous: FileSystemClient = { tls: true, accessPoint: points[0], byMountTarget: true };
  const anyone: FileSystemClient = { tls: false, byMountTarget: true };
  return { anonymous, anyone, role: { ...anonymous, role } };
}

/** Describes a client. */
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
