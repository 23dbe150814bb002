import type { AgentOptions } from "node:https";
import { HttpsProxyAgent } from "https-proxy-agent";

/**
 * The way through a proxy to one URL, or to others of its protocol. By itself the agent looks for whether a request is one
 * of https in a stack trace, which may be cut short.
 */
export class ThroughProxy extends HttpsProxyAgent<string> {
  private readonly secure: boolean;

  constructor(proxy: string, url: string, options?: AgentOptions) {
    super(proxy, options);
    this.secure = new URL(url).protocol === "https:";
  }

  override isSecureEndpoint(): boolean {
    return this.secure;
  }
}
