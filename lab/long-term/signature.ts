import type { IncomingHttpHeaders } from "node:http";
import { SignatureV4 } from "@smithy/signature-v4";
import { Sha256 } from "../../tools/preflight/long-term/sha256";
import type { PodKey } from "../aws/pod-credentials";

/** The parts of a request that its signature covers. */
export interface SignedRequest {
  readonly method: string;
  /** The path without a query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What AWS knows when it verifies a signature. */
export interface Verification {
  readonly service: string;
  readonly region: string;
  keyOf(accessKeyId: string): PodKey | undefined;
}

const form =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=(\w+)$/;
const needed = ["host", "x-amz-date", "x-amz-security-token"];
const toleranceMs = 5 * 60_000;

/** The key with which a request is signed (Signature Version 4), or why AWS refuses the request. */
export async function signerOf(request: SignedRequest, aws: Verification) {
  const { headers } = request;
  const { service, region } = aws;
  const found = form.exec(headers.authorization ?? "");
  if (found === null) return refused("Missing Authentication Token");
  const [, id = "", ofRegion, ofService, names = "", signature] = found;
  if (ofRegion !== region || ofService !== service)
    return refused(`Credential should be scoped to the region ${region} and the service '${service}'.`);
  const key = aws.keyOf(id);
  if (key === undefined || headers["x-amz-security-token"] !== key.sessionToken)
    return refused("The security token included in the request is invalid.");
  if (key.expiration < new Date()) return refused("The security token included in the request is expired");
  const signed = names.split(";");
  const signingDate = dateOf(String(headers["x-amz-date"]));
  if (needed.some((name) => !signed.includes(name)) || Math.abs(Date.now() - signingDate.getTime()) > toleranceMs)
    return refused("Signature expired or incomplete");
  const expected = await new SignatureV4({
    service,
    region,
    credentials: key,
    sha256: Sha256,
    applyChecksum: false,
  }).sign(
    {
      ...{ method: request.method, protocol: "http:", hostname: String(headers.host), path: request.path },
      headers: Object.fromEntries(signed.map((name) => [name, String(headers[name])])),
      body: request.body,
    },
    { signingDate },
  );
  return expected.headers["authorization"]?.endsWith(`Signature=${signature}`) === true
    ? { key }
    : refused("The request signature we calculated does not match the signature you provided.");
}

function refused(refusal: string): { readonly refusal: string } {
  return { refusal };
}

/** The moment of a time in the basic format of ISO 8601, such as `20261130T081500Z`. */
function dateOf(text: string): Date {
  return new Date(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
}
