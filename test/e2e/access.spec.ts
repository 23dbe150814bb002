import * as assert from "node:assert/strict";
import * as tls from "node:tls";
import type { V1ContainerStatus, V1Pod } from "@kubernetes/client-node";
import { type Certificate, makeAuthority } from "../../lab/certificates";
import { certificateSecrets, httpsPages, issueCustomCertificate, pageHosts } from "../../lab/custom-certificate";
import type { CustomCertificate } from "../../lab/custom-certificate";
import { PrometheusApi } from "../../lab/prometheus-api";
import type { Urls } from "../../lab/web";
import { readSlackPayload } from "../../lab/slack-message";
import { settle } from "../../lab/idle";
import { urlsOf } from "../../lab/steps";
import { type Access, ask } from "../../lab/web";
import { readWebLogins } from "../../tools/stack/login";
import { SecretText } from "../../tools/stack/secret-text";
import { describeAccessTools } from "../support/lab/access-tools";
import { describeDashboards, grafanaNamespace } from "../support/lab/dashboards";
import { firstWorker, Operator } from "../support/lab/operator";
import { say, withLab } from "../support/lab/with-lab";
import { until } from "../support/until";

const namespace = "monitoring";
const servers = ["prometheus", "alertmanager"] as const;
type Server = (typeof servers)[number];
/** The longest time between two heartbeats on a busy machine; the fast profile sends one every 10 s. */
const LATEST_BEAT_MS = 12_500;

const asked = { prometheus: "/api/v1/status/flags", alertmanager: "/api/v2/status" } as const;

const outside = { name: "Outside", severity: "critical" };
const silence = {
  matchers: [{ name: "alertname", value: ".+", isRegex: true }],
  startsAt: new Date().toISOString(),
  endsAt: new Date(Date.now() + 3_600_000).toISOString(),
  createdBy: "somebody",
  comment: "quiet",
};
const tried: Readonly<Record<Server, readonly [method: string, path: string, body?: unknown][]>> = {
  prometheus: [
    ["GET", "/"],
    ["GET", "/api/v1/query?query=up"],
    ["GET", "/api/v1/status/config"],
    ["GET", "/metrics"],
    ["GET", "/-/ready"],
    ["GET", "/debug/pprof/heap"],
    ["POST", "/-/quit"],
  ],
  alertmanager: [
    ["GET", "/"],
    ["GET", "/api/v2/status"],
    ["GET", "/metrics"],
    ["POST", "/api/v2/alerts", [{ labels: { alertname: outside.name, severity: outside.severity } }]],
    ["POST", "/api/v2/silences", silence],
    ["POST", "/-/reload"],
  ],
};

