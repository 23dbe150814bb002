import * as http from "node:http";
import * as https from "node:https";
import { isIP } from "node:net";
import { checkServerIdentity } from "node:tls";
import { HttpsProxyAgent } from "https-proxy-agent";

export interface HttpRequest {
  readonly method?: "GET" | "POST" | "PATCH";
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, unless a header says otherwise. */
  readonly body?: string;
  /** Certificates, as PEM, one of which has to vouch for the server. Default: those that this machine trusts. */
  readonly authority?: string;
  /** The host that the server's certificate is for, where that is not the URL's. */
  readonly serverName?: string;
  /** The URL of a proxy, or a function that chooses one for each URL, redirects included. Default: none. */
  readonly proxy?: string | ((url: string) => string | undefined);
  /** Keep the connection for the next request to this server. */
  readonly keepAlive?: boolean;
  /** Default: 10 s. */
  readonly timeoutMs?: number;
  /** Ends the request early, with the signal's own reason. */
  readonly signal?: AbortSignal;
  /** Read only so many bytes of the body. Default: all of it; a body of more than 64 MiB is a failure. */
  readonly onlyBytes?: number;
  /** How many redirects are followed. Default: none, and a redirect is an answer like any other. */
  readonly redirects?: number;
}

/** What a server answered, whatever the status. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
  /** Where a redirect leads. */
  readonly redirectsTo?: URL;
  /** The proxy answered by itself, and let nothing through to the server. */
  readonly isFromProxy: boolean;
}

/** Why there is no answer: the code of a network error, `ETIMEDOUT` where it came too late, and on which side of the proxy. */
export class HttpFailure extends Error {
  override readonly name = "HttpFailure";

  constructor(
    message: string,
    readonly code: string,
    readonly host: string,
    /** The proxy was not passed yet. */
    readonly atProxy: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

const mostBytes = 64 * 1024 * 1024;
const agents = { "http:": new http.Agent({ keepAlive: true }), "https:": new https.Agent({ keepAlive: true }) };

/**
 * Sends a request. Not by `fetch`, which takes neither a certificate, nor the host that it is for, nor a proxy. Throws
 * {@link HttpFailure} where no answer comes.
 */
export async function send(url: string, request: HttpRequest = {}): Promise<HttpAnswer> {
  let answer: HttpAnswer;
  try {
    answer = await sendOnce(url, request);
  } catch (error) {
    // The server closed a kept connection just as it was used again: it has not seen the request.
    if (!(error instanceof StaleConnection)) throw error;
    answer = await sendOnce(url, request);
  }
  const { redirects = 0, headers = {} } = request;
  const { redirectsTo } = answer;
  if (redirectsTo === undefined || request.redirects === undefined) return answer;
  if (redirects === 0) throw new HttpFailure("too many redirects", "too many redirects", redirectsTo.host, false);
  // Credentials are for the server that they were meant for.
  const others = Object.entries(headers).filter(([name]) => name.toLowerCase() !== "authorization");
  const isSameServer = redirectsTo.origin === new URL(url).origin;
  const kept = isSameServer ? headers : Object.fromEntries(others);
  return send(redirectsTo.href, { ...request, headers: kept, redirects: redirects - 1 });
}

class StaleConnection extends HttpFailure {}

function sendOnce(url: string, request: HttpRequest): Promise<HttpAnswer> {
  const { method = "GET", headers, body, authority, serverName, signal, timeoutMs = 10_000 } = request;
  const proxy = typeof request.proxy === "function" ? request.proxy(url) : request.proxy;
  const protocol = new URL(url).protocol === "http:" ? "http:" : "https:";
  const { host } = new URL(url);
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    let atProxy = proxy !== undefined;
    const sent = (protocol === "http:" ? http : https).request(url, {
      method,
      headers: {
        "user-agent": "alerting",
        ...(body !== undefined && { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
        ...headers,
      },
      agent: proxy !== undefined ? new ThroughProxy(proxy, url) : request.keepAlive === true && agents[protocol],
      // One certificate of the chain will do as an authority, as it does for Prometheus itself.
      ...(authority !== undefined && { ca: authority, allowPartialTrustChain: true }),
      ...(serverName !== undefined && namedAs(serverName)),
    });
    const end = (error: Error) => {
      reject(error);
      sent.destroy();
    };
    const failure = (error: NodeJS.ErrnoException, Failure = HttpFailure) => {
      const { message, code = error.name } = error;
      return new Failure(message || code, code, host, atProxy, { cause: error });
    };
    // Listened to here: a request without a connection yet, because a proxy is silent, would not report its end.
    const onTimeout = () => end(failure(Object.assign(new Error("no answer in time"), { code: "ETIMEDOUT" })));
    const onAbort = () => end(signal?.reason as Error);
    const timeout = AbortSignal.timeout(timeoutMs);
    timeout.addEventListener("abort", onTimeout);
    signal?.addEventListener("abort", onAbort);
    sent.on("close", () => {
      timeout.removeEventListener("abort", onTimeout);
      signal?.removeEventListener("abort", onAbort);
    });
    sent.on("error", (error: NodeJS.ErrnoException) =>
      end(failure(error, sent.reusedSocket && error.code === "ECONNRESET" ? StaleConnection : HttpFailure)),
    );
    // A proxy's own answer comes as if it were the server's.
    sent.on("proxyConnect", ({ statusCode }: { statusCode: number }) => (atProxy = statusCode !== 200));
    sent.on("response", (response) => {
      const { statusCode: status = 0, headers: answered } = response;
      const isRedirect = status >= 300 && status < 400 && answered.location !== undefined;
      const redirectsTo = isRedirect && URL.canParse(answered.location!, url) && new URL(answered.location!, url);
      readBody(response, request.onlyBytes).then(
        (text) =>
          resolve({ status, headers: answered, text, ...(redirectsTo && { redirectsTo }), isFromProxy: atProxy }),
        (error: Error) => end(failure(error)),
      );
    });
    sent.end(body);
  });
}

async function readBody(response: http.IncomingMessage, onlyBytes = Infinity): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // What is wrong with the part that is read is thrown; the rest does not matter.
  response.on("error", () => undefined);
  if (onlyBytes > 0) {
    for await (const chunk of response) {
      chunks.push(chunk as Buffer);
      bytes += (chunk as Buffer).length;
      if (bytes > mostBytes) throw Object.assign(new Error("the answer is too large"), { code: "too large" });
      if (bytes >= onlyBytes) break;
    }
  }
  response.destroy();
  return Buffer.concat(chunks).subarray(0, onlyBytes).toString("utf8");
}

/** The host that the certificate has to be for. TLS itself does not accept addresses as server names. */
function namedAs(host: string): https.RequestOptions {
  return isIP(host)
    ? { checkServerIdentity: (_asked, certificate) => checkServerIdentity(host, certificate) }
    : { servername: host };
}

/**
 * The way through a proxy to one URL, or to others of its protocol. By itself the agent finds out whether a request is
 * https from a stack trace, which may be cut short.
 */
export class ThroughProxy extends HttpsProxyAgent<string> {
  private readonly secure: boolean;

  constructor(proxy: string, url: string, options?: https.AgentOptions) {
    super(proxy, options);
    this.secure = new URL(url).protocol === "https:";
  }

  override isSecureEndpoint(): boolean {
    return this.secure;
  }
}
