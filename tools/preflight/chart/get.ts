import * as http from "node:http";
import * as https from "node:https";
import { proxiesOf, proxyFor } from "../../../settings/proxies";
import { ThroughProxy } from "../through-proxy";

/** What a server answered, redirects followed. */
export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** Why there is no answer: the code of an error, and whose. */
export class NoAnswer extends Error {
  constructor(
    readonly code: string,
    readonly host: string,
  ) {
    super(`${host}: ${code}`);
  }
}

const MOST_BYTES = 64 * 1024 * 1024;
const MOST_REDIRECTS = 5;

/** Reads a URL as Helm does; without `withBody` only whether it is there. Throws {@link NoAnswer}. */
export async function get(
  url: string,
  options: {
    readonly headers?: Readonly<Record<string, string>>;
    readonly signal: AbortSignal;
    readonly withBody?: boolean;
  },
  redirects = 0,
): Promise<Answer> {
  const { status, headers, body } = await once(url, options);
  const { location } = headers;
  if (status < 300 || status >= 400 || location === undefined || !URL.canParse(location, url))
    return { status, headers, body };
  const to = new URL(location, url);
  if (redirects === MOST_REDIRECTS) throw new NoAnswer("too many redirects", to.host);
  // Credentials are for who asked for them.
  const { authorization, ...others } = options.headers ?? {};
  const isSame = authorization !== undefined && to.host === new URL(url).host;
  return get(to.href, { ...options, headers: { ...others, ...(isSame && { authorization }) } }, redirects + 1);
}

function once(
  url: string,
  { headers, signal, withBody = true }: Parameters<typeof get>[1],
): Promise<{ status: number; headers: http.IncomingHttpHeaders; body: string }> {
  const { protocol, host } = new URL(url);
  const { request } = protocol === "http:" ? http : https;
  return new Promise((resolve, reject) => {
    // As Helm has it.
    const proxy = proxyFor(url, proxiesOf());
    const asking = request(url, {
      headers: { "user-agent": "alerting-preflight", ...headers },
      signal,
      ...(proxy !== undefined && { agent: new ThroughProxy(proxy, url) }),
    });
    const fail = (error: NodeJS.ErrnoException) =>
      reject(new NoAnswer(signal.aborted ? "ETIMEDOUT" : (error.code ?? error.name), host));
    asking.on("error", fail);
    asking.on("response", (response) => {
      const answer = { status: response.statusCode ?? 0, headers: response.headers };
      if (!withBody) {
        resolve({ ...answer, body: "" });
        response.destroy();
        return;
      }
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on("error", fail);
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes > MOST_BYTES) response.destroy(new Error("too large"));
      });
      response.on("end", () => resolve({ ...answer, body: Buffer.concat(chunks).toString("utf8") }));
    });
    asking.end();
  });
}
