import { generate } from "selfsigned";

/** Who signs, in PEM. */
export interface Authority {
  readonly certificate: string;
  readonly key: string;
}

/** As `alerting:certificate` takes it. */
export interface CustomCertificate {
  readonly chain: string;
  readonly key: string;
  readonly ca: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const common = () => ({
  keyType: "ec" as const,
  algorithm: "sha256",
  notBeforeDate: new Date(Date.now() - DAY_MS),
  notAfterDate: new Date(Date.now() + 90 * DAY_MS),
});

/** The authority of an invented company, for stacks that have a certificate of their own. */
export async function makeAuthority(): Promise<Authority> {
  const made = await generate([{ name: "commonName", value: "authority of the lab" }], {
    ...common(),
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true },
    ],
  });
  return { certificate: made.cert, key: made.private };
}

/** A new certificate for these hosts, and for this machine, where the lab's load balancers are. */
export async function issueCertificate(authority: Authority, hosts: readonly string[]): Promise<CustomCertificate> {
  const issued = await generate([{ name: "commonName", value: hosts[0] ?? "nobody" }], {
    ...common(),
    ca: { cert: authority.certificate, key: authority.key },
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      {
        name: "subjectAltName",
        altNames: [...hosts.map((value) => ({ type: 2 as const, value })), { type: 7 as const, ip: "127.0.0.1" }],
      },
    ],
  });
  return { chain: issued.cert, key: issued.private, ca: authority.certificate };
}

/** The secrets of a stack that has this certificate. */
export function certificateSecrets({ chain, key, ca }: CustomCertificate): Readonly<Record<string, string>> {
  const path = "alerting:certificate";
  return { [`${path}.chain`]: chain, [`${path}.key`]: key, [`${path}.ca`]: ca };
}

/** The hosts of the pages in the lab, which exist nowhere. */
export const PAGE_HOSTS = { prometheus: "prometheus.lab.example", alertmanager: "alertmanager.lab.example" } as const;

/** What says that people come by these hosts, which a certificate of one's own needs. */
export const HTTPS_PAGES = {
  "alerting:prometheus": { externalUrl: `https://${PAGE_HOSTS.prometheus}` },
  "alerting:alertmanager": { externalUrl: `https://${PAGE_HOSTS.alertmanager}` },
} as const;
