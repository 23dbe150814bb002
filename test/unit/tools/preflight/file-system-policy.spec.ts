import assert from "node:assert/strict";
import { clientAccess, type ClientAccess, type FileSystemClient } from "../../../../lookup/aws/client-access";
import { allows } from "../../../../lookup/aws/iam-evaluation";
import { fileSystemPolicy } from "../../../../components/efs-file-system-policy";
import { accessOf, clients, said, wellKnown } from "../../../support/file-system-clients";
import { buildStorage } from "../../../support/storage-build";

const arn = "arn:storage";
const points = ["arn:storage-alertmanager", "arn:storage-prometheus"];

interface Policy {
  readonly Statement: readonly Readonly<Record<string, unknown> & { Sid: string }>[];
}

/** The policy as the program passes it to AWS. */
async function policyOfProgram(): Promise<Policy> {
  const { inputs } = (await buildStorage()).one(":FileSystemPolicy");
  return JSON.parse(inputs.policy as string) as Policy;
}

describe("the file system's policy for every kind of client", () => {
  let policy: Policy;
  before(async () => {
    policy = await policyOfProgram();
  });

  it("names only the stack's file system and access points", () => {
    assert.deepEqual(policy, fileSystemPolicy(arn, points));
    assert.deepEqual([...new Set(policy.Statement.map(({ Resource }) => Resource))], [arn]);
  });

  for (const client of clients(points)) {
    const { mount, write, root } = accessOf(client, points);
    const answer = mount ? "mounts and writes, and is not root" : "is refused";
    it(`${said(client, points)}: ${answer}`, () => {
      assert.deepEqual(clientAccess(arn, policy, client), { mount, write, root });
    });
  }

  it("covers 32 kinds of clients, of which four may mount: through either access point, with or without a role", () => {
    const all = clients(points);
    assert.equal(new Set(all.map((one) => said(one, points))).size, 32);
    assert.equal(all.filter((one) => accessOf(one, points).mount).length, 4);
  });

  it("is necessary: without a policy, EFS lets anyone mount, write and be root", () => {
    const open = clients(points).map((client) => clientAccess(arn, undefined, client));
    assert.ok(open.some(({ root }) => root));
    assert.deepEqual(clientAccess(arn, undefined, wellKnown(points).anyone), { mount: true, write: true, root: true });
  });

  it("does not allow anyone to change the file system, and does not restrict the owner's IAM permissions over TLS, such as backups", () => {
    const context = {
      "aws:SecureTransport": "true",
      "elasticfilesystem:AccessedViaMountTarget": undefined,
      "elasticfilesystem:AccessPointArn": undefined,
    };
    const may = (action: string, principal?: string) =>
      allows(policy, { principal, action: `elasticfilesystem:${action}`, resource: arn, context }, true);
    const role = wellKnown(points).role.role;
    for (const action of ["DeleteFileSystem", "PutFileSystemPolicy", "Backup"]) {
      assert.deepEqual([may(action), may(action, role)], [false, true], action);
    }
  });

  it("does not depend on the order in which the access points were created", () => {
    assert.deepEqual(fileSystemPolicy(arn, [...points].reverse()), fileSystemPolicy(arn, points));
  });
});

describe("the statements of the file system's policy", () => {
  const without = (sid: string): object => {
    const { Statement, ...rest } = fileSystemPolicy(arn, points) as Policy;
    assert.ok(Statement.some(({ Sid }) => Sid === sid));
    return { ...rest, Statement: Statement.filter(({ Sid }) => Sid !== sid) };
  };
  const { role, anonymous } = wellKnown(points);
  const all: ClientAccess = { mount: true, write: true, root: true };
  const notRoot: ClientAccess = { mount: true, write: true, root: false };
  const rows: [sid: string, title: string, client: FileSystemClient, open: ClientAccess][] = [
    ["RefuseRoot", "a role is root", role, all],
    ["RefuseWithoutTls", "a role mounts without TLS", { ...role, tls: false }, notRoot],
    ["RefuseWithoutTls", "anyone mounts without TLS", { ...anonymous, tls: false }, notRoot],
    [
      "RefuseOutsideAccessPoints",
      "a role mounts the file system's root directory",
      { ...role, accessPoint: undefined },
      notRoot,
    ],
    [
      "RefuseOutsideAccessPoints",
      "a role mounts through the access point of another file system",
      { ...role, accessPoint: "arn:other" },
      notRoot,
    ],
    ["RefuseOutsideMountTargets", "a role mounts without a mount target", { ...role, byMountTarget: false }, notRoot],
  ];
  for (const [sid, title, client, open] of rows) {
    it(`include ${sid}, without which ${title}`, () => {
      const closed: ClientAccess = {
        ...open,
        root: false,
        ...(sid === "RefuseRoot" ? {} : { mount: false, write: false }),
      };
      assert.deepEqual(clientAccess(arn, fileSystemPolicy(arn, points), client), closed);
      assert.deepEqual(clientAccess(arn, without(sid), client), open);
    });
  }

  it("include MountThroughAccessPoints, without which a client that has no IAM role cannot mount", () => {
    const none: ClientAccess = { mount: false, write: false, root: false };
    assert.deepEqual(clientAccess(arn, without("MountThroughAccessPoints"), anonymous), none);
    assert.deepEqual(clientAccess(arn, fileSystemPolicy(arn, points), anonymous), notRoot);
  });

  it("include no others", () => {
    const sids = (fileSystemPolicy(arn, points) as Policy).Statement.map(({ Sid }) => Sid);
    assert.deepEqual(sids.sort(), [...new Set(rows.map(([sid]) => sid)), "MountThroughAccessPoints"].sort());
  });
});
