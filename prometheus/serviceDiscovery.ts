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

const further = z.array(z.record(z.string(), z.unknown())).optional();

/** What else Prometheus knows: taken as it is, because nothing of it depends on the cluster or on AWS. */
const furtherDiscovery = {
  azure_sd_configs: further,
  consul_sd_configs: further,
  digitalocean_sd_configs: further,
  docker_sd_configs: further,
  dockerswarm_sd_configs: further,
  eureka_sd_configs: further,
  gce_sd_configs: further,
  hetzner_sd_configs: further,
  ionos_sd_configs: further,
  kuma_sd_configs: further,
  lightsail_sd_configs: further,
  linode_sd_configs: further,
  marathon_sd_configs: further,
  nerve_sd_configs: further,
  nomad_sd_configs: further,
  openstack_sd_configs: further,
  ovhcloud_sd_configs: further,
  puppetdb_sd_configs: further,
  scaleway_sd_configs: further,
  serverset_sd_configs: further,
  stackit_sd_configs: further,
  triton_sd_configs: further,
  uyuni_sd_configs: further,
  vultr_sd_configs: further,
};

/** The ways to targets; those that a team on Kubernetes in AWS needs are checked to their leaves. */
export const serviceDiscovery = {
  ...furtherDiscovery,
  kubernetes_sd_configs: z.array(kubernetes).optional(),
  static_configs: z
    .array(
      z.strictObject({
        /** Host and port, unless relabelling makes that of them, as for a probe of a URL. */
        targets: z.array(z.string()),
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
