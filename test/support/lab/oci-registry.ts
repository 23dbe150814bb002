/** A local registry of charts with everything that Helm pulls: manifests by tag and by digest, and blobs. */
import { createHash } from "node:crypto";
import * as http from "node:http";
import { listenOnLoopback } from "../../../lab/processes/loopback-server";

const types = {
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.cncf.helm.config.v1+json",
  chart: "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
};

export interface OciRegistry {
  /** `127.0.0.1:<port>` */
  readonly host: string;
  /** Stores a packed chart under a tag, in place of an earlier chart, and returns the digest of its manifest. */
  push(repository: string, tag: string, chart: Buffer, metadata: object): string;
  /** Removes a tag; the chart stays available by its digest. */
  untag(repository: string, tag: string): void;
  stop(): Promise<void>;
}

const digestOf = (content: Buffer) => `sha256:${createHash("sha256").update(content).digest("hex")}`;

/** Starts an empty registry. */
export async function startOciRegistry(): Promise<OciRegistry> {
  const blobs = new Map<string, Buffer>();
  /** The digests of the manifests, by `<repository>:<tag>`. */
  const tags = new Map<string, string>();
  const keep = (content: Buffer, mediaType: string) => {
    const digest = digestOf(content);
    blobs.set(digest, content);
    return { mediaType, digest, size: content.length };
  };
  const server = http.createServer((request, response) => {
    const [, repository = "", kind, reference = ""] =
      /^\/v2\/(.+)\/(manifests|blobs)\/([^/?]+)/.exec(request.url!) ?? [];
    const digest = reference.startsWith("sha256:") ? reference : tags.get(`${repository}:${reference}`);
    const content = digest === undefined ? undefined : blobs.get(digest);
    if (request.url === "/v2/") return response.writeHead(200).end();
    if (content === undefined) {
      const code = kind === "manifests" ? "MANIFEST_UNKNOWN" : "BLOB_UNKNOWN";
      return response
        .writeHead(404, { "content-type": "application/json" })
        .end(JSON.stringify({ errors: [{ code }] }));
    }
    response.writeHead(200, {
      "content-type": kind === "manifests" ? types.manifest : "application/octet-stream",
      "content-length": content.length,
      "docker-content-digest": digest,
    });
    return response.end(request.method === "HEAD" ? undefined : content);
  });
  const { port, stop } = await listenOnLoopback(server);
  return {
    host: `127.0.0.1:${port}`,
    push(repository, tag, chart, metadata) {
      const config = keep(Buffer.from(JSON.stringify(metadata)), types.config);
      const layers = [keep(chart, types.chart)];
      const manifest = { schemaVersion: 2, mediaType: types.manifest, config, layers };
      const { digest } = keep(Buffer.from(JSON.stringify(manifest)), types.manifest);
      tags.set(`${repository}:${tag}`, digest);
      return digest;
    },
    untag: (repository, tag) => void tags.delete(`${repository}:${tag}`),
    stop,
  };
}
