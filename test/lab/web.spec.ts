import assert from "node:assert/strict";
import * as http from "node:http";
import * as https from "node:https";
import * as net from "node:net";
import { generate } from "selfsigned";
import { startListener } from "../../lab/load-balancer/listener";
import { startHttpProxy } from "../../lab/nodes/http-proxy";
import type { SeenRequest } from "../../lab/nodes/pod-network";
import { listenOnLoopback } from "../../lab/processes/loopback-server";
import { ask, getText } from "../../lab/web";
import { SecretText } from "../../tools/stack/secret-text";

const names = [{ name: "commonName", value: "server" }];
const extensions = [{ name: "subjectAltName" as const, altNames: [{ type: 7 as const, ip: "127.0.0.1" }] }];

describe("the lab's connection to a server that has a password and a certificate", () => {
  const stops: (() => Promise<void>)[] = [];
  const login = { user: "alerting-1", password: new SecretText("the-password") };
  const large = "x".repeat(1_000_000);
  let ca: string;
  let plain: number;
  let secure: number;
  let proxyUrl: string;
  const seen: SeenRequest[] = [];

  const answer: http.RequestListener = (request, response) => {
    const [kind, both = ""] = (request.headers.authorization ?? "").split(" ");
    const letIn = kind === "Basic" && Buffer.from(both, "base64").toString() === "alerting-1:the-password";
    response.writeHead(letIn ? 200 : 401).end(letIn ? `${request.method} ${large}` : "Unauthorized\n");
  };

  before(async () => {
    const made = await generate(names, { keyType: "ec", algorithm: "sha256", extensions });
    ca = made.cert;
    for (const [server, take] of [
      [http.createServer(answer), (port: number) => (plain = port)],
      [https.createServer({ cert: made.cert, key: made.private }, answer), (port: number) => (secure = port)],
    ] as const) {
      const { port, stop } = await listenOnLoopback(server);
      take(port);
      stops.push(stop);
    }
    // The proxy ignores the requested host: the port in the address is a local port.
    const proxy = await startHttpProxy(
      (_, port) => ({ kind: "open", port }),
      undefined,
      (one) => seen.push(one),
    );
    proxyUrl = proxy.url;
    stops.push(() => proxy.stop());
  });
  after(async () => {
    for (const stop of stops) await stop();
  });

  /** A load balancer in front of one of the two servers. */
  async function balanced(port: number, certificate?: { cert: string; key: string }): Promise<number> {
    const listener = await startListener(proxyUrl, () => ({ address: "10.244.1.2", port }), certificate);
    stops.push(listener.stop);
    return listener.port;
  }

  it("is accepted with the login, and is refused without it", async () => {
    assert.equal((await ask(`http://127.0.0.1:${plain}/`)).status, 401);
    const { status, text } = await ask(`http://127.0.0.1:${plain}/`, { login }, { method: "POST", body: {} });
    assert.deepEqual([status, text.length], [200, large.length + 5]);
    await assert.rejects(getText(`http://127.0.0.1:${plain}/`), /answers 401: Unauthorized/);
  });

  it("is trusted only with the server's certificate", async () => {
    await getText(`https://127.0.0.1:${secure}/`, { login, ca });
    await assert.rejects(getText(`https://127.0.0.1:${secure}/`, { login }), /does not answer: .*self-signed/);
  });

  it("works through a load balancer that passes TLS on, up to the last byte of a long answer", async () => {
    const port = await balanced(secure);
    for (let round = 0; round < 5; round++) {
      assert.equal((await getText(`https://127.0.0.1:${port}/`, { login, ca })).length, large.length + 4);
    }
  });

  it("works through a load balancer that terminates TLS, to a server without TLS", async () => {
    const own = await generate(names, { keyType: "ec", algorithm: "sha256", extensions });
    const port = await balanced(plain, { cert: own.cert, key: own.private });
    assert.equal((await getText(`https://127.0.0.1:${port}/`, { login, ca: own.cert })).length, large.length + 4);
    await assert.rejects(getText(`http://127.0.0.1:${port}/`, { login }), /does not answer/);
  });

  it("never shows the password in an error", async () => {
    const gone = await listenOnLoopback(net.createServer());
    await gone.stop();
    await assert.rejects(ask(`http://127.0.0.1:${gone.port}/`, { login }), (error: Error) => {
      assert.match(error.message, /does not answer: .*ECONNREFUSED/);
      assert.doesNotMatch(`${error.stack} ${JSON.stringify(login)}`, /the-password/);
      return true;
    });
  });

  it("shows only the kind of the authorization if Prometheus sends it without TLS", async () => {
    const { hostname, port } = new URL(proxyUrl);
    const path = `http://10.244.1.2:${plain}/api/v2/alerts?a=b`;
    await new Promise((resolve, reject) => {
      const headers = { authorization: "Bearer the-token" };
      http
        .get({ hostname, port, path, headers, agent: false }, (response) => response.resume().on("end", resolve))
        .on("error", reject);
    });
    assert.deepEqual(seen, [{ request: `GET http://10.244.1.2:${plain}/api/v2/alerts`, authorization: "bearer" }]);
  });
});
