import { once } from "node:events";
import * as net from "node:net";
import { PassThrough, Writable } from "node:stream";
import { CoreV1Api, type KubeConfig, PortForward, type V1Pod } from "@kubernetes/client-node";
import { clusterFault } from "../../lookup/cluster/unreachable-cluster";
import { within } from "../../lookup/cluster/api-responses";
import { outsideText } from "../../conventions/outside-text";
import { send } from "../shared/http";
import { signIn } from "../../lookup/cluster/sign-in";

/** A connection to a port of a pod through the API server. */
export interface Forwarded {
  readonly url: string;
  readonly pod: string;
  stop(): Promise<void>;
}

export interface ForwardOptions {
  readonly kubeconfig: KubeConfig;
  readonly namespace: string;
  /** Labels that select the pods. */
  readonly labels: Readonly<Record<string, string>>;
  readonly port: number;
  readonly patienceMs?: number;
}

/** The client library imports its type from a package without types. */
interface WebSocketLike {
  onclose: () => void;
  close(): void;
}

/**
 * Forwards a port of this machine to a ready pod. Each connection is a separate WebSocket to the API server, which
 * passes it to the pod's kubelet. Throws an error if there is no ready pod or no connection to it.
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
    // The API server reports a failed connection on a separate stream.
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
    await send(`${url}/-/ready`, { timeoutMs: options.patienceMs });
  } catch (error) {
    await stop();
    throw new Error(
      `the port-forward to pod ${namespace}/${pod} does not work: ${outsideText(lastError ?? (error as Error).message)}. ` +
        "It needs the permissions get and create on pods/portforward.",
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
    const there = pods.length === 0 ? "there is none" : `there are ${pods.length}, but none is ready`;
    throw new Error(`the namespace ${namespace} has no ready pod with ${labelSelector}: ${there}.`);
  }
  return ready.metadata.name;
}

/** The message of a refused WebSocket, which is reported as an event. */
function sentenceOf(error: unknown): string {
  const { message } = error as { message?: unknown };
  return typeof message === "string" ? message : "the API server refused the connection";
}
