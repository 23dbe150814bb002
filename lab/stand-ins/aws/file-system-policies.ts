import { isDeepStrictEqual } from "node:util";
import * as efs from "@aws-sdk/client-efs";
import { isObject, type Properties, UNKNOWN } from "../properties";
import { until } from "./errors";
import { oneOf } from "./inputs";
import type { Kind, Work } from "./kind";

/** `aws:efs/backupPolicy:BackupPolicy`; deleting it switches backups off. */
export const backupPolicy: Kind = {
  what: "EFS backup policy",
  inputs: { backupPolicy: { required: true, members: "status" }, fileSystemId: { required: true, replace: true } },
  outputs: "",
  check: ({ backupPolicy }) => oneOf(isObject(backupPolicy) ? backupPolicy : {}, "status", "ENABLED DISABLED"),
  create: async (work, inputs) => putBackup(work, inputs.fileSystemId as string, statusOf(inputs)),
  async read({ efs: client }, id) {
    const { BackupPolicy } = await client.send(new efs.DescribeBackupPolicyCommand({ FileSystemId: id }));
    return { backupPolicy: { status: BackupPolicy?.Status }, fileSystemId: id };
  },
  update: async (work, id, news) => void (await putBackup(work, id, statusOf(news))),
  delete: async (work, id) => void (await putBackup(work, id, "DISABLED")),
};

function statusOf(inputs: Properties): efs.Status {
  return (inputs.backupPolicy as { status: efs.Status }).status;
}

async function putBackup({ efs: client, call, timeoutMs }: Work, id: string, Status: efs.Status): Promise<string> {
  await client.send(new efs.PutBackupPolicyCommand({ FileSystemId: id, BackupPolicy: { Status } }));
  const what = `the backup policy of ${id} is not yet ${Status}`;
  await until({ what, timeoutMs: timeoutMs(600_000), signal: call.signal }, async () => {
    const { BackupPolicy } = await client.send(new efs.DescribeBackupPolicyCommand({ FileSystemId: id }));
    return BackupPolicy?.Status === Status ? true : undefined;
  });
  return id;
}

/** `aws:efs/fileSystemPolicy:FileSystemPolicy` */
export const fileSystemPolicy: Kind = {
  what: "EFS file system policy",
  inputs: {
    bypassPolicyLockoutSafetyCheck: { default: false },
    fileSystemId: { required: true, replace: true },
    policy: { required: true, same: sameJson },
  },
  outputs: "",
  check: ({ policy }) =>
    policy === undefined || policy === UNKNOWN || isObject(json(policy))
      ? []
      : [{ property: "policy", reason: "it is not the JSON text of a policy document" }],
  create: async (work, inputs) => putPolicy(work, inputs.fileSystemId as string, inputs),
  async read({ efs: client }, id) {
    const { Policy: policy } = await client.send(new efs.DescribeFileSystemPolicyCommand({ FileSystemId: id }));
    return { fileSystemId: id, policy };
  },
  update: async (work, id, news) => void (await putPolicy(work, id, news)),
  delete: async ({ efs: client }, id) =>
    void (await client.send(new efs.DeleteFileSystemPolicyCommand({ FileSystemId: id }))),
};

async function putPolicy({ efs: client }: Work, id: string, inputs: Properties): Promise<string> {
  const { policy, bypassPolicyLockoutSafetyCheck } = inputs as { policy: string } & Record<string, boolean>;
  await client.send(
    new efs.PutFileSystemPolicyCommand({
      FileSystemId: id,
      Policy: policy,
      BypassPolicyLockoutSafetyCheck: bypassPolicyLockoutSafetyCheck,
    }),
  );
  return id;
}

/** Whether two policies say the same: order of keys and white space mean nothing, and a list of one is its member. */
function sameJson(a: unknown, b: unknown): boolean {
  const [left, right] = [json(a), json(b)];
  return left !== undefined && isDeepStrictEqual(plain(left), plain(right));
}

function json(value: unknown): unknown {
  if (typeof value !== "string") return undefined;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return undefined;
  }
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(plain);
    return items.length === 1 && typeof items[0] === "string" ? items[0] : items;
  }
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)])) : value;
}
