import { z } from "zod";
import { upstreams } from "../mirrors";

const digest = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, { error: 'a digest: "sha256:" and 64 digits of 0-9 and a-f, in lower case' });

const prefix = "a registry's host, with a path if any, without https://";
const mirrors = `${prefix}; or a map of such, by ${upstreams.join(" and ")}`;
const mirror = (error: string) =>
  z.string().regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?(:\d+)?(\/[-a-z0-9._]+)*$/, { error });

/** Where images are mirrored. With a pull-through cache, each source registry has a separate prefix. */
export const imageRegistry = z
  .union(
    [mirror(mirrors), z.strictObject(Object.fromEntries(upstreams.map((one) => [one, mirror(prefix).optional()])))],
    { error: mirrors },
  )
  .optional()
  .describe(
    `A registry that mirrors every image, for sites without internet access; or a mirror for each upstream registry: \`{ ${upstreams.map((one) => `${one}: <prefix>`).join(", ")} }\``,
  );

const imageDigest = (of: string) =>
  digest.optional().describe(`Digest of ${of}; without it, only the tag selects the image`);

/** A digest for each image that the chart starts. */
export const imageDigests = z
  .strictObject({
    prometheus: imageDigest("Prometheus' image"),
    alertmanager: imageDigest("Alertmanager's image"),
    nodeExporter: imageDigest("node-exporter's image"),
    kubeStateMetrics: imageDigest("kube-state-metrics' image"),
    pushgateway: imageDigest("the Pushgateway's image"),
  })
  .prefault({})
  .describe("Digests that pin the images");

export const chartDigest = digest
  .optional()
  .describe(
    "Digest of the chart: of the manifest if the source is `oci://`, of the file if the source is a `.tgz`; refused for other sources",
  );
