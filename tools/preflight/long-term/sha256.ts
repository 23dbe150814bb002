import { createHash, createHmac } from "node:crypto";

type Source = string | ArrayBuffer | ArrayBufferView;

/** SHA-256 or, with a secret, its HMAC, in the form that the signer of AWS' SDK asks for. */
export class Sha256 {
  private readonly hash;

  constructor(secret?: Source) {
    this.hash = secret === undefined ? createHash("sha256") : createHmac("sha256", bytesOf(secret));
  }

  update(data: Source): void {
    this.hash.update(bytesOf(data));
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
