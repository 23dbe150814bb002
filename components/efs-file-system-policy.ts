/**
 * Refuses clients that do not use TLS, a mount target and an access point of this stack, and refuses root, even if the
 * client's identity policy would allow it. Otherwise a role that may mount any file system could mount this one at its
 * root, where EFS trusts any user id that a client claims, including the one that owns the data. Clients that meet all
 * four conditions may mount and write. Without a policy, EFS lets anyone who reaches a mount target do anything.
 */
export function fileSystemPolicy(arn: string, accessPointArns: readonly string[]): object {
  const points = { "elasticfilesystem:AccessPointArn": [...accessPointArns].sort() };
  const toEveryone = { Principal: { AWS: "*" }, Resource: arn };
  const mountAndWrite = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"];
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "RefuseWithoutTls",
        Effect: "Deny",
        ...toEveryone,
        Action: "*",
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
      {
        Sid: "RefuseRoot",
        Effect: "Deny",
        ...toEveryone,
        Action: "elasticfilesystem:ClientRootAccess",
      },
      {
        Sid: "RefuseOutsideAccessPoints",
        Effect: "Deny",
        ...toEveryone,
        Action: mountAndWrite,
        // For a mount without an access point the key is missing, so the mount is refused too.
        Condition: { StringNotEquals: points },
      },
      {
        Sid: "RefuseOutsideMountTargets",
        Effect: "Deny",
        ...toEveryone,
        Action: mountAndWrite,
        Condition: { Bool: { "elasticfilesystem:AccessedViaMountTarget": "false" } },
      },
      {
        Sid: "MountThroughAccessPoints",
        Effect: "Allow",
        ...toEveryone,
        Action: mountAndWrite,
        Condition: { Bool: { "elasticfilesystem:AccessedViaMountTarget": "true" }, StringEquals: points },
      },
    ],
  };
}
