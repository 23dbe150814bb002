import type { StackSettings } from "../settings/stack-settings";
import { mirrorOf, nameWithin } from "../settings/mirrors";
import { chartImages } from "../versions";

type ImageName = keyof typeof chartImages;

/** What a chart's `image` takes, as far as it is ours. */
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
// Whole, though it is called so: the chart writes `@` and this.
const bySha: Way = (sha) => ({ sha });
// Without a key for digests, the chart writes `:` and the tag, which may end with a digest.
const byTag: Way = (digest, name) => ({ tag: `${chartImages[name].tag}@${digest}` });

/** How each chart takes a mirror, and a digest. */
const ways: Readonly<Record<ImageName, { readonly mirror: Way; readonly pin: Way }>> = {
  prometheus: { mirror: inRepository, pin: byDigest },
  alertmanager: { mirror: inRepository, pin: byTag },
  nodeExporter: { mirror: byRegistry, pin: byDigest },
  kubeStateMetrics: { mirror: byRegistry, pin: bySha },
  pushgateway: { mirror: inRepository, pin: byTag },
};

/** The values by which a chart takes its image from the mirror and by its digest; none where neither is set. */
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
