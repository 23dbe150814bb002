import * as assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import type * as http from "node:http";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { AlertmanagerApi } from "../../../../tools/drill/alertmanager-api";
import { ask, NoAnswer } from "../../../../tools/stack/servers/http";
import { reach } from "../../../../tools/stack/servers/reach";
import { noStack } from "../../../../tools/stack/facts";
import { isOwn, webAddresses } from "../../../../tools/stack/web/addresses";
import { authenticate, type PageServer } from "../../../../tools/stack/web/authentication";
import type { WebKeys } from "../../../../tools/stack/web/keys";
import { StackUnreadable } from "../../../../tools/stack/cli";
import { SecretText } from "../../../../tools/stack/secret-text";
import { runDrillCommand } from "../../../support/drill-command";
import { type FakeAlertmanager, fakeAlertmanager } from "../../../support/fake-alertmanager";
import { configOf, exportedState, FakeCli } from "../../../support/fake-cli";
import { authority, certificate, type Pems } from "../../../support/page-certificates";
import { startHttpServer } from "../../../support/http-server";

const passwords: Record<string, string> = {
  "alerting-1": "pWcAnArYoLd0000000000",
  "alerting-2": "pWcAnArYnEw0000000000",
};
const canary = /pWcAnArY/;
const [first, second] = ["alerting-1", "alerting-2"].map((user) => ({
  user,
  password: new SecretText(passwords[user]!),
}));

