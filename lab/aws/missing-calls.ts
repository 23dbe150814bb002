import { type ApiRequest, type ApiResponse, type Forward, jsonResponse, type Step } from "./proxy";

const fileSystems = "/2015-02-01/file-systems";
const settingPath = /^\/2015-02-01\/file-systems\/(?<id>[^/?]+)\/(?<setting>backup-policy|policy)(?:\?|$)/;

/**
 * Implements the EFS calls of the program that moto 5.2.5 lacks: PutBackupPolicy (DescribeBackupPolicy then returns the
 * policy) and DeleteFileSystemPolicy. All other calls go to moto unchanged.
 */
export function efsCallsThatMotoLacks(): Step {
  const backup = new Map<string, string>();

  /** The implementations, for a file system that exists. */
  const calls: Record<string, (id: string, request: ApiRequest, next: Forward) => Promise<ApiResponse>> = {
    "PUT backup-policy"(id, request) {
      const { BackupPolicy } = JSON.parse(request.body.toString()) as { BackupPolicy: { Status: string } };
      backup.set(id, BackupPolicy.Status);
      return Promise.resolve(jsonResponse(200, { BackupPolicy }));
    },
    async "GET backup-policy"(id, request, next) {
      const Status = backup.get(id);
      return Status === undefined ? next(request) : jsonResponse(200, { BackupPolicy: { Status } });
    },
    async "DELETE policy"(_id, request, next) {
      // moto treats an empty policy as no policy.
      const answer = await next({ ...request, method: "PUT", body: Buffer.from('{"Policy":""}') });
      return answer.status === 200 ? { status: 204, headers: {}, body: Buffer.alloc(0) } : answer;
    },
  };

  return async (request, next) => {
    const { id = "", setting = "" } = settingPath.exec(request.url)?.groups ?? {};
    const call = calls[`${request.method} ${setting}`];
    if (call === undefined) return next(request);
    // This request returns moto's error if the file system does not exist.
    const url = `${fileSystems}?FileSystemId=${id}`;
    const known = await next({ ...request, method: "GET", url, body: Buffer.alloc(0) });
    return known.status === 200 ? call(id, request, next) : known;
  };
}
