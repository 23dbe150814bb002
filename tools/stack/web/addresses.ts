import { hostOf } from "../../../settings/certificate";

/** The addresses of a stack's pages, from its outputs and settings. */
export interface WebAddresses {
  /** Origins that belong to the stack. The stack's password is only sent to them and to this machine. */
  readonly own: readonly string[];
  /** The host names in the certificates, if the pages use https. */
  readonly serverNames: { readonly Alertmanager?: string; readonly Prometheus?: string };
  /** Whether the pods themselves use TLS, which a port-forward has to know. */
  readonly podsSpeakTls: boolean;
}

/** The settings that contain addresses. */
export interface AddressSettings {
  readonly alertmanager?: { readonly externalUrl?: string };
  readonly prometheus?: { readonly externalUrl?: string };
}

const servers = ["alertmanager", "prometheus"] as const;

/** `hasCertificate`: whether the settings have a custom certificate, used if the outputs are not known. */
export function webAddresses(
  outputs: Readonly<Record<string, unknown>> | undefined,
  settings: AddressSettings | undefined,
  hasCertificate = false,
): WebAddresses {
  const text = (name: string) => (typeof outputs?.[name] === "string" ? outputs[name] : undefined);
  const found = servers.map((name) => {
    // Outputs (what is deployed) take precedence over settings.
    const main = urlOf(text(`${name}Url`)) ?? urlOf(settings?.[name]?.externalUrl);
    const external = urlOf(settings?.[name]?.externalUrl);
    const scheme = main?.protocol ?? "http:";
    const balancer = urlOf(text(`${name}Hostname`) && `${scheme}//${text(`${name}Hostname`)}`);
    // A password for an https page is never sent unencrypted.
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

/** Whether an address is on this machine, or belongs to the stack. */
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
