import { z } from "zod";
import { positiveDuration } from "../configuration/durations";
import { httpClient, url } from "./httpClient";

const texts = z.array(z.string().min(1));
const port = z.int().min(1).max(65535);
const labels = z.record(z.string(), z.string());

/** What Kubernetes is asked for. */
export const kubernetesRole = z.enum(["pod", "service", "endpoints", "endpointslice", "node", "ingress"]);

const kubernetes = z.strictObject({
  role: kubernetesRole,
  /** Unless set, the cluster that Prometheus runs in. */
  api_server: url.optional(),
  kubeconfig_file: z.string().min(1).optional(),
  namespaces: z.strictObject({ own_namespace: z.boolean().optional(), names: texts.optional() }).optional(),
  selectors: z
    .array(
      z.strictObject({
        role: kubernetesRole,
        label: z.string().min(1).optional(),
        field: z.string().min(1).optional(),
      }),
    )
    .optional(),
  attach_metadata: z
    .strictObject({
      node: z.boolean().optional(),
      namespace: z.boolean().optional(),
      deployment: z.boolean().optional(),
      job: z.boolean().optional(),
      cronjob: z.boolean().optional(),
    })
    .optional(),
  ...httpClient,
});

/** The ways to targets that a team on Kubernetes in AWS needs; Prometheus knows two dozen more. */
export const serviceDiscovery = {
  kubernetes_sd_configs: z.array(kubernetes).optional(),
  static_configs: z
    .array(
      z.strictObject({
        /** Host and port, without scheme and path. */
        targets: z.array(
          z.string().regex(/^[^/\s]+$/, {
            error: 'host and port, such as "db-1.example:9187"; scheme and path are `scheme` and `metrics_path`',
          }),
        ),
        labels: labels.optional(),
      }),
    )
    .optional(),
  http_sd_configs: z
    .array(z.strictObject({ url, refresh_interval: positiveDuration().optional(), ...httpClient }))
    .optional(),
  file_sd_configs: z
    .array(
      z.strictObject({
        files: z
          .array(
            z.string().regex(/^[^*]*(\*[^/]*)?\.(json|yml|yaml|JSON|YML|YAML)$/, {
              error: "the path of a .json, .yml or .yaml file, with at most one * and that in its last part",
            }),
          )
          .min(1),
        refresh_interval: positiveDuration().optional(),
      }),
    )
    .optional(),
  dns_sd_configs: z
    .array(
      z.strictObject({
        names: texts.min(1),
        type: z.enum(["SRV", "A", "AAAA", "MX", "NS"]).optional(),
        port: port.optional(),
        refresh_interval: positiveDuration().optional(),
      }),
    )
    .optional(),
  ec2_sd_configs: z
    .array(
      z.strictObject({
        region: z.string().min(1).optional(),
        endpoint: z.string().min(1).optional(),
        profile: z.string().min(1).optional(),
        role_arn: z.string().min(1).optional(),
        external_id: z.string().min(1).optional(),
        port: port.optional(),
        refresh_interval: positiveDuration().optional(),
        filters: z.array(z.strictObject({ name: z.string().min(1), values: texts.min(1) })).optional(),
        ...httpClient,
      }),
    )
    .optional(),
};
