import { type Row, migrated } from "./rows";
import { keyPath, mapsIn } from "./key-paths";
import { isMap, listOf, type PlainMap, valueAt } from "../../validation/plain-data";

/**
 * Arguments that were a map, as the list that the exporters' own charts take. `off` is what the old chart, or the
 * program's own language, made of `false`.
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

/** Environment variables that were a map, as Kubernetes' list. */
export function environment(value: unknown): unknown {
  if (!isMap(value)) return value;
  return Object.entries(value).map(([name, given]) =>
    isMap(given) ? { name, ...given } : { name, value: String(given) },
  );
}

/** Hosts of an Ingress that were strings with a path, as Alertmanager's own chart takes them. */
export function ingressHosts(value: unknown): unknown {
  return listOf(value).map((host) => {
    if (typeof host !== "string") return host;
    const [name, ...path] = host.split("/");
    return { host: name, paths: [{ path: `/${path.join("/")}`, pathType: "Prefix" }] };
  });
}

/** A budget, which today has no `enabled`. The old charts' own default came with the switch. */
export function budgetRow(key: string, version: number, to: string, more: Pick<Row, "when"> = {}): Row {
  const target = keyPath(to);
  return migrated(
    key,
    version,
    `today it is \`${to}\`, without \`enabled\`: what is written is there`,
    (value, migration, path) => {
      const { enabled, ...rest } = isMap(value) ? value : {};
      if (enabled !== true) migration.drop(path, "was not switched on by `enabled: true`");
      else migration.value(target, Object.keys(rest).length > 0 ? rest : { maxUnavailable: 1 });
    },
    { ...more, whole: true },
  );
}

/** Names of what was switched on in a map of true and false. */
export function switchedOn(value: unknown): unknown {
  return isMap(value) ? Object.keys(value).filter((key) => value[key] === true) : value;
}

/** Containers that were a list, as the map by name that the server takes. */
export function byName(value: unknown): PlainMap {
  return Object.fromEntries(
    mapsIn(value)
      .filter(({ name }) => typeof name === "string")
      .map(({ name, ...container }) => [name as string, container]),
  );
}

/** Containers that were a map by name, as the list that a sub-chart takes. */
export function asContainers(value: unknown): unknown {
  return isMap(value)
    ? Object.entries(value).map(([name, container]) => (isMap(container) ? { name, ...container } : { name }))
    : value;
}

const isText = (value: unknown) => typeof value === "string";

/** What a pod mounts of Secrets or ConfigMaps, as volumes and their mounts. */
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

/** Mounted Secrets or ConfigMaps among the volumes of a pod and their mounts; an entry without a place is reported. */
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

/** ConfigMaps that a sub-chart mounts as volumes today. */
export function mountRow(key: string, version: number, pod: string): Row {
  const today = `today they are \`${pod}.extraVolumes\` and \`${pod}.extraVolumeMounts\``;
  return migrated(key, version, today, mounts(pod));
}
