import { type Row, migrated } from "./key-translation";
import { keyPath, mapsIn } from "./key-paths";
import { isMap, listOf, type PlainMap, valueAt } from "../../validation/plain-data";

/**
 * Turns a map of arguments into the list that the exporters' sub-charts accept. `off` is the form that the old chart,
 * or the program's command line, gave to `false`.
 */
export const argumentList =
  (off: (name: string) => string) =>
  (value: unknown): unknown => {
    if (!isMap(value)) return value;
    return Object.entries(value).map(([name, given]) => {
      const bare = name.replace(/^--/, "");
      if (given === false) return off(bare);
      const isSet = (typeof given === "string" && given !== "") || typeof given === "number";
      return isSet ? `--${bare}=${given}` : `--${bare}`;
    });
  };

/** Turns a map of environment variables into Kubernetes' list. */
export function environment(value: unknown): unknown {
  if (!isMap(value)) return value;
  return Object.entries(value).map(([name, given]) =>
    isMap(given) ? { name, ...given } : { name, value: String(given) },
  );
}

/** Turns hosts of an Ingress that were strings with a path into the form of Alertmanager's sub-chart. */
export function ingressHosts(value: unknown): unknown {
  return listOf(value).map((host) => {
    if (typeof host !== "string") return host;
    const [name, ...path] = host.split("/");
    return { host: name, paths: [{ path: `/${path.join("/")}`, pathType: "Prefix" }] };
  });
}

/**
 * The row of a disruption budget. The current chart has no `enabled`; the old charts applied a default when it was
 * `true`.
 */
export function budgetRow(key: string, version: number, to: string, more: Pick<Row, "when"> = {}): Row {
  const target = keyPath(to);
  return migrated(
    key,
    version,
    `today it is \`${to}\`, without \`enabled\`: setting it enables it`,
    (value, migration, path) => {
      const { enabled, ...rest } = isMap(value) ? value : {};
      if (enabled !== true) migration.drop(path, "was not enabled by `enabled: true`");
      else migration.value(target, Object.keys(rest).length > 0 ? rest : { maxUnavailable: 1 });
    },
    { ...more, whole: true },
  );
}

/** Names of the entries that are true in a map of booleans. */
export function switchedOn(value: unknown): unknown {
  return isMap(value) ? Object.keys(value).filter((key) => value[key] === true) : value;
}

/** Turns a list of containers into the map by name that the server accepts. */
export function byName(value: unknown): PlainMap {
  return Object.fromEntries(
    mapsIn(value)
      .filter(({ name }) => typeof name === "string")
      .map(({ name, ...container }) => [name as string, container]),
  );
}

/** Turns a map of containers by name into the list that a sub-chart accepts. */
export function asContainers(value: unknown): unknown {
  return isMap(value)
    ? Object.entries(value).map(([name, container]) => (isMap(container) ? { name, ...container } : { name }))
    : value;
}

const isText = (value: unknown) => typeof value === "string";

/** Turns Secrets or ConfigMaps that a pod mounts into volumes and their mounts. */
export function volumes(value: unknown): { volumes: PlainMap[]; mounts: PlainMap[] } {
  const all = mapsIn(value).filter(({ name, mountPath }) => isText(name) && isText(mountPath));
  return {
    volumes: all.map(({ name, secretName, configMap, optional }) => {
      const more = optional === undefined ? {} : { optional };
      return {
        name,
        ...(secretName !== undefined
          ? { secret: { secretName, ...more } }
          : { configMap: { name: configMap ?? name, ...more } }),
      };
    }),
    mounts: all.map(({ name, mountPath, subPath, readOnly }) => ({
      name,
      mountPath,
      ...(subPath !== undefined && subPath !== "" && { subPath }),
      ...(readOnly !== undefined && { readOnly }),
    })),
  };
}

/**
 * Moves mounted Secrets or ConfigMaps to the volumes and mounts of a pod. An entry without a mount path is reported.
 */
export const mounts =
  (pod: string): Row["migrate"] =>
  (value, migration, path) => {
    const made = volumes(value);
    if (made.mounts.length < listOf(value).length) migration.drop(path, "an entry without `name` and `mountPath`");
    for (const [key, more] of [
      ["extraVolumes", made.volumes],
      ["extraVolumeMounts", made.mounts],
    ] as const) {
      const place = [pod, key];
      if (more.length > 0) migration.replace(place, [...listOf(valueAt(migration.values, place)), ...more]);
    }
  };

/** The row of ConfigMaps that a sub-chart now mounts as volumes. */
export function mountRow(key: string, version: number, pod: string): Row {
  const today = `today they are \`${pod}.extraVolumes\` and \`${pod}.extraVolumeMounts\``;
  return migrated(key, version, today, mounts(pod));
}
