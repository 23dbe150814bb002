import { clientAccess } from "../../../lookup/aws/client-access";
import { awsFault } from "../../../lookup/aws/errors";
import { UnknownPolicyPart } from "../../../lookup/aws/iam-evaluation";
import type { Configuration } from "../../../config";
import type { Account } from "../aws/account";
import { type Check, type CheckResult, ok, skipped, warning } from "../../shared/check-result";
import { unreadable } from "../cluster";
import { validSections } from "../../../settings/readable";

/**
 * Which clients the policy of an existing file system allows. A file system that this program creates gets its policy
 * from this program.
 */
export function fileSystemPolicyCheck(configuration: Configuration, account: Account | undefined): Check {
  return {
    name: "file system policy",
    async run() {
      const { storage } = validSections(configuration);
      if (storage === undefined) return [unreadable("storage")];
      if (storage.type !== "efs") return [ok(`not needed: alerting:storage.type is "${storage.type}".`)];
      const id = storage.fileSystemId;
      if (id === undefined)
        return [ok("`pulumi up` writes it: by TLS, through this stack's access points, never as root.")];
      if (account === undefined) return [skipped("the region could not be read, as the configuration's check says.")];
      try {
        return [await lookAt(id, account)];
      } catch (error) {
        // If AWS does not answer or has no such file system, the rows about the network report that.
        return [warning(`is not known: ${awsFault(error).sentence}`)];
      }
    },
  };
}

async function lookAt(id: string, account: Account): Promise<CheckResult> {
  const system = await account.fileSystem(id);
  if (system === undefined) return skipped(`EFS does not know ${id}: see the row "subnets and zones".`);
  const text = await account.fileSystemPolicy(id);
  const ask =
    "Its owner sets the policy: ask for one that requires TLS and access points and forbids root; see docs/file-system.md.";
  if (text === undefined) {
    const what = `${id} has no policy, so anyone who reaches a mount target may mount all of it, including this stack's data, without TLS and as root.`;
    return warning(what, ask);
  }
  try {
    const { open, anyPoint, shut } = openings(system.FileSystemArn ?? "", JSON.parse(text) as object);
    if (open.length > 0) return warning(`the policy of ${id} lets anyone mount ${open.join(", ")}.`, ask);
    if (shut) {
      const what = `the policy of ${id} lets no anonymous client write, and the pods are anonymous: they would wait for their volumes.`;
      return warning(what, "Ask its owner to allow this stack's access points with TLS; see docs/file-system.md.");
    }
    const named = "It allows only the access points that it names, so it must name those of this stack.";
    return ok(
      `the policy of ${id} lets nobody in without TLS, without an access point, or as root.${anyPoint ? "" : ` ${named}`}`,
    );
  } catch (error) {
    const why = error instanceof UnknownPolicyPart ? error.message : "it is not valid JSON";
    const look = `Check it yourself: \`aws efs describe-file-system-policy --file-system-id ${id}\`.`;
    return warning(`it is unknown whom the policy of ${id} lets in: ${why}.`, look);
  }
}

/** In which ways the policy allows an anonymous client, and whether it allows none at all. */
function openings(arn: string, policy: object): { open: string[]; anyPoint: boolean; shut: boolean } {
  // An access point that does not exist: only a policy for every access point allows it.
  const some = arn.replace(/:file-system\/.*$/, ":access-point/fsap-00000000000000000");
  const access = (tls: boolean, accessPoint?: string) =>
    clientAccess(arn, policy, { tls, byMountTarget: true, ...(accessPoint && { accessPoint }) });
  const points = [undefined, some, ...namedPoints(policy)];
  const all = (tls: boolean) => points.map((point) => access(tls, point));
  const ways: Readonly<Record<string, boolean>> = {
    "without TLS": all(false).some(({ mount }) => mount),
    "without an access point": access(false).mount || access(true).mount,
    "as root": [...all(false), ...all(true)].some(({ root }) => root),
  };
  return {
    open: Object.keys(ways).filter((way) => ways[way]),
    anyPoint: access(true, some).mount,
    shut: !all(true).some(({ write }) => write),
  };
}

/** The access points that a policy names; for a pattern, an access point that matches it. */
function namedPoints(policy: object): string[] {
  const found = JSON.stringify(policy).match(/arn:[^"]*:access-point\/[^"]*/g) ?? [];
  return found.map((one) => one.replaceAll("*", "").replaceAll("?", "0"));
}
