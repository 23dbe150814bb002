import type { Door } from "./door";

const storage = "components/efs-file-system.ts";
const policy = (title: string) => ({ spec: "test/unit/tools/preflight/file-system-policy.spec.ts", title });
const access = (title: string) => ({ spec: "test/unit/conventions/file-system-access.spec.ts", title });
const evaluatedByAws = "AWS evaluates the policy, and the tests do it as AWS documents it";
const throughOurs = "whoever comes by TLS through an access point of ours from a node, as the pods do";
const onTheNetwork = "whoever reaches a mount target";
const someRole = "a role whose own policy lets it mount any file system, from a node";
const allData = "all metrics, and the silences";

/** Doors of the file system: how it is mounted, from where, and as whom. */
export const fileSystemDoors: readonly Door[] = [
  {
    door: "Mount the file system without TLS",
    who: `${onTheNetwork}, and whoever listens on the way`,
    reach: `${allData}, in clear on the network`,
    stoppedBy: "the file system's policy, statement `RefuseWithoutTls`",
    remains: evaluatedByAws,
    test: policy("RefuseWithoutTls: anyone mounts without TLS"),
    openedBy: { file: storage, find: '"aws:SecureTransport": "false"', replace: '"aws:SecureTransport": "never"' },
  },
  {
    door: "Mount the file system without an access point",
    who: onTheNetwork,
    reach: `${allData}, and everything else on the file system`,
    stoppedBy: "the file system's policy, which lets in what comes through our access points",
    remains: `${evaluatedByAws}; ${throughOurs}`,
    test: policy("anyone, by TLS, through no access point, by a mount target: is refused"),
    openedBy: {
      file: storage,
      find: 'const points = { "elasticfilesystem:AccessPointArn": [...accessPointArns].sort() };',
      replace: 'const points = { "elasticfilesystem:AccessedViaMountTarget": ["true"] };',
    },
  },
  {
    door: "Mount the file system's root by a role that may mount any",
    who: someRole,
    reach: `${allData}: without an access point, EFS believes a client which user it is`,
    stoppedBy: "the file system's policy, statement `RefuseOutsideAccessPoints`",
    remains: `${evaluatedByAws}; who may change the policy itself`,
    test: policy("RefuseOutsideAccessPoints: a role mounts the file system's own root"),
    openedBy: {
      file: storage,
      find: "Condition: { StringNotEquals: points },",
      replace: 'Condition: { StringEquals: { "elasticfilesystem:AccessPointArn": "never" } },',
    },
  },
  {
    door: "Come by another way than a mount target, past the security group",
    who: someRole.replace(", from a node", ""),
    reach: allData,
    stoppedBy: "the file system's policy, statement `RefuseOutsideMountTargets`",
    remains: evaluatedByAws,
    test: policy("RefuseOutsideMountTargets: a role comes by no mount target"),
    openedBy: {
      file: storage,
      find: '{ Bool: { "elasticfilesystem:AccessedViaMountTarget": "false" } }',
      replace: '{ Bool: { "elasticfilesystem:AccessedViaMountTarget": "never" } }',
    },
  },
  {
    door: "Mount as root",
    who: someRole,
    reach: "files of every user, whatever their permissions",
    stoppedBy: "the file system's policy, statement `RefuseRoot`",
    remains: evaluatedByAws,
    test: policy("RefuseRoot: a role is root"),
    openedBy: {
      file: storage,
      find: 'Sid: "RefuseRoot",\n        Effect: "Deny",',
      replace: 'Sid: "RefuseRoot",\n        Effect: "Allow",',
    },
  },
  {
    door: "Reach a mount target at another port than NFS'",
    who: "whatever runs on a node",
    reach: "whatever a mount target may answer there",
    stoppedBy: "the security group: TCP 2049 alone",
    remains: "AWS enforces it; the tests see what it was told, and what an emulated AWS holds",
    test: access("has one rule a group of the nodes: TCP 2049 from that group, and nothing besides"),
    openedBy: { file: storage, find: "toPort: 2049,", replace: "toPort: 65535," },
  },
  {
    door: "Reach a mount target from a machine that is no node",
    who: "whatever has an address in the VPC",
    reach: "the mount targets, whose policy asks for nothing that only nodes have",
    stoppedBy: "the security group: the nodes' groups alone, no addresses",
    remains: "machines that are no nodes and have a group of the nodes; name others by `network.securityGroupIds`",
    test: access("admits no addresses and not itself, and lets nothing out: no rule of another kind is made"),
    openedBy: { file: storage, find: "referencedSecurityGroupId: id,", replace: 'cidrIpv4: "10.0.0.0/8",' },
  },
  {
    door: "Read Prometheus' data from Alertmanager's pod",
    who: "whoever takes over Alertmanager's pod",
    reach: "all metrics; and, the other way round, the silences",
    stoppedBy: "an access point for each, whose directories are apart",
    remains: "a node's root, which may mount through either",
    test: access("cannot reach each other's directories: none is the file system's root, and none lies in another"),
    openedBy: {
      file: storage,
      find: "path: `/${args.creationToken}/${writer}`,",
      replace: "path: `/${args.creationToken}${writer === 'prometheus' ? '' : `/${writer}`}`,",
    },
  },
  {
    door: "Read another stack's data where two stacks share a file system",
    who: "whoever takes over a pod of either",
    reach: "the other stack's metrics and silences; two writers would spoil them",
    stoppedBy: "directories by the stack's whole name and the cluster's",
    remains: "whoever may mount an existing file system by its owner's policy",
    test: access("of two clusters on one file system have four directories, and none lies in another"),
    openedBy: {
      file: storage,
      find: "path: `/${args.creationToken}/${writer}`,",
      replace: "path: `/alerting/${writer}`,",
    },
  },
  {
    door: "Be another user than the data's through an access point",
    who: "whoever takes over a pod of ours",
    reach: "files that belong to others",
    stoppedBy: "the access points' fixed user, and directories that are that user's alone",
    remains: "nothing known",
    test: access("make everyone the data's user, and a directory that is that user's alone"),
    openedBy: { file: storage, find: "posixUser: { uid: dataUser, gid: dataUser },", replace: "" },
  },
  {
    door: "Share a file system whose policy lets everyone in, and not know it",
    who: onTheNetwork,
    reach: `${allData}, as root and in clear`,
    stoppedBy: "a sentence in every preview with `storage.fileSystemId`, and the preflight, which reads the policy",
    remains: "the policy is its owner's to write; docs/file-system.md shows one",
    test: {
      spec: "test/unit/tools/preflight/mount-targets.spec.ts",
      title: "warns of one without a policy: EFS lets everyone in",
    },
    openedBy: {
      file: "tools/preflight/checks/file-system-policy.ts",
      find: "return warning(what, ask);",
      replace: "return ok(what);",
    },
  },
];
