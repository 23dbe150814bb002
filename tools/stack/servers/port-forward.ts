import { once } from "node:events";
import * as net from "node:net";
import { PassThrough, Writable } from "node:stream";
import { type KubeConfig, PortForward } from "@kubernetes/client-node";
import { outsideText } from "../../../conventions/outside-text";
import { send } from "../../shared/http";

/** A connection to a port of a pod through the API server. */
export interface Forwarded {
  readonly url: string;
  stop(): Promise<void>;
}

export interface ForwardOptions {
  readonly kubeconfig: KubeConfig;
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
  readonly patienceMs?: number;
}

/** The client library imports its type from a package without types. */
interface WebSocketLike {
  onclose: () => void;
  close(): void;
}

/**
 * Forwards a port of this machine to a pod. Each connection is a separate WebSocket to the API server, which
 * passes it to the pod's kubelet. Throws an error if there is no connection to the pod.
 */
export async function forwardPort(options: ForwardOptions): Promise<Forwarded> {
  const { kubeconfig, namespace, pod, port } = options;
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
  return { url, stop };
}

/** The message of a refused WebSocket, which is reported as an event. */
function sentenceOf(error: unknown): string {
  const { message } = error as { message?: unknown };
  return typeof message === "string" ? message : "the API server refused the connection";
}
