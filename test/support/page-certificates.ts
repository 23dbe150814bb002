import { isIP } from "node:net";
import { generate } from "selfsigned";

/** A certificate and its key, in PEM. */
export interface Pems {
  readonly cert: string;
  readonly key: string;
}

const dayMs = 24 * 60 * 60 * 1000;
const inDays = (days: number) => new Date(Date.now() + days * dayMs);
const common = { keyType: "ec", algorithm: "sha256" } as const;

/** A self-signed authority, or an intermediate authority that `by` signed. */
export async function authority(by?: Pems): Promise<Pems> {
  const made = await generate([{ name: "commonName", value: by ? "an intermediate" : "an authority" }], {
    ...common,
    ...(by && { ca: by }),
    notBeforeDate: inDays(-400),
    notAfterDate: inDays(400),
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, critical: true },
    ],
  });
  return { cert: made.cert, key: made.private };
}

/** A certificate for these hosts, signed by `by` or by itself. `from` and `to` are days, counted from today. */
export async function certificate(
  hosts: readonly string[],
  { by, from = -2, to = 90 }: { by?: Pems; from?: number; to?: number } = {},
): Promise<Pems> {
  const made = await generate([{ name: "commonName", value: hosts[0]! }], {
    ...common,
    notBeforeDate: inDays(from),
    // One hour is added, so that the certificate is still valid for `to` whole days when a test reads it.
    notAfterDate: new Date(inDays(to).getTime() + 3_600_000),
    ...(by && { ca: by }),
    extensions: [
      { name: "extKeyUsage", serverAuth: true },
      {
        name: "subjectAltName",
        altNames: hosts.map((host) =>
          isIP(host) ? { type: 7 as const, ip: host } : { type: 2 as const, value: host },
        ),
      },
    ],
  });
  return { cert: made.cert, key: made.private };
}
