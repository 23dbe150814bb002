import * as http from "node:http";
import * as https from "node:https";
import { isIP } from "node:net";
import { checkServerIdentity } from "node:tls";
import { HttpsProxyAgent } from "https-proxy-agent";

export interface HttpRequest {
  readonly method?: "GET" | "POST" | "PATCH";
  readonly headers?: Readonly<Record<string, string>>;
  /** The body of the request: JSON, unless a header says otherwise. */
  readonly body?: string;
  /** Certificates (PEM), one of which must have signed the server's. Default: those that this machine trusts. */
  readonly authority?: string;
  /** The host name in the server's certificate, if it differs from the URL's. */
  readonly serverName?: string;
  /** The URL of a proxy, or a function that chooses one for each URL, redirects included. Default: none. */
  readonly proxy?: string | ((url: string) => string | undefined);
  /** Keeps the connection open for the next request to this server. */
  readonly keepAlive?: boolean;
  /** The time limit. Default: 10 s. */
  readonly timeoutMs?: number;
  /** Ends the request early, with the signal's own reason. */
  readonly signal?: AbortSignal;
  /** Reads only this many bytes of the body. Default: all of it; more than 64 MiB is an error. */
  readonly onlyBytes?: number;
  /** The maximum number of redirects to follow. Default: none; a redirect is then returned like any other answer. */
  readonly redirects?: number;
}

/** A server's answer, with any status. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
  /** The target of a redirect. */
  readonly redirectsTo?: URL;
  /** Whether the proxy itself answered, and passed nothing to the server. */
  readonly isFromProxy: boolean;
}

/**
 * Why there is no answer: a network error's code, or `ETIMEDOUT` after the time limit, and on which side of the proxy.
 */
export class HttpFailure extends Error {
  override readonly name = "HttpFailure";

  constructor(
    message: string,
    readonly code: string,
    readonly host: string,
    /** Whether the failure happened before the proxy had connected to the server. */
    readonly atProxy: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

const mostBytes = 64 * 1024 * 1024;
const agents = { "http:": new http.Agent({ keepAlive: true }), "https:": new https.Agent({ keepAlive: true }) };

/**
 * Sends a request. `fetch` cannot be used: it accepts neither a certificate, nor the certificate's host, nor a proxy.
 * Throws {@link HttpFailure} if no answer comes.
 */
export async function send(url: string, request: HttpRequest = {}): Promise<HttpAnswer> {
  let answer: HttpAnswer;
  try {
    answer = await sendOnce(url, request);
  } catch (error) {
    // The server closed a kept-alive connection just as it was reused: it has not seen the request.
    if (!(error instanceof StaleConnection)) throw error;
    answer = await sendOnce(url, request);
  }
  const { redirects = 0, headers = {} } = request;
  const { redirectsTo } = answer;
  if (redirectsTo === undefined || request.redirects === undefined) return answer;
  if (redirects === 0) throw new HttpFailure("too many redirects", "too many redirects", redirectsTo.host, false);
  // Credentials are sent only to the server for which they were given.
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
      // Any certificate of the chain is accepted as an authority, as in Prometheus itself.
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
    // The time-out is handled here: a request that has no connection yet, because a proxy does not answer, would not
    // report its end.
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
    // Without this check, a proxy's own answer would look like an answer of the server.
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
  // Errors in the requested part are thrown; errors in the rest are ignored.
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

/** The host name that the certificate must have. TLS itself does not accept addresses as server names. */
function namedAs(host: string): https.RequestOptions {
  return isIP(host)
    ? { checkServerIdentity: (_asked, certificate) => checkServerIdentity(host, certificate) }
    : { servername: host };
}

/**
 * An agent that connects through a proxy to a URL, or to other URLs with the same protocol. The agent's own detection
 * of https reads a stack trace, which may be truncated.
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
