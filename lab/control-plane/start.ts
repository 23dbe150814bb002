import * as fs from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { stringify } from "yaml";
import { onUnexpectedEnd, startChild } from "../processes/child";
import type { Child } from "../processes/child";
import { freePort, waitForHttp } from "../processes/ports";
import { programPath } from "../programs/find";
import type { Programs } from "../programs/find";
import {
  serviceAccountIssuer,
  apiServerArguments,
  controllerManagerArguments,
  egressSelector,
  etcdArguments,
  schedulerArguments,
} from "./arguments";
import { auditPolicy } from "./audit";
import { advertisedAddress, advertisedPort, makeCertificates, writePrivate } from "./certificates";
import { publishApiServer } from "./endpoints";
import { contextName, makeUsers, tokenFile, writeKubeconfig } from "./users";

/** A running control plane. */
export interface ControlPlane {
  /** The kubeconfig of the user `admin`, with which the Pulumi program runs. */
  readonly kubeconfigPath: string;
  /**
   * The kubeconfig of the user `lab` for the lab's own parts. It has the same permissions, but another name in the
   * audit log.
   */
  readonly labKubeconfigPath: string;
  readonly context: string;
  /** The URL where the API server really listens: `https://127.0.0.1:<port>`. */
  readonly server: string;
  /** The address that the cluster publishes for the API server (Service and endpoints `kubernetes`). */
  readonly advertised: { readonly address: string; readonly port: number };
  /** The URL at which each other component serves its metrics. */
  readonly metrics: Readonly<Record<"etcd" | "kube-scheduler" | "kube-controller-manager", string>>;
  /** The CA certificate of the run. */
  readonly caFile: string;
  readonly serviceAccountIssuer: string;
  /** The public key (PEM) of service account tokens. */
  readonly serviceAccountKey: string;
  /**
   * The Unix socket through which the API server reaches nodes and pods. The pod network's proxy listens on it as soon
   * as the proxy has started.
   */
  readonly podNetworkSocket: string;
  /** The audit log with every requested change. `readAuditLog` reads it. */
  readonly auditLogFile: string;
  readonly children: readonly Child[];
  /** Stops all components; etcd last. */
  stop(): Promise<void>;
}

/** The options of a control plane. */
export interface ControlPlaneOptions {
  readonly programs: Programs;
  /** A new directory for this run, for data, keys, kubeconfigs and logs. */
  readonly directory: string;
  readonly say: (line: string) => void;
  /** Admission plugins that are disabled in this cluster although Kubernetes enables them by default. */
  readonly disabledAdmissionPlugins?: readonly string[];
}

const startTimeoutMs = 60_000;

/**
 * Starts etcd, kube-apiserver, kube-controller-manager and kube-scheduler on free ports of 127.0.0.1, and resolves when
 * the cluster serves requests. If one component ends before that, all are stopped, and the error shows the end of its
 * log.
 */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const started: Child[] = [];
  let phase: "starting" | "serving" | "failed" = "starting";
  let fail: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_resolve, reject) => (fail = reject));
  const run: Run = (name, args) => {
    if (phase === "failed") {
      throw new Error(`${name} is not started: the control plane has failed already.`);
    }
    const child = startChild({
      name,
      command: programPath(options.programs, name),
      args,
      cwd: options.directory,
      env: childEnvironment(),
      logFile: path.join(options.directory, `${name}.log`),
    });
    started.push(child);
    onUnexpectedEnd(child, (sentence) => {
      if (phase === "serving") {
        options.say(`The control plane is incomplete: ${sentence}`);
      }
      fail(new Error(`The control plane could not be started: ${sentence}`));
    });
    return child;
  };
  try {
    const controlPlane = await Promise.race([start(options, run, started), failed]);
    phase = "serving";
    return controlPlane;
  } catch (error) {
    phase = "failed";
    await stopAll(started);
    throw error;
  }
}

type Component = "etcd" | "kube-apiserver" | "kube-controller-manager" | "kube-scheduler";
type Run = (name: Component, args: readonly string[]) => Child;

/**
 * Only the basic variables of the user's environment. The rest may contain secrets, and etcd would read settings from
 * it.
 */
function childEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  return { PATH, HOME, TMPDIR };
}

