import type { IncomingMessage } from "node:http";
import * as net from "node:net";
import type { Duplex } from "node:stream";
import { WebSocket, WebSocketServer } from "ws";
import { reasonOf } from "../control-plane/reason";
import type { Route } from "./pod-network";

/** The only protocol of port-forwards over WebSocket to a kubelet: binary messages whose first byte is the channel. */
const protocol = "v4.channel.k8s.io";
const dataChannel = 0;
const errorChannel = 1;

/** Finds the route to a port of one of the node's pods; returns an error message if the node has no such pod. */
export type FindPort = (namespace: string, pod: string, port: number) => Route | string;

/** Whether a request asks for a port-forward. */
export function isPortForward(request: Pick<IncomingMessage, "url">): boolean {
  return /^\/portForward\//.test(request.url ?? "");
}

/** Handles port-forward requests to a kubelet (`/portForward/<namespace>/<pod>?port=<port>`), each for one port. */
export function portForwarder(find: FindPort) {
  const server = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => (offered.has(protocol) ? protocol : false),
  });
  return (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const url = new URL(request.url ?? "/", "https://kubelet");
    const [, , namespace = "", pod = ""] = url.pathname.split("/").map(decodeURIComponent);
    const port = Number(url.searchParams.get("port") ?? url.searchParams.get("ports"));
    server.handleUpgrade(request, socket, head, (webSocket) => {
      forward(webSocket, port, find(namespace, pod, port));
    });
  };
}

function forward(webSocket: WebSocket, port: number, found: Route | string): void {
  const send = (channel: number, data: Buffer) => {
    if (webSocket.readyState === WebSocket.OPEN) webSocket.send(Buffer.concat([Buffer.of(channel), data]));
  };
  const portNumber = Buffer.alloc(2);
  portNumber.writeUInt16LE(port);
  // Each of the two channels begins with the port number.
  send(dataChannel, portNumber);
  send(errorChannel, portNumber);
  const fail = (sentence: string) => {
    send(errorChannel, Buffer.from(sentence));
    webSocket.close();
  };
  webSocket.on("error", () => undefined);
  if (typeof found === "string") return fail(found);
  if (found.kind === "swallowed") return;
  if (found.kind !== "open") return fail(`nothing listens on port ${port} of the pod`);
  const target = net.connect(found.port, "127.0.0.1");
  target.on("data", (data) => send(dataChannel, data));
  target.on("end", () => webSocket.close());
  target.on("error", (error) => fail(reasonOf(error)));
  // Each message is a `Buffer`, because this is the default of `binaryType`.
  webSocket.on("message", (data: Buffer) => {
    if (data[0] === dataChannel) target.write(data.subarray(1));
  });
  webSocket.on("close", () => target.destroy());
}
