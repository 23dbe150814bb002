import { flagValue, portOf, withFlag, withMappedPaths } from "./arguments";
import { mapPath } from "./pod-paths";
import type { Mount } from "./pod-paths";
import { rewritePathsOnly, rewritePrometheusConfig } from "./config-file-changes";
import type { Rewriting } from "./config-file-changes";

/** The programs that the nodes really run. All other containers are only reported as running. */
export type PodProgram =
  "prometheus" | "alertmanager" | "node_exporter" | "kube-state-metrics" | "pushgateway" | LabProgram;

/** The name of a small program of the lab that replaces a real program, and of the program's file in this folder. */
export type LabProgram = "example-app";

interface Listener {
  /** The flag whose value is the listen address, or only the port. */
  readonly flag: string;
  readonly holds: "address" | "port";
  readonly defaultPort: number;
  /** The flag for the host, if the value of `flag` is only the port. */
  readonly hostFlag?: string;
}

interface KnownProgram {
  readonly program: PodProgram;
  readonly listeners: readonly Listener[];
  /** For each flag that names a configuration file, the function that rewrites the file. */
  readonly configFiles: Readonly<Record<string, (text: string, rewriting: Rewriting) => string>>;
  readonly kubeconfigFlag?: string;
}

const web: Pick<Listener, "flag" | "holds"> = { flag: "--web.listen-address", holds: "address" };

/** The known programs, by the last part of the image's repository. */
const knownImages: Readonly<Record<string, KnownProgram>> = {
  prometheus: {
    program: "prometheus",
    listeners: [{ ...web, defaultPort: 9090 }],
    configFiles: { "--config.file": rewritePrometheusConfig, "--web.config.file": rewritePathsOnly },
  },
  alertmanager: {
    program: "alertmanager",
    listeners: [
      { ...web, defaultPort: 9093 },
      { flag: "--cluster.listen-address", holds: "address", defaultPort: 9094 },
    ],
    configFiles: {
      "--config.file": rewritePathsOnly,
      "--web.config.file": rewritePathsOnly,
      "--cluster.tls-config": rewritePathsOnly,
    },
  },
  "node-exporter": {
    program: "node_exporter",
    listeners: [{ ...web, defaultPort: 9100 }],
    configFiles: { "--web.config.file": rewritePathsOnly },
  },
  "kube-state-metrics": {
    program: "kube-state-metrics",
    listeners: [
      { flag: "--port", holds: "port", defaultPort: 8080, hostFlag: "--host" },
      { flag: "--telemetry-port", holds: "port", defaultPort: 8081, hostFlag: "--telemetry-host" },
    ],
    configFiles: {},
    kubeconfigFlag: "--kubeconfig",
  },
  pushgateway: {
    program: "pushgateway",
    listeners: [{ ...web, defaultPort: 9091 }],
    configFiles: { "--web.config.file": rewritePathsOnly },
  },
  "prometheus-example-app": {
    program: "example-app",
    listeners: [{ flag: "--bind", holds: "address", defaultPort: 8080 }],
    configFiles: {},
  },
};

/** The known program of an image such as `quay.io/prometheus/node-exporter:v1.12.1@sha256:…`. */
export function knownProgram(image: string | undefined): KnownProgram | undefined {
  const name = (image ?? "").replace(/@.*$/, "").split("/").pop()?.replace(/:.*$/, "") ?? "";
  return Object.hasOwn(knownImages, name) ? knownImages[name] : undefined;
}

/** How a program is started outside its pod. */
export interface Launch {
  readonly args: readonly string[];
  /** The ports of this machine by the port in the pod. The program's main port is the first. */
  readonly ports: ReadonlyMap<number, number>;
}

/**
 * How to start a container's program. Its arguments are the container's, but the listen addresses, the paths under
 * mounts and the kubeconfig are changed as README.md describes.
 */
export async function launchOf(
  known: KnownProgram,
  containerArgs: readonly string[],
  pod: { mounts: readonly Mount[]; kubeconfigFile: string; localPort(port: number): Promise<number> },
): Promise<Launch> {
  let args = withMappedPaths(containerArgs, (path) => mapPath(pod.mounts, path));
  const ports = new Map<number, number>();
  for (const { flag, holds, defaultPort, hostFlag } of known.listeners) {
    const given = flagValue(containerArgs, flag);
    if (given === "") {
      // An empty address disables the listener, for example that of Alertmanager's gossip.
      continue;
    }
    const port = (holds === "port" ? Number(given ?? defaultPort) : portOf(given ?? "")) ?? defaultPort;
    const local = await pod.localPort(port);
    ports.set(port, local);
    args = withFlag(args, flag, holds === "port" ? String(local) : `127.0.0.1:${local}`);
    if (hostFlag !== undefined) {
      args = withFlag(args, hostFlag, "127.0.0.1");
    }
  }
  if (known.kubeconfigFlag !== undefined) {
    args = withFlag(args, known.kubeconfigFlag, pod.kubeconfigFile);
  }
  return { args, ports };
}

/** The configuration files that the container's arguments name, as paths inside the container. */
export function configFilesOf(
  known: KnownProgram,
  containerArgs: readonly string[],
): { path: string; rewrite: (text: string, rewriting: Rewriting) => string }[] {
  return Object.entries(known.configFiles).flatMap(([flag, rewrite]) => {
    const path = flagValue(containerArgs, flag);
    return path === undefined ? [] : [{ path, rewrite }];
  });
}
