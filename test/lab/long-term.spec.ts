import * as assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { nodeRole, type PodCredentials, startPodCredentials } from "../../lab/aws/pod-credentials";
import { type Engine, startEngine } from "../../lab/long-term/engine";
import { type Front, startFront } from "../../lab/long-term/front";
import { findPrograms, type Programs } from "../../lab/programs/find";
import { PrometheusApi } from "../../lab/prometheus-api";
import { type Started, startPrometheus } from "../support/lab/plain-pipeline";
import { lostSamples, timesIn, timesInEngine } from "../support/lab/raw-samples";
import { until } from "../support/until";

const own = "ws-00000000-0000-4000-8000-000000000001";
const others = "ws-00000000-0000-4000-8000-000000000002";
const unknown = "ws-00000000-0000-4000-8000-000000000003";
const say = () => undefined;

describe("Prometheus that writes to Amazon's service, as its stand-in has it", function () {
  this.timeout("3m");
  let directory: string;
  let programs: Programs;
  let credentials: PodCredentials;
  let engine: Engine;
  let front: Front;
  let prometheus: Started;

  before("start the engine and a Prometheus that writes to it", async function () {
    // The first run builds the programs.
    this.timeout("30m");
    programs = await findPrograms(["prometheus", "victoria-metrics"], (line) => process.stderr.write(`    ${line}\n`));
    directory = await mkdtemp(path.join(tmpdir(), "long-term-"));
    // STS is not asked, so nothing has to listen there.
    credentials = await startPodCredentials("http://127.0.0.1:9");
    engine = await startEngine({ programs, directory: path.join(directory, "engine"), say });
    front = await startFront({
      engine: engine.url,
      region: "ap-northeast-2",
      keyOf: (id) => credentials.keyOf(id),
      workspaces: { [own]: [nodeRole], [others]: ["arn:aws:iam::123456789012:role/other"] },
    });
    prometheus = await start(own);
  });
  after(async () => {
    await prometheus?.child.stop();
    await front?.stop();
    await engine?.stop();
    await credentials?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  function start(workspace: string): Promise<Started> {
    return startPrometheus({
      programs,
      directory: path.join(directory, `prometheus-${randomBytes(4).toString("hex")}`),
      values: {
        alerts: { scrapeInterval: "1s", evaluationInterval: "1s" },
        longTerm: { engine: "amp", url: front.workspaceUrl(workspace), region: "ap-northeast-2" },
      },
      scrapeConfigs: [(self: string) => ({ job_name: "self", static_configs: [{ targets: [self] }] })],
      env: { ...credentials.environment, HOME: directory },
    });
  }
  const statusOf = async (workspace: string) => {
    const writing = front.next(({ path: asked }) => asked.includes(workspace), 60_000);
    const { child } = await start(workspace);
    const { status } = await writing;
    await child.stop();
    return status;
  };

  it("signs with the key of its node's role, and each series names the cluster and the environment", async () => {
    const { key, status } = await front.next(({ isKept, cluster }) => isKept && cluster !== undefined, 60_000);
    assert.deepEqual([key?.role, status], [nodeRole, 200]);
    await until("the engine has a series", async () => (await engine.series("up")).length === 1);
    const labels = (await engine.series("up")).map(({ metric }) => Object.keys(metric).sort());
    assert.deepEqual(labels, [["__name__", "cluster", "environment", "instance", "job"]]);
  });

  it("is refused if its role may not write to the workspace, or if there is no such workspace", async () => {
    assert.deepEqual(await Promise.all([others, unknown].map(statusOf)), [403, 404]);
  });

  it("sends again what the service refuses because of a limit of its rate, and loses no sample", async () => {
    const from = Date.now();
    front.behave({ status: 429 });
    await front.next(({ status }) => status === 429, 60_000);
    await delay(5_000);
    front.behave({});
    const to = Date.now();
    await until("the engine has newer samples", async () =>
      [...(await timesInEngine(engine, "up", from, Date.now())).values()].some((times) => times.at(-1)! > to),
    );
    const local = await timesIn(new PrometheusApi(prometheus.origin), "up", from, to);
    assert.ok([...local.values()].flat().length >= 4);
    assert.deepEqual(lostSamples([local], await timesInEngine(engine, "up", from, to), 1_000), []);
  });

  it("does not start while there are no AWS credentials, so that there are no alerts either", async () => {
    credentials.answer(false);
    await assert.rejects(start(own), /Fatal error.*error loading config/);
    credentials.answer(true);
  });
});
