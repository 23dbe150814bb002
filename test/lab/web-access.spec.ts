import * as assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import * as tls from "node:tls";
import { makeAuthority } from "../../lab/certificates";
import { issueCustomCertificate, type CustomCertificate } from "../../lab/custom-certificate";
import { findPrograms, type Programs } from "../../lab/programs/find";
import { type Access, ask, getText } from "../../lab/web";
import { SecretText } from "../../tools/stack/secret-text";
import { guarded, settings } from "../support/settings";
import {
  type GuardedProgram,
  person,
  type Secret,
  secretFiles,
  startAlertmanager,
  startPrometheus,
} from "../support/lab/guarded-programs";

const say = (line: string) => void process.stderr.write(`    ${line}\n`);
const silence = {
  matchers: [{ name: "alertname", value: ".+", isRegex: true }],
  startsAt: new Date().toISOString(),
  endsAt: new Date(Date.now() + 3_600_000).toISOString(),
  createdBy: "somebody",
  comment: "quiet",
};

describe("Prometheus and Alertmanager with the program's access settings", function () {
  let root: string;
  let programs: Programs;

  before(async function () {
    // The first run builds the programs.
    this.timeout("30m");
    programs = await findPrograms(["prometheus", "alertmanager"], say);
    root = await mkdtemp(path.join(tmpdir(), "web-access-"));
  });
  after(() => rm(root, { recursive: true, force: true }));

  interface Pair {
    readonly prometheus: GuardedProgram;
    readonly alertmanager: GuardedProgram;
  }

  async function startBoth(name: string, certificate?: CustomCertificate): Promise<Pair> {
    const given = settings({ ...guarded, access: { password: true } });
    const options = {
      programs,
      directory: path.join(root, name),
      settings: certificate ? { ...given, certificateIsSet: true } : given,
      files: await secretFiles([1], certificate),
      ...(certificate && { ca: certificate.ca }),
    };
    const alertmanager = await startAlertmanager(options);
    return { alertmanager, prometheus: await startPrometheus(options, alertmanager) };
  }

  async function query({ prometheus }: Pair, expr: string, access: Access): Promise<number[]> {
    const text = await getText(`${prometheus.origin}/api/v1/query?query=${encodeURIComponent(expr)}`, access);
    const { data } = JSON.parse(text) as { data: { result: { value: [number, string] }[] } };
    return data.result.map(({ value }) => Number(value[1]));
  }

  /** Waits until, from now on, both servers were scraped again and Prometheus sent another alert to Alertmanager. */
  async function goesOn(pair: Pair, access: Access): Promise<void> {
    const since = Date.now() / 1000;
    const sent = async () => (await query(pair, "sum(prometheus_notifications_sent_total)", access))[0] ?? 0;
    const before = await sent();
    const deadline = Date.now() + 30_000;
    for (;;) {
      const scraped = await query(pair, "timestamp(up == 1)", access);
      if (scraped.length === 2 && scraped.every((at) => at > since) && (await sent()) > before) return;
      assert.ok(Date.now() < deadline, "Prometheus scrapes and sends no more");
      await delay(200);
    }
  }

  /** The number of failed scrapes and failed messages to Alertmanager. */
  const failures = async (pair: Pair, access: Access) =>
    (await query(pair, "sum(count_over_time((up == 0)[10m:1s])) or vector(0)", access))[0]! +
    (await query(pair, "sum(prometheus_notifications_errors_total)", access))[0]!;

  describe("with a password", () => {
    let pair: Pair;
    before(async () => (pair = await startBoth("password")));
    after(async () => {
      await pair.prometheus.child.stop();
      await pair.alertmanager.child.stop();
    });

    it("refuse every request without the right password: pages, metrics, alerts and silences", async () => {
      const { prometheus, alertmanager } = pair;
      const tried: [GuardedProgram, method: string, page: string, body?: unknown][] = [
        ...[
          "/",
          "/graph",
          "/metrics",
          "/api/v1/query?query=up",
          "/api/v1/status/config",
          "/-/ready",
          "/debug/pprof/heap",
        ].map((page): [GuardedProgram, string, string] => [prometheus, "GET", page]),
        ...["/", "/metrics", "/api/v2/status", "/api/v2/alerts", "/-/healthy", "/debug/pprof/heap"].map(
          (page): [GuardedProgram, string, string] => [alertmanager, "GET", page],
        ),
        [prometheus, "POST", "/-/quit"],
        [alertmanager, "POST", "/-/reload"],
        [alertmanager, "POST", "/api/v2/alerts", [{ labels: { alertname: "Outside" } }]],
        [alertmanager, "POST", "/api/v2/silences", silence],
      ];
      const wrong = { login: { user: "alerting-1", password: new SecretText("another") } };
      const prometheusOnly = { login: { user: "prometheus-3", password: new SecretText("another") } };
      for (const access of [{}, wrong, prometheusOnly]) {
        for (const [{ origin }, method, page, body] of tried) {
          const { status, text } = await ask(`${origin}${page}`, access, { method, body });
          assert.equal(status, 401, `${method} ${page}`);
          assert.equal(text.trim(), "Unauthorized");
        }
      }
      assert.deepEqual(JSON.parse(await getText(`${alertmanager.origin}/api/v2/silences`, person(1))), []);
    });

    it("admit anyone with the password, and Prometheus at both pages", async () => {
      for (const { origin } of Object.values(pair) as GuardedProgram[]) await getText(`${origin}/metrics`, person(1));
      await goesOn(pair, person(1));
      const alerts = await getText(`${pair.alertmanager.origin}/api/v2/alerts`, person(1));
      assert.match(alerts, /"alertname":"Always"/);
    });

    it("cannot be stopped, reloaded or emptied even by an authenticated client", async () => {
      const { origin } = pair.prometheus;
      for (const page of ["/-/quit", "/-/reload"]) {
        const { status, text } = await ask(`${origin}${page}`, person(1), { method: "POST" });
        assert.equal(status, 403, page);
        assert.match(text, /Lifecycle API is not enabled/);
      }
      for (const page of ["delete_series?match[]=up", "snapshot", "clean_tombstones"]) {
        const { text } = await ask(`${origin}/api/v1/admin/tsdb/${page}`, person(1), { method: "POST" });
        assert.match(text, /admin APIs disabled/, page);
      }
      assert.ok(pair.prometheus.child.running);
    });

    it("do not show the password on their pages", async () => {
      const pages = ["/api/v1/status/config", "/api/v1/status/flags", "/api/v1/targets", "/api/v1/alertmanagers"];
      const told = [
        ...pages.map((page) => `${pair.prometheus.origin}${page}`),
        `${pair.alertmanager.origin}/api/v2/status`,
      ];
      for (const url of told) assert.doesNotMatch(await getText(url, person(1)), /password-of-|\$2[aby]\$/, url);
    });

    /** The test runs in two orders, because the kubelets of two nodes may deliver the files in any order. */
    for (const [title, order] of [
      ["Alertmanager's files", ["alertmanager web", "prometheus web", "prometheus client"]],
      ["Prometheus' files", ["prometheus client", "prometheus web", "alertmanager web"]],
    ] as const) {
      it(`rotate the password without a restart, a failed scrape or a failed message if ${title} arrive first`, async () => {
        const steps: [passwords: number[], access: Access][] = [
          [[1], person(1)],
          [[1, 2], person(1)],
          [[2], person(2)],
        ];
        const pids = [pair.prometheus.child.pid, pair.alertmanager.child.pid];
        let before = 0;
        for (const [passwords, access] of steps) {
          const files = await secretFiles(passwords);
          for (const delivery of order) {
            const [server, secret] = delivery.split(" ") as [keyof Pair, Secret];
            await pair[server].deliver(secret, files[secret]);
            if (passwords[0] === 2) await goesOnAsEither(pair);
            else await goesOn(pair, access);
          }
          const now = await failures(pair, access);
          // The first step only sets the initial state.
          if (passwords.length === 1 && passwords[0] === 1) before = now;
          else assert.equal(now, before, `failures at ${passwords.join()}`);
        }
        assert.deepEqual([pair.prometheus.child.pid, pair.alertmanager.child.pid], pids);
        assert.ok(pair.prometheus.child.running && pair.alertmanager.child.running);
        for (const { origin } of Object.values(pair) as GuardedProgram[]) {
          assert.equal((await ask(`${origin}/metrics`, person(1))).status, 401, "the old one opens nothing any more");
          assert.equal((await ask(`${origin}/metrics`, person(2))).status, 200);
        }
        // Restores the first password for the next test.
        const files = await secretFiles([1]);
        for (const server of ["alertmanager", "prometheus"] as const) await pair[server].deliver("web", files.web);
        await pair.prometheus.deliver("client", files.client);
        await goesOn(pair, person(1));
      });
    }

    /** While the first password is being removed, a page may or may not still accept it. */
    async function goesOnAsEither(both: Pair): Promise<void> {
      const { status } = await ask(`${both.prometheus.origin}/metrics`, person(1));
      await goesOn(both, person(status === 200 ? 1 : 2));
    }
  });

  describe("with a custom certificate", () => {
    const hosts = ["prometheus.example", "alertmanager.example"];
    let pair: Pair;
    let certificate: CustomCertificate;
    let next: CustomCertificate;

    before(async () => {
      const authority = await makeAuthority();
      [certificate, next] = [
        await issueCustomCertificate(authority, hosts),
        await issueCustomCertificate(authority, hosts),
      ];
      pair = await startBoth("certificate", certificate);
    });
    after(async () => {
      await pair.prometheus.child.stop();
      await pair.alertmanager.child.stop();
    });

    const access = () => person(1, certificate.ca);
    const served = ({ origin }: GuardedProgram, options: tls.ConnectionOptions = {}) =>
      new Promise<tls.PeerCertificate>((resolve, reject) => {
        const socket = tls.connect({
          port: Number(new URL(origin).port),
          host: "127.0.0.1",
          ca: certificate.ca,
          ...options,
        });
        socket.once("error", reject);
        socket.once("secureConnect", () => {
          resolve(socket.getPeerCertificate());
          socket.destroy();
        });
      });

    it("accept only TLS, and Prometheus continues to scrape and to send alerts", async () => {
      await goesOn(pair, access());
      for (const { origin } of Object.values(pair) as GuardedProgram[]) {
        const { status, text } = await ask(origin.replace("https:", "http:"), person(1));
        assert.equal(status, 400);
        assert.match(text, /HTTP request to an HTTPS server/);
      }
    });

    it("refuse TLS older than 1.2", async () => {
      for (const server of Object.values(pair) as GuardedProgram[]) {
        await served(server, { maxVersion: "TLSv1.2" });
        const old = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
        await assert.rejects(served(server, old), /protocol version|SSL/);
      }
    });

    it("serve a new certificate without a restart and without a failed request", async () => {
      const before = await failures(pair, access());
      const pids = [pair.prometheus.child.pid, pair.alertmanager.child.pid];
      const first = await served(pair.alertmanager);
      const files = await secretFiles([1], next);
      for (const server of ["alertmanager", "prometheus"] as const) await pair[server].deliver("web", files.web);
      await pair.prometheus.deliver("client", files.client);
      await goesOn(pair, access());
      assert.notEqual((await served(pair.alertmanager)).fingerprint256, first.fingerprint256);
      assert.equal((await served(pair.prometheus)).fingerprint256, (await served(pair.alertmanager)).fingerprint256);
      assert.equal(await failures(pair, access()), before);
      assert.deepEqual([pair.prometheus.child.pid, pair.alertmanager.child.pid], pids);
    });
  });
});
