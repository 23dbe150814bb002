const ofProtocol: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };

/** The port of a URL outside the pod; undefined if the URL stays within the pod, or is not a web URL. */
export function portOfUrl(text: string): number | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const usual = ofProtocol[url?.protocol ?? ""];
  if (url === undefined || usual === undefined || isLoopback(url.hostname)) return undefined;
  return Number(url.port || usual);
}

/** Whether a host is the pod itself, to which network policies do not apply. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127(\.\d+){3}$/.test(host);
}

/** Whether a host is the name of a Service, which only the cluster's own DNS knows. */
export function isService(host: string): boolean {
  return /^[^.:[\]]+$|\.svc$|\.svc\.|\.cluster\.local$/.test(host);
}

/**
 * The ports of all strings that are URLs, ascending and without duplicates. The result contains nothing else of the
 * strings, because they may be secrets.
 */
export function portsOfUrls(texts: readonly (string | undefined)[]): number[] {
  return ascending(texts.flatMap((text) => portOfUrl(text ?? "") ?? []));
}

/**
 * The ports, ascending and without duplicates. Invalid ports are left out, because the API server would refuse a policy
 * with them.
 */
export function ascending(ports: readonly number[]): number[] {
  return [...new Set(ports)].filter((port) => port >= 1 && port <= 65535).sort((a, b) => a - b);
}
