import * as fs from "node:fs/promises";
import { createRequire } from "node:module";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import type { V1Container, V1Pod } from "@kubernetes/client-node";
import { stringify } from "yaml";
import { freePort } from "../processes/ports";
import { programPath } from "../programs/find";
import type { ContainerHost } from "./container-run";
import { configFilesOf, knownProgram, launchOf } from "./known-programs";
import type { LabProgram, PodProgram } from "./known-programs";
import type { NodeContext } from "./node-context";
import { containerEnvironment, expand } from "./pod-environment";
import type { EnvironmentSources } from "./pod-environment";
import { hostPath, mapPath } from "./pod-paths";
import type { FileChange, PodVolumes } from "./pod-volumes";

const serviceAccount = "/var/run/secrets/kubernetes.io/serviceaccount";

/** How the containers of one pod are started as processes. */
export class PodContainers {
  private readonly localPorts = new Map<string, number>();

  constructor(
    private readonly pod: V1Pod,
    private readonly podDirectory: string,
    private readonly context: Pick<NodeContext, "programs" | "controlPlane">,
    private readonly volumes: () => PodVolumes,
    private readonly environment: EnvironmentSources,
    private readonly proxyUrl: () => string | undefined,
  ) {}

  /** Command, arguments, variables and ports of a container that is a known program. */
  public async launch(
    container: V1Container,
    program: PodProgram,
  ): Promise<Awaited<ReturnType<ContainerHost["launch"]>>> {
    const known = knownProgram(container.image);
    if (known === undefined) {
      throw new Error(`The lab has no program for the image ${container.image}.`);
    }
    const environment = containerEnvironment(container, this.environment);
    await this.volumes().copySubPaths(container);
    const mounts = this.volumes().mountsOf(container);
    const launch = await launchOf(known, argumentsOf(container, environment), {
      mounts,
      kubeconfigFile: await this.writeKubeconfig(container),
      localPort: (port) => this.localPort(container, port),
    });
    const [command, ...first] =
      program === "example-app" ? labProgram(program) : [programPath(this.context.programs, program)];
    return {
      ...launch,
      args: [...first, ...launch.args],
      command,
      // Not the lab's own variables: a pod knows nothing of them, and they hold credentials.
      env: { PATH: process.env.PATH ?? "", HOME: this.podDirectory, ...environment },
    };
  }

  /** What is changed in the files of the pod's volumes: the configuration files that known programs are given. */
  public fileChange(): FileChange {
    const changes = new Map<string, (text: string) => string>();
    for (const container of this.pod.spec?.containers ?? []) {
      const known = knownProgram(container.image);
      if (known === undefined) {
        continue;
      }
      for (const { path: file, rewrite } of configFilesOf(known, container.args ?? [])) {
        const place = volumeFile(container, file);
        if (place !== undefined) {
          changes.set(place, (text) =>
            rewrite(text, {
              toHost: (inContainer) => mapPath(this.volumes().mountsOf(container), inContainer),
              kubeconfigFile: this.kubeconfigFile(container),
              proxyUrl: this.proxyUrl(),
            }),
          );
        }
      }
    }
    return (volume, file, content) => {
      const change = changes.get(`${volume}/${file}`);
      return change === undefined ? content : Buffer.from(change(content.toString("utf8")));
    };
  }

  /** The same port for each start of the container, so that an address that was shown stays good. */
  private async localPort(container: V1Container, port: number): Promise<number> {
    const key = `${container.name}:${port}`;
    const local = this.localPorts.get(key) ?? (await freePort());
    this.localPorts.set(key, local);
    return local;
  }

  private kubeconfigFile(container: V1Container): string {
    return path.join(this.podDirectory, `${container.name}.kubeconfig`);
  }

  /** What in-cluster configuration would say: token and CA by file, so that renewed ones are taken. */
  private async writeKubeconfig(container: V1Container): Promise<string> {
    const mounts = this.volumes().mountsOf(container);
    const tokenFile = hostPath(mounts, `${serviceAccount}/token`);
    const caFile = hostPath(mounts, `${serviceAccount}/ca.crt`) ?? this.context.controlPlane.caFile;
    const name = "pod";
    const file = this.kubeconfigFile(container);
    await fs.writeFile(
      file,
      stringify({
        apiVersion: "v1",
        kind: "Config",
        clusters: [{ name, cluster: { server: this.context.controlPlane.server, "certificate-authority": caFile } }],
        users: [{ name, user: tokenFile === undefined ? {} : { tokenFile } }],
        contexts: [{ name, context: { cluster: name, user: name } }],
        "current-context": name,
      }),
      { mode: 0o600 },
    );
    return file;
  }
}

/** How a program of the lab is started: Node.js, which reads TypeScript by tsx, with the file beside this one. */
function labProgram(program: LabProgram): [command: string, ...args: string[]] {
  const loader = pathToFileURL(createRequire(__filename).resolve("tsx")).href;
  return [process.execPath, "--import", loader, path.join(__dirname, `${program}.ts`)];
}

/** The command is the image's own, so only what follows it counts. */
function argumentsOf(container: V1Container, environment: Readonly<Record<string, string>>): string[] {
  const all = [...(container.command ?? []).slice(1), ...(container.args ?? [])];
  return all.map((arg) => expand(arg, environment));
}

/** `volume/file` of a path in the container. */
function volumeFile(container: V1Container, file: string): string | undefined {
  const mounts = (container.volumeMounts ?? []).map((mount) => ({
    mountPath: mount.mountPath,
    source: path.posix.join(mount.name, mount.subPath ?? ""),
  }));
  return hostPath(mounts, file);
}
