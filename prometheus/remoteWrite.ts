import { z } from "zod";
import { positiveDuration, prometheusDuration } from "../configuration/durations";
import { httpClient, url } from "./httpClient";
import { relabelConfig } from "./relabelConfig";

const count = z.int().min(1).optional();

/** Where samples are sent besides the server's own disk. */
export const remoteWrite = z.strictObject({
  url,
  /** Tells several apart in metrics and logs; unlike any other's. */
  name: z.string().min(1).optional(),
  remote_timeout: positiveDuration().optional(),
  /** Kept in clear: no credentials here. */
  headers: z.record(z.string(), z.string()).optional(),
  write_relabel_configs: z.array(relabelConfig).optional(),
  send_exemplars: z.boolean().optional(),
  send_native_histograms: z.boolean().optional(),
  round_robin_dns: z.boolean().optional(),
  protobuf_message: z.enum(["prometheus.WriteRequest", "io.prometheus.write.v2.Request"]).optional(),
  queue_config: z
    .strictObject({
      capacity: count,
      min_shards: count,
      max_shards: count,
      max_samples_per_send: count,
      batch_send_deadline: positiveDuration().optional(),
      min_backoff: positiveDuration().optional(),
      max_backoff: positiveDuration().optional(),
      retry_on_http_429: z.boolean().optional(),
      sample_age_limit: prometheusDuration().optional(),
    })
    .optional(),
  metadata_config: z
    .strictObject({
      send: z.boolean().optional(),
      send_interval: positiveDuration().optional(),
      max_samples_per_send: count,
    })
    .optional(),
  /** AWS' request signing; without a profile, the credentials of the pod's own role. */
  sigv4: z
    .strictObject({
      region: z.string().min(1).optional(),
      profile: z.string().min(1).optional(),
      role_arn: z.string().min(1).optional(),
      external_id: z.string().min(1).optional(),
      use_fips_sts_endpoint: z.boolean().optional(),
      service_name: z.string().min(1).optional(),
    })
    .optional(),
  ...httpClient,
});

export type RemoteWrite = z.infer<typeof remoteWrite>;