describe("a drill's access to pages that ask for a password", function () {
  const closers: (() => Promise<void> | void)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  async function fake(users: Record<string, string> = {}, tls?: Pems): Promise<FakeAlertmanager> {
    const made = await fakeAlertmanager(tls);
    closers.push(() => made.stop());
    return Object.assign(made, { users });
  }

  /** A server of any kind, and the `Authorization` headers that it received. */
  async function server(answer: http.RequestListener) {
    const { origin, requests, stop } = await startHttpServer(answer);
    closers.push(stop);
    return { origin, sent: () => requests.map(({ headers }) => headers.authorization) };
  }

  /** Keys of a stack. Reading a key that is not given here fails the test. */
  const keys = (own: { logins?: (typeof first)[]; authority?: string | null } = {}): WebKeys => ({
    stack: "dev",
    logins: () => (own.logins ? Promise.resolve(own.logins as never) : Promise.reject(new Error("logins were read"))),
    authority: () =>
      own.authority === undefined
        ? Promise.reject(new Error("the authority was read"))
        : Promise.resolve(own.authority ?? undefined),
    read: () => [],
  });
  const own = (origin: string, more: Partial<PageServer> = {}): PageServer => ({
    origin,
    isOwn: true,
    own: [origin],
    ...more,
  });
  /** Expects a rejection with a sentence that contains no password, and returns the error. */
  async function refused(authentication: Promise<unknown>): Promise<NoAnswer> {
    const error = await authentication.then(
      () => assert.fail("it was let in"),
      (one: unknown) => one,
    );
    assert.ok(error instanceof NoAnswer, String(error));
    assert.doesNotMatch(`${error.message}${error.stack}`, canary);
    assert.match(error.message, /[.?]$/);
    return error;
  }

  /**
   * The server's origin under an address that does not count as this machine, as the address of an unknown server.
   */
  const asStranger = (origin: string) => origin.replace("127.0.0.1", "0.0.0.0");

  it("reads no password if the server asks for none", async () => {
    const { origin, seen } = await fake();
    assert.deepEqual(await authenticate(own(origin), keys()), { access: {}, notYet: [] });
    assert.deepEqual([...seen], [""]);
  });

  it("first connects without a password, then with the newest one, and uses it for all later requests", async () => {
    const { origin, seen } = await fake(passwords);
    const { access, login, notYet } = await authenticate(own(origin), keys({ logins: [second, first] }));
    assert.deepEqual([login?.user, notYet], ["alerting-2", []]);
    assert.deepEqual([...seen], ["", "alerting-2"]);
    const api = new AlertmanagerApi(origin, undefined, access);
    await api.post({ labels: { alertname: "A" }, annotations: {} });
    assert.equal((await api.alerts({ alertname: "A" })).length, 1);
    assert.deepEqual(await api.counters().then((counters) => counters.length), 1);
    assert.ok((await api.status()).configuration);
    assert.deepEqual([...seen], ["", "alerting-2"]);
  });

  it("uses the old password if the server does not know the new one yet, and says so", async () => {
    const { origin } = await fake({ "alerting-1": passwords["alerting-1"]! });
    const said: string[] = [];
    const place = { ...noStack(), stack: "dev", web: webAddresses({ alertmanagerUrl: origin }, undefined) };
    const { authentication } = await reach(
      "Alertmanager",
      { ...place, alertmanagerUrl: origin },
      { say: (line) => said.push(line), keys: keys({ logins: [second, first] }) },
    );
    assert.equal(authentication.access.login?.user, "alerting-1");
    assert.match(
      said.join("\n"),
      /Warning: Alertmanager does not know the password of alerting-2 yet: the kubelet brings/,
    );
    assert.match(said.join("\n"), /accepts that of alerting-1/);
    assert.doesNotMatch(said.join("\n"), canary);
  });

  it("reports that the server does not accept the password, and what to do", async () => {
    const { origin } = await fake({ "alerting-3": "another" });
    const { message, status } = await refused(authenticate(own(origin), keys({ logins: [second, first] })));
    assert.equal(status, 401);
    assert.match(
      message,
      /does not accept the password of alerting-2 or alerting-1 \(401\): it has been rotated since/,
    );
    assert.match(message, /npm run credentials -- --stack dev/);
  });

  it("reports a password that is rotated during a drill", async () => {
    const server = await fake(passwords);
    const { access } = await authenticate(own(server.origin), keys({ logins: [second] }));
    server.users = { "alerting-3": "another" };
    const { message } = await refused(new AlertmanagerApi(server.origin, undefined, access).counters());
    assert.match(
      message,
      /does not accept the password of alerting-2 \(401\): it has been rotated since\. Run this again\.$/,
    );
  });

  it("reports that no stack was named, that the stack has no password, or that its state cannot be read", async () => {
    const { origin } = await fake(passwords);
    assert.match((await refused(authenticate(own(origin), undefined))).message, /without --stack none is known/);
    assert.match(
      (await refused(authenticate(own(origin), keys({ logins: [] })))).message,
      /the stack dev has none in its state/,
    );
    const shut = { ...keys(), logins: () => Promise.reject(new StackUnreadable("passphrase must be set.")) };
    const { message } = await refused(authenticate(own(origin), shut));
    assert.match(message, /asks for a password, and the stack's cannot be read: passphrase must be set\.$/);
    // A port-forward would lead to the same request for a password, so none is tried and the sentence appears once.
    const said: string[] = [];
    const web = webAddresses({ alertmanagerUrl: origin }, undefined);
    const place = { ...noStack(), context: "dev", alertmanagerUrl: origin, web };
    const reached = reach("Alertmanager", place, { say: (line) => said.push(line), keys: shut });
    assert.deepEqual([(await refused(reached)).message, said], [message, []]);
  });

  describe("at an unknown address", () => {
    it("sends no password, whatever the server asks for", async () => {
      const { origin, sent } = await server((_, response) =>
        response.writeHead(401, { "WWW-Authenticate": "Basic" }).end(),
      );
      const stranger = asStranger(origin);
      const place = {
        ...noStack(),
        stack: "dev",
        web: webAddresses({ alertmanagerUrl: "http://nlb.example" }, undefined),
      };
      const { message } = await refused(
        reach("Alertmanager", place, { given: stranger, keys: keys({ logins: [second] }) }),
      );
      assert.match(
        message,
        /asks for a password, and the stack's password is only sent to its own addresses \(http:\/\/nlb\.example\) and to this machine/,
      );
      assert.deepEqual(sent(), [undefined]);
    });

    it("sends the password if the stack's outputs contain the address", async () => {
      const { origin, seen } = await fake(passwords);
      const stranger = asStranger(origin);
      const place = { ...noStack(), stack: "dev", web: webAddresses({ alertmanagerUrl: stranger }, undefined) };
      await reach("Alertmanager", place, { given: stranger, keys: keys({ logins: [second] }) });
      assert.ok(seen.has("alerting-2"));
    });

    it("does not trust the stack's certificate authority", async () => {
      const by = await authority();
      const { origin, seen } = await fake(passwords, await certificate(["stranger.example"], { by }));
      const door = { origin: asStranger(origin), isOwn: false, own: [], serverName: "stranger.example" };
      const { message } = await refused(authenticate(door, keys({ authority: by.cert, logins: [second] })));
      assert.match(message, /is not trusted: its certificate/);
      assert.deepEqual([...seen], []);
    });
  });

  describe("in deciding which addresses belong to the stack", () => {
    const outputs = {
      alertmanagerUrl: "https://alertmanager.example",
      prometheusUrl: "http://nlb-p.example",
      alertmanagerHostname: "nlb-a.example",
      prometheusHostname: "nlb-p.example",
      alertmanagerInClusterUrl: "https://prometheus-alertmanager.monitoring.svc:9093",
    };
    const known = webAddresses(outputs, {
      // The URL from before the stack had a certificate.
      alertmanager: { externalUrl: "http://alertmanager.example" },
      prometheus: { externalUrl: "http://prometheus.example" },
    });

    it("accepts outputs, the load balancers' names, externalUrl, and this machine", () => {
      const yes = [
        ...["https://alertmanager.example/path", "https://nlb-a.example", "http://nlb-p.example"],
        ...["http://prometheus.example", "http://127.0.0.1:9093", "https://localhost:1", "http://[::1]:9093"],
      ];
      for (const one of yes) assert.ok(isOwn(one, known), one);
    });

    it("accepts no other port, no other host, and no http if the stack has https", () => {
      const no = [
        ...["https://alertmanager.example:8443", "http://alertmanager.example", "http://nlb-a.example"],
        ...["https://alertmanager.example.evil.example", "http://evil.example", "http://127.0.0.1.evil.example"],
        ...["http://localhost.evil.example", "http://0.0.0.0:9093", "https://alertmanager.example@evil.example"],
      ];
      for (const one of no) assert.ok(!isOwn(one, known), one);
    });

    it("knows the hosts of the certificates, and whether the pods use TLS", () => {
      assert.deepEqual(known.serverNames, { Alertmanager: "alertmanager.example" });
      assert.equal(known.podsSpeakTls, true);
      assert.equal(webAddresses({ alertmanagerInClusterUrl: "http://x" }, undefined, true).podsSpeakTls, false);
      assert.equal(webAddresses(undefined, undefined, true).podsSpeakTls, true);
    });
  });

  it("follows no redirect, because it would pass the password on", async () => {
    const elsewhere = await server((_, response) => response.end("OK"));
    const { origin, sent } = await server((request, response) =>
      request.headers.authorization === undefined
        ? response.writeHead(401).end()
        : response.writeHead(302, { location: `${elsewhere.origin}/-/ready` }).end(),
    );
    const { message } = await refused(authenticate(own(origin), keys({ logins: [second] })));
    assert.match(message, /redirects to .* \(302\), which is not followed\.$/);
    assert.equal(sent().length, 2);
    assert.deepEqual(elsewhere.sent(), []);
  });

  it("does not print a password that a server returns", async () => {
    const { origin } = await server((request, response) => {
      const { authorization } = request.headers;
      const clear = Buffer.from(authorization?.split(" ")[1] ?? "", "base64").toString();
      response.writeHead(authorization === undefined ? 401 : 500).end(`you sent ${authorization}, which is ${clear}`);
    });
    const { message } = await refused(authenticate(own(origin), keys({ logins: [second] })));
    assert.match(message, /answers 500: you sent \[secret\], which is alerting-2:\[secret\]\.$/);
  });

  describe("over TLS", () => {
    let by: Pems;
    let good: Pems;
    const name = { serverName: "alertmanager.example" };
    before(async () => {
      by = await authority();
      good = await certificate(["alertmanager.example"], { by });
    });

    it("trusts the stack's certificate authority in addition to the system's, for the certificate's host", async () => {
      const { origin, seen } = await fake(passwords, good);
      const own_ = keys({ authority: by.cert, logins: [second] });
      const { access } = await authenticate(own(origin, name), own_);
      assert.deepEqual([...seen], ["", "alerting-2"]);
      await new AlertmanagerApi(origin, undefined, access).counters();
      const other = await refused(authenticate(own(origin, { serverName: "nlb.example" }), own_));
      assert.match(
        other.message,
        /its certificate is for another host than nlb\.example \(it is for alertmanager\.example\)/,
      );
      assert.equal(other.tlsCode, "ERR_TLS_CERT_ALTNAME_INVALID");
    });

    it("accepts an IP address as the host of a certificate", async () => {
      const { origin } = await fake({}, await certificate(["10.0.1.10"], { by }));
      await authenticate(own(origin, { serverName: "10.0.1.10" }), keys({ authority: by.cert }));
      const other = await refused(authenticate(own(origin, { serverName: "10.0.1.11" }), keys({ authority: by.cert })));
      assert.equal(other.tlsCode, "ERR_TLS_CERT_ALTNAME_INVALID");
    });

    it("trusts a self-signed certificate that is its own authority", async () => {
      const alone = await certificate(["alertmanager.example"]);
      const { origin } = await fake({}, alone);
      await authenticate(own(origin, name), keys({ authority: alone.cert }));
      const leaf = await fake({}, good);
      await authenticate(own(leaf.origin, name), keys({ authority: good.cert }));
    });

    const bad: [what: string, made: () => Promise<Pems>, says: RegExp][] = [
      [
        "has expired",
        () => certificate(["alertmanager.example"], { by, from: -90, to: -2 }),
        /its certificate has expired; docs\/access\.md/,
      ],
      [
        "is not valid yet",
        () => certificate(["alertmanager.example"], { by, from: 2 }),
        /its certificate is not valid yet/,
      ],
      [
        "is for another host",
        () => certificate(["other.example"], { by }),
        /is for another host than alertmanager\.example \(it is for other\.example\)/,
      ],
      ["has another authority", () => certificate(["alertmanager.example"]), /its certificate is self-signed/],
    ];
    for (const [what, made, says] of bad) {
      it(`reports that a certificate ${what}, and sends no password`, async () => {
        const { origin, seen } = await fake(passwords, await made());
        const error = await refused(authenticate(own(origin, name), keys({ authority: by.cert, logins: [second] })));
        assert.match(error.message, says);
        assert.ok(error.tlsCode);
        assert.deepEqual([...seen], []);
      });
    }

    it("reports an unknown authority if the stack has none, or if the stack's authority cannot be read", async () => {
      const { origin } = await fake({}, good);
      const { message } = await refused(authenticate(own(origin, name), keys({ authority: null })));
      assert.match(message, /signed by an authority that this machine does not know\.$/);
      const shut = { ...keys(), authority: () => Promise.reject(new StackUnreadable("passphrase must be set.")) };
      assert.match(
        (await refused(authenticate(own(origin, name), shut))).message,
        /The stack's own authority cannot be read: pass/,
      );
    });

    it("reports plain HTTP at an https address, and TLS at an http address", async () => {
      const plain = await fake();
      const { message } = await refused(authenticate(own(plain.origin.replace("http:", "https:")), keys()));
      assert.match(message, /does not speak TLS as it should \(\w+\): write http:\/\/ if it is plain there\.$/);
      // The wording of Go's HTTP server.
      const text = "Client sent an HTTP request to an HTTPS server.\n";
      const { origin } = await server((_, response) => response.writeHead(400).end(text));
      assert.match((await refused(ask(origin, "/-/ready"))).message, /uses https: write https:\/\/ in its URL\.$/);
    });
  });

  describe("run as a command", () => {
    let directory: string;
    let cli: FakeCli;
    beforeEach(async () => {
      directory = await mkdtemp(path.join(tmpdir(), "drill-access-"));
      cli = new FakeCli();
    });
    afterEach(async () => {
      cli.remove();
      await rm(directory, { recursive: true, force: true });
    });

    it("shows the password in no output, no report, no picture and no process argument", async () => {
      const { origin, posted } = await fake(passwords);
      const options = cli.options({
        config: configOf(),
        "stack ls": { stdout: "[]" },
        "stack output": { stdout: JSON.stringify({ namespace: "monitoring", alertmanagerUrl: origin }) },
        "stack export": exportedState({ 1: passwords["alerting-1"]!, 2: passwords["alerting-2"]! }),
      });
      const json = path.join(directory, "report.json");
      const drill = runDrillCommand(["--stack", "dev", "--out", directory, "--json", json], options);
      await drill.said(/Alertmanager has the alert;/);
      const command = await readFile(`/proc/${drill.pid}/cmdline`, "utf8");
      drill.interrupt();
      const { code, output } = await drill.ended;
      assert.equal(code, 130, output);
      assert.match(output, /Alertmanager asks for a password, and accepts that of alerting-2/);
      assert.ok(posted.at(-1)?.endsAt, "it is resolved, with the password");
      const files = (await readdir(directory)).filter((file) => file !== "below");
      assert.ok(files.includes("report.json"));
      const texts = await Promise.all(files.map((file) => readFile(path.join(directory, file), "latin1")));
      const everything = [output, command, cli.asked().join("\n"), ...texts].join("\n");
      for (const [user, text] of Object.entries(passwords)) {
        const sent = Buffer.from(`${user}:${text}`).toString("base64");
        for (const one of [text, sent]) assert.ok(!everything.includes(one), "no password");
      }
      assert.ok(cli.asked().includes("stack export --show-secrets --stack dev --non-interactive --color never"));
    });
  });
});
