import { type Certificate, issueCertificate } from "./certificates";

/** As `alerting:certificate` takes it. */
export interface CustomCertificate {
  readonly chain: string;
  readonly key: string;
  readonly ca: string;
}

/** A new certificate for these hosts, and for this machine, where the lab's load balancers are. */
export async function issueCustomCertificate(
  authority: Certificate,
  hosts: readonly string[],
): Promise<CustomCertificate> {
  const { cert, key } = await issueCertificate(hosts[0]!, { authority, names: hosts, addresses: ["127.0.0.1"] });
  return { chain: cert, key, ca: authority.cert };
}

/** The secrets of a stack that has this certificate. */
export function certificateSecrets({ chain, key, ca }: CustomCertificate): Readonly<Record<string, string>> {
  const path = "alerting:certificate";
  return { [`${path}.chain`]: chain, [`${path}.key`]: key, [`${path}.ca`]: ca };
}

/** The hosts of the pages in the lab, which exist nowhere. */
export const pageHosts = { prometheus: "prometheus.lab.example", alertmanager: "alertmanager.lab.example" } as const;

/** Settings that say that people come by these hosts, which a custom certificate needs. */
export const httpsPages = {
  "alerting:prometheus": { externalUrl: `https://${pageHosts.prometheus}` },
  "alerting:alertmanager": { externalUrl: `https://${pageHosts.alertmanager}` },
} as const;
