import * as fs from "node:fs/promises";
import { createRequire } from "node:module";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import type { V1Container, V1Pod } from "@kubernetes/client-node";
import { stringify } from "yaml";
import { freePort } from "../processes/ports";
import { findPrograms, programPath } from "../programs/find";
import type { ContainerHost } from "./container-run";
import type { LocalCommand } from "./exec";
import { configFilesOf, knownProgram, launchOf } from "./known-programs";
import type { LabProgram, PodProgram } from "./known-programs";
import type { NodeContext } from "./node-context";
import { containerEnvironment, expand } from "./pod-environment";
import type { EnvironmentSources } from "./pod-environment";
import { hostPath, hostPaths, mapPath, type Mount } from "./pod-paths";
import type { FileChange, PodVolumes } from "./pod-volumes";

const serviceAccount = "/var/run/secrets/kubernetes.io/serviceaccount";

/** The tools that images contain beside their program. */
const tools = ["amtool", "promtool"] as const;
/** The programs that `kubectl exec` may run. The others could reach files of this machine that are not the pod's. */
const programsInImages: readonly string[] = [...tools, "cat", "df", "du", "ls", "touch", "wget"];
const isTool = (program: string): program is (typeof tools)[number] => (tools as readonly string[]).includes(program);

/** Starts the containers of one pod as processes. */
export class PodContainers {
  private readonly localPorts = new Map<string, number>();

  constructor(
    private readonly pod: V1Pod,
    private readonly podDirectory: string,
    private readonly context: Pick<NodeContext, "programs" | "controlPlane" | "gossip" | "podEnvironment">,
    private readonly volumes: () => PodVolumes,
    private readonly environment: EnvironmentSources,
    private readonly proxyUrl: () => string | undefined,
  ) {}

  /** The command, arguments, variables and ports of a container whose program is known. */
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
    const [configFile] = configFilesOf(known, container.args ?? []);
    return {
      ...launch,
      // Alertmanager looks for some of the files that its configuration names in the folder of the configuration, and
      // for others in the work directory.
      workDirectory: configFile === undefined ? this.podDirectory : path.dirname(mapPath(mounts, configFile.path)),
      args: [...first, ...(await this.context.gossip.rewrite(this.pod, launch.args))],
      command,
      env: this.environmentOf(environment, mounts),
    };
  }

  /**
   * The command on this machine for a command in a container: the same program, with the container's paths and ports as
   * {@link launch} changes them. Returns an error message if the lab cannot run it.
   */
  public async commandIn(
    container: V1Container,
    [program = "", ...args]: readonly string[],
  ): Promise<LocalCommand | string> {
    if (!programsInImages.includes(program)) {
      return `the lab runs only these programs in containers, and not ${program}: ${programsInImages.join(", ")}`;
    }
    const mounts = this.volumes().mountsOf(container);
    const paths = args.map((arg) => (arg.startsWith("/") ? hostPaths(mounts, arg) : [arg]));
    const outside = args.find((arg, index) => paths[index]?.length === 0 || arg.split("/").includes(".."));
    if (outside !== undefined) {
      return `${outside} is not in a volume of the container ${container.name}, and the lab has no other files of it`;
    }
    const local = (url: string, port: string) => {
      const found = this.localPorts.get(`${container.name}:${port}`);
      return found === undefined ? url : `http://127.0.0.1:${found}`;
    };
    return {
      command: isTool(program) ? programPath(await findPrograms([program], () => undefined), program) : program,
      args: paths.flat().map((arg) => arg.replace(/^http:\/\/localhost:(\d+)/, local)),
      env: this.environmentOf(containerEnvironment(container, this.environment), mounts),
      cwd: this.podDirectory,
    };
  }

  /** Returns the function that rewrites the configuration files of known programs in the pod's volumes. */
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
              toHost: (inContainer) => this.besideFile(container, file, inContainer),
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

  /**
   * The path of a file on this machine, seen from the folder of the configuration file that names it. Programs accept
   * such paths, and with them all replicas have the same configuration, as they have in a cluster.
   */
  private besideFile(container: V1Container, configFile: string, named: string): string {
    const mounts = this.volumes().mountsOf(container);
    const onHost = mapPath(mounts, named);
    return onHost === named ? named : path.relative(path.dirname(mapPath(mounts, configFile)), onHost);
  }

  /** The lab's environment is not passed on, because a pod does not have it, and it contains credentials. */
  private environmentOf(own: Readonly<Record<string, string>>, mounts: readonly Mount[]): Record<string, string> {
    const mapped = Object.entries(own).map(([name, value]) => [name, mapPath(mounts, value)] as const);
    const { podEnvironment } = this.context;
    return { PATH: process.env.PATH ?? "", HOME: this.podDirectory, ...podEnvironment, ...Object.fromEntries(mapped) };
  }

  /** The port of this machine for a container's port. It stays the same, so that printed addresses stay valid. */
  private async localPort(container: V1Container, port: number): Promise<number> {
    const key = `${container.name}:${port}`;
    const local = this.localPorts.get(key) ?? (await freePort());
    this.localPorts.set(key, local);
    return local;
  }

  private kubeconfigFile(container: V1Container): string {
    return path.join(this.podDirectory, `${container.name}.kubeconfig`);
  }

  /**
   * Writes a kubeconfig that replaces the in-cluster configuration. It names the files of the token and the CA, so that
   * renewed tokens are used.
   */
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

/**
 * The command that starts a program of the lab: Node.js, tsx, which loads TypeScript, and the program's file in this
 * folder.
 */
function labProgram(program: LabProgram): [command: string, ...args: string[]] {
  const loader = pathToFileURL(createRequire(__filename).resolve("tsx")).href;
  return [process.execPath, "--import", loader, path.join(__dirname, `${program}.ts`)];
}

/** The program's arguments, which are the container's `args`, because the image's command is only the program. */
function argumentsOf(container: V1Container, environment: Readonly<Record<string, string>>): string[] {
  const all = [...(container.command ?? []).slice(1), ...(container.args ?? [])];
  return all.map((arg) => expand(arg, environment));
}

/** Converts a path in the container to `volume/file`. */
function volumeFile(container: V1Container, file: string): string | undefined {
  const mounts = (container.volumeMounts ?? []).map((mount) => ({
    mountPath: mount.mountPath,
    source: path.posix.join(mount.name, mount.subPath ?? ""),
  }));
  return hostPath(mounts, file);
}
