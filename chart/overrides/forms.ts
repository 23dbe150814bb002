import { shown } from "../../validation/faults";
import { binaryQuantity, cpuQuantity } from "../../validation/sizes";
import { type KeyPath, mapsIn } from "../legacy/key-paths";
import type { chartImages } from "../../versions";
import { forbidden, type Row, movedToSetting, reserved } from "../legacy/key-translation";
import { isMap, listOf, type PlainMap } from "../../validation/plain-data";
import { masterTolerations } from "../placement";

export const isTrue = (value: unknown) => value === true;
/** Whether a value is `false` or `null`. The check of types reports strings such as "no". */
export const isFalse = (value: unknown) => value === false || value === null;
/** Whether a value sets its key. In the chart's defaults, the empty string means that a key is not set. */
export const isSet = (value: unknown) => value !== "";
export const isFilledList = (value: unknown) => listOf(value).length > 0;

/**
 * Whether a value sets its key. In the chart's defaults, the empty string and the empty list mean that a key is not
 * set.
 */
export const isFilled = (value: unknown) => value !== "" && !(Array.isArray(value) && value.length === 0);

/** Why an override must not place replicas. */
export const ownSpread = "replicas run on separate nodes, and a setting says on which";
export const setAvailability = "set `alerting:availability` instead";

const pinned = "the chart sets the versions, and the configuration is checked for them";

/** The default registries of the chart's images. */
const upstream = /^(docker\.io|quay\.io|registry\.k8s\.io|k8s\.gcr\.io|gcr\.io|ghcr\.io|prom|jimmidyson)(\/|$)/;

/** The row for a number of replicas, which a setting controls. */
export function replicaCount(key: string, setting: string, most: number): Row {
  const taken = (value: unknown) =>
    Number.isInteger(value) && Number(value) >= 1 && Number(value) <= most ? value : undefined;
  return movedToSetting(key, setting, taken, { when: (value) => value !== 1 });
}

/** Rows for the keys that place a pod; settings say on which nodes it runs. */
export function placement(pod: string): Row[] {
  return [
    forbidden(`${pod}.nodeSelector`, "the pods run on nodes that this program labels", {
      whole: true,
      instead: "set `alerting:nodes.masters`, `alerting:nodeLabel` and `alerting:availability.spread` instead",
    }),
    reserved(
      `${pod}.tolerations`,
      "a list replaces this program's, and without the masters' taint the pod would find no node",
      "write the toleration of `node-role.kubernetes.io/control-plane` into it too",
      withTolerations(masterTolerations),
      { when: (value) => !tolerates(value, "node-role.kubernetes.io/control-plane") },
    ),
  ];
}

/** The row for names of pull secrets, which may be strings or maps. One setting names the pull secrets of all pods. */
export function pullSecrets(key: string): Row {
  const names = (value: unknown) => {
    const found = listOf(value).map((item) => (isMap(item) ? item.name : item));
    return found.every((name) => typeof name === "string") ? found : undefined;
  };
  return movedToSetting(key, "images.pullSecrets", names, { when: isFilledList });
}

/** Whether a list tolerates a taint that keeps pods off a node. */
function tolerates(value: unknown, taint: string): boolean {
  return mapsIn(value).some(({ key, operator, effect }) => {
    const every = (key === undefined || key === "") && operator === "Exists";
    return (every || key === taint) && (effect === undefined || effect === "" || effect === "NoSchedule");
  });
}

/** Adds the required tolerations before the given ones. */
function withTolerations(needed: readonly object[]): Row["migrate"] {
  return (value, migration, path) => {
    const same = (one: PlainMap, other: PlainMap) =>
      ["key", "effect"].every((key) => one[key] === other[key]) && (one.value ?? "") === (other.value ?? "");
    const own = mapsIn(needed);
    const more = mapsIn(value).filter((one) => !own.some((other) => same(one, other)));
    if (more.length === 0) {
      migration.drop(path, "this program's tolerations say the same");
      return;
    }
    migration.replace(path, [...own, ...more]);
    migration.drop(path, "the list replaces this program's, so its tolerations are written into it");
  };
}

