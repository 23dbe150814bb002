import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
// A copy of outputs/read-alerting.ts.
import { readAlerting } from "./read-alerting";

/** A small public image that serves its metrics at /metrics. */
const image = "quay.io/brancz/prometheus-example-app:v0.5.0";
const port = 8080;

/** An application in a separate namespace, which Prometheus discovers by its pods' annotations. */
export = async () => {
  const config = new pulumi.Config();
  const alerting = await readAlerting(config.require("alertingStack"));

  // The SDK would make this machine's KUBECONFIG an input of the provider, so on another machine all resources would
  // change. The provider finds the kubeconfig without it.
  delete process.env.KUBECONFIG;
  const provider = new k8s.Provider("cluster", { context: config.require("context") });
  const onCluster = { provider };
  const labels = { "app.kubernetes.io/name": "example-app" };

  const namespace = new k8s.core.v1.Namespace(
    "namespace",
    // With the second label, pods of this namespace may push to the Pushgateway. To be scraped, they need no label.
    {
      metadata: {
        name: config.get("namespace") ?? "example-app",
        labels: { ...labels, "alerting-pushgateway": "true" },
      },
    },
    onCluster,
  );
  const deployment = new k8s.apps.v1.Deployment(
    "example-app",
    {
      metadata: { name: "example-app", namespace: namespace.metadata.name, labels },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: {
          metadata: {
            labels,
            annotations: {
              "prometheus.io/scrape": "true",
              "prometheus.io/port": String(port),
              "prometheus.io/path": "/metrics",
            },
          },
          spec: {
            automountServiceAccountToken: false,
            securityContext: {
              runAsNonRoot: true,
              runAsUser: 65534,
              seccompProfile: { type: "RuntimeDefault" },
            },
            containers: [
              {
                name: "example-app",
                image,
                ports: [{ name: "http", containerPort: port }],
                // Batch jobs push their metrics to this URL, because they end before Prometheus can scrape them.
                env: [{ name: "PUSHGATEWAY_URL", value: alerting.pushgatewayInClusterUrl }],
                readinessProbe: { httpGet: { path: "/", port } },
                resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { memory: "64Mi" } },
                securityContext: {
                  allowPrivilegeEscalation: false,
                  readOnlyRootFilesystem: true,
                  capabilities: { drop: ["ALL"] },
                },
              },
            ],
          },
        },
      },
    },
    onCluster,
  );

  return {
    namespace: namespace.metadata.name,
    deployment: deployment.metadata.name,
    prometheusUrl: alerting.prometheusUrl,
  };
};
