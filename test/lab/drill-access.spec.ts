import * as assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { hash } from "bcryptjs";
import { stringify } from "yaml";
import { webConfig } from "../../components/web-access";
import { ask, NoAnswer } from "../../tools/stack/servers/http";
import { PrometheusApi } from "../../tools/stack/servers/prometheus-api";
import { type Reached, reach, type Server } from "../../tools/stack/servers/reach";
import type { DrillReport } from "../../tools/drill/report";
import { noStack, type StackFacts } from "../../tools/stack/facts";
import { webAddresses } from "../../tools/stack/web/addresses";
import { stackKeys } from "../../tools/stack/web/keys";
import { type Child, startChild } from "../../lab/processes/child";
import { freePort, waitForHttp } from "../../lab/processes/ports";
import { findPrograms, programPath, type Programs } from "../../lab/programs/find";
import { type Slack, startSlack } from "../../lab/slack/start";
import { runDrillCommand } from "../support/drill-command";
import { configOf, exportedState, FakeCli } from "../support/fake-cli";
import { authority, certificate, type Pems } from "../support/page-certificates";
import { canary } from "../support/settings";
import { WEBHOOK } from "../support/lab/plain-pipeline";

const passwords: Record<number, string> = { 1: "pWcAnArYoLd0000000000", 2: "pWcAnArYnEw0000000000" };
const hosts = { alertmanager: "alertmanager.example", prometheus: "prometheus.example" };

