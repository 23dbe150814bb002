import { clientAccess } from "../../../lookup/aws/client-access";
import { awsFault } from "../../../lookup/aws/errors";
import { UnknownPolicyPart } from "../../../lookup/aws/iam-evaluation";
import type { Configuration } from "../../../config";
import type { Account } from "../aws/account";
import { type Check, type Finding, ok, skipped, warning } from "../check";
import { unreadable } from "../cluster";
import { validSections } from "../../../settings/readable";

/** Whom the policy of a given file system lets in. One that this program makes has a policy of this program's. */
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
        // Who does not answer, or knows no such file system, is told of by the rows of the network.
        return [warning(`cannot be told: ${awsFault(error).sentence}`)];
      }
    },
  };
}

async function lookAt(id: string, account: Account): Promise<Finding> {
  const system = await account.fileSystem(id);
  if (system === undefined) return skipped(`EFS does not know ${id}, as the row "subnets and zones" says.`);
  const text = await account.fileSystemPolicy(id);
  const ask = "Its policy is its owner's: ask for TLS, access points and no root, as docs/file-system.md shows.";
  if (text === undefined) {
    const what = `${id} has none, so whoever reaches a mount target may mount all of it, without TLS and as root, this stack's data among it.`;
    return warning(what, ask);
  }
  try {
    const { open, anyPoint, shut } = openings(system.FileSystemArn ?? "", JSON.parse(text) as object);
    if (open.length > 0) return warning(`that of ${id} lets anyone mount ${open.join(", ")}.`, ask);
    if (shut) {
      const what = `that of ${id} lets nobody write who does not say who he is, as the pods do not: they would wait for their volumes.`;
      return warning(what, "Ask its owner to let in this stack's access points by TLS, as docs/file-system.md shows.");
    }
    const named = "It lets in access points that it names, so those of this stack have to be among them.";
    return ok(
      `that of ${id} lets nobody in without TLS, without an access point, or as root.${anyPoint ? "" : ` ${named}`}`,
    );
  } catch (error) {
    const why = error instanceof UnknownPolicyPart ? error.message : "it is no JSON";
    const look = `Look yourself: \`aws efs describe-file-system-policy --file-system-id ${id}\`.`;
    return warning(`whom that of ${id} lets in cannot be told: ${why}.`, look);
  }
}

/** The ways in that the policy leaves open for a client that does not say who it is, and whether it leaves none at all. */
function openings(arn: string, policy: object): { open: string[]; anyPoint: boolean; shut: boolean } {
  // Of no access point that there is, so that only a policy that takes any lets it in.
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

/** The access points that a policy names; of a pattern, one that is like it. */
function namedPoints(policy: object): string[] {
  const found = JSON.stringify(policy).match(/arn:[^"]*:access-point\/[^"]*/g) ?? [];
  return found.map((one) => one.replaceAll("*", "").replaceAll("?", "0"));
}
