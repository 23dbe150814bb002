import * as assert from "node:assert/strict";
import * as http from "node:http";
import * as https from "node:https";
import * as net from "node:net";
import { generate } from "selfsigned";
import { loadConfig } from "../../../../config";
import type { CheckResult } from "../../../../tools/shared/check-result";
import { heartbeatCheck } from "../../../../tools/preflight/checks/heartbeat";
import { webhookChecks } from "../../../../tools/preflight/checks/webhooks";
import { SecretText } from "../../../../tools/stack/secret-text";
import { canaryPath, source } from "../../../support/settings";

const path = "/services/T0CANARY0/B0CANARY0/x0CaNaRyX0CaNaRyX0CaNaRy";
const never = new AbortController().signal;

/** The requests that a server received, and its address. */
interface Listening {
  readonly origin: string;
  readonly port: number;
  readonly requests: { method?: string; url?: string; body: string }[];
}

describe("a preflight's check of webhooks", () => {
  const closers: (() => void)[] = [];
  afterEach(() => closers.splice(0).forEach((close) => close()));

  async function listen(server: net.Server): Promise<number> {
    const sockets = new Set<net.Socket>();
    server.on("connection", (socket: net.Socket) => sockets.add(socket));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closers.push(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return (server.address() as net.AddressInfo).port;
  }

  async function slack(
    status: number,
    body: string,
    headers: Readonly<Record<string, string>> = {},
    tls?: { key: string; cert: string },
  ): Promise<Listening> {
    const requests: Listening["requests"] = [];
    const answer: http.RequestListener = (request, response) => {
      let text = "";
      request.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      request.on("end", () => {
        requests.push({ method: request.method, url: request.url, body: text });
        response.writeHead(status, headers).end(body);
      });
    };
    const port = await listen(tls ? https.createServer(tls, answer) : http.createServer(answer));
    return { origin: `${tls ? "https" : "http"}://127.0.0.1:${port}`, port, requests };
  }

  /** The result for a webhook. The result must not contain the webhook. */
  async function look(url: string, slackSettings: object = {}, timeoutMs = 5_000): Promise<CheckResult> {
    const configuration = loadConfig(source({ slack: slackSettings }));
    const [check] = webhookChecks({ configuration, webhook: new SecretText(url), credentials: {} }, timeoutMs);
    const results = await check!.run(never);
    assert.equal(results.length, 1);
    assert.doesNotMatch(JSON.stringify(results), new RegExp(`${canaryPath}|CaNaRy`));
    return results[0]!;
  }

  it("posts one message without content, which Slack refuses", async () => {
    const server = await slack(400, "no_text");
    await look(`${server.origin}${path}`);
    assert.deepEqual(server.requests, [{ method: "POST", url: path, body: "{}" }]);
  });

  const answers: readonly [number, string, CheckResult["status"], RegExp, RegExp?][] = [
    [400, "no_text", "ok", /^works: 127\.0\.0\.1:\d+ refused .* \(400 no_text\), so nothing was posted/],
    [400, "invalid_payload", "ok", /^works: /],
    [400, "missing_text_or_fallback_or_attachments", "ok", /^works: /],
    [403, "invalid_token", "failed", /403 invalid_token: its token is not valid/, /Create a new webhook/],
    [403, "action_prohibited", "failed", /the workspace does not let it post/, /administrator/],
    [403, "team_disabled", "failed", /its workspace was switched off/],
    [404, "no_service", "failed", /404 no_service: it was removed or switched off/, /Create a new webhook/],
    [404, "no_team", "failed", /its workspace is gone/],
    [404, "no_active_hooks", "failed", /incoming webhooks are switched off/],
    [404, "channel_not_found", "failed", /its channel is gone/],
    [410, "channel_is_archived", "failed", /its channel is archived/, /Unarchive the channel/],
    [400, "user_not_found", "failed", /the person that it writes to is gone/],
    [403, "<html>Forbidden</html>", "failed", /answered 403, so Alertmanager's messages would be refused/],
    [404, `no such page: ${path}`, "failed", /answered 404, so/],
    [410, "gone", "failed", /answered 410 gone, so/],
    [400, "Unable to parse", "warning", /answered 400, which is not one of Slack's answers/, /drill/],
    [429, "rate_limited", "warning", /429 rate_limited: it accepts no more messages for now/, /Wait a minute/],
    [500, "rollup_error", "warning", /500 rollup_error: the server has a problem/, /later/],
    [503, "", "warning", /answered 503: the server has a problem/],
    [200, "ok", "warning", /answered 200 ok: it accepted a message without content/, /drill/],
    [200, "<html>Sign in</html>", "warning", /answered 200, but not in Slack's words/],
  ];
  for (const [status, body, expected, what, todo] of answers) {
    it(`reads ${status} ${body.slice(0, 40)} as ${expected}`, async () => {
      const server = await slack(status, body);
      const found = await look(`${server.origin}${path}`);
      assert.equal(found.status, expected);
      assert.match(found.what, what);
      if (expected !== "ok") assert.ok(found.todo, "says what to do");
      if (todo) assert.match(found.todo!, todo);
    });
  }

  for (const status of [301, 302, 307, 308]) {
    it(`reports a redirect with ${status}, and does not follow it`, async () => {
      const elsewhere = await slack(400, "no_text");
      const server = await slack(status, "", { location: `${elsewhere.origin}${path}` });
      const found = await look(`${server.origin}${path}`);
      assert.equal(found.status, "failed");
      assert.match(found.what, new RegExp(`a redirect to 127\\.0\\.0\\.1:${elsewhere.port}, which was not followed`));
      assert.deepEqual(elsewhere.requests, []);
    });
  }

  it("stops waiting in time for a server that never answers", async () => {
    const port = await listen(net.createServer());
    const started = Date.now();
    const found = await look(`http://127.0.0.1:${port}${path}`, {}, 300);
    assert.match(found.what, /gave no answer in time/);
    assert.equal(found.status, "failed");
    assert.ok(Date.now() - started < 3_000);
  });

  it("reports a connection that is refused, or closed without an answer", async () => {
    const closing = await listen(net.createServer((socket) => socket.destroy()));
    assert.match((await look(`http://127.0.0.1:${closing}${path}`)).what, /closed the connection without an answer/);
    assert.match((await look(`http://127.0.0.1:1${path}`)).what, /accepts no connection \(ECONNREFUSED\)/);
  });

  it("reports a name that cannot be resolved", async () => {
    const found = await look(`https://hooks.slack.invalid${path}`);
    assert.match(found.what, /the name of hooks\.slack\.invalid cannot be resolved/);
    assert.match(found.todo!, /Seen from this machine/);
  });

  it("reports an invalid certificate, and a server without TLS", async () => {
    const { private: key, cert } = await generate([{ name: "commonName", value: "127.0.0.1" }]);
    const self = await slack(400, "no_text", {}, { key, cert });
    assert.match((await look(`${self.origin}${path}`)).what, /the certificate of 127\.0\.0\.1:\d+ is self-signed/);
    assert.deepEqual(self.requests, [], "the webhook did not leave this machine");
    const plain = await slack(400, "no_text");
    assert.match((await look(`https://127.0.0.1:${plain.port}${path}`)).what, /does not speak TLS as it should/);
  });

  describe("through alerting:slack.httpProxy", () => {
    /** A proxy that accepts CONNECT, and answers with this status. */
    async function proxy(status = 200): Promise<{ url: string; connects: string[] }> {
      const connects: string[] = [];
      const server = http.createServer((_, response) => response.writeHead(500).end());
      server.on("connect", (request: http.IncomingMessage, client: net.Socket) => {
        connects.push(request.url ?? "");
        if (status !== 200) return client.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`);
        const [host, port] = (request.url ?? "").split(":");
        const upstream = net.connect(Number(port), host, () => {
          client.write("HTTP/1.1 200 OK\r\n\r\n");
          upstream.pipe(client).pipe(upstream);
        });
        upstream.on("error", () => client.destroy());
        client.on("error", () => upstream.destroy());
        return undefined;
      });
      return { url: `http://127.0.0.1:${await listen(server)}`, connects };
    }

    it("uses only the proxy, whatever the length of a stack trace", async () => {
      const limit = Error.stackTraceLimit;
      closers.push(() => (Error.stackTraceLimit = limit));
      Error.stackTraceLimit = 0;
      const server = await slack(400, "no_text");
      const { url, connects } = await proxy();
      assert.equal((await look(`${server.origin}${path}`, { httpProxy: url })).status, "ok");
      assert.deepEqual(connects, [`127.0.0.1:${server.port}`]);
      assert.equal(server.requests.length, 1);
    });

    it("attributes a proxy's refusal to the proxy, not to Slack", async () => {
      const server = await slack(400, "no_text");
      for (const status of [403, 407]) {
        const { url } = await proxy(status);
        const found = await look(`${server.origin}${path}`, { httpProxy: url });
        assert.equal(found.status, "failed");
        assert.match(
          found.what,
          new RegExp(`the proxy of alerting:slack\\.httpProxy does not allow .* \\(${status}\\)`),
        );
      }
      assert.deepEqual(server.requests, []);
    });

    it("sends nothing to an address that starts a workflow, or that would need plain HTTP", async () => {
      const { url: httpProxy, connects } = await proxy(403);
      for (const [url, why] of [
        [
          `https://hooks.slack.com/triggers${path}`,
          /was not asked: alerting:slackWebhookUrl is the address of a workflow/,
        ],
        [`https://hooks.slack.com/workflows${path}`, /was not asked: .* workflow in Slack/],
        [`http://hooks.slack.com${path}`, /was not asked: .* unencrypted/],
      ] as const) {
        const found = await look(url, { httpProxy });
        assert.equal(found.status, "failed");
        assert.match(found.what, why);
      }
      assert.deepEqual(connects, []);
      await look(`https://hooks.slack.com${path}`, { httpProxy });
      assert.deepEqual(connects, ["hooks.slack.com:443"]);
    });

    it("reports a proxy that does not exist or never answers", async () => {
      const server = await slack(400, "no_text");
      const dead = await look(`${server.origin}${path}`, { httpProxy: "http://127.0.0.1:1" });
      assert.match(dead.what, /the proxy of alerting:slack\.httpProxy accepts no connection/);
      const silent = await listen(net.createServer());
      const late = await look(`${server.origin}${path}`, { httpProxy: `http://127.0.0.1:${silent}` }, 300);
      assert.match(late.what, /the proxy of alerting:slack\.httpProxy gave no answer in time/);
      assert.deepEqual(server.requests, []);
    });
  });

  it("checks the webhook of each extra channel once, and says how to set its credential", async () => {
    const [own, ops] = [await slack(400, "no_text"), await slack(404, "no_service")];
    const channels = [
      { channel: "#ops", credential: "ops", severity: "critical" },
      { channel: "#ops", credential: "ops", team: "night" },
      { channel: "#data", credential: "data", team: "data" },
    ];
    const configuration = loadConfig(source({ slack: { channels } }));
    const checks = webhookChecks({
      configuration,
      webhook: new SecretText(`${own.origin}${path}`),
      credentials: { ops: new SecretText(`${ops.origin}${path}`) },
    });
    const found = await Promise.all(
      checks.map(async (check) => (await check.run(never)).map((finding) => ({ name: check.name, ...finding }))),
    );
    assert.deepEqual(
      found.flat().map(({ name, status }) => [name, status]),
      [
        ["webhook", "ok"],
        ["webhook of #ops", "failed"],
        ["webhook of #data", "skipped"],
      ],
    );
    assert.match(found.flat()[1]!.todo!, /pulumi config set --secret --path alerting:credentials\.ops/);
    assert.equal(ops.requests.length, 1);
  });
});

describe("a preflight's check of the heartbeat", () => {
  it("opens a connection, and sends nothing that could count as a heartbeat", async () => {
    let bytes = 0;
    const server = net.createServer((socket) => socket.on("data", (data) => (bytes += data.length)));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const closed = new Promise<void>((resolve) =>
      server.once("connection", (socket) => socket.once("close", () => resolve())),
    );
    const { port } = server.address() as net.AddressInfo;
    const [found] = await heartbeatCheck(new SecretText(`http://127.0.0.1:${port}/ping/CANARY0`), true).run(never);
    await closed;
    server.close();
    assert.equal(found?.status, "ok");
    assert.doesNotMatch(found.what, /CANARY0/);
    assert.equal(bytes, 0);
  });

  it("warns if no heartbeat is set, and fails if its server cannot be reached", async () => {
    assert.equal((await heartbeatCheck(undefined, false).run(never))[0]?.status, "warning");
    assert.equal((await heartbeatCheck(undefined, true).run(never))[0]?.status, "skipped");
    const [dead] = await heartbeatCheck(new SecretText("https://127.0.0.1:1/ping/CANARY0"), true).run(never);
    assert.equal(dead?.status, "failed");
    assert.doesNotMatch(JSON.stringify(dead), /CANARY0/);
  });
});
