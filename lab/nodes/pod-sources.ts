import * as path from "node:path";
import type { V1Pod } from "@kubernetes/client-node";
import type { Files } from "./atomic-files";
import type { NodeContext } from "./node-context";
import type { EnvironmentSources } from "./pod-environment";
import type { VolumeSources } from "./pod-volumes";
import { ServiceAccountTokens } from "./service-account-tokens";

/** The sources of a pod's variables and volumes. They read the node's view of the cluster. */
export function podSources(
  pod: V1Pod,
  podIP: string,
  context: Pick<NodeContext, "accessPointPath" | "cluster" | "config" | "directory" | "node">,
): VolumeSources & EnvironmentSources {
  const { cluster } = context;
  const namespace = pod.metadata?.namespace ?? "";
  const tokens = new ServiceAccountTokens(context.config, pod);
  const configMapFiles = (name: string): Files | undefined => {
    const found = cluster.configMaps.get(name, namespace);
    return found && new Map([...decoded(found.binaryData), ...plain(found.data)]);
  };
  const secretFiles = (name: string): Files | undefined => {
    const found = cluster.secrets.get(name, namespace);
    return found && new Map(decoded(found.data));
  };
  const text = (files: Files | undefined) =>
    files && Object.fromEntries([...files].map(([key, content]) => [key, content.toString("utf8")]));
  return {
    pod,
    podIP,
    hostIP: context.node.address,
    lastingDirectory: path.join(context.directory, "efs"),
    accessPointPath: context.accessPointPath,
    configMapFiles,
    secretFiles,
    configMap: (name) => text(configMapFiles(name)),
    secret: (name) => text(secretFiles(name)),
    token: (audience, seconds) => tokens.get(audience, seconds),
    claim: (name) => cluster.claims.get(name, namespace),
    persistentVolume: (name) => cluster.volumes.get(name),
  };
}

function plain(data: Readonly<Record<string, string>> | undefined): [string, Buffer][] {
  return Object.entries(data ?? {}).map(([key, value]) => [key, Buffer.from(value)]);
}

function decoded(data: Readonly<Record<string, string>> | undefined): [string, Buffer][] {
  return Object.entries(data ?? {}).map(([key, value]) => [key, Buffer.from(value, "base64")]);
}
