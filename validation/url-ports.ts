const ofProtocol: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };

/** The port at which a URL leaves the pod; undefined where it stays within, or is none of the web. */
export function portOfUrl(text: string): number | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const usual = ofProtocol[url?.protocol ?? ""];
  if (url === undefined || usual === undefined || isLoopback(url.hostname)) return undefined;
  return Number(url.port || usual);
}

/** Whether a host is the pod itself, to which no policy applies. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127(\.\d+){3}$/.test(host);
}

/** The ports of those strings that are URLs, each once, ascending. Nothing else of them is in the answer, because they may be secrets. */
export function portsOfUrls(texts: readonly (string | undefined)[]): number[] {
  return ascending(texts.flatMap((text) => portOfUrl(text ?? "") ?? []));
}

/** Ports, each once, ascending; invalid ones are left out, because the API server would refuse a policy with them. */
export function ascending(ports: readonly number[]): number[] {
  return [...new Set(ports)].filter((port) => port >= 1 && port <= 65535).sort((a, b) => a - b);
}
