import { randomBytes, randomUUID, verify } from "node:crypto";
import * as http from "node:http";
import { text } from "node:stream/consumers";
import { listenOnLoopback } from "../processes/loopback-server";

/** A temporary key that AWS gave to a program. */
export interface PodKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
  /** The ARN of the role. */
  readonly role: string;
  /** The service account whose token was exchanged for the key; undefined for the key of a node. */
  readonly subject?: string;
}

/** The metadata service of the nodes, and STS. */
export interface PodCredentials {
  /** The variables with which the AWS SDK of a program finds them. */
  readonly environment: Readonly<Record<string, string>>;
  /** Accepts the service account tokens that the owner of this public key (PEM) signs. */
  trust(publicKey: string): void;
  /** The key with this id; undefined if AWS has not given it to a pod. */
  keyOf(accessKeyId: string): PodKey | undefined;
  /** Whether the two services answer. By default they do. */
  answer(isAnswering: boolean): void;
  stop(): Promise<void>;
}

/** The role of the lab's nodes. */
export const nodeRole = "arn:aws:iam::123456789012:role/lab-node";
const roleName = "lab-node";
const audience = "sts.amazonaws.com";
const hourMs = 3_600_000;

/** Starts both services on one port. `moto` is the URL of moto, which makes the keys of STS. */
export async function startPodCredentials(moto: string): Promise<PodCredentials> {
  const keys = new Map<string, PodKey>();
  const issuers: string[] = [];
  const session = randomBytes(20).toString("base64url");
  let isAnswering = true;
  const remember = (key: PodKey) => {
    keys.set(key.accessKeyId, key);
    return key;
  };
  const sts = async (request: http.IncomingMessage): Promise<Reply> => {
    const body = await text(request);
    const form = new URLSearchParams(body);
    const token = form.get("WebIdentityToken");
    const subject = token === null ? undefined : subjectOf(token, issuers);
    if (token !== null && subject === undefined)
      return xmlError("InvalidIdentityToken", "The token is not one of a known issuer for this audience");
    const { authorization, "content-type": type = "" } = request.headers;
    const headers = { "content-type": type, ...(authorization !== undefined && { authorization }) };
    const answer = await fetch(moto, { method: "POST", headers, body });
    const xml = await answer.text();
    const given = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? "";
    if (answer.ok && given("AccessKeyId") !== "")
      remember({
        accessKeyId: given("AccessKeyId"),
        secretAccessKey: given("SecretAccessKey"),
        sessionToken: given("SessionToken"),
        expiration: new Date(given("Expiration")),
        role: form.get("RoleArn") ?? "",
        ...(subject !== undefined && { subject }),
      });
    return { status: answer.status, type: "text/xml", body: xml };
  };
  const metadata = ({ method, url, headers }: http.IncomingMessage): Reply => {
    if (method === "PUT" && url === "/latest/api/token") {
      const seconds = headers["x-aws-ec2-metadata-token-ttl-seconds"];
      return { status: 200, body: session, headers: { "x-aws-ec2-metadata-token-ttl-seconds": seconds } };
    }
    if (headers["x-aws-ec2-metadata-token"] !== session) return { status: 401 };
    const folder = "/latest/meta-data/iam/security-credentials/";
    if (url === folder) return { status: 200, body: roleName };
    if (url !== `${folder}${roleName}`) return { status: 404 };
    const key = remember(newKey());
    return { status: 200, type: "application/json", body: JSON.stringify(instanceKey(key)) };
  };
  const server = http.createServer((request, response) => {
    if (!isAnswering) return void request.socket.destroy();
    const isSts = request.method === "POST";
    void Promise.resolve(isSts ? sts(request) : metadata(request)).then(
      ({ status, type = "text/plain", body, headers }) =>
        response.writeHead(status, { "content-type": type, ...headers }).end(body),
      () => request.socket.destroy(),
    );
  });
  const { port, stop } = await listenOnLoopback(server);
  const url = `http://127.0.0.1:${port}`;
  return {
    environment: { AWS_EC2_METADATA_SERVICE_ENDPOINT: url, AWS_ENDPOINT_URL_STS: url },
    trust: (publicKey) => void issuers.push(publicKey),
    keyOf: (id) => keys.get(id),
    answer: (answers) => (isAnswering = answers),
    stop,
  };
}

interface Reply {
  readonly status: number;
  readonly type?: string;
  readonly body?: string;
  readonly headers?: http.OutgoingHttpHeaders;
}

function newKey(): PodKey {
  return {
    accessKeyId: `ASIA${randomBytes(8).toString("hex").toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString("base64url"),
    sessionToken: randomBytes(60).toString("base64url"),
    expiration: new Date(Date.now() + hourMs),
    role: nodeRole,
  };
}

/** A key in the format of the metadata service. */
function instanceKey({ accessKeyId, secretAccessKey, sessionToken, expiration }: PodKey): object {
  return {
    Code: "Success",
    Type: "AWS-HMAC",
    LastUpdated: new Date().toISOString(),
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    Token: sessionToken,
    Expiration: expiration.toISOString(),
  };
}

/** The service account of a valid token for STS; undefined if the token is not valid. */
function subjectOf(token: string, issuers: readonly string[]): string | undefined {
  const [head = "", body = "", signature = ""] = token.split(".");
  const isSigned = issuers.some((key) =>
    verify(
      "sha256",
      Buffer.from(`${head}.${body}`),
      { key, dsaEncoding: "ieee-p1363" },
      Buffer.from(signature, "base64url"),
    ),
  );
  if (!isSigned) return undefined;
  const claims = JSON.parse(Buffer.from(body, "base64url").toString("utf8")) as {
    aud: string | string[];
    exp: number;
    sub: string;
  };
  return [claims.aud].flat().includes(audience) && claims.exp * 1000 > Date.now() ? claims.sub : undefined;
}

function xmlError(code: string, message: string): Reply {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
  const id = `<RequestId>${randomUUID()}</RequestId>`;
  const namespace = "https://sts.amazonaws.com/doc/2011-06-15/";
  const body = `<ErrorResponse xmlns="${namespace}">${error}${id}</ErrorResponse>`;
  return { status: 400, type: "text/xml", body };
}
