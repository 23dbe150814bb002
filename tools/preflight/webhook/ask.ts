import * as http from "node:http";
import * as https from "node:https";
import { ThroughProxy } from "../through-proxy";

/** What a webhook's server answered. */
export interface Answer {
  readonly status: number;
  /** The beginning of the body. */
  readonly body: string;
  /** Where a redirect leads, as its host alone. */
  readonly redirectsTo?: string;
}

/** How it ended: an answer, a refusal by the proxy in between, or no answer, with the code of the error. */
export type Outcome =
  | { readonly answer: Answer }
  | { readonly proxyStatus: number }
  | { readonly code: string; readonly viaProxy: boolean };

/** What Slack refuses for having no text, after it has looked at the webhook: nothing is posted by it. */
const REFUSED_BODY = "{}";
const MOST_BYTES = 1024;

/** Posts to a webhook what it cannot take. Redirects are not followed: the message would go where they lead. */
export function askWebhook(
  url: string,
  options: { readonly proxy?: string; readonly timeoutMs?: number; readonly signal?: AbortSignal } = {},
): Promise<Outcome> {
  const { proxy, timeoutMs = 10_000, signal } = options;
  const late = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]);
  const { request } = new URL(url).protocol === "http:" ? http : https;
  return new Promise((resolve) => {
    let proxyStatus = proxy === undefined ? 200 : undefined;
    const asking = request(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(REFUSED_BODY),
        "user-agent": "alerting-preflight",
      },
      agent: proxy === undefined ? false : new ThroughProxy(proxy, url),
    });
    // Of a request that has no connection yet, because a proxy is silent, an end by `signal` would be told to nobody.
    late.addEventListener("abort", () => {
      resolve({ code: "ETIMEDOUT", viaProxy: proxyStatus !== 200 });
      asking.destroy();
    });
    // An answer of the proxy itself comes just like one of the webhook's server.
    asking.on("proxyConnect", ({ statusCode }: { statusCode: number }) => (proxyStatus = statusCode));
    asking.on("error", (error: NodeJS.ErrnoException) => {
      resolve({ code: error.code ?? error.name, viaProxy: proxyStatus !== 200 });
    });
    asking.on("response", (response) => {
      void (async () => {
        const body = await beginning(response).catch(() => "");
        const status = response.statusCode ?? 0;
        if (proxyStatus !== 200) return resolve({ proxyStatus: proxyStatus ?? status });
        const redirectsTo = hostOf(response.headers.location, url);
        resolve({ answer: { status, body, ...(redirectsTo !== undefined && { redirectsTo }) } });
      })();
    });
    asking.end(REFUSED_BODY);
  });
}

async function beginning(response: http.IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of response.setEncoding("utf8")) {
    body += chunk as string;
    if (body.length >= MOST_BYTES) break;
  }
  return body.slice(0, MOST_BYTES);
}

function hostOf(location: string | undefined, base: string): string | undefined {
  return location !== undefined && URL.canParse(location, base) ? new URL(location, base).host : undefined;
}
