import { type ApiRequest, type ApiResponse, type Forward, jsonResponse, type Step } from "./proxy";

interface Throughput {
  ThroughputMode?: string;
  ProvisionedThroughputInMibps?: number;
}

const FILE_SYSTEMS = /^\/2015-02-01\/file-systems(?:\/(?<id>[^/]+)(?:\/(?<part>backup-policy|policy))?)?$/;

/**
 * The EFS calls that moto 5.2.5 lacks: PutBackupPolicy (DescribeBackupPolicy then answers what was put),
 * DeleteFileSystemPolicy and UpdateFileSystem. Everything else goes to moto as it is.
 */
export function efsCallsThatMotoLacks(): Step {
  const backup = new Map<string, string>();
  const throughput = new Map<string, Throughput>();

  /** Runs `then` for a file system that moto knows; for any other, moto's own refusal is the answer. */
  async function ifKnown(id: string, request: ApiRequest, next: Forward, then: () => Promise<ApiResponse>) {
    const path = `/2015-02-01/file-systems`;
    const query = new URLSearchParams({ FileSystemId: id });
    const known = await next({ ...request, method: "GET", path, query, body: Buffer.alloc(0) });
    return known.status === 200 ? then() : known;
  }

  async function describe(request: ApiRequest, next: Forward): Promise<ApiResponse> {
    const answer = await next(request);
    if (answer.status !== 200 || throughput.size === 0) return answer;
    const body = JSON.parse(answer.body.toString()) as { FileSystems: { FileSystemId: string }[] };
    const FileSystems = body.FileSystems.map((one) => ({ ...one, ...throughput.get(one.FileSystemId) }));
    return jsonResponse(200, { ...body, FileSystems });
  }

  return async (request, next) => {
    const match = FILE_SYSTEMS.exec(request.path);
    const { id, part } = match?.groups ?? {};
    switch (match && [request.method, id ? "one" : "all", part].filter(Boolean).join(" ")) {
      case "PUT one backup-policy":
        return ifKnown(id!, request, next, async () => {
          const { BackupPolicy } = JSON.parse(request.body.toString()) as { BackupPolicy: { Status: string } };
          backup.set(id!, BackupPolicy.Status);
          return jsonResponse(200, { BackupPolicy });
        });
      case "GET one backup-policy":
        return ifKnown(id!, request, next, async () =>
          backup.has(id!) ? jsonResponse(200, { BackupPolicy: { Status: backup.get(id!) } }) : next(request),
        );
      case "DELETE one policy":
        // To moto an empty policy is none.
        return ifKnown(id!, request, next, async () => {
          const put = await next({ ...request, method: "PUT", body: Buffer.from('{"Policy":""}') });
          return put.status === 200 ? { status: 204, headers: {}, body: Buffer.alloc(0) } : put;
        });
      case "PUT one":
        return ifKnown(id!, request, next, async () => {
          throughput.set(id!, { ...throughput.get(id!), ...(JSON.parse(request.body.toString()) as Throughput) });
          const query = new URLSearchParams({ FileSystemId: id! });
          const path = "/2015-02-01/file-systems";
          const now = await describe({ ...request, method: "GET", path, query, body: Buffer.alloc(0) }, next);
          const [one] = (JSON.parse(now.body.toString()) as { FileSystems: unknown[] }).FileSystems;
          return jsonResponse(202, one);
        });
      case "GET all":
        return describe(request, next);
      default:
        return next(request);
    }
  };
}