describe("a drill's connection to a real Alertmanager and Prometheus that have a password and a certificate", function () {
  let directory: string;
  let programs: Programs;
  let slack: Slack;
  let by: Pems;
  const children: Child[] = [];
  const started: Record<string, { origin: string; web: string }> = {};
  const hashes: Record<number, string> = {};
  let cli: FakeCli;

  before(async function () {
    // The first run builds the programs.
    this.timeout("30m");
    programs = await findPrograms(["alertmanager", "prometheus"], (line) => process.stderr.write(`    ${line}\n`));
    directory = await mkdtemp(path.join(tmpdir(), "drill-access-"));
    slack = await startSlack({ logFile: path.join(directory, "slack.jsonl") });
    by = await authority();
    for (const [number, text] of Object.entries(passwords)) hashes[Number(number)] = await hash(text, 4);
    await Promise.all([start("alertmanager"), start("prometheus")]);
  });
  after(async () => {
    await Promise.all(children.map((child) => child.stop()));
    await slack?.stop();
    await rm(directory, { recursive: true, force: true });
  });
  beforeEach(() => (cli = new FakeCli()));
  afterEach(async () => {
    cli.remove();
    for (const name of ["alertmanager", "prometheus"] as const) await serve(name, [1]);
  });

  const configurations = {
    alertmanager: () => ({
      route: { receiver: "slack", group_by: ["alertname"], group_wait: "1s", group_interval: "1s" },
      receivers: [
        { name: "slack", slack_configs: [{ api_url: slack.origin + WEBHOOK, channel: "#a", send_resolved: true }] },
      ],
    }),
    prometheus: () => ({ scrape_configs: [] }),
  };

  /** Writes a server's web configuration, which it reads again for every request; atomically, as the kubelet does. */
  async function serve(name: "alertmanager" | "prometheus", accepted: readonly number[]): Promise<void> {
    const users = accepted.map((number) => ({ user: `alerting-${number}`, bcryptHash: hashes[number]! }));
    const file = path.join(directory, name, "web.yml");
    await writeFile(`${file}.new`, webConfig(users, true), { mode: 0o600 });
    await rename(`${file}.new`, file);
  }

  async function certify(name: "alertmanager" | "prometheus", pems: Pems): Promise<void> {
    await writeFile(path.join(directory, name, "tls.crt"), pems.cert);
    await writeFile(path.join(directory, name, "tls.key"), pems.key, { mode: 0o600 });
  }

  async function start(name: "alertmanager" | "prometheus"): Promise<void> {
    const own = path.join(directory, name);
    await mkdir(own);
    await certify(name, await certificate([hosts[name]], { by }));
    await serve(name, [1]);
    const file = path.join(own, `${name}.yml`);
    await writeFile(file, stringify(configurations[name]()));
    const port = await freePort();
    const child = startChild({
      name,
      command: programPath(programs, name),
      args: [
        `--config.file=${file}`,
        `--web.config.file=${path.join(own, "web.yml")}`,
        `--web.listen-address=127.0.0.1:${port}`,
        ...(name === "alertmanager"
          ? [`--storage.path=${path.join(own, "data")}`, "--cluster.listen-address="]
          : [`--storage.tsdb.path=${path.join(own, "data")}`]),
      ],
      logFile: path.join(own, `${name}.log`),
    });
    children.push(child);
    // A server with TLS also answers a request without TLS, with an error.
    await waitForHttp(`http://127.0.0.1:${port}/`, { child, timeoutMs: 300_000, accept: () => true });
    started[name] = { origin: `https://127.0.0.1:${port}`, web: path.join(own, "web.yml") };
  }

  /** The CLI of a stack whose state has these passwords, and whose certificate is signed by the test's authority. */
  function cliWith(numbers: readonly number[]) {
    const secrets = {
      "alerting:slackWebhookUrl": { value: canary, secret: true },
      "alerting:certificate": { value: JSON.stringify({ chain: by.cert, key: "unseen", ca: by.cert }), secret: true },
    };
    return cli.options({
      config: configOf({}, secrets),
      "stack ls": { stdout: "[]" },
      "stack output": { stdout: JSON.stringify(outputs) },
      "stack export": exportedState(Object.fromEntries(numbers.map((number) => [number, passwords[number]!]))),
    });
  }
  const outputs = {
    namespace: "monitoring",
    alertmanagerUrl: `https://${hosts.alertmanager}`,
    prometheusUrl: `https://${hosts.prometheus}`,
  };

  /** Connects to a server's local address, as a port-forward does; the server's certificate is for another host. */
  async function reached(server: Server, numbers: readonly number[], said: string[] = []): Promise<Reached> {
    const place: StackFacts = { ...noStack(), stack: "dev", web: webAddresses(outputs, undefined) };
    const { origin } = started[server.toLowerCase()]!;
    return reach(server, place, {
      given: origin,
      say: (line) => said.push(line),
      keys: stackKeys("dev", cliWith(numbers)),
    });
  }

  it("is refused without the password and without TLS", async () => {
    for (const server of ["Alertmanager", "Prometheus"] as const) {
      const { access } = (await reached(server, [1])).authentication;
      const { origin } = started[server.toLowerCase()]!;
      for (const page of ["/", "/metrics", "/-/ready", "/api/v2/status", "/api/v1/status/config"]) {
        const asNobody = ask(origin, page, { access: { ...access, login: undefined } });
        await assert.rejects(asNobody, (error: NoAnswer) => error.status === 401, `${server} ${page}`);
      }
      await assert.rejects(ask(origin.replace("https:", "http:"), "/-/ready", { access }), /uses https: write https/);
    }
  });

  it("delivers a drill's alert and the alert's resolution, and never prints a password", async () => {
    const json = path.join(directory, "report.json");
    const out = path.join(directory, "out");
    const args = ["--stack", "dev", "--alertmanager", started.alertmanager!.origin, "--out", out, "--json", json];
    const { code, output } = await runDrillCommand(args, cliWith([1])).ended;
    assert.equal(code, 0, output);
    const text = await readFile(json, "utf8");
    assert.equal((JSON.parse(text) as DrillReport).outcome, "delivered");
    assert.match(output, /Alertmanager asks for a password, and accepts that of alerting-1/);
    const files = await readdir(out);
    assert.deepEqual(files.sort(), ["timeline.png", "timeline.svg"]);
    const drawn = await Promise.all(files.map((file) => readFile(path.join(out, file), "latin1")));
    assert.doesNotMatch([output, text, ...drawn].join("\n"), /pWcAnArY|unseen/);
  });

  it("reads Prometheus' targets, alerts and clock", async () => {
    const {
      origin,
      authentication: { access },
    } = await reached("Prometheus", [1]);
    const api = new PrometheusApi(origin, undefined, access);
    assert.deepEqual([await api.targets(), await api.alerts()], [[], []]);
    assert.ok(Math.abs(await api.clockAhead()) < 5_000);
  });

  it("works in each step of a password rotation, and reports which password is accepted", async () => {
    const taken = async (numbers: readonly number[]) => {
      const said: string[] = [];
      const { access } = (await reached("Alertmanager", numbers, said)).authentication;
      return `${access.login?.user}${said.some((line) => line.includes("does not know")) ? ", not the newest" : ""}`;
    };
    assert.equal(await taken([1]), "alerting-1");
    assert.equal(await taken([2, 1]), "alerting-1, not the newest", "applied, but not yet at the pod");
    await serve("alertmanager", [1, 2]);
    assert.equal(await taken([2, 1]), "alerting-2");
    assert.equal(await taken([2]), "alerting-2", "the old one is taken out of the state first");
    await serve("alertmanager", [2]);
    assert.equal(await taken([2]), "alerting-2");
    await assert.rejects(taken([1]), /does not accept the password of alerting-1 \(401\): it has been rotated since/);
  });

  it("uses a changed certificate without a restart, and reports problems of the certificate", async () => {
    try {
      await certify("alertmanager", await certificate(["another.example"], { by }));
      await assert.rejects(
        reached("Alertmanager", [1]),
        /for another host than alertmanager\.example \(it is for another/,
      );
      await certify("alertmanager", await certificate([hosts.alertmanager], { by, from: -9, to: -2 }));
      await assert.rejects(reached("Alertmanager", [1]), /its certificate has expired/);
      await certify("alertmanager", await certificate([hosts.alertmanager]));
      await assert.rejects(reached("Alertmanager", [1]), /its certificate is self-signed/);
    } finally {
      await certify("alertmanager", await certificate([hosts.alertmanager], { by }));
    }
    await reached("Alertmanager", [1]);
  });
});
