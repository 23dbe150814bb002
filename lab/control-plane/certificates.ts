import { generateKeyPairSync } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { generate } from "selfsigned";

/** The address that the cluster's own configuration gives for its API server: that of the master node. */
export const ADVERTISED_ADDRESS = "10.0.1.10";
/** The port at that address. The API server really listens on a free port of 127.0.0.1. */
export const ADVERTISED_PORT = 6443;
export const SERVICE_ADDRESSES = "10.96.0.0/16";
/** Address of the Service `kubernetes`: the first of the range. */
export const API_SERVICE_ADDRESS = "10.96.0.1";
export const CLUSTER_DOMAIN = "cluster.local";

/** Names under which programs of the cluster and of this machine reach the API server. */
export const API_SERVER_NAMES = [
  "localhost",
  "kubernetes",
  "kubernetes.default",
  "kubernetes.default.svc",
  `kubernetes.default.svc.${CLUSTER_DOMAIN}`,
];

/** Addresses under which the same programs reach it. */
export const API_SERVER_ADDRESSES = ["127.0.0.1", ADVERTISED_ADDRESS, API_SERVICE_ADDRESS];

/** Files of the run's own certificate authority, of the API server's certificate and of the service account key. */
export interface Certificates {
  readonly caFile: string;
  readonly caKeyFile: string;
  readonly servingCertFile: string;
  readonly servingKeyFile: string;
  /** Who the API server is to kubelets. */
  readonly kubeletClientCertFile: string;
  readonly kubeletClientKeyFile: string;
  readonly serviceAccountKeyFile: string;
  readonly serviceAccountPublicKeyFile: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Makes the authority of a run, and all that the control plane needs of it. Private keys are readable by us only. */
export async function makeCertificates(directory: string): Promise<Certificates> {
  fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
  const files: Certificates = {
    caFile: path.join(directory, "ca.crt"),
    caKeyFile: path.join(directory, "ca.key"),
    servingCertFile: path.join(directory, "apiserver.crt"),
    servingKeyFile: path.join(directory, "apiserver.key"),
    kubeletClientCertFile: path.join(directory, "apiserver-kubelet-client.crt"),
    kubeletClientKeyFile: path.join(directory, "apiserver-kubelet-client.key"),
    serviceAccountKeyFile: path.join(directory, "service-account.key"),
    serviceAccountPublicKeyFile: path.join(directory, "service-account.pub"),
  };
  const authority = await generate([{ name: "commonName", value: "lab-ca" }], {
    ...common(),
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true },
    ],
  });
  fs.writeFileSync(files.caFile, authority.cert);
  writePrivate(files.caKeyFile, authority.private);

  const serving = await issueServingCertificate(files, {
    commonName: "kube-apiserver",
    names: API_SERVER_NAMES,
    addresses: API_SERVER_ADDRESSES,
  });
  fs.writeFileSync(files.servingCertFile, serving.cert);
  writePrivate(files.servingKeyFile, serving.key);

  const client = await generate([{ name: "commonName", value: "kube-apiserver-kubelet-client" }], {
    ...common(),
    ca: { cert: authority.cert, key: authority.private },
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", clientAuth: true },
    ],
  });
  fs.writeFileSync(files.kubeletClientCertFile, client.cert);
  writePrivate(files.kubeletClientKeyFile, client.private);

  const serviceAccount = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  writePrivate(files.serviceAccountKeyFile, serviceAccount.privateKey);
  fs.writeFileSync(files.serviceAccountPublicKeyFile, serviceAccount.publicKey);
  return files;
}

/** A certificate for a server of the run (PEM), signed by the run's authority; the nodes' kubelets need one too. */
export async function issueServingCertificate(
  authority: Pick<Certificates, "caFile" | "caKeyFile">,
  server: { readonly commonName: string; readonly names: readonly string[]; readonly addresses: readonly string[] },
): Promise<{ cert: string; key: string }> {
  const issued = await generate([{ name: "commonName", value: server.commonName }], {
    ...common(),
    ca: { cert: fs.readFileSync(authority.caFile, "utf8"), key: fs.readFileSync(authority.caKeyFile, "utf8") },
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      {
        name: "subjectAltName",
        altNames: [
          ...server.names.map((value) => ({ type: 2 as const, value })),
          ...server.addresses.map((ip) => ({ type: 7 as const, ip })),
        ],
      },
    ],
  });
  return { cert: issued.cert, key: issued.private };
}

/** Writes a file that only the user who runs the lab can read. */
export function writePrivate(file: string, content: string): void {
  fs.writeFileSync(file, content, { mode: 0o600 });
}

function common() {
  return {
    keyType: "ec" as const,
    algorithm: "sha256",
    // A clock that is set back a little must not make them invalid.
    notBeforeDate: new Date(Date.now() - DAY_MS),
    notAfterDate: new Date(Date.now() + 30 * DAY_MS),
  };
}
