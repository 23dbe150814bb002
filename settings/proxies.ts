/** Proxies by the rules of kubectl, the AWS CLI and the provider plugins: HTTPS_PROXY, HTTP_PROXY and NO_PROXY. */
import { isIP } from "node:net";
import { isWithin } from "../validation/ranges";

export interface Proxies {
  readonly httpProxy?: string;
  readonly httpsProxy?: string;
  /** Hosts that are reached without a proxy, in the form of `NO_PROXY`. */
  readonly noProxy?: string;
}

/**
 * The given proxies. The environment's proxies replace missing ones; a lower-case variable counts if the upper-case one
 * is not set.
 */
export function proxiesOf(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  given: Proxies = {},
): Proxies {
  const set = (name: string) => environment[name] || environment[name.toLowerCase()] || undefined;
  return {
    httpProxy: given.httpProxy ?? set("HTTP_PROXY"),
    httpsProxy: given.httpsProxy ?? set("HTTPS_PROXY"),
    noProxy: given.noProxy ?? set("NO_PROXY"),
  };
}

/** The proxy for a URL; undefined if there is none. The local machine is never reached through a proxy. */
export function proxyFor(url: string, { httpProxy, httpsProxy, noProxy = "" }: Proxies): string | undefined {
  const { protocol, hostname, port } = new URL(url);
  const proxy = protocol === "https:" ? httpsProxy : httpProxy;
  if (proxy === undefined) return undefined;
  const host = hostname.replace(/^\[|\]$/g, "").toLowerCase();
  if (host === "localhost" || /^127\./.test(host) || host === "::1") return undefined;
  const itsPort = port || (protocol === "https:" ? "443" : "80");
  if (noProxy.split(",").some((entry) => isFor(entry.trim().toLowerCase(), host, itsPort))) return undefined;
  return proxy.includes("://") ? proxy : `http://${proxy}`;
}

/**
 * Whether an entry of `NO_PROXY` applies to a host. An entry is `*`, a range, or an address or domain with or without a
 * port.
 */
function isFor(entry: string, host: string, port: string): boolean {
  if (entry === "*") return true;
  if (entry.includes("/")) return isIP(host) > 0 && isInRange(host, entry);
  const { name, ofPort } = /^\[?(?<name>.+?)\]?(?::(?<ofPort>\d+))?$/.exec(isIP(entry) === 6 ? `[${entry}]` : entry)
    ?.groups ?? { name: "" };
  if (name === "" || (ofPort !== undefined && ofPort !== port)) return false;
  const domain = name!.replace(/^\*\./, ".");
  return domain.startsWith(".") ? host.endsWith(domain) : host === domain || host.endsWith(`.${domain}`);
}

function isInRange(address: string, range: string): boolean {
  try {
    return isWithin(address, range);
  } catch {
    // The entry is not a valid range: kubectl and the AWS CLI ignore it too.
    return false;
  }
}
