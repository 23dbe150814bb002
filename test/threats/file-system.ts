import type { Threat } from "./threat";

export const fileSystemThreats: readonly Threat[] = [
  {
    threat: "Mount without TLS",
    mitigation: "policy statement `RefuseWithoutTls`",
    tests: [
      {
        spec: "test/unit/tools/preflight/file-system-policy.spec.ts",
        title: "include RefuseWithoutTls, without which anyone mounts without TLS",
      },
    ],
  },
  {
    threat: "Mount without an access point",
    mitigation: "the policy allows only the stack's access points",
    tests: [
      {
        spec: "test/unit/tools/preflight/file-system-policy.spec.ts",
        title: "anyone, by TLS, through no access point, by a mount target: is refused",
      },
    ],
  },
  {
    threat: "Mount the file system's root with an IAM role",
    mitigation: "`RefuseOutsideAccessPoints`",
    tests: [
      {
        spec: "test/unit/tools/preflight/file-system-policy.spec.ts",
        title: "include RefuseOutsideAccessPoints, without which a role mounts the file system's root directory",
      },
    ],
  },
  {
    threat: "Connect without a mount target",
    mitigation: "`RefuseOutsideMountTargets`",
    tests: [
      {
        spec: "test/unit/tools/preflight/file-system-policy.spec.ts",
        title: "include RefuseOutsideMountTargets, without which a role mounts without a mount target",
      },
    ],
  },
  {
    threat: "Mount as root",
    mitigation: "`RefuseRoot`",
    tests: [
      {
        spec: "test/unit/tools/preflight/file-system-policy.spec.ts",
        title: "include RefuseRoot, without which a role is root",
      },
    ],
  },
  {
    threat: "Reach another port of a mount target",
    mitigation: "security group: TCP 2049 only",
    tests: [
      {
        spec: "test/unit/conventions/file-system-access.spec.ts",
        title: "has one rule per security group of the nodes: TCP 2049 from that group, and no other rule",
      },
    ],
  },
  {
    threat: "Mount from a machine that is not a node",
    mitigation: "security group: the nodes' groups only",
    tests: [
      {
        spec: "test/unit/conventions/file-system-access.spec.ts",
        title: "allows no IP addresses, no traffic from the group itself, and no outgoing traffic",
      },
    ],
  },
  {
    threat: "Read Prometheus' data from Alertmanager",
    mitigation: "separate access points and directories",
    tests: [
      {
        spec: "test/unit/conventions/file-system-access.spec.ts",
        title: "cannot reach each other's directories: none is the file system's root, and none lies inside another",
      },
    ],
  },
  {
    threat: "Read another stack's data",
    mitigation: "separate directories per stack and cluster",
    tests: [
      {
        spec: "test/unit/conventions/file-system-access.spec.ts",
        title: "of two clusters on one file system have four directories, and none lies inside another",
      },
    ],
  },
  {
    threat: "Act as another user through an access point",
    mitigation: "fixed user and directory mode 0700",
    tests: [
      {
        spec: "test/unit/conventions/file-system-access.spec.ts",
        title: "make every client the data user, with a directory that only this user can access",
      },
    ],
  },
  {
    threat: "Share a file system without a policy by mistake",
    mitigation: "preview and preflight report the policy",
    tests: [
      {
        spec: "test/unit/tools/preflight/mount-targets.spec.ts",
        title: "warns if there is no policy: EFS then lets everyone in",
      },
    ],
  },
];
