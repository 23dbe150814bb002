/** A path in a container's file system, and the directory or file of this machine that is mounted there. */
export interface Mount {
  readonly mountPath: string;
  readonly source: string;
}

/** The path on this machine for a path in the container; `undefined` if no mount contains it. */
export function hostPath(mounts: readonly Mount[], path: string): string | undefined {
  const wanted = withoutTrailingSlash(path);
  let best: Mount | undefined;
  for (const mount of mounts) {
    const length = withoutTrailingSlash(mount.mountPath).length;
    if (holds(mount.mountPath, wanted) && (best === undefined || length > best.mountPath.length)) {
      best = { mountPath: withoutTrailingSlash(mount.mountPath), source: mount.source };
    }
  }
  if (best === undefined) {
    return undefined;
  }
  const rest = wanted.slice(best.mountPath.length);
  return rest === "" ? best.source : `${best.source === "/" ? "" : best.source}${rest}`;
}

/** The path on this machine for a path in the container, or those of the mounts in this directory of the container. */
export function hostPaths(mounts: readonly Mount[], path: string): string[] {
  const found = hostPath(mounts, path);
  if (found !== undefined) return [found];
  return mounts.filter(({ mountPath }) => holds(path, mountPath)).map(({ source }) => source);
}

/** The path on this machine for a path in the container, or the path itself if no mount contains it. */
export function mapPath(mounts: readonly Mount[], path: string): string {
  return hostPath(mounts, path) ?? path;
}

function holds(mountPath: string, path: string): boolean {
  const root = withoutTrailingSlash(mountPath);
  return path === root || path.startsWith(`${root}/`);
}

function withoutTrailingSlash(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, "") : path;
}
