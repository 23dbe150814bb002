import type { V1KeyToPath, V1Pod, V1Volume, V1VolumeProjection } from "@kubernetes/client-node";
import type { Files } from "./atomic-files";
import { MissingSource, podField } from "./pod-environment";

/** The sources of volumes that are made of files. All names belong to the pod's own namespace. */
export interface FileSources {
  readonly pod: V1Pod;
  readonly podIP: string;
  readonly hostIP: string;
  configMapFiles(name: string): Files | undefined;
  secretFiles(name: string): Files | undefined;
  /** A token of the pod's service account, which is bound to the pod. */
  token(audience: string | undefined, seconds: number): Promise<string>;
}

/**
 * The files of a `configMap`, `secret`, `downwardAPI` or `projected` volume; `undefined` for other kinds. Throws
 * `MissingSource` if a required source does not exist yet.
 */
export async function filesOfVolume(volume: V1Volume, sources: FileSources): Promise<Files | undefined> {
  if (volume.configMap) {
    const { name = "", optional, items } = volume.configMap;
    return selectKeys("configmap", name, sources.configMapFiles(name), items, optional);
  }
  if (volume.secret) {
    const { secretName = "", optional, items } = volume.secret;
    return selectKeys("secret", secretName, sources.secretFiles(secretName), items, optional);
  }
  if (volume.downwardAPI) {
    return downwardFiles(volume.downwardAPI.items ?? [], sources);
  }
  if (volume.projected) {
    const files = new Map<string, Buffer>();
    for (const source of volume.projected.sources ?? []) {
      for (const [name, content] of await projectedFiles(source, sources)) {
        files.set(name, content);
      }
    }
    return files;
  }
  return undefined;
}

/** Whether {@link filesOfVolume} can make this kind of volume. */
export function isMadeOfFiles(volume: V1Volume): boolean {
  return Boolean(volume.configMap ?? volume.secret ?? volume.downwardAPI ?? volume.projected);
}

/** The names of the ConfigMaps and Secrets that a volume uses, as `configmap/name` and `secret/name`. */
export function sourcesOfVolume(volume: V1Volume): string[] {
  const references = [volume, ...(volume.projected?.sources ?? [])];
  return references.flatMap((reference) => [
    ...(reference.configMap?.name ? [`configmap/${reference.configMap.name}`] : []),
    ...(reference.secret ? [`secret/${secretName(reference.secret)}`] : []),
  ]);
}

function secretName(reference: { name?: string; secretName?: string }): string {
  return reference.secretName ?? reference.name ?? "";
}

async function projectedFiles(source: V1VolumeProjection, sources: FileSources): Promise<Files> {
  if (source.configMap) {
    const { name = "", items, optional } = source.configMap;
    return selectKeys("configmap", name, sources.configMapFiles(name), items, optional);
  }
  if (source.secret) {
    const { name = "", items, optional } = source.secret;
    return selectKeys("secret", name, sources.secretFiles(name), items, optional);
  }
  if (source.serviceAccountToken) {
    const { audience, expirationSeconds, path } = source.serviceAccountToken;
    return new Map([[path, Buffer.from(await sources.token(audience, expirationSeconds ?? 3600))]]);
  }
  return downwardFiles(source.downwardAPI?.items ?? [], sources);
}

function downwardFiles(
  items: readonly { path: string; fieldRef?: { fieldPath: string } }[],
  sources: FileSources,
): Files {
  return new Map(
    items.map((item) => [item.path, Buffer.from(podField(item.fieldRef?.fieldPath ?? "", sources) ?? "")]),
  );
}

function selectKeys(
  kind: "configmap" | "secret",
  name: string,
  all: Files | undefined,
  items: readonly V1KeyToPath[] | undefined,
  optional: boolean | undefined,
): Files {
  if (all === undefined) {
    if (optional === true) {
      return new Map();
    }
    throw new MissingSource(kind, name);
  }
  if (items === undefined) {
    return all;
  }
  const files = new Map<string, Buffer>();
  for (const { key, path } of items) {
    const content = all.get(key);
    if (content !== undefined) {
      files.set(path, content);
    } else if (optional !== true) {
      throw new MissingSource(kind, name, key);
    }
  }
  return files;
}
