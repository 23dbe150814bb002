import { createHash, createHmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Keys } from "../aws/clients";

/** A POST request. */
export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The headers of a request, with the signature that Amazon Managed Service for Prometheus asks for. */
export async function signedHeaders(
  { url, headers, body }: Post,
  { region, keys }: { readonly region: string; readonly keys: Keys },
): Promise<Record<string, string>> {
  const { protocol, hostname, host, pathname, searchParams } = new URL(url);
  const signer = new SignatureV4({ service: "aps", region, credentials: keys, sha256: Sha256 });
  const signed = await signer.sign({
    method: "POST",
    protocol,
    hostname,
    path: pathname,
    query: Object.fromEntries(searchParams),
    headers: { ...headers, host },
    body,
  });
  return signed.headers;
}

type Source = string | ArrayBuffer | ArrayBufferView;

/** SHA-256 or, with a secret, its HMAC, in the form that the signer asks for. */
class Sha256 {
  private readonly hash;

  constructor(secret?: Source) {
    this.hash = secret === undefined ? createHash("sha256") : createHmac("sha256", bytesOf(secret));
  }

  update(data: Uint8Array): void {
    this.hash.update(data);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.hash.digest());
  }

  reset(): void {
    throw new Error("the signer makes a new hash for each string");
  }
}

function bytesOf(source: Source): string | Buffer {
  if (typeof source === "string") return source;
  return ArrayBuffer.isView(source)
    ? Buffer.from(source.buffer, source.byteOffset, source.byteLength)
    : Buffer.from(source);
}
