import * as http from "node:http";
import * as https from "node:https";
import { isIP } from "node:net";
import { checkServerIdentity } from "node:tls";
import { type Access, authorization } from "./access";

/** What is asked of a server. */
export interface Question {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly access: Access;
  /** By a connection of its own, for which the server shows its certificate anew. */
  readonly fresh: boolean;
  readonly signal: AbortSignal;
}

/** What it answered, whatever the status. */
export interface Response {
  readonly status: number;
  readonly location?: string;
  readonly text: string;
}

// Connections stay: by a port-forward, each is one to the API server, and a drill asks several times a second.
const agents = { http: new http.Agent({ keepAlive: true }), https: new https.Agent({ keepAlive: true }) };

/**
 * Asks once. Not by `fetch`, which can be given neither a certificate nor the host that one is for. A redirect is an answer
 * as any other: followed, it would take the login to where it leads.
 */
export async function request(url: string, question: Question): Promise<Response> {
  try {
    return await send(url, question);
  } catch (error) {
    // The server closed a connection that was kept, just as it was used: it has not seen the question.
    if (error instanceof StaleConnection) return send(url, question);
    throw error;
  }
}

class StaleConnection extends Error {}

function send(url: string, { method, headers, body, access, fresh, signal }: Question): Promise<Response> {
  const secure = new URL(url).protocol === "https:";
  const { authority, serverName } = access;
  return new Promise((resolve, reject) => {
    const sent = (secure ? https : http).request(url, {
      method,
      headers: {
        ...(body !== undefined && { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) }),
        ...authorization(access),
        ...headers,
      },
      agent: fresh ? false : secure ? agents.https : agents.http,
      // One of the chain will do for an authority, as it does for Prometheus itself.
      ...(authority !== undefined && { ca: authority, allowPartialTrustChain: true }),
      ...(serverName !== undefined && namedAs(serverName)),
      signal,
    });
    sent.on("error", (error: NodeJS.ErrnoException) => {
      const isStale = sent.reusedSocket && error.code === "ECONNRESET";
      reject(isStale ? new StaleConnection(error.message, { cause: error }) : error);
    });
    sent.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => (text += part));
      response.on("error", reject);
      response.on("end", () => {
        const { statusCode: status = 0, headers: answered } = response;
        resolve({ status, text, ...(answered.location !== undefined && { location: answered.location }) });
      });
    });
    sent.end(body);
  });
}

/** The host that the certificate has to be for. TLS itself knows no addresses as names of servers. */
function namedAs(host: string): https.RequestOptions {
  return isIP(host)
    ? { checkServerIdentity: (_asked, certificate) => checkServerIdentity(host, certificate) }
    : { servername: host };
}
