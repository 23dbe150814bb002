import * as assert from "node:assert/strict";
import * as path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { threeMasters } from "../../lab/cluster-nodes";
import { type Engine, startEngine } from "../../lab/long-term/engine";
import { type Front, startFront } from "../../lab/long-term/front";
import { isAboutNode } from "../../lab/loss";
import { profileNamed } from "../../lab/profiles";
import { findPrograms } from "../../lab/programs/find";
import { PrometheusApi } from "../../lab/prometheus-api";
import { listAllObjects } from "../../lab/cluster-objects";
import { secretOf } from "../../lab/secrets/example";
import { clusterPlaces, filePlaces, processPlaces } from "../../lab/secrets/places";
import { faultsOf, scanForSecrets } from "../../lab/secrets/scan";
import { asOld, decrypted, decryptedConfig, decryptedState, stackCanaries } from "../../lab/secrets/stack-canaries";
import type { LabStack } from "../../lab/stack";
import { configureLike, labStack, requireNoChange, urlsOf } from "../../lab/steps";
import type { Urls } from "../../lab/web";
import { lostSamples, timesIn, timesInEngine } from "../support/lab/raw-samples";
import { say, withLab } from "../support/lab/with-lab";
import { until } from "../support/until";

const { scrape } = profileNamed("fast").times;
const servers = ["prometheus-server-0", "prometheus-server-1"];
const worker = threeMasters.find(({ role }) => role === "worker")!;
const workspace = "ws-00000000-0000-4000-8000-000000000001";
const role = "arn:aws:iam::123456789012:role/prometheus";
const outageMs = 30_000;

