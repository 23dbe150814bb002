import { advertisedAddress, clusterDomain, serviceAddresses } from "./certificates";
import type { Certificates } from "./certificates";

/** Issuer of the tokens that pods and the TokenRequest API get. */
export const serviceAccountIssuer = `https://kubernetes.default.svc.${clusterDomain}`;

/** Arguments of etcd: one member, on loopback, its data good for this run only. */
export function etcdArguments(o: { clientPort: number; peerPort: number; dataDirectory: string }): string[] {
  const client = `http://127.0.0.1:${o.clientPort}`;
  const peer = `http://127.0.0.1:${o.peerPort}`;
  return [
    "--name=lab",
    `--data-dir=${o.dataDirectory}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=lab=${peer}`,
    // Nothing of a run outlives it, so nothing need be safe from a power cut.
    "--unsafe-no-fsync",
    "--logger=zap",
    "--log-level=warn",
  ];
}

/** Arguments of kube-apiserver. What is not named here is as Kubernetes has it by default. */
export function apiServerArguments(o: {
  port: number;
  etcdPort: number;
  certificates: Certificates;
  tokenFile: string;
  auditPolicyFile: string;
  auditLogFile: string;
  /** Plugins that Kubernetes enables by default, such as `PodSecurity`. */
  disabledAdmissionPlugins?: readonly string[];
  /** Says by which proxy nodes are reached. */
  egressSelectorFile: string;
}): string[] {
  return [
    "--bind-address=127.0.0.1",
    `--secure-port=${o.port}`,
    `--advertise-address=${advertisedAddress}`,
    // It would publish the port that it listens on; the lab publishes the master node's (endpoints.ts).
    "--endpoint-reconciler-type=none",
    `--etcd-servers=http://127.0.0.1:${o.etcdPort}`,
    `--service-cluster-ip-range=${serviceAddresses}`,
    `--tls-cert-file=${o.certificates.servingCertFile}`,
    `--tls-private-key-file=${o.certificates.servingKeyFile}`,
    `--client-ca-file=${o.certificates.caFile}`,
    // There is no front proxy, but without this the components log an error every minute.
    `--requestheader-client-ca-file=${o.certificates.caFile}`,
    "--requestheader-allowed-names=front-proxy-client",
    "--requestheader-username-headers=X-Remote-User",
    "--requestheader-group-headers=X-Remote-Group",
    "--requestheader-extra-headers-prefix=X-Remote-Extra-",
    `--token-auth-file=${o.tokenFile}`,
    "--authorization-mode=RBAC",
    `--service-account-issuer=${serviceAccountIssuer}`,
    `--service-account-signing-key-file=${o.certificates.serviceAccountKeyFile}`,
    `--service-account-key-file=${o.certificates.serviceAccountPublicKeyFile}`,
    // node-exporter and CSI drivers ask for it; kubeadm clusters allow it too.
    "--allow-privileged=true",
    ...(o.disabledAdmissionPlugins === undefined
      ? []
      : [`--disable-admission-plugins=${o.disabledAdmissionPlugins.join(",")}`]),
    `--audit-policy-file=${o.auditPolicyFile}`,
    `--audit-log-path=${o.auditLogFile}`,
    // An entry is written before the answer is sent, so that a test need not wait for it.
    "--audit-log-mode=blocking",
    "--profiling=false",
    `--egress-selector-config-file=${o.egressSelectorFile}`,
    `--kubelet-client-certificate=${o.certificates.kubeletClientCertFile}`,
    `--kubelet-client-key=${o.certificates.kubeletClientKeyFile}`,
    // Only the cluster can resolve the names of nodes.
    "--kubelet-preferred-address-types=InternalIP",
  ];
}

/**
 * How the API server reaches nodes and pods: by a proxy that takes CONNECT, the lab's pod network. By a
 * socket in the file system, because on a port it wants TLS.
 */
export function egressSelector(socket: string): object {
  return {
    apiVersion: "apiserver.k8s.io/v1beta1",
    kind: "EgressSelectorConfiguration",
    egressSelections: [
      {
        name: "cluster",
        connection: { proxyProtocol: "HTTPConnect", transport: { uds: { udsName: socket } } },
      },
    ],
  };
}

/** Arguments that kube-controller-manager and kube-scheduler share. */
function componentArguments(o: { port: number; kubeconfig: string }): string[] {
  return [
    `--kubeconfig=${o.kubeconfig}`,
    `--authentication-kubeconfig=${o.kubeconfig}`,
    `--authorization-kubeconfig=${o.kubeconfig}`,
    "--bind-address=127.0.0.1",
    `--secure-port=${o.port}`,
    "--leader-elect=false",
    "--profiling=false",
  ];
}

/** Arguments of kube-controller-manager: all controllers that are on by default, each with its own account. */
export function controllerManagerArguments(o: {
  port: number;
  kubeconfig: string;
  certificates: Certificates;
}): string[] {
  return [
    ...componentArguments(o),
    "--use-service-account-credentials=true",
    `--service-account-private-key-file=${o.certificates.serviceAccountKeyFile}`,
    `--root-ca-file=${o.certificates.caFile}`,
    // At the default of 20 a second, making an account for each controller takes 4 s of each start.
    "--kube-api-qps=200",
    "--kube-api-burst=400",
  ];
}

/** Arguments of kube-scheduler. */
export function schedulerArguments(o: { port: number; kubeconfig: string }): string[] {
  return componentArguments(o);
}
