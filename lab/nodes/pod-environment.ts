import type { V1Container, V1EnvVar, V1Pod } from "@kubernetes/client-node";

/** The error if an object that a pod refers to does not exist (yet). The pod waits for it, as on a real node. */
export class MissingSource extends Error {
  constructor(kind: "configmap" | "secret" | "persistentvolumeclaim" | "persistentvolume", name: string, key?: string) {
    super(key === undefined ? `${kind} "${name}" not found` : `${kind} "${name}" has no key "${key}"`);
  }
}

/** The error if a claim exists but no volume is bound to it yet. */
export class ClaimNotBound extends Error {
  constructor(name: string, phase: string) {
    super(`persistentvolumeclaim "${name}" is not bound (${phase})`);
  }
}

/** The sources of the variables' values. */
export interface EnvironmentSources {
  readonly pod: V1Pod;
  readonly podIP: string;
  readonly hostIP: string;
  configMap(name: string): Readonly<Record<string, string>> | undefined;
  /** The decoded data of a Secret. */
  secret(name: string): Readonly<Record<string, string>> | undefined;
}

/**
 * The container's environment variables, as a kubelet would make them. Throws {@link MissingSource} if a source does
 * not exist yet.
 */
export function containerEnvironment(container: V1Container, sources: EnvironmentSources): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const variable of container.env ?? []) {
    const value = variableValue(variable, sources);
    if (value !== undefined) {
      environment[variable.name] = expand(value, environment);
    }
  }
  return environment;
}

/**
 * Replaces `$(NAME)` with the variable's value. `$$(NAME)` becomes the string `$(NAME)`; unknown names stay unchanged.
 */
export function expand(text: string, environment: Readonly<Record<string, string>>): string {
  return text.replace(/\$\$|\$\(([^()]+)\)/g, (match: string, name: string | undefined) => {
    if (match === "$$") {
      return "$";
    }
    return name === undefined ? match : (environment[name] ?? match);
  });
}

function variableValue(variable: V1EnvVar, sources: EnvironmentSources): string | undefined {
  const from = variable.valueFrom;
  if (from === undefined || from === null) {
    return variable.value ?? "";
  }
  if (from.fieldRef) {
    return podField(from.fieldRef.fieldPath, sources);
  }
  const reference = from.configMapKeyRef ?? from.secretKeyRef;
  if (reference) {
    const isSecret = !from.configMapKeyRef;
    const name = reference.name ?? "";
    const value = (isSecret ? sources.secret(name) : sources.configMap(name))?.[reference.key];
    if (value === undefined && reference.optional !== true) {
      throw new MissingSource(isSecret ? "secret" : "configmap", name, reference.key);
    }
    return value;
  }
  return undefined;
}

/** The value of a field of the pod, for variables and files of the downward API. */
export function podField(
  path: string,
  sources: Pick<EnvironmentSources, "pod" | "podIP" | "hostIP">,
): string | undefined {
  const { metadata, spec } = sources.pod;
  const [, map, key] = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path) ?? [];
  if (map !== undefined && key !== undefined) {
    return metadata?.[map as "labels" | "annotations"]?.[key] ?? "";
  }
  const fields: Readonly<Record<string, string | undefined>> = {
    "metadata.name": metadata?.name,
    "metadata.namespace": metadata?.namespace,
    "metadata.uid": metadata?.uid,
    "metadata.labels": keyValueLines(metadata?.labels),
    "metadata.annotations": keyValueLines(metadata?.annotations),
    "spec.nodeName": spec?.nodeName,
    "spec.serviceAccountName": spec?.serviceAccountName,
    "status.podIP": sources.podIP,
    "status.podIPs": sources.podIP,
    "status.hostIP": sources.hostIP,
    "status.hostIPs": sources.hostIP,
  };
  return fields[path];
}

function keyValueLines(values: Readonly<Record<string, string>> | undefined): string {
  return Object.entries(values ?? {})
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join("\n");
}
