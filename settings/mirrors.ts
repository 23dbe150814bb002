import { chartImages } from "../versions";

/** Where images are mirrored: one prefix for all, or one for each source registry. */
export type Mirrors = string | Readonly<Partial<Record<string, string>>>;

/** The registries that the chart's images come from. */
export const upstreams = [...new Set(Object.values(chartImages).map(({ repository }) => upstreamOf(repository)))];

/** The prefix under which an image is mirrored; undefined if the image comes from its original registry. */
export function mirrorOf(repository: string, mirrors: Mirrors | undefined): string | undefined {
  return typeof mirrors === "string" ? mirrors : mirrors?.[upstreamOf(repository)];
}

/** The image's name without its registry. */
export function nameWithin(repository: string): string {
  return repository.slice(upstreamOf(repository).length + 1);
}

function upstreamOf(repository: string): string {
  return repository.slice(0, repository.indexOf("/"));
}
