import { hostOf } from "../../../settings/certificate";

/** Where a stack's pages are, by its outputs and settings. */
export interface WebAddresses {
  /** Origins that are the stack's own: these, and this machine, are sent its password. */
  readonly own: readonly string[];
  /** The hosts that the certificates are for, where the pages are https. */
  readonly serverNames: { readonly Alertmanager?: string; readonly Prometheus?: string };
  /** Whether the pods themselves speak TLS, which a port-forward leads to. */
  readonly podsSpeakTls: boolean;
}

/** The settings that have addresses. */
export interface AddressSettings {
  readonly alertmanager?: { readonly externalUrl?: string };
  readonly prometheus?: { readonly externalUrl?: string };
}

const servers = ["alertmanager", "prometheus"] as const;

/** `hasCertificate`: whether the settings have one of the stack's own, which counts where nothing is known of the outputs. */
export function webAddresses(
  outputs: Readonly<Record<string, unknown>> | undefined,
  settings: AddressSettings | undefined,
  hasCertificate = false,
): WebAddresses {
  const text = (name: string) => (typeof outputs?.[name] === "string" ? outputs[name] : undefined);
  const found = servers.map((name) => {
    // Applied goes before written.
    const main = urlOf(text(`${name}Url`)) ?? urlOf(settings?.[name]?.externalUrl);
    const external = urlOf(settings?.[name]?.externalUrl);
    const scheme = main?.protocol ?? "http:";
    const balancer = urlOf(text(`${name}Hostname`) && `${scheme}//${text(`${name}Hostname`)}`);
    // What is https is never sent a password in clear.
    const own = [main, external, balancer].filter((one) => one?.protocol === scheme).map((one) => one!.origin);
    return { own, serverName: main?.protocol === "https:" ? hostOf(main.href) : undefined };
  });
  const [alertmanager, prometheus] = found;
  const inCluster = text("alertmanagerInClusterUrl");
  return {
    own: [...new Set(found.flatMap(({ own }) => own))],
    serverNames: {
      ...(alertmanager?.serverName !== undefined && { Alertmanager: alertmanager.serverName }),
      ...(prometheus?.serverName !== undefined && { Prometheus: prometheus.serverName }),
    },
    podsSpeakTls: inCluster === undefined ? hasCertificate : inCluster.startsWith("https:"),
  };
}

/** Whether an address is on this machine, or one of the stack's own. */
export function isOwn(address: string, { own }: WebAddresses): boolean {
  const { hostname, origin } = new URL(address);
  return isLoopback(hostname) || own.includes(origin);
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function urlOf(text: string | undefined): URL | undefined {
  return text !== undefined && URL.canParse(text) ? new URL(text) : undefined;
}
