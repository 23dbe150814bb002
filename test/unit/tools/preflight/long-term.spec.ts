import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import type * as http from "node:http";
import { loadConfig } from "../../../../config";
import { longTermChecks } from "../../../../tools/preflight/checks/long-term";
import type { CheckResult } from "../../../../tools/shared/check-result";
import { StackUnreadable } from "../../../../tools/stack/cli";
import { NotApplied } from "../../../../tools/stack/outputs";
import { SecretText } from "../../../../tools/stack/secret-text";
import { type HttpServer, startHttpServer } from "../../../support/http-server";
import { source } from "../../../support/settings";

const secret = "lTcAnArY0lTcAnArY0";
const keys = { accessKeyId: "AKIACANARY", secretAccessKey: `${secret}/key`, sessionToken: `${secret}/token` };
const role = "arn:aws:iam::123456789012:role/writer";
const id = "ws-01234567-89ab-cdef-0123-456789abcdef";
const never = new AbortController().signal;

/** The signature that a request should have, by AWS' description of Signature Version 4. */
function signatureOf(request: http.IncomingMessage, body: string, region: string): string {
  const [, signed = ""] = /SignedHeaders=([^,]+)/.exec(request.headers.authorization ?? "") ?? [];
  const headers = signed.split(";").map((name) => `${name}:${String(request.headers[name])}\n`);
  const digest = (text: string) => createHash("sha256").update(text).digest("hex");
  const canonical = ["POST", request.url, "", headers.join(""), signed, digest(body)].join("\n");
  const time = String(request.headers["x-amz-date"]);
  const scope = [time.slice(0, 8), region, "aps", "aws4_request"];
  const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();
  const key = scope.reduce<string | Buffer>((before, part) => hmac(before, part), `AWS4${keys.secretAccessKey}`);
  return hmac(key, ["AWS4-HMAC-SHA256", time, scope.join("/"), digest(canonical)].join("\n")).toString("hex");
}

