import { type Certificate, issueCertificate } from "./certificates";

/** A custom certificate, with the same keys as `alerting:certificate`. */
export interface CustomCertificate {
  readonly chain: string;
  readonly key: string;
  readonly ca: string;
}

/** Makes a certificate for these hosts and for this machine, on which the lab's load balancers listen. */
export async function issueCustomCertificate(
  authority: Certificate,
  hosts: readonly string[],
): Promise<CustomCertificate> {
  const { cert, key } = await issueCertificate(hosts[0]!, { authority, names: hosts, addresses: ["127.0.0.1"] });
  return { chain: cert, key, ca: authority.cert };
}

/** The secret settings of a stack that uses this certificate. */
export function certificateSecrets({ chain, key, ca }: CustomCertificate): Readonly<Record<string, string>> {
  const path = "alerting:certificate";
  return { [`${path}.chain`]: chain, [`${path}.key`]: key, [`${path}.ca`]: ca };
}

/** The host names of the web pages in the lab; no DNS server knows them. */
export const pageHosts = { prometheus: "prometheus.lab.example", alertmanager: "alertmanager.lab.example" } as const;

/** Settings that give the pages these hosts, because pages with a custom certificate need hosts. */
export const httpsPages = {
  "alerting:prometheus": { externalUrl: `https://${pageHosts.prometheus}` },
  "alerting:alertmanager": { externalUrl: `https://${pageHosts.alertmanager}` },
} as const;