/** Rows for CPU and memory, which are settings; other resources of a pod stay in the override. */
export function resourceRows(key: string, setting: string): Row[] {
  return [
    movedToSetting(`${key}.requests.cpu`, `${setting}.cpu`, cpu),
    movedToSetting(`${key}.requests.memory`, `${setting}.memory`, memory),
    movedToSetting(`${key}.limits.cpu`, `${setting}.cpuLimit`, cpu),
    movedToSetting(`${key}.limits.memory`, `${setting}.memoryLimit`, memory),
  ];
}

const cpu = (value: unknown) => {
  const share = typeof value === "number" ? String(value) : value;
  return cpuQuantity().safeParse(share).success ? share : undefined;
};
const memory = (value: unknown) => (binaryQuantity().safeParse(value).success ? value : undefined);

/** The row for the port of a Service that is part of a stack output. */
export function inClusterPort(key: string, port: number): Row {
  return forbidden(key, `this program's addresses use port ${port}`, { when: (value) => value !== port });
}

/** The row for the priority class of one component; the setting covers all pods. */
export function priorityClass(component: string): Row {
  const everybodys = "`alerting:priorityClass` is the class of every pod";
  return reserved(
    `${component}.priorityClassName`,
    everybodys,
    "set that instead, if it should apply to all pods",
    (value, migration, path) =>
      migration.drop(
        path,
        value === null ? "says nothing" : `${everybodys}; set that, if ${shown(value)} should apply to all pods`,
      ),
    { when: isSet },
  );
}

/** A complete digest, as the setting expects it. Charts add `sha256:` themselves. */
const wholeDigest = (value: unknown) => {
  const digest = `sha256:${String(value).replace(/^sha256:/, "")}`;
  return /^sha256:[0-9a-f]{64}$/.test(digest) ? digest : undefined;
};

const setRegistry = (value: unknown, migration: Parameters<Row["migrate"]>[1], path: KeyPath) => {
  migration.set("images.registry", value, path);
  migration.drop(path, "alerting:images.registry is the registry of every image");
};

/** Rows for the parts of an image: its registry and its digest are settings, and its version is the chart's. */
export function registrySetting(component: string, image: string, name: keyof typeof chartImages): Row[] {
  const mirror = "set `alerting:images.registry` instead";
  const fromRegistry = (value: unknown, migration: Parameters<Row["migrate"]>[1], path: KeyPath, whole: string) => {
    const text = String(value);
    const end = `/${whole}`;
    if (upstream.test(text) || text === whole) migration.drop(path, "the chart's default image is used");
    else if (text.endsWith(end)) setRegistry(text.slice(0, -end.length), migration, path);
    else
      migration.drop(
        path,
        `no mirror of ${whole} under one registry; ${mirror}, which also takes a registry for each upstream`,
      );
  };
  return [
    reserved(
      `${component}.image.repository`,
      "the registry of the images is a setting, for all images or by upstream registry",
      mirror,
      (value, migration, path) => fromRegistry(value, migration, path, image),
    ),
    reserved(
      `${component}.image.registry`,
      "the registry of the images is a setting, for all images or by upstream registry",
      mirror,
      (value, migration, path) => {
        if (value === "" || upstream.test(String(value))) migration.drop(path, "the chart's default image is used");
        else setRegistry(value, migration, path);
      },
    ),
    forbidden(`${component}.image.tag`, pinned, { when: isSet }),
    ...["digest", "sha"].map((key) =>
      movedToSetting(`${component}.image.${key}`, `images.digests.${name}`, wholeDigest, {
        when: isSet,
        because: "digests of images are a setting",
      }),
    ),
  ];
}
