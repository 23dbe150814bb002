import { generate } from "selfsigned";

/** A certificate and its private key, in PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** The options of a certificate. */
export interface CertificateOptions {
  /** The authority that signs the certificate. Default: the certificate signs itself. */
  readonly authority?: Certificate;
  readonly usage?: "serverAuth" | "clientAuth";
  readonly names?: readonly string[];
  readonly addresses?: readonly string[];
}

const dayMs = 24 * 60 * 60 * 1000;

/** Makes a certificate authority that signs other certificates. */
export async function makeAuthority(name = "authority of the lab"): Promise<Certificate> {
  return make(name, {}, [
    { name: "basicConstraints", cA: true, critical: true },
    { name: "keyUsage", keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true },
  ]);
}

/** Makes a server or client certificate. */
export async function issueCertificate(name: string, options: CertificateOptions = {}): Promise<Certificate> {
  const { authority, usage = "serverAuth", names = [], addresses = [] } = options;
  const altNames = [
    ...names.map((value) => ({ type: 2 as const, value })),
    ...addresses.map((ip) => ({ type: 7 as const, ip })),
  ];
  const ca = authority && { ca: { cert: authority.cert, key: authority.key } };
  return make(name, ca ?? {}, [
    { name: "basicConstraints", cA: false, critical: true },
    { name: "keyUsage", digitalSignature: true, critical: true },
    { name: "extKeyUsage", [usage]: true },
    ...(altNames.length > 0 ? [{ name: "subjectAltName" as const, altNames }] : []),
  ]);
}

type Options = NonNullable<Parameters<typeof generate>[1]>;

async function make(
  name: string,
  ca: Pick<Options, "ca">,
  extensions: NonNullable<Options["extensions"]>,
): Promise<Certificate> {
  const { cert, private: key } = await generate([{ name: "commonName", value: name }], {
    ...ca,
    extensions,
    keyType: "ec",
    algorithm: "sha256",
    // The certificate is valid from yesterday, so that it stays valid if the clock is set back a little.
    notBeforeDate: new Date(Date.now() - dayMs),
    notAfterDate: new Date(Date.now() + 90 * dayMs),
  });
  return { cert, key };
}
