import type { ApiRequest, Step } from "./proxy";

/** The user agent of the lab's own clients, which distinguishes their calls from the program's. */
export const labClient = "alerting-lab";

const efsVersion = "/2015-02-01/";

/** EFS operations by method and path (without the version); `*` is an id. An IAM action has the operation's name. */
const efs: Readonly<Record<string, string>> = {
  "GET file-systems": "DescribeFileSystems",
  "POST file-systems": "CreateFileSystem",
  "PUT file-systems/*": "UpdateFileSystem",
  "DELETE file-systems/*": "DeleteFileSystem",
  "GET file-systems/*/policy": "DescribeFileSystemPolicy",
  "PUT file-systems/*/policy": "PutFileSystemPolicy",
  "DELETE file-systems/*/policy": "DeleteFileSystemPolicy",
  "GET file-systems/*/backup-policy": "DescribeBackupPolicy",
  "PUT file-systems/*/backup-policy": "PutBackupPolicy",
  "GET file-systems/*/lifecycle-configuration": "DescribeLifecycleConfiguration",
  "PUT file-systems/*/lifecycle-configuration": "PutLifecycleConfiguration",
  "GET mount-targets": "DescribeMountTargets",
  "POST mount-targets": "CreateMountTarget",
  "DELETE mount-targets/*": "DeleteMountTarget",
  "GET mount-targets/*/security-groups": "DescribeMountTargetSecurityGroups",
  "PUT mount-targets/*/security-groups": "ModifyMountTargetSecurityGroups",
  "GET access-points": "DescribeAccessPoints",
  "POST access-points": "CreateAccessPoint",
  "DELETE access-points/*": "DeleteAccessPoint",
  "GET resource-tags/*": "ListTagsForResource",
  "POST resource-tags/*": "TagResource",
  "DELETE resource-tags/*": "UntagResource",
};

/** Records the IAM actions of all requests, except those of the lab's own clients. */
export class ActionRecorder {
  private actions = new Set<string>();

  /** The proxy step that records the actions. */
  public readonly step: Step = (request, next) => {
    if (!(request.headers["user-agent"] ?? "").includes(labClient)) this.actions.add(actionOf(request));
    return next(request);
  };

  /** The actions since the last call, sorted. */
  public take(): string[] {
    const taken = [...this.actions].sort();
    this.actions = new Set();
    return taken;
  }
}

/** The IAM action of a request, for example `ec2:DescribeSubnets`, or the method and path of an unknown request. */
export function actionOf({ method, url, headers, body }: ApiRequest): string {
  const path = url.split("?")[0] ?? "";
  if (path.startsWith(efsVersion)) {
    const [kind = "", id, ...rest] = path.slice(efsVersion.length).split("/");
    // Instead of an id, the path may contain an ARN, which has slashes too.
    const setting = kind === "resource-tags" ? [] : rest;
    const call = [`${method} ${kind}`, ...(id ? ["*"] : []), ...setting].join("/");
    return efs[call] === undefined ? `elasticfilesystem: ${call}` : `elasticfilesystem:${efs[call]}`;
  }
  const action = new URLSearchParams(body.toString()).get("Action");
  // The service is in the scope of the request's signature: <key>/<day>/<region>/<service>/aws4_request.
  const service = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? "")?.[1];
  return action === null ? `${service ?? "unknown"}: ${method} ${path}` : `${service ?? "unknown"}:${action}`;
}
