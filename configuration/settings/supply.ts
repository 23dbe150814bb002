import { z } from "zod";

const digest = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, { error: 'a digest: "sha256:" and 64 digits of 0-9 and a-f, in lower case' });

const imageDigest = (of: string) => digest.optional().describe(`Digest of ${of}; without it its tag decides`);

/** Of each image that the chart starts. */
export const imageDigests = z
  .strictObject({
    prometheus: imageDigest("Prometheus' image"),
    alertmanager: imageDigest("Alertmanager's image"),
    nodeExporter: imageDigest("node-exporter's image"),
    kubeStateMetrics: imageDigest("kube-state-metrics' image"),
    pushgateway: imageDigest("the Pushgateway's image"),
  })
  .prefault({})
  .describe("Digests of the images, so that no other image comes under the same tag");

export const chartDigest = digest
  .optional()
  .describe(
    "Digest of the chart: of the manifest for an `oci://` source, of the file for a `.tgz`; other sources have none",
  );
