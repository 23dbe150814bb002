import type { StackSettings } from "../settings/stack-settings";
import { mirrorOf, nameWithin } from "../settings/mirrors";
import { chartImages } from "../versions";

type ImageName = keyof typeof chartImages;

/** The fields of a chart's `image` that this program sets. */
interface ImageValues {
  readonly registry?: string;
  readonly repository?: string;
  readonly tag?: string;
  readonly digest?: string;
  readonly sha?: string;
}

type Way = (value: string, name: ImageName) => ImageValues;

const inRepository: Way = (registry, name) => ({
  repository: `${registry}/${nameWithin(chartImages[name].repository)}`,
});
const byRegistry: Way = (registry) => ({ registry });
const byDigest: Way = (digest) => ({ digest });
// The value is the complete digest, despite the key's name: the chart writes `@` followed by this value.
const bySha: Way = (sha) => ({ sha });
// The chart has no key for digests. It writes `:` followed by the tag, and the tag may end with a digest.
const byTag: Way = (digest, name) => ({ tag: `${chartImages[name].tag}@${digest}` });

/** For each chart, the fields that set a mirror and those that set a digest. */
const ways: Readonly<Record<ImageName, { readonly mirror: Way; readonly pin: Way }>> = {
  prometheus: { mirror: inRepository, pin: byDigest },
  alertmanager: { mirror: inRepository, pin: byTag },
  nodeExporter: { mirror: byRegistry, pin: byDigest },
  kubeStateMetrics: { mirror: byRegistry, pin: bySha },
  pushgateway: { mirror: inRepository, pin: byTag },
};

/** The values that make a chart use the mirror and the digest of its image; empty if neither is set. */
export function imageValues(
  name: ImageName,
  { registry, digests }: StackSettings["images"],
): { readonly image?: ImageValues } {
  const { mirror, pin } = ways[name];
  const digest = digests[name];
  const prefix = mirrorOf(chartImages[name].repository, registry);
  const image = {
    ...(prefix !== undefined && mirror(prefix, name)),
    ...(digest !== undefined && pin(digest, name)),
  };
  return Object.keys(image).length === 0 ? {} : { image };
}
