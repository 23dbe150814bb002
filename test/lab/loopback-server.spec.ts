import * as assert from "node:assert/strict";
import { once } from "node:events";
import * as http from "node:http";
import * as https from "node:https";
import * as net from "node:net";
import * as tls from "node:tls";
import { ApiException } from "@kubernetes/client-node";
import { generate } from "selfsigned";
import { reasonOf } from "../../lab/control-plane/reason";
import { listenOnLoopback } from "../../lab/processes/loopback-server";

describe("the lab's servers on loopback", () => {
  it("close their open tunnels when they stop", async () => {
    const server = http.createServer();
    server.on("connect", (_request, socket: net.Socket) => socket.write("HTTP/1.1 200 OK\r\n\r\n"));
    const { port, stop } = await listenOnLoopback(server);
    const client = net.connect(port, "127.0.0.1");
    client.write("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n");
    await once(client, "data");
    await Promise.all([stop(), once(client, "close")]);
    assert.equal(server.listening, false);
  });

  it("close kept-alive encrypted connections when they stop", async () => {
    const { cert, private: key } = await generate([{ name: "commonName", value: "node" }], { keyType: "ec" });
    const { port, stop } = await listenOnLoopback(https.createServer({ cert, key }, (_, response) => response.end()));
    const client = tls.connect({ port, host: "127.0.0.1", ca: cert, checkServerIdentity: () => undefined });
    client.on("error", () => undefined);
    client.write("GET / HTTP/1.1\r\nHost: node\r\n\r\n");
    await once(client, "data");
    await Promise.all([stop(), once(client, "close")]);
  });

  it("report an error if they cannot listen", async () => {
    const server = net.createServer();
    const { stop } = await listenOnLoopback(server);
    await assert.rejects(listenOnLoopback(server), /already/i);
    await stop();
  });
});

describe("the reason for a failed request", () => {
  it("is the API server's message, not the message of an error that wraps it", () => {
    const message = 'Service "s" is invalid: metadata.finalizers: Forbidden';
    assert.equal(reasonOf(new ApiException(422, "", JSON.stringify({ message }), {})), message);
    assert.equal(reasonOf(new ApiException(503, "", "busy", {})), "the API server refused it (status 503)");
    assert.equal(reasonOf(Object.assign(new Error("read"), { code: "ECONNRESET" })), "ECONNRESET: read");
  });
});
