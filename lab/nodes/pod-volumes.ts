import * as fs from "node:fs/promises";
import * as path from "node:path";
import { isDeepStrictEqual } from "node:util";
import type {
  V1Container,
  V1PersistentVolume,
  V1PersistentVolumeClaim,
  V1Pod,
  V1Volume,
  V1VolumeMount,
} from "@kubernetes/client-node";
import { writeAtomically } from "./atomic-files";
import type { Files } from "./atomic-files";
import { ClaimNotBound, MissingSource } from "./pod-environment";
import type { Mount } from "./pod-paths";
import { filesOfVolume, isMadeOfFiles, sourcesOfVolume } from "./volume-files";
import type { FileSources } from "./volume-files";

/** The sources of all volumes, including those that are not made of files. */
export interface VolumeSources extends FileSources {
  claim(name: string): V1PersistentVolumeClaim | undefined;
  persistentVolume(name: string): V1PersistentVolume | undefined;
  /** The directory for data that outlives pods, with one subdirectory for each volume. */
  readonly lastingDirectory: string;
  /**
   * Returns the directory that an EFS access point leads to on its file system; `undefined` if AWS has no such access
   * point.
   */
  accessPointPath: (id: string) => Promise<string | undefined>;
}

/** A function that changes a file's content when the file is written into a volume. README.md lists the changes. */
export type FileChange = (volume: string, file: string, content: Buffer) => Buffer;

/** The volumes of one pod, under the pod's own directory. */
export class PodVolumes {
  private readonly directories = new Map<string, string>();
  private readonly written = new Map<string, Files>();

  constructor(
    private readonly pod: V1Pod,
    private readonly podDirectory: string,
    private readonly sources: VolumeSources,
    private readonly change: FileChange,
  ) {}

  /** Makes the volumes that do not exist yet. Throws `MissingSource` or `ClaimNotBound` if the pod has to wait. */
  public async prepare(): Promise<void> {
    await fs.mkdir(this.podDirectory, { recursive: true, mode: 0o700 });
    for (const volume of this.volumes()) {
      this.directories.set(volume.name, await this.directoryOf(volume));
    }
    // Files are written after all directories are known, because a file may name the directory of any volume.
    for (const volume of this.volumes()) {
      await this.writeFiles(volume);
    }
  }

  /** Updates the files from their ConfigMaps, Secrets and tokens. Returns whether a file has changed. */
  public async refresh(): Promise<boolean> {
    let changed = false;
    for (const volume of this.volumes()) {
      changed = (await this.writeFiles(volume)) || changed;
    }
    return changed;
  }

  /** Whether a volume uses this ConfigMap or Secret, written as `configmap/name` or `secret/name`. */
  public uses(source: string): boolean {
    return this.volumes().some((volume) => sourcesOfVolume(volume).includes(source));
  }

  /** The directory of each claim that the pod has mounted, by the claim's name. */
  public claims(): ReadonlyMap<string, string> {
    return new Map(
      this.volumes().flatMap(({ name, persistentVolumeClaim }) => {
        const directory = this.directories.get(name);
        return persistentVolumeClaim === undefined || directory === undefined
          ? []
          : [[persistentVolumeClaim.claimName, directory]];
      }),
    );
  }

  /** The mounts of a container. */
  public mountsOf(container: V1Container): Mount[] {
    return (container.volumeMounts ?? []).map((mount, index) => ({
      mountPath: mount.mountPath,
      source: this.isFrozen(mount)
        ? path.join(this.podDirectory, "subpaths", container.name, String(index))
        : path.join(this.directories.get(mount.name) ?? this.podDirectory, mount.subPath ?? ""),
    }));
  }

  /** Copies each file that is mounted by `subPath` before a container starts. As on a real node, no copy is updated. */
  public async copySubPaths(container: V1Container): Promise<void> {
    const mounts = this.mountsOf(container);
    for (const [index, mount] of (container.volumeMounts ?? []).entries()) {
      const target = mounts[index]?.source as string;
      if (this.isFrozen(mount)) {
        const source = path.join(this.directories.get(mount.name) as string, mount.subPath as string);
        await fs.rm(target, { recursive: true, force: true });
        await fs.cp(source, target, { recursive: true, dereference: true });
      } else if (mount.subPath) {
        await fs.mkdir(target, { recursive: true });
      }
    }
  }

  /** Deletes everything that belongs only to the pod, above all secrets. Persistent data is in another directory. */
  public async remove(): Promise<void> {
    await fs.rm(path.join(this.podDirectory, "volumes"), { recursive: true, force: true });
    await fs.rm(path.join(this.podDirectory, "subpaths"), { recursive: true, force: true });
  }

  private volumes(): readonly V1Volume[] {
    return this.pod.spec?.volumes ?? [];
  }

  private isFrozen(mount: V1VolumeMount): boolean {
    const volume = this.volumes().find((candidate) => candidate.name === mount.name);
    return Boolean(mount.subPath) && volume !== undefined && isMadeOfFiles(volume);
  }

  private async directoryOf(volume: V1Volume): Promise<string> {
    if (volume.hostPath) {
      return volume.hostPath.path;
    }
    if (volume.persistentVolumeClaim) {
      return this.claimDirectory(volume.persistentVolumeClaim.claimName);
    }
    const directory = path.join(this.podDirectory, "volumes", volume.name);
    await fs.mkdir(directory, { recursive: true, mode: 0o700 });
    return directory;
  }

  private async writeFiles(volume: V1Volume): Promise<boolean> {
    const directory = this.directories.get(volume.name);
    const files = directory === undefined ? undefined : await filesOfVolume(volume, this.sources);
    if (directory === undefined || files === undefined) {
      return false;
    }
    const changed = new Map([...files].map(([name, content]) => [name, this.change(volume.name, name, content)]));
    if (isDeepStrictEqual(this.written.get(volume.name), changed)) {
      return false;
    }
    await writeAtomically(directory, changed);
    this.written.set(volume.name, changed);
    return true;
  }

  private async claimDirectory(claimName: string): Promise<string> {
    const claim = this.sources.claim(claimName);
    if (claim === undefined) {
      throw new MissingSource("persistentvolumeclaim", claimName);
    }
    const volumeName = claim.spec?.volumeName;
    if (claim.status?.phase !== "Bound" || volumeName === undefined) {
      throw new ClaimNotBound(claimName, claim.status?.phase ?? "Pending");
    }
    const volume = this.sources.persistentVolume(volumeName);
    if (volume === undefined) {
      throw new MissingSource("persistentvolume", volumeName);
    }
    const directory =
      volume.spec?.hostPath?.path ?? path.join(this.sources.lastingDirectory, await this.lastingName(volume));
    await fs.mkdir(directory, { recursive: true, mode: 0o700 });
    return directory;
  }

  /**
   * The name of a volume's persistent directory. On EFS it is made from the directory that the access point leads to.
   * On other storage each volume has its own directory.
   */
  private async lastingName(volume: V1PersistentVolume): Promise<string> {
    const handle = volume.spec?.csi?.volumeHandle ?? volume.metadata?.name ?? "";
    const [fileSystem = "", accessPoint] = handle.split("::");
    const below = accessPoint === undefined ? undefined : await this.sources.accessPointPath(accessPoint);
    return below === undefined ? handle.replace(/[^A-Za-z0-9.-]+/g, "_") : path.join(fileSystem, below);
  }
}
