import { SignatureV4 } from "@smithy/signature-v4";
import type { Keys } from "../aws/clients";
import { Sha256 } from "./sha256";

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