describe("on the lab, a long-term engine", function () {
  this.timeout("10m");
  const lab = withLab(threeMasters);
  let engine: Engine;
  let front: Front;
  let stack: LabStack;
  let urls: Urls;

  const token = (version: number) => secretOf(lab(), `the engine's token ${version}`);
  const changes = (longTerm: object) => ({
    "alerting:availability": { alertmanagers: 1, prometheus: 2 },
    "alerting:longTerm": longTerm,
  });
  const byToken = () => changes({ engine: "victoria-metrics", url: front.tokenUrl, credential: "engine-token" });
  const withToken = (version: number) => ({
    ...lab().secrets,
    "alerting:credentials.engine-token": token(version),
  });
  const apiOf = async (pod: string) =>
    new PrometheusApi(await lab().nodes.urlOf({ app: "prometheus", pod }), urls.access);
  const processes = () => servers.map((pod) => lab().nodes.processOf(pod));
  /** The labels of the series that says whether a node's exporter is up, since a time. */
  const exporterSeries = async (since = 0) => {
    const selector = `up{app_kubernetes_io_name="prometheus-node-exporter",node="${worker.name}"}`;
    return (await engine.series(selector, since / 1000)).map(({ metric }) => metric);
  };

  before("start the engine, and apply the program", async function () {
    // The first run builds the engine.
    this.timeout("30m");
    const programs = await findPrograms(["victoria-metrics"], say);
    const directory = path.join(lab().directory, "long-term");
    engine = await startEngine({ programs, directory, interval: `${scrape}s`, say });
    const { aws } = lab();
    front = await startFront({
      engine: engine.url,
      region: aws.region,
      keyOf: (id) => aws.podCredentials.keyOf(id),
      workspaces: { [workspace]: [role] },
    });
    front.accept([token(1)]);
    stack = await labStack(lab(), "long-term", byToken(), withToken(1));
    await stack.up(say);
    urls = await urlsOf(lab(), stack);
  });
  after("destroy the stack", async () => {
    await stack?.destroy(say);
    await front?.stop();
    await engine?.stop();
  });

  it("has one series of those of two servers, with the labels of the cluster and the environment", async () => {
    for (const pod of servers) {
      const sent = /^prometheus_remote_storage_samples_total\{.*remote_name="long-term".*\} [1-9]/m;
      await until(`${pod} has sent samples`, async () => sent.test(await (await apiOf(pod)).page("/metrics")));
    }
    await until("the engine has the series", async () => (await exporterSeries()).length > 0);
    const { cluster, environment } = await stack.plainOutputs();
    const series = await exporterSeries();
    assert.equal(series.length, 1, JSON.stringify(series));
    assert.deepEqual([series[0]!["cluster"], series[0]!["environment"]], [cluster, environment]);
    assert.ok(!("prometheus_replica" in series[0]!));
  });

  it("loses no sample and delays no alert while it is down, even if its credential is replaced", async () => {
    const exporter = { program: "node_exporter", node: worker.name } as const;
    const [from, before, written] = [Date.now(), processes(), front.writes.length];
    await front.close();
    const telling = lab().slack.nextMessage(isAboutNode(worker.address), 120_000, lab().slack.messages.length);
    await lab().nodes.stopProgram(exporter);
    await configureLike(lab(), stack, byToken(), withToken(2));
    const { steps } = await stack.up(say);
    await telling;
    await lab().nodes.startProgram(exporter);
    await delay(Math.max(0, from + outageMs - Date.now()));
    front.accept([token(2)]);
    await front.open();
    const to = Date.now();
    const local = await Promise.all(servers.map(async (pod) => timesIn(await apiOf(pod), "up", from, to)));
    assert.ok([...local[0]!.values()].flat().length > (outageMs / 1000 / scrape) * 10);
    let lost: string[] = [];
    const isComplete = async () => {
      lost = lostSamples(local, await timesInEngine(engine, "up", from, to), scrape * 1000);
      return lost.length === 0;
    };
    await until("the engine has every sample", isComplete, { seconds: 60 }).catch(() => undefined);
    assert.deepEqual(lost, []);
    assert.deepEqual([...new Set(front.writes.slice(written).map(({ status }) => status))], [200]);
    assert.deepEqual(processes(), before, "no server started again");
    assert.deepEqual(
      [...new Set(steps.map(({ operation, name }) => `${operation} ${name}`))],
      ["update long-term-credential"],
      "nothing else has changed since the first update",
    );
  });

  it("has its credential in one Secret and in the servers' files, and the old one is nowhere", async () => {
    const open = await decrypted(stack);
    const now = stackCanaries(open, "monitoring").filter(({ name }) => name === "long-term engine's credential");
    const old = now.map((canary) => asOld({ ...canary, value: token(1) }));
    const { census, directory, controlPlane } = lab();
    const filesOf = async (folder: string) => {
      const places = await filePlaces(path.join(directory, folder), /^$/);
      return places.map((place) => ({ ...place, name: place.name.replace("file: ", `file: ${folder}/`) }));
    };
    const scan = await scanForSecrets(
      [...now, ...old],
      [
        { name: decryptedConfig, content: open.config },
        { name: decryptedState, content: open.state },
        { name: "pulumi stack output", content: await stack.shownOutputs() },
        { name: "Prometheus' configuration", content: await (await apiOf(servers[0]!)).page("/api/v1/status/config") },
        ...clusterPlaces(await listAllObjects(controlPlane.labKubeconfigPath)),
        ...processPlaces(census),
        ...(await filesOf("nodes/pods")),
        ...(await filesOf("state")),
      ],
    );
    assert.deepEqual(faultsOf(scan), []);
    assert.equal(scan.rows.length, 2);
  });

  it("can be Amazon's service, which takes one of two servers, signed with the key for a pod's token", async () => {
    const amazon = { engine: "amp", url: front.workspaceUrl(workspace), role, signing: "token" };
    await configureLike(lab(), stack, changes(amazon));
    await stack.up(say);
    // A server that has the new configuration, but is not yet replaced, signs with the key of its node.
    const [from, written] = [Date.now(), front.writes.length];
    for (const pod of servers) await front.next(({ replica }) => replica === pod, 120_000, written);
    const writes = front.writes.slice(written).filter(({ replica }) => replica !== undefined);
    assert.deepEqual(
      [...new Set(writes.map(({ key }) => `${key?.role} ${key?.subject}`))],
      [`${role} system:serviceaccount:monitoring:prometheus-server`],
    );
    assert.deepEqual([...new Set(writes.map(({ status }) => status))].sort(), [200, 202]);
    assert.equal(new Set(writes.filter(({ isKept }) => isKept).map(({ replica }) => replica)).size, 1);
    await until("the engine has the series", async () => (await exporterSeries(from)).length > 0);
    const series = await exporterSeries(from);
    assert.equal(series.length, 1);
    assert.deepEqual(
      Object.keys(series[0]!).filter((name) => name.includes("replica")),
      [],
    );
  });

  it("can be a workspace that the stack creates, with a policy to write to it", async () => {
    await configureLike(lab(), stack, changes({ engine: "amp", workspace: "create" }));
    await stack.up(say);
    const outputs = await stack.plainOutputs();
    const [id, policy] = [String(outputs["workspaceId"]), String(outputs["workspacePolicyArn"])];
    assert.match(id, /^ws-/);
    assert.match(policy, /^arn:aws:iam::\d+:policy\//);
    const file = await (await apiOf(servers[0]!)).page("/api/v1/status/config");
    assert.match(file, new RegExp(`/workspaces/${id}/api/v1/remote_write`));
    requireNoChange(await stack.preview(say));
  });
});