async function start(
  { directory, say, disabledAdmissionPlugins }: ControlPlaneOptions,
  run: Run,
  started: Child[],
): Promise<ControlPlane> {
  const begun = Date.now();
  const file = (name: string) => path.join(path.resolve(directory), name);
  const dataDirectory = file("etcd");
  if (fs.existsSync(dataDirectory)) {
    throw new Error(`${directory} was used by an earlier run of the control plane: give it a new directory.`);
  }
  fs.mkdirSync(directory, { recursive: true, mode: 0o700 });

  const etcdPort = await freePort();
  const etcd = run("etcd", etcdArguments({ clientPort: etcdPort, peerPort: await freePort(), dataDirectory }));
  const certificates = await makeCertificates(file("pki"));
  const ca = fs.readFileSync(certificates.caFile, "utf8");
  const port = await freePort();
  const server = `https://127.0.0.1:${port}`;
  const users = makeUsers();
  const kubeconfigs = writeKubeconfigs(file, server, ca, users);
  writePrivate(file("tokens.csv"), tokenFile(Object.values(users)));
  fs.writeFileSync(file("audit-policy.yaml"), stringify(auditPolicy));

  await waitForHttp(`http://127.0.0.1:${etcdPort}/health`, { child: etcd, timeoutMs: startTimeoutMs });
  const auditLogFile = file("audit.log");
  const podNetworkSocket = socketFile(file("pod-network.sock"));
  fs.writeFileSync(file("egress-selector.yaml"), stringify(egressSelector(podNetworkSocket)));
  const apiServer = run(
    "kube-apiserver",
    apiServerArguments({
      port,
      disabledAdmissionPlugins,
      etcdPort,
      certificates,
      tokenFile: file("tokens.csv"),
      auditPolicyFile: file("audit-policy.yaml"),
      auditLogFile,
      egressSelectorFile: file("egress-selector.yaml"),
    }),
  );
  const headers = { authorization: `Bearer ${users.lab.token}` };
  const ask = (child: Child, what: string) =>
    waitForHttp(`${server}${what}`, { child, timeoutMs: startTimeoutMs, ca, headers });
  await ask(apiServer, "/readyz");

  const [controllerManagerPort, schedulerPort] = [await freePort(), await freePort()];
  const controllerManager = run(
    "kube-controller-manager",
    controllerManagerArguments({
      port: controllerManagerPort,
      kubeconfig: kubeconfigs.controllerManager,
      certificates,
    }),
  );
  run("kube-scheduler", schedulerArguments({ port: schedulerPort, kubeconfig: kubeconfigs.scheduler }));
  await publishApiServer(kubeconfigs.lab);
  await ask(controllerManager, "/api/v1/namespaces/default/serviceaccounts/default");
  await ask(controllerManager, "/api/v1/namespaces/default/configmaps/kube-root-ca.crt");
  say(`Control plane: ready after ${((Date.now() - begun) / 1000).toFixed(1)} s at ${server}`);
  return {
    kubeconfigPath: kubeconfigs.admin,
    labKubeconfigPath: kubeconfigs.lab,
    context: contextName,
    server,
    advertised: { address: advertisedAddress, port: advertisedPort },
    metrics: {
      etcd: `http://127.0.0.1:${etcdPort}/metrics`,
      "kube-scheduler": `https://127.0.0.1:${schedulerPort}/metrics`,
      "kube-controller-manager": `https://127.0.0.1:${controllerManagerPort}/metrics`,
    },
    caFile: certificates.caFile,
    serviceAccountIssuer: serviceAccountIssuer,
    serviceAccountKey: fs.readFileSync(certificates.serviceAccountPublicKeyFile, "utf8"),
    podNetworkSocket,
    auditLogFile,
    children: started,
    stop: () => stopAll(started),
  };
}

/** The path for a Unix socket: a shorter one if `wanted` is too long for a socket (about a hundred bytes). */
function socketFile(wanted: string): string {
  return Buffer.byteLength(wanted) < 100 ? wanted : path.join(fs.mkdtempSync(path.join(tmpdir(), "lab-")), "socket");
}

function writeKubeconfigs(
  file: (name: string) => string,
  server: string,
  ca: string,
  users: ReturnType<typeof makeUsers>,
) {
  const paths = {
    admin: file("kubeconfig"),
    lab: file("kubeconfig-lab"),
    controllerManager: file("kubeconfig-controller-manager"),
    scheduler: file("kubeconfig-scheduler"),
  };
  for (const key of Object.keys(paths) as (keyof typeof paths)[]) {
    writeKubeconfig(paths[key], server, ca, users[key]);
  }
  return paths;
}

/** Stops the clients first, then the API server, then etcd, so that each component can still store its last changes. */
async function stopAll(children: readonly Child[]): Promise<void> {
  const [etcd, apiServer, ...clients] = children;
  await Promise.all(clients.map((child) => child.stop(1_500)));
  await apiServer?.stop(1_500);
  await etcd?.stop(1_000);
}
