import { z } from "zod";
import { positiveDuration, prometheusByteSize } from "../configuration/durations";
import { httpClient } from "./httpClient";
import { relabelConfig } from "./relabelConfig";
import { serviceDiscovery } from "./serviceDiscovery";

const limit = z.int().min(0).optional();
const protocol = z.enum([
  "PrometheusProto",
  "OpenMetricsText1.0.0",
  "OpenMetricsText0.0.1",
  "PrometheusText1.0.0",
  "PrometheusText0.0.4",
]);

/** A scrape job as the chart takes it in `scrapeConfigs.<job>`: Prometheus' own keys, and `enabled`. */
export const scrapeConfig = z.strictObject({
  /** The chart's own switch; a job is on unless it says false. */
  enabled: z.boolean().optional(),
  /** The label `job`; the key of the map unless set, or while it is empty. */
  job_name: z.string().optional(),
  scrape_interval: positiveDuration().optional(),
  /** Not longer than the interval. */
  scrape_timeout: positiveDuration().optional(),
  metrics_path: z.string().regex(/^\//, { error: 'a path that begins with "/", such as "/metrics"' }).optional(),
  scheme: z.enum(["http", "https"]).optional(),
  params: z.record(z.string(), z.array(z.string())).optional(),
  honor_labels: z.boolean().optional(),
  honor_timestamps: z.boolean().optional(),
  track_timestamps_staleness: z.boolean().optional(),
  enable_compression: z.boolean().optional(),
  scrape_protocols: z.array(protocol).min(1).optional(),
  fallback_scrape_protocol: protocol.optional(),
  scrape_native_histograms: z.boolean().optional(),
  always_scrape_classic_histograms: z.boolean().optional(),
  convert_classic_histograms_to_nhcb: z.boolean().optional(),
  extra_scrape_metrics: z.boolean().optional(),
  scrape_failure_log_file: z.string().min(1).optional(),
  /** A larger answer fails the scrape; 0 is no limit. */
  body_size_limit: prometheusByteSize().optional(),
  sample_limit: limit,
  target_limit: limit,
  label_limit: limit,
  label_name_length_limit: limit,
  label_value_length_limit: limit,
  native_histogram_bucket_limit: limit,
  native_histogram_min_bucket_factor: z.number().min(0).optional(),
  keep_dropped_targets: limit,
  metric_name_validation_scheme: z.enum(["legacy", "utf8"]).optional(),
  metric_name_escaping_scheme: z.enum(["allow-utf-8", "underscores", "dots", "values"]).optional(),
  /** Before the scrape, on targets. */
  relabel_configs: z.array(relabelConfig).optional(),
  /** After the scrape, on every series. */
  metric_relabel_configs: z.array(relabelConfig).optional(),
  ...serviceDiscovery,
  ...httpClient,
});

export type ScrapeConfig = z.infer<typeof scrapeConfig>;
