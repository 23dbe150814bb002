import { generateKeyPairSync } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { issueCertificate, makeAuthority } from "../certificates";

/** The API server's address in the cluster's own configuration: the master node's address. */
export const advertisedAddress = "10.0.1.10";
/** The port of the advertised address. The API server really listens on a free port of 127.0.0.1. */
export const advertisedPort = 6443;
export const serviceAddresses = "10.96.0.0/16";
/** The address of the Service `kubernetes`, which is the first address of the Service range. */
const apiServiceAddress = "10.96.0.1";
export const clusterDomain = "cluster.local";

/** The names by which programs in the cluster and on this machine reach the API server. */
const apiServerNames = [
  "localhost",
  "kubernetes",
  "kubernetes.default",
  "kubernetes.default.svc",
  `kubernetes.default.svc.${clusterDomain}`,
];

/** The files with the run's certificate authority, the API server's certificate and the service account key. */
export interface Certificates {
  readonly caFile: string;
  readonly servingCertFile: string;
  readonly servingKeyFile: string;
  /** The certificate with which the API server authenticates to kubelets. */
  readonly kubeletClientCertFile: string;
  readonly kubeletClientKeyFile: string;
  readonly serviceAccountKeyFile: string;
  readonly serviceAccountPublicKeyFile: string;
}

/**
 * Makes the certificate authority of a run, and all keys and certificates of the control plane. Only this user can read
 * the private keys.
 */
export async function makeCertificates(directory: string): Promise<Certificates> {
  fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
  const files: Certificates = {
    caFile: path.join(directory, "ca.crt"),
    servingCertFile: path.join(directory, "apiserver.crt"),
    servingKeyFile: path.join(directory, "apiserver.key"),
    kubeletClientCertFile: path.join(directory, "apiserver-kubelet-client.crt"),
    kubeletClientKeyFile: path.join(directory, "apiserver-kubelet-client.key"),
    serviceAccountKeyFile: path.join(directory, "service-account.key"),
    serviceAccountPublicKeyFile: path.join(directory, "service-account.pub"),
  };
  const authority = await makeAuthority("lab-ca");
  const serving = await issueCertificate("kube-apiserver", {
    authority,
    names: apiServerNames,
    addresses: ["127.0.0.1", advertisedAddress, apiServiceAddress],
  });
  const client = await issueCertificate("kube-apiserver-kubelet-client", { authority, usage: "clientAuth" });
  fs.writeFileSync(files.caFile, authority.cert);
  fs.writeFileSync(files.servingCertFile, serving.cert);
  fs.writeFileSync(files.kubeletClientCertFile, client.cert);
  writePrivate(files.servingKeyFile, serving.key);
  writePrivate(files.kubeletClientKeyFile, client.key);

  const serviceAccount = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  writePrivate(files.serviceAccountKeyFile, serviceAccount.privateKey);
  fs.writeFileSync(files.serviceAccountPublicKeyFile, serviceAccount.publicKey);
  return files;
}

/** Writes a file that only the user who runs the lab can read. */
export function writePrivate(file: string, content: string): void {
  fs.writeFileSync(file, content, { mode: 0o600 });
}
