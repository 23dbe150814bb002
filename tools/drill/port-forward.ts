import { once } from "node:events";
import * as net from "node:net";
import { PassThrough, Writable } from "node:stream";
import { CoreV1Api, type KubeConfig, PortForward, type V1Pod } from "@kubernetes/client-node";
import { clusterFault } from "../../lookup/cluster/look-up";
import { within } from "../../lookup/cluster/api-responses";
import { outsideText } from "../../conventions/outside-text";
import { signIn } from "../../lookup/cluster/sign-in";

/** A way to a port of a pod, through the API server. */
export interface Forwarded {
  readonly url: string;
  readonly pod: string;
  stop(): Promise<void>;
}

export interface ForwardOptions {
  readonly kubeconfig: KubeConfig;
  readonly namespace: string;
  /** Labels of the pods that will do. */
  readonly labels: Readonly<Record<string, string>>;
  readonly port: number;
  readonly patienceMs?: number;
}

/** The client library's type of it is that of a package which has none. */
interface WebSocketLike {
  onclose: () => void;
  close(): void;
}

/**
 * Forwards a port of this machine to a ready pod. Each connection is a WebSocket of its own to the API server, which hands
 * it to the pod's kubelet. Throws a sentence where there is no ready pod or no way to it.
 */
export async function forwardPort(options: ForwardOptions): Promise<Forwarded> {
  const { kubeconfig, namespace, port } = options;
  const pod = await readyPod(options);
  const forward = new PortForward(kubeconfig);
  const sockets = new Set<net.Socket>();
  let lastError: string | undefined;
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("close", () => sockets.delete(socket));
    // The API server's word on a failed connection comes by a stream of its own.
    const complaints = new Writable({
      write(chunk: Buffer, _encoding, done) {
        if (chunk.length > 0) {
          lastError = chunk.toString("utf8").trim();
          socket.destroy();
        }
        done();
      },
    });
    const input = new PassThrough();
    forward.portForward(namespace, pod, [port], socket, complaints, input).then(
      (opened: unknown) => {
        const webSocket = opened as WebSocketLike;
        webSocket.onclose = () => socket.end();
        socket.pipe(input);
        socket.once("close", () => webSocket.close());
      },
      (error: unknown) => {
        lastError = sentenceOf(error);
        socket.destroy();
      },
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      sockets.forEach((socket) => socket.destroy());
    });
  const url = `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`;
  try {
    await fetch(`${url}/-/ready`, { signal: AbortSignal.timeout(options.patienceMs ?? 10_000) });
  } catch (error) {
    await stop();
    throw new Error(
      `the port-forward to pod ${namespace}/${pod} does not carry: ${outsideText(lastError ?? (error as Error).message)}. ` +
        "It takes the rights get and create on pods/portforward.",
      { cause: error },
    );
  }
  return { url, pod, stop };
}

async function readyPod({ kubeconfig, namespace, labels, patienceMs = 10_000 }: ForwardOptions) {
  const labelSelector = Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
  let pods: readonly V1Pod[];
  try {
    await signIn(kubeconfig);
    const core = kubeconfig.makeApiClient(CoreV1Api);
    pods = (await within(patienceMs, core.listNamespacedPod({ namespace, labelSelector }))).items;
  } catch (error) {
    throw new Error(clusterFault(error, kubeconfig).sentence, { cause: error });
  }
  const ready = pods.find((pod) =>
    pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True"),
  );
  if (ready?.metadata?.name === undefined) {
    const there = pods.length === 0 ? "none at all" : `${pods.length}, of which none is ready`;
    throw new Error(`the namespace ${namespace} has no ready pod with ${labelSelector}: ${there}.`);
  }
  return ready.metadata.name;
}

/** A WebSocket that is refused says so by an event. */
function sentenceOf(error: unknown): string {
  const { message } = error as { message?: unknown };
  return typeof message === "string" ? message : "the API server refused the connection";
}
