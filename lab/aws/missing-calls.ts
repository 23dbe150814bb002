import { type ApiRequest, type ApiResponse, type Forward, jsonResponse, type Step } from "./proxy";

interface FileSystem {
  FileSystemId: string;
  ThroughputMode?: string;
  ProvisionedThroughputInMibps?: number;
}

const FILE_SYSTEMS = "/2015-02-01/file-systems";
const FILE_SYSTEM_CALL = /^\/2015-02-01\/file-systems(?:\/(?<id>[^/?]+)(?<part>\/backup-policy|\/policy)?)?(?:\?|$)/;

/**
 * The EFS calls that moto 5.2.5 lacks: PutBackupPolicy (DescribeBackupPolicy then answers what was put),
 * DeleteFileSystemPolicy and UpdateFileSystem. Everything else goes to moto as it is.
 */
export function efsCallsThatMotoLacks(): Step {
  const backup = new Map<string, string>();
  const changed = new Map<string, Partial<FileSystem>>();

  /** DescribeFileSystems: moto's answer with the changes that moto does not know. */
  async function describe(request: ApiRequest, next: Forward): Promise<ApiResponse> {
    const answer = await next(request);
    if (answer.status !== 200 || changed.size === 0) return answer;
    const body = JSON.parse(answer.body.toString()) as { FileSystems: FileSystem[] };
    const FileSystems = body.FileSystems.map((one) => ({ ...one, ...changed.get(one.FileSystemId) }));
    return jsonResponse(200, { ...body, FileSystems });
  }

  /** What is done for a file system that exists. */
  const calls: Record<string, (id: string, request: ApiRequest, next: Forward) => Promise<ApiResponse>> = {
    "PUT /backup-policy"(id, request) {
      const { BackupPolicy } = JSON.parse(request.body.toString()) as { BackupPolicy: { Status: string } };
      backup.set(id, BackupPolicy.Status);
      return Promise.resolve(jsonResponse(200, { BackupPolicy }));
    },
    async "GET /backup-policy"(id, request, next) {
      const Status = backup.get(id);
      return Status === undefined ? next(request) : jsonResponse(200, { BackupPolicy: { Status } });
    },
    async "DELETE /policy"(_id, request, next) {
      // To moto an empty policy is none.
      const answer = await next({ ...request, method: "PUT", body: Buffer.from('{"Policy":""}') });
      return answer.status === 200 ? { status: 204, headers: {}, body: Buffer.alloc(0) } : answer;
    },
    async "PUT "(id, request, next) {
      const update = JSON.parse(request.body.toString()) as Partial<FileSystem>;
      const provisioned = update.ThroughputMode === "provisioned" || update.ThroughputMode === undefined;
      changed.set(id, {
        ...changed.get(id),
        ...update,
        ...(provisioned ? {} : { ProvisionedThroughputInMibps: undefined }),
      });
      const { body } = await describe(describing(id, request), next);
      return jsonResponse(202, (JSON.parse(body.toString()) as { FileSystems: FileSystem[] }).FileSystems[0]);
    },
  };

  return async (request, next) => {
    const { id, part } = FILE_SYSTEM_CALL.exec(request.url)?.groups ?? {};
    const call = id === undefined ? undefined : calls[`${request.method} ${part ?? ""}`];
    if (id !== undefined && call !== undefined) {
      // Of a file system that is not there, moto's own refusal is the answer.
      const known = await next(describing(id, request));
      return known.status === 200 ? call(id, request, next) : known;
    }
    const lists = request.method === "GET" && request.url.split("?")[0] === FILE_SYSTEMS;
    return lists ? describe(request, next) : next(request);
  };
}

function describing(id: string, request: ApiRequest): ApiRequest {
  return { ...request, method: "GET", url: `${FILE_SYSTEMS}?FileSystemId=${id}`, body: Buffer.alloc(0) };
}