describe("a preflight's check of the long-term engine", () => {
  const servers: HttpServer[] = [];
  afterEach(() => servers.splice(0).forEach(({ stop }) => stop()));

  /** An engine, and the bodies that it received. */
  async function engine(status: number, headers: http.OutgoingHttpHeaders = {}) {
    const bodies: string[] = [];
    const server = await startHttpServer((request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
      request.on("end", () => {
        bodies.push(body);
        response.writeHead(status, headers).end(`${secret} is wrong`);
      });
    });
    servers.push(server);
    return { ...server, bodies, url: `${server.origin}/api/v1/write` };
  }

  interface Given {
    readonly outputs?: () => Promise<Record<string, unknown>>;
    readonly credentials?: Readonly<Record<string, SecretText>>;
    readonly keysFor?: Parameters<typeof longTermChecks>[2];
  }

  async function look(longTerm: object, given: Given = {}): Promise<CheckResult | undefined> {
    const configuration = loadConfig(source({ longTerm }));
    const { outputs, credentials = { engine: new SecretText(secret) }, keysFor = () => Promise.resolve(keys) } = given;
    const [check] = longTermChecks({ configuration, credentials, outputs }, 2_000, keysFor);
    const results = await check?.run(never);
    assert.ok(results === undefined || results.length === 1);
    assert.doesNotMatch(JSON.stringify(results ?? []), /lTcAnArY0|AKIACANARY/);
    return results?.[0];
  }

  const victoria = (url: string) => ({ engine: "victoria-metrics", url });
  const amp = (url: string) => ({ engine: "amp", url, region: "eu-central-1" });

  it("does not exist without an engine", async () => assert.equal(await look({}), undefined));

  it("is skipped if the settings are not valid", async () => {
    const found = await look({ engine: "influx" });
    assert.equal(found?.status, "skipped");
    assert.match(found.what, /alerting:longTerm could not be read/);
  });

  it("sends one write without samples, compressed as Prometheus compresses it", async () => {
    const server = await engine(204);
    const found = await look(victoria(server.url));
    assert.equal(found?.status, "ok");
    assert.match(found.what, /^takes writes: 127\.0\.0\.1:\d+ accepted one without samples without a login \(204\)\.$/);
    assert.deepEqual(server.bodies, ["\u0000"]);
    const [request] = server.requests;
    assert.equal(request?.method, "POST");
    assert.equal(request.url, "/api/v1/write");
    assert.equal(request.headers["content-encoding"], "snappy");
    assert.equal(request.headers["content-type"], "application/x-protobuf");
    assert.equal(request.headers["x-prometheus-remote-write-version"], "0.1.0");
    assert.equal(request.headers.authorization, undefined);
  });

  it("sends the credential as a bearer token or, with a user, as a password", async () => {
    const server = await engine(200);
    const by = { ...victoria(server.url), credential: "engine" };
    assert.match((await look(by))?.what ?? "", /with the bearer token \(200\)/);
    assert.match((await look({ ...by, user: "123456" }))?.what ?? "", /from the user 123456 \(200\)/);
    assert.deepEqual(
      server.requests.map(({ headers }) => headers.authorization),
      [`Bearer ${secret}`, `Basic ${Buffer.from(`123456:${secret}`).toString("base64")}`],
    );
  });

  it("is skipped if the credential could not be read", async () => {
    const server = await engine(200);
    const found = await look({ ...victoria(server.url), credential: "engine" }, { credentials: {} });
    assert.equal(found?.status, "skipped");
    assert.match(found.what, /alerting:credentials\.engine could not be read/);
    assert.equal(server.requests.length, 0);
  });

  describe("of Amazon Managed Service for Prometheus", () => {
    it("signs the write for the workspace's region", async () => {
      const server = await engine(200);
      const found = await look(amp(server.url));
      assert.equal(found?.status, "ok");
      assert.match(
        found.what,
        /that your own credentials signed \(200\)\. Prometheus itself signs as the role of its node/,
      );
      const [request] = server.requests;
      const sent = request!.headers.authorization ?? "";
      assert.match(sent, /^AWS4-HMAC-SHA256 Credential=AKIACANARY\/\d{8}\/eu-central-1\/aps\/aws4_request, /);
      assert.match(sent, /SignedHeaders=[^,]*host;[^,]*x-amz-date/);
      assert.equal(/Signature=(\w+)/.exec(sent)?.[1], signatureOf(request!, server.bodies[0]!, "eu-central-1"));
      assert.equal(request!.headers["x-amz-security-token"], keys.sessionToken);
    });

    it("signs as the role if the operator may assume it, otherwise as the operator", async () => {
      const server = await engine(200);
      const asked: (string | undefined)[] = [];
      const keysFor = (_: unknown, of?: string) => (asked.push(of), Promise.resolve(keys));
      const assumed = await look({ ...amp(server.url), role }, { keysFor });
      assert.match(
        assumed?.what ?? "",
        new RegExp(`that ${role} signed .*as ${role}, which its node's role has to assume`),
      );
      assert.deepEqual(asked, [role]);
      const denied = (_: unknown, of?: string) =>
        of === undefined ? Promise.resolve(keys) : Promise.reject(new Error("AccessDenied"));
      const own = await look({ ...amp(server.url), role, signing: "token" }, { keysFor: denied });
      assert.match(own?.what ?? "", /your own credentials signed .* by a token of its service account/);
    });

    it("is only a warning if the operator is refused, and fails if the role is", async () => {
      const server = await engine(403, { "x-amzn-errortype": "AccessDeniedException:http://internal.example/" });
      const own = await look(amp(server.url));
      assert.equal(own?.status, "warning");
      assert.match(own.what, /answered 403 AccessDeniedException: it refuses a write that your own credentials sign/);
      assert.match(own.todo ?? "", /aps:RemoteWrite/);
      const ofRole = await look({ ...amp(server.url), role });
      assert.equal(ofRole?.status, "failed");
      assert.match(ofRole.what, new RegExp(`refuses a write that ${role} signs`));
    });

    it("is skipped without credentials", async () => {
      const keysFor = () => Promise.reject(new Error("Could not load credentials from any providers"));
      const found = await look(amp("https://aps.example/write"), { keysFor });
      assert.equal(found?.status, "skipped");
      assert.match(found.what, /could not be signed: AWS did not answer: Could not load credentials/);
    });

    it("is skipped before the first up creates the workspace", async () => {
      const created = { engine: "amp", workspace: "create" };
      const unapplied = () => Promise.reject(new NotApplied("the stack has no outputs"));
      for (const given of [
        {},
        { outputs: unapplied },
        { outputs: () => Promise.resolve({ namespace: "monitoring" }) },
      ]) {
        const found = await look(created, given);
        assert.equal(found?.status, "skipped");
        assert.match(found.what, /`pulumi up` creates the workspace/);
      }
      const unreadable = () => Promise.reject(new StackUnreadable("no passphrase"));
      assert.match((await look(created, { outputs: unreadable }))?.what ?? "", /^no passphrase$/);
    });

    it("finds the workspace that the stack created in its outputs", async () => {
      const outputs = () => Promise.resolve({ workspaceId: id });
      const signed: string[] = [];
      const keysFor = () => (signed.push("asked"), Promise.reject(new Error("expired")));
      const found = await look({ engine: "amp", workspace: "create" }, { outputs, keysFor });
      assert.match(found?.what ?? "", /could not be signed/);
      assert.deepEqual(signed, ["asked"]);
    });
  });

  const answers: readonly [number, CheckResult["status"], RegExp, RegExp][] = [
    [400, "warning", /answered 400: it does not accept a write without samples/, /PrometheusRemoteWriteLosing/],
    [401, "failed", /answered 401: it refuses the bearer token/, /--path alerting:credentials\.engine/],
    [403, "failed", /answered 403: it refuses the bearer token/, /If it is a password, set alerting:longTerm\.user/],
    [
      404,
      "failed",
      /answered 404: nothing takes remote write at this path/,
      /VictoriaMetrics takes .*\/api\/v1\/write/,
    ],
    [405, "failed", /answered 405, so it would refuse the writes of Prometheus/, /Check alerting:longTerm\.url/],
    [429, "warning", /answered 429: a limit of the engine is reached/, /alerting:longTerm\.keep/],
    [500, "warning", /answered 500: the engine has a problem/, /run this again later/],
    [503, "warning", /alerts do not depend on the engine/, /the engine's own log/],
  ];
  for (const [status, expected, what, todo] of answers) {
    it(`reads ${status} as ${expected}`, async () => {
      const server = await engine(status);
      const found = await look({ ...victoria(server.url), credential: "engine" });
      assert.equal(found?.status, expected);
      assert.match(found.what, what);
      assert.match(found.todo ?? "", todo);
    });
  }

  it("says that a login is missing, or that a user's password is refused", async () => {
    const server = await engine(401);
    assert.match((await look(victoria(server.url)))?.todo ?? "", /Set alerting:longTerm\.credential/);
    const found = await look({ ...victoria(server.url), credential: "engine", user: "123456" });
    assert.match(found?.what ?? "", /refuses the user 123456 or the password/);
  });

  it("reports a redirect, and does not send the login to its target", async () => {
    const elsewhere = await engine(200);
    const server = await engine(307, { location: elsewhere.url });
    const found = await look({ ...victoria(server.url), credential: "engine" });
    assert.equal(found?.status, "failed");
    assert.match(found.what, /a redirect to 127\.0\.0\.1:\d+, which was not followed/);
    assert.equal(elsewhere.requests.length, 0);
  });

  it("only warns of an engine that this machine does not reach, because the cluster may reach it", async () => {
    const refused = await look(victoria("http://127.0.0.1:1/api/v1/write"));
    assert.equal(refused?.status, "warning");
    assert.match(refused.what, /accepts no connection \(ECONNREFUSED\)/);
    const unknown = await look(victoria("https://engine.invalid/api/v1/write"));
    assert.equal(unknown?.status, "warning");
    assert.match(unknown.what, /cannot be resolved/);
    assert.match(unknown.todo ?? "", /the cluster may get another result/);
  });

  it("fails if the engine does not speak TLS", async () => {
    const { url } = await engine(200);
    const found = await look(victoria(url.replace("http:", "https:")));
    assert.equal(found?.status, "failed");
    assert.match(found.what, /does not speak TLS as it should/);
    assert.doesNotMatch(found.todo ?? "", /slack/);
  });

  for (const host of ["victoria:8428", "mimir.metrics.svc", "mimir.metrics.svc.cluster.local:8080"]) {
    it(`is skipped for ${host}, which only the cluster resolves`, async () => {
      const found = await look(victoria(`http://${host}/api/v1/write`));
      assert.equal(found?.status, "skipped");
      assert.match(found.what, /is a Service in the cluster.* PrometheusRemoteWriteBehind/);
    });
  }
});
