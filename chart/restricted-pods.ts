import type { ChartValues } from "./values";
import { nodesNamespace } from "../conventions/cluster-names";
import type { StackSettings } from "../settings/stack-settings";
import { error, type Finding, type Path } from "../validation/finding";
import { isMap, mapOf, type PlainMap, valueAt } from "../validation/plain-data";

/** The paths of the values that define one pod's security. */
interface Pod {
  readonly context: Path;
  readonly container: Path;
  /** Lists of additional containers, or maps of them by name. */
  readonly further: readonly Path[];
  readonly volumes: Path;
  /** Values that give the pod the host's network or file system. */
  readonly ofTheHost: readonly Path[];
}

const namespaces = ["hostNetwork", "hostPID", "hostIPC"];

const pods: readonly Pod[] = [
  {
    context: ["server", "securityContext"],
    container: ["server", "containerSecurityContext"],
    further: [
      ["server", "extraInitContainers"],
      ["server", "sidecarContainers"],
    ],
    volumes: ["server", "extraVolumes"],
    ofTheHost: ["hostNetwork", "hostPort", "extraHostPathMounts"].map((key) => ["server", key]),
  },
  {
    context: ["alertmanager", "podSecurityContext"],
    container: ["alertmanager", "securityContext"],
    further: ["extraInitContainers", "extraContainers"].map((key) => ["alertmanager", key]),
    volumes: ["alertmanager", "extraVolumes"],
    ofTheHost: namespaces.map((key) => ["alertmanager", "extraPodConfigs", key]),
  },
  {
    context: ["kube-state-metrics", "securityContext"],
    container: ["kube-state-metrics", "containerSecurityContext"],
    further: ["initContainers", "containers"].map((key) => ["kube-state-metrics", key]),
    volumes: ["kube-state-metrics", "volumes"],
    ofTheHost: [["kube-state-metrics", "hostNetwork"]],
  },
  {
    context: ["prometheus-pushgateway", "securityContext"],
    container: ["prometheus-pushgateway", "containerSecurityContext"],
    further: ["extraInitContainers", "extraContainers"].map((key) => ["prometheus-pushgateway", key]),
    volumes: ["prometheus-pushgateway", "extraVolumes"],
    ofTheHost: [],
  },
];

/** Kinds of volumes that the level `restricted` allows. */
const harmlessVolumes = ["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim"];
const allowedVolumes = new Set([...harmlessVolumes, "projected", "secret"]);

/**
 * Reports values with which the API server would refuse the pods, because their namespace enforces the level
 * `restricted`. `up` would wait for such pods until its timeout.
 */
export function restrictedFindings(
  values: ChartValues,
  { namespace, podSecurity }: Pick<StackSettings, "namespace" | "podSecurity">,
): Finding[] {
  if (podSecurity !== "required") return [];
  const home: Path = ["prometheus-node-exporter", "namespaceOverride"];
  const place = valueAt(values, home);
  return [
    // Wrong shapes are already reported by the schema check.
    ...pods
      .filter(({ context, container }) =>
        [context.slice(0, 1), context, container].every((path) => isMapAt(values, path)),
      )
      .flatMap((pod) => podFindings(values, pod)),
    ...(place === nodesNamespace(namespace) || place === undefined
      ? []
      : [refused(home, `node-exporter's pods are only accepted in the namespace ${nodesNamespace(namespace)}`)]),
  ];
}

function podFindings(values: ChartValues, { context, container, further, volumes, ofTheHost }: Pod): Finding[] {
  const written = mapOf(valueAt(values, context));
  // If `enabled` is `false`, the chart of kube-state-metrics leaves the security context out.
  const pod = written.enabled === false ? {} : written;
  // A container that is given as a string contains Helm templates and is not checked.
  const others = further.flatMap((path) =>
    entriesOf(valueAt(values, path))
      .filter(([, one]) => isMap(one))
      .map(([key]): Path => [...path, key, "securityContext"]),
  );
  return [
    ...[container, ...others].flatMap((path) => containerFindings(pod, context, mapOf(valueAt(values, path)), path)),
    ...entriesOf(valueAt(values, volumes)).flatMap(([key, volume]) =>
      Object.keys(mapOf(volume))
        .filter((kind) => kind !== "name" && !allowedVolumes.has(kind))
        .map((kind) => refused([...volumes, key, kind], "a volume of that kind is not allowed")),
    ),
    ...ofTheHost
      .filter((path) => isOn(valueAt(values, path)))
      .map((path) => refused(path, "nothing of the host may be used")),
  ];
}

function containerFindings(
  pod: Readonly<PlainMap>,
  podPath: Path,
  container: Readonly<PlainMap>,
  path: Path,
): Finding[] {
  const found: Finding[] = [];
  const check = (isRight: boolean, key: string, must: string, at = path) => {
    if (!isRight) found.push(refused(key in mapOf(at === path ? container : pod) ? [...at, key] : at, must));
  };
  const own = (key: string) => (container[key] === undefined ? pod[key] : container[key]);
  const from = (key: string) => (container[key] === undefined && pod[key] !== undefined ? podPath : path);
  const { add, drop } = mapOf(container.capabilities);
  const seccomp = mapOf(own("seccompProfile")).type;
  check(container.privileged !== true, "privileged", "no container may be privileged");
  check(
    container.allowPrivilegeEscalation === false,
    "allowPrivilegeEscalation",
    "`allowPrivilegeEscalation` has to be false",
  );
  check(
    Array.isArray(drop) &&
      drop.includes("ALL") &&
      (add === undefined || (Array.isArray(add) && add.every((one) => one === "NET_BIND_SERVICE"))),
    "capabilities",
    "`capabilities` has to drop ALL, and may add only NET_BIND_SERVICE",
  );
  check(own("runAsNonRoot") === true, "runAsNonRoot", "`runAsNonRoot` has to be true", from("runAsNonRoot"));
  check(own("runAsUser") !== 0, "runAsUser", "`runAsUser` may not be 0", from("runAsUser"));
  check(
    seccomp === "RuntimeDefault" || seccomp === "Localhost",
    "seccompProfile",
    "the type of `seccompProfile` has to be RuntimeDefault or Localhost",
    from("seccompProfile"),
  );
  return found;
}

function refused(path: Path, why: string): Finding {
  return error(
    path,
    `makes a pod that the cluster would refuse, because the namespace enforces the Pod Security level "restricted": ${why}.`,
  );
}

function isOn(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value === true || typeof value === "number";
}

function entriesOf(value: unknown): [string | number, unknown][] {
  if (Array.isArray(value)) return value.map((one: unknown, index) => [index, one]);
  return Object.entries(mapOf(value));
}

function isMapAt(values: unknown, path: Path): boolean {
  const value = valueAt(values, path);
  return value === undefined || value === null || isMap(value);
}
