import { isTree, items, type Tree, trees } from "./today-tree";

/** Arguments that were a map, as the list that the exporters' own charts take. */
export function argumentList(value: unknown): unknown {
  if (!isTree(value)) return value;
  return Object.entries(value).map(([name, given]) => {
    const bare = name.replace(/^--/, "");
    if (given === false) return `--no-${bare}`;
    return (typeof given === "string" && given !== "") || typeof given === "number"
      ? `--${bare}=${given}`
      : `--${bare}`;
  });
}

/** Environment variables that were a map, as Kubernetes' list. */
export function environment(value: unknown): unknown {
  if (!isTree(value)) return value;
  return Object.entries(value).map(([name, given]) =>
    isTree(given) ? { name, ...given } : { name, value: String(given) },
  );
}

/** Hosts of an Ingress that were texts with a path, as Alertmanager's own chart takes them. */
export function ingressHosts(value: unknown): unknown {
  return items(value).map((host) => {
    if (typeof host !== "string") return host;
    const [name, ...path] = host.split("/");
    return { host: name, paths: [{ path: `/${path.join("/")}`, pathType: "Prefix" }] };
  });
}

/** A budget without `enabled`: where it is not there, there is none. */
export function budget(value: unknown): unknown {
  if (!isTree(value)) return undefined;
  const { enabled, ...rest } = value;
  return enabled === false || Object.keys(rest).length === 0 ? undefined : rest;
}

/** Names of what was switched on in a map of true and false. */
export function switchedOn(value: unknown): unknown {
  return isTree(value) ? Object.keys(value).filter((key) => value[key] === true) : value;
}

/** Containers that were a list, as the map by name that the server takes. */
export function byName(value: unknown): unknown {
  return Object.fromEntries(
    trees(value)
      .filter(({ name }) => typeof name === "string")
      .map(({ name, ...container }) => [name as string, container]),
  );
}

/** Containers that were a map by name, as the list that a sub-chart takes. */
export function asContainers(value: unknown): unknown {
  return isTree(value)
    ? Object.entries(value).map(([name, container]) => (isTree(container) ? { name, ...container } : { name }))
    : value;
}

/** Entries that say what is mounted, and where. */
const mounted = (value: unknown) => trees(value).filter(({ name, mountPath }) => isText(name) && isText(mountPath));
const isText = (value: unknown) => typeof value === "string";

/** ConfigMaps that node-exporter mounts. */
export function configMaps(value: unknown): unknown {
  return mounted(value).map(({ configMap, name, mountPath }) => ({ name: configMap ?? name, mountPath }));
}

/** What a pod mounts of Secrets or ConfigMaps, as volumes and their mounts. */
export function volumes(value: unknown): { volumes: Tree[]; mounts: Tree[] } {
  const all = mounted(value);
  return {
    volumes: all.map(({ name, secretName, configMap }) => ({
      name,
      ...(secretName !== undefined ? { secret: { secretName } } : { configMap: { name: configMap ?? name } }),
    })),
    mounts: all.map(({ name, mountPath, subPath, readOnly }) => ({
      name,
      mountPath,
      ...(subPath !== undefined && subPath !== "" && { subPath }),
      ...(readOnly !== undefined && { readOnly }),
    })),
  };
}

/** A map as it is; anything else says nothing where a map belongs. */
export function onlyTrees(value: unknown): unknown {
  return isTree(value) ? value : undefined;
}
