import { advertisedAddress, clusterDomain, serviceAddresses } from "./certificates";
import type { Certificates } from "./certificates";

/** The issuer of service account tokens (of pods and of the TokenRequest API). */
export const serviceAccountIssuer = `https://kubernetes.default.svc.${clusterDomain}`;

/** Arguments of etcd, which has one member, on loopback. Its data is needed only during this run. */
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
    // The data need not survive a power failure, because nobody needs it after the run.
    "--unsafe-no-fsync",
    "--logger=zap",
    "--log-level=warn",
  ];
}

/**
 * Metrics of the API server that no alert reads, and labels by which no alert tells series apart. The lab's Prometheus
 * scrapes every two seconds, so all these series would take more processor time than the other parts of the lab.
 */
const disabledMetrics = [
  "apiserver_admission_controller_admission_duration_seconds",
  "apiserver_flowcontrol_demand_seats",
  "apiserver_flowcontrol_priority_level_request_utilization",
  "apiserver_flowcontrol_priority_level_seat_utilization",
  "apiserver_flowcontrol_request_execution_seconds",
  "apiserver_request_body_size_bytes",
  "apiserver_request_duration_seconds",
  "apiserver_request_filter_duration_seconds",
  "apiserver_response_sizes",
  "apiserver_watch_cache_read_wait_seconds",
  "apiserver_watch_events_sizes",
  "apiserver_watch_list_duration_seconds",
  "etcd_requests_total",
  "kubernetes_feature_enabled",
  "workqueue_queue_duration_seconds",
  "workqueue_work_duration_seconds",
];
const mergedLabels = {
  etcd_request_duration_seconds: ["group", "resource"],
  apiserver_request_sli_duration_seconds: ["group", "resource", "subresource", "version"],
};

/** Arguments of kube-apiserver. Everything that is not listed here has the Kubernetes default. */
export function apiServerArguments(o: {
  port: number;
  etcdPort: number;
  certificates: Certificates;
  tokenFile: string;
  auditPolicyFile: string;
  auditLogFile: string;
  /** Admission plugins to disable although Kubernetes enables them by default, for example `PodSecurity`. */
  disabledAdmissionPlugins?: readonly string[];
  /** The file that names the proxy to the nodes. */
  egressSelectorFile: string;
}): string[] {
  return [
    "--bind-address=127.0.0.1",
    `--secure-port=${o.port}`,
    `--advertise-address=${advertisedAddress}`,
    // The API server would publish the port on which it really listens; the lab publishes the master node's port
    // (endpoints.ts).
    "--endpoint-reconciler-type=none",
    `--etcd-servers=http://127.0.0.1:${o.etcdPort}`,
    `--service-cluster-ip-range=${serviceAddresses}`,
    `--tls-cert-file=${o.certificates.servingCertFile}`,
    `--tls-private-key-file=${o.certificates.servingKeyFile}`,
    `--client-ca-file=${o.certificates.caFile}`,
    // This flag is for a front proxy. The lab has none, but without the flag the components log an error every minute.
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
    // node-exporter and CSI drivers need privileged pods; kubeadm clusters allow them too.
    "--allow-privileged=true",
    ...(o.disabledAdmissionPlugins === undefined
      ? []
      : [`--disable-admission-plugins=${o.disabledAdmissionPlugins.join(",")}`]),
    `--audit-policy-file=${o.auditPolicyFile}`,
    `--audit-log-path=${o.auditLogFile}`,
    // The audit entry is written before the response is sent, so that a test need not wait for it.
    "--audit-log-mode=blocking",
    "--profiling=false",
    `--disabled-metrics=${disabledMetrics.join(",")}`,
    // Every value but this one becomes "unexpected".
    ...Object.entries(mergedLabels).flatMap(([metric, labels]) =>
      labels.map((label) => `--allow-metric-labels=${metric},${label}=none`),
    ),
    `--egress-selector-config-file=${o.egressSelectorFile}`,
    `--kubelet-client-certificate=${o.certificates.kubeletClientCertFile}`,
    `--kubelet-client-key=${o.certificates.kubeletClientKeyFile}`,
    // Node names can be resolved only inside the cluster.
    "--kubelet-preferred-address-types=InternalIP",
  ];
}

/**
 * The configuration with which the API server reaches nodes and pods through the pod network's proxy, by `CONNECT`. The
 * proxy listens on a Unix socket, because the API server would require TLS on a TCP port.
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

/** Arguments that kube-controller-manager and kube-scheduler have in common. */
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

/**
 * Arguments of kube-controller-manager. It runs all controllers that are enabled by default, each with its own service
 * account.
 */
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
    // With the default of 20 a second, creating a service account for each controller takes 4 s of each start.
    "--kube-api-qps=200",
    "--kube-api-burst=400",
  ];
}

/** Arguments of kube-scheduler. */
export function schedulerArguments(o: { port: number; kubeconfig: string }): string[] {
  return componentArguments(o);
}
