import * as assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { Alertmanagers } from "../../../../tools/drill/alertmanagers";
import { growth } from "../../../../tools/drill/counters";
import { followDelivery } from "../../../../tools/drill/delivery";
import { DrillAlert, newDrillId } from "../../../../tools/drill/drill-alert";
import { NoAnswer } from "../../../../tools/stack/servers/http";
import { readLiveConfiguration } from "../../../../tools/drill/live-configuration";
import { Peers } from "../../../../tools/stack/servers/peers";
import type { DrillReport } from "../../../../tools/drill/report";
import { noStack } from "../../../../tools/stack/facts";
import { runSynthetic } from "../../../../tools/drill/synthetic";
import { defaultTiming } from "../../../../tools/stack/timing";
import { runDrillCommand } from "../../../support/drill-command";
import { type FakeAlertmanager, fakeAlertmanager } from "../../../support/fake-alertmanager";
import { configOf, FakeCli } from "../../../support/fake-cli";
import { FakeCluster } from "../../../support/fake-cluster";
import { alertmanagerPod, podList, podsPath, serverPod } from "../../../support/server-pods";

const signal = new AbortController().signal;
const slack = { integration: "slack", receivers: ["slack"] };

describe("a drill with several Alertmanagers", () => {
  let fakes: FakeAlertmanager[];
  let peers: Peers;
  let api: Alertmanagers;
  beforeEach(async () => {
    fakes = [await fakeAlertmanager(), await fakeAlertmanager()];
    const all = fakes.map(({ origin }, index) => ({
      ...{ name: `prometheus-alertmanager-${index}`, origin },
      authentication: { access: {}, notYet: [] },
    }));
    peers = new Peers(all);
    api = new Alertmanagers(peers, signal);
  });
  afterEach(() => Promise.all(fakes.map((one) => one.stop())));

  const alert = () => new DrillAlert(newDrillId(), api, {});

  it("posts its alert to each of them, and resolves it on each", async () => {
    const one = alert();
    await one.raise();
    assert.equal((await one.held()).length, 1, "it is one alert");
    await one.resolve();
    for (const { posted } of fakes) {
      assert.equal(posted[0]!.labels["drill_id"], one.id);
      assert.ok(posted.at(-1)!.endsAt);
    }
  });

  it("does not end while one of them still has the alert", async () => {
    const one = alert();
    await one.raise();
    await one.held();
    const other = new DrillAlert(one.id, new Alertmanagers(new Peers(peers.all.slice(0, 1))), {});
    await other.raise();
    await other.held();
    await other.resolve();
    assert.equal((await one.held()).length, 1);
  });

  it("adds what each of them sent since the first reading", async () => {
    fakes[0]!.count({ begun: 5, requests: 5 });
    const before = await api.counters();
    fakes[1]!.count({ begun: 1, requests: 1 });
    fakes[0]!.count({ begun: 1, requests: 1, failedRequests: 1, failed: "authError" });
    const { begun, delivered, failed } = growth(before, await api.counters(), slack);
    assert.deepEqual({ begun, delivered, failed }, { begun: 2, delivered: 1, failed: { authError: 1 } });
  });

  it("counts neither what a restarted one sent before, nor what one sent that did not answer at first", () => {
    const count = (peer: string, begun: number) => ({
      ...{ peer, integration: "slack", begun, requests: begun, failedRequests: 0, failed: {}, latencySeconds: 0 },
    });
    const grown = growth([count("a", 7), count("b", 3)], [count("a", 1), count("b", 3), count("c", 9)], slack);
    assert.equal(grown.begun, 1);
  });

  it("goes on, and keeps what was counted, if one of them goes away", async () => {
    const before = await api.counters();
    fakes[0]!.count({ begun: 1, requests: 1 });
    await api.counters();
    await fakes[0]!.stop();
    assert.equal(growth(before, await api.counters(), slack).delivered, 1);
    await api.post({ labels: { alertname: "A" }, annotations: {} });
    assert.equal((await api.alerts({ alertname: "A" })).length, 1);
    assert.deepEqual(
      peers.absent().map((sentence) => sentence.split(":")[0]),
      ["prometheus-alertmanager-0 stopped answering"],
    );
  });

  it("fails if none of them answers", async () => {
    await Promise.all(fakes.map((one) => one.stop()));
    await assert.rejects(api.counters(), NoAnswer);
  });

  it("asks one that came back", async () => {
    const impatient = new Peers(peers.all, 0);
    let isAway = true;
    const question = ({ name }: { name: string }) =>
      isAway && name.endsWith("0") ? Promise.reject(new NoAnswer("away.")) : Promise.resolve(name);
    assert.equal((await impatient.ask(question)).length, 1);
    isAway = false;
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal((await impatient.ask(question)).length, 2);
    assert.deepEqual(impatient.absent(), []);
  });

  it("delivers from whichever sends, and says who went away in the middle", async () => {
    const timing = { ...defaultTiming, groupWait: 0.2, groupInterval: 0.2 };
    const one = alert();
    const timer = setInterval(() => fakes[1]!.count({ begun: 1, requests: 1 }), 180);
    const gone = setTimeout(() => void fakes[0]!.stop(), 100);
    try {
      const { failures, stages } = await runSynthetic({
        ...{ api, signal, alert: one, start: Date.now(), say: () => undefined, absent: () => peers.absent() },
        facts: { ...noStack(), timing },
        configuration: readLiveConfiguration(fakes[1]!.configuration),
      });
      assert.deepEqual(failures, []);
      assert.ok(stages.every(({ verdict }) => verdict === "ok"));
    } finally {
      clearInterval(timer);
      clearTimeout(gone);
    }
    assert.match(peers.absent().join(), /^prometheus-alertmanager-0 stopped answering/);
  });

  it("does not know whether a message was sent by one that went away", async () => {
    const before = await api.counters();
    await fakes[0]!.stop();
    const delivery = await followDelivery({
      ...{ api, before, notBefore: 0, signal, pollMs: 20, expected: 1, ...slack },
      ...{ deadline: Date.now() + 200, absent: () => peers.absent() },
    });
    assert.equal(delivery.state, "unclear");
    assert.match(delivery.state === "unclear" ? delivery.why : "", /prometheus-alertmanager-0 stopped answering/);
  });

  describe("run as a command", () => {
    let cluster: FakeCluster;
    let cli: FakeCli;
    let directory: string;
    beforeEach(async () => {
      directory = await mkdtemp(path.join(tmpdir(), "drill-several-"));
      cli = new FakeCli();
      cluster = await FakeCluster.start({ [podsPath]: podList(alertmanagerPod(0), alertmanagerPod(1), serverPod(0)) });
    });
    afterEach(async () => {
      cli.remove();
      await cluster.stop();
      await rm(directory, { recursive: true, force: true });
    });

    it("names the pods that it used, and warns of what they do not agree on", async () => {
      fakes.forEach(({ origin }, index) => {
        cluster.forwards[`prometheus-alertmanager-${index}`] = Number(new URL(origin).port);
      });
      fakes[1]!.members = 2;
      const options = cli.options({
        config: configOf({ kubeconfig: cluster.kubeconfig(), availability: { alertmanagers: 2 } }),
        "stack ls": { stdout: "[]" },
        "stack output": { stdout: JSON.stringify({ namespace: "monitoring", alertmanagerUrl: "http://127.0.0.1:1" }) },
      });
      const json = path.join(directory, "report.json");
      const drill = runDrillCommand(["--stack", "dev", "--out", directory, "--json", json], options);
      await drill.said(/Alertmanager has the alert;/);
      const timer = setInterval(() => fakes[1]!.count({ begun: 1, requests: 1 }), 180);
      const { code, output } = await drill.ended.finally(() => clearInterval(timer));
      assert.equal(code, 0, output);
      const way =
        "port-forwards to the pods monitoring/prometheus-alertmanager-0, monitoring/prometheus-alertmanager-1";
      assert.match(output, new RegExp(`Alertmanager: by ${way}`));
      assert.doesNotMatch(output, /load balancer/);
      const report = JSON.parse(await readFile(json, "utf8")) as DrillReport;
      assert.equal(report.way, way);
      assert.equal(report.warnings?.length, 1, report.warnings?.join("\n"));
      assert.match(report.warnings.join(), /^prometheus-alertmanager-0 sees 1 of 2 Alertmanagers/);
      for (const { posted } of fakes) assert.ok(posted.at(-1)?.endsAt, "the alert is resolved on each");
    });
  });

  it("allows a message the wait for the Alertmanagers that did not answer", async () => {
    const timing = { ...defaultTiming, groupWait: 0.1, groupInterval: 0.1 };
    const said: string[] = [];
    const stopping = new AbortController();
    const run = runSynthetic({
      ...{ api, alert: alert(), start: Date.now(), configuration: undefined, peerWait: 5 },
      ...{ facts: { ...noStack(), timing }, signal: stopping.signal },
      say: (line) => {
        said.push(line);
        stopping.abort(new Error("interrupted"));
      },
    });
    await assert.rejects(run);
    assert.match(said.join(), /due in 5\.1 s/);
  });
});