describe("on the lab, a stack whose pages have a password", function () {
  const lab = withLab();
  let operator: Operator;
  let urls: Urls;
  let authority: Certificate;
  let certificate: CustomCertificate;

  before("bring up a stack with a password, and with dashboards for Grafana", async () => {
    operator = await Operator.of(lab(), "access", {
      "alerting:access": { password: true },
      "alerting:dashboards": { namespace: grafanaNamespace },
    });
    await operator.core.createNamespace({ body: { metadata: { name: grafanaNamespace } } });
    await operator.stack.up(say);
    urls = await urlsOf(lab(), operator.stack);
    await settle(urls, say);
  });
  after("destroy the stack", () => operator.stack.destroy(say));

  /** The pods of both servers. Each server has exactly one pod unless a pod is being replaced. */
  async function pods(): Promise<Readonly<Record<Server, V1Pod>>> {
    const { items } = await operator.core.listNamespacedPod({ namespace });
    const named = (name: string) =>
      items.find(
        ({ metadata }) => metadata?.labels?.["app.kubernetes.io/name"] === name && !metadata.deletionTimestamp,
      );
    const [prometheus, alertmanager] = [named("prometheus"), named("alertmanager")];
    assert.ok(prometheus !== undefined && alertmanager !== undefined, "one of the two has no pod");
    return { prometheus, alertmanager };
  }

  /** Facts that change when a server is restarted. */
  async function runs(): Promise<unknown> {
    const ofPod = ({ metadata, status }: V1Pod) => [metadata?.uid, status?.containerStatuses?.map(restarts)];
    return Object.values(await pods()).map(ofPod);
  }
  const restarts = ({ restartCount }: V1ContainerStatus) => restartCount;

  /** The number of alerts that Prometheus dropped or could not send since it was started. */
  async function notSent(): Promise<number> {
    const { text } = await ask(`${urls.prometheus}/metrics`, urls.access);
    const counted = [...text.matchAll(/^prometheus_notifications_(?:errors|dropped)_total\S* (\S+)$/gm)];
    assert.ok(counted.length >= 2, "the two counters");
    return counted.reduce((sum, [, count]) => sum + Number(count), 0);
  }

  const answers = async (server: Server, access: Access) => (await ask(urls[server] + asked[server], access)).status;

  /** Does the work, and requires that no heartbeat is late during the work. */
  async function requireBeats(work: () => Promise<void>): Promise<void> {
    const { heartbeat } = lab();
    const from = heartbeat.pings.length;
    await heartbeat.nextPing(2 * LATEST_BEAT_MS);
    await work();
    await heartbeat.nextPing(2 * LATEST_BEAT_MS);
    const times = heartbeat.pings.slice(from).map(({ at }) => at);
    const gaps = times.slice(1).map((at, index) => at - times[index]!);
    assert.ok(Math.max(...gaps) <= LATEST_BEAT_MS, `between signs of life: ${gaps.join(", ")} ms`);
  }

  for (const server of servers) {
    for (const [method, path, body] of tried[server]) {
      it(`answers 401 to ${method} ${path} of ${server} without a password, and with a wrong one`, async () => {
        const { login } = urls.access;
        assert.ok(login !== undefined);
        for (const access of [{}, { login: { user: login.user, password: new SecretText("guessed") } }]) {
          assert.equal((await ask(urls[server] + path, access, { method, body })).status, 401);
        }
      });
    }
  }

  it("refuses alerts and silences from outside", async () => {
    for (const path of ["alerts", "silences"]) {
      const { text } = await ask(`${urls.alertmanager}/api/v2/${path}`, urls.access);
      assert.doesNotMatch(text, /Outside|somebody/, path);
    }
  });

  it("neither quits nor reloads Prometheus on request, even with the password", async () => {
    const before = await runs();
    for (const path of ["/-/quit", "/-/reload"]) {
      const { status, text } = await ask(urls.prometheus + path, urls.access, { method: "POST" });
      assert.equal(status, 403);
      assert.match(text, /Lifecycle API is not enabled/);
    }
    const { text } = await ask(`${urls.prometheus}/api/v1/admin/tsdb/snapshot`, urls.access, { method: "POST" });
    assert.match(text, /admin APIs disabled/);
    assert.deepEqual(await runs(), before);
  });

  it("lets Prometheus scrape itself and Alertmanager with its own separate password", async () => {
    const targets = await new PrometheusApi(urls.prometheus, urls.access).targets();
    for (const pool of servers) {
      const health = targets.filter(({ labels }) => labels.job === pool).map((target) => target.health);
      assert.deepEqual(health, ["up"], pool);
    }
  });

  it("has only containers that are ready and were never restarted, and probes both servers only by TCP", async () => {
    const { items } = await operator.core.listPodForAllNamespaces();
    const statuses = items
      .filter(({ metadata }) => metadata?.namespace?.startsWith(namespace))
      .flatMap(({ status }) => status?.containerStatuses ?? []);
    assert.ok(statuses.length >= 7);
    assert.deepEqual(
      statuses.filter((one) => !one.ready || one.restartCount > 0).map(({ name }) => name),
      [],
    );
    for (const { spec } of Object.values(await pods())) {
      for (const { livenessProbe, readinessProbe } of spec?.containers ?? []) {
        for (const probe of [livenessProbe, readinessProbe]) {
          assert.ok(probe?.tcpSocket !== undefined);
          assert.equal(probe.httpGet, undefined);
        }
      }
    }
  });

  it("sends Prometheus' password to Alertmanager, and never its service account token", async () => {
    const { podIP } = (await pods()).alertmanager.status ?? {};
    const sent = () => {
      const toIt = [...lab().nodes.authorizations()].filter(([request]) => request.includes(`//${podIP}:9093/`));
      return Object.fromEntries(toIt.map(([request, kinds]) => [request.replace(/http\S+:9093/, ""), kinds]));
    };
    // Prometheus scrapes Alertmanager at once, and discovers it as an Alertmanager some seconds later.
    await until("an alert was sent", () => Promise.resolve("POST /api/v2/alerts" in sent()));
    assert.deepEqual(sent(), {
      "POST /api/v2/alerts": ["basic"],
      "GET /metrics": ["basic"],
    });
  });

  it("applies changed rules and routes without manual steps", async () => {
    await operator.configure({
      "alerting:rules": { alerts: { NodeNotReady: { for: "77s" } } },
      "alerting:alerts": { ...lab().profile.alerts, groupWait: "2s" },
    });
    await operator.stack.up(say);
    const says = async (server: Server, path: string, what: RegExp) =>
      // A server that restarts does not answer.
      ask(urls[server] + path, urls.access).then(
        ({ text }) => what.test(text),
        () => false,
      );
    await until("Prometheus has the rule", () =>
      says("prometheus", "/api/v1/rules?rule_name[]=NodeNotReady", /"duration":77,/),
    );
    await until("Alertmanager has the route", () => says("alertmanager", "/api/v2/status", /group_wait: 2s/));
    await settle(urls, say);
  });

  it("accepts both passwords during a rotation and only the new one afterwards, and loses no alert", async () => {
    const [before, lost] = [await runs(), await notSent()];
    const logins = () => readWebLogins("access", { cwd: lab().stacks.directory, env: lab().stacks.env });
    const everywhere = (login: Access["login"], status: number) => async () =>
      (await Promise.all(servers.map((server) => answers(server, { login })))).every((one) => one === status);
    const [first] = await logins();
    await requireBeats(async () => {
      await operator.configure({ "alerting:access": { password: true, passwords: [1, 2] } });
      await operator.stack.up(say);
      const [second, old] = await logins();
      assert.deepEqual([second?.user, old?.user], ["alerting-2", first?.user]);
      await until("the new password is let in", everywhere(second, 200));
      assert.ok(await everywhere(first, 200)(), "the old one still is");
      await operator.configure({ "alerting:access": { password: true, passwords: [2] } });
      await operator.stack.up(say);
      await until("the old password is refused", everywhere(first, 401));
      assert.ok(await everywhere(second, 200)());
    });
    urls = await urlsOf(lab(), operator.stack);
    assert.equal(await notSent(), lost);
    assert.deepEqual(await runs(), before);
    await settle(urls, say);
    assert.equal(await notSent(), lost);
  });

  it("serves only HTTPS with a custom certificate, and sends an alert that fires during the change exactly once", async () => {
    authority = await makeAuthority();
    certificate = await issueCustomCertificate(authority, Object.values(pageHosts));
    await operator.configure(httpsPages, certificateSecrets(certificate));
    const before = (await pods()).alertmanager.metadata?.uid;
    const { slack, nodes } = lab();
    const from = slack.messages.length;
    const exporter = { program: "node_exporter", node: firstWorker } as const;
    const up = operator.stack.up(say);
    await Promise.all([
      up,
      until(
        "Alertmanager is started again",
        async () => (await pods().catch(() => undefined))?.alertmanager.metadata?.uid !== before,
      ).then(() => nodes.stopProgram(exporter)),
    ]);
    urls = await urlsOf(lab(), operator.stack, certificate.ca);
    const about = (word: string) => (payload: unknown) => readSlackPayload(payload).title.includes(`[${word}`);
    await slack.nextMessage(({ payload }) => about("FIRING")(payload), 300_000, from);
    for (const server of servers) {
      assert.match(urls[server], /^https:/);
      await until(`${server} answers`, async () => (await answers(server, urls.access)) === 200);
      await assert.rejects(answers(server, { login: urls.access.login }), /unable to verify|self-signed/);
      const inClear = await ask(urls[server].replace("https:", "http:"), urls.access);
      assert.deepEqual([inClear.status, inClear.text.trim()], [400, "Client sent an HTTP request to an HTTPS server."]);
    }
    await nodes.startProgram(exporter);
    await slack.nextMessage(({ payload }) => about("RESOLVED")(payload), 400_000, from);
    await settle(urls, say);
    // Both servers are replaced at once, so the old Alertmanager's address may be reported too (docs/faults.md).
    const ofExporter = slack.messages.slice(from).filter(({ payload }) => JSON.stringify(payload).includes(":9100"));
    assert.equal(ofExporter.length, 2, "one message that it is down, and one that it is up again");
    assert.ok(about("FIRING")(ofExporter[0]!.payload));
    const targets = await new PrometheusApi(urls.prometheus, urls.access).targets();
    const own = targets.filter(({ labels }) => servers.some((server) => server === labels.job));
    assert.deepEqual(
      own.map(({ scrapeUrl, health }) => [new URL(scrapeUrl).protocol, health]),
      [
        ["https:", "up"],
        ["https:", "up"],
      ],
    );
  });

  it("switches to a new certificate of the same authority without a restart and without a failed request", async () => {
    const [before, lost] = [await runs(), await notSent()];
    const next = await issueCustomCertificate(authority, Object.values(pageHosts));
    const serial = (server: Server) =>
      new Promise<string>((resolve, reject) => {
        const socket = tls.connect({ host: "127.0.0.1", port: Number(new URL(urls[server]).port), ca: next.ca }, () => {
          resolve(socket.getPeerCertificate().serialNumber);
          socket.destroy();
        });
        socket.on("error", reject);
      });
    const old = await Promise.all(servers.map(serial));
    await requireBeats(async () => {
      await operator.configure({}, certificateSecrets(next));
      await operator.stack.up(say);
      await until("both have the new certificate", async () =>
        (await Promise.all(servers.map(serial))).every((one) => !old.includes(one)),
      );
    });
    assert.equal(await notSent(), lost);
    assert.deepEqual(await runs(), before);
    await settle(urls, say);
    certificate = next;
  });

  describe("the dashboards", () => describeDashboards(() => ({ core: operator.core, urls })));

  describe("the access tools: credentials, preflight and drill", () =>
    describeAccessTools(lab, () => ({ stack: operator.stack, urls, certificate })));
});
