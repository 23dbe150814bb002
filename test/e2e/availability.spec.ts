import assert from "node:assert/strict";
import * as path from "node:path";
import { threeMasters } from "../../lab/cluster-nodes";
import { CoreV1Api } from "@kubernetes/client-node";
import { clientConfig } from "../../lab/control-plane/client";
import { settle, targetsOf } from "../../lab/idle";
import { isAboutNode, isInTime, loseNode, nodeOfBoth, placedPods } from "../../lab/loss";
import { profileNamed } from "../../lab/profiles";
import { PrometheusApi } from "../../lab/prometheus-api";
import { readSlackPayload } from "../../lab/slack-message";
import { type LabStack, StackError } from "../../lab/stack";
import { configureLike, labStack, leftoversSince, requireNoChange, snapshot, urlsOf } from "../../lab/steps";
import { ask, type Urls } from "../../lab/web";
import { runDrillCommand } from "../support/drill-command";
import { until } from "../support/until";
import { changesSince, say, withLab } from "../support/lab/with-lab";

const { scrape, evaluation, groupInterval } = profileNamed("fast").times;
const [one, many] = [
  { alertmanagers: 1, prometheus: 1 },
  { alertmanagers: 3, prometheus: 2 },
];
const worker = threeMasters.find(({ role }) => role === "worker")!;
/** In this time another Alertmanager would have sent a message again. */
const quietMs = (scrape + evaluation + groupInterval + 4) * 1000;

describe("on the lab, a stack that gets replicas", function () {
  this.timeout("10m");
  const lab = withLab(threeMasters);
  let stack: LabStack;
  let urls: Urls;
  let empty: Awaited<ReturnType<typeof snapshot>>;
  let silence: string;
  let lost: string;
  /** When the single Prometheus had samples of its own, in seconds. */
  let sampledAt: number;

  before("bring up a stack with one of each", async () => {
    empty = await snapshot(lab());
    stack = await labStack(lab(), "availability");
    await stack.up(say);
    await settled(one);
    silence = await makeSilence();
    sampledAt = Date.now() / 1000;
  });
  after("destroy the stack", async () => {
    await stack.destroy(say);
    assert.deepEqual((await leftoversSince(lab(), empty)).leftovers, []);
  });

  const settled = async (replicas: typeof one, alerts: readonly string[] = []) => {
    urls = await urlsOf(lab(), stack);
    await settle(urls, say, { targets: targetsOf(threeMasters, replicas), alerts });
  };
  const change = (replicas: typeof one, more: Record<string, unknown> = {}) =>
    configureLike(lab(), stack, { "alerting:availability": replicas, ...more });
  const urlOf = (app: string, pod: string) => lab().nodes.urlOf({ app, pod });
  async function makeSilence(): Promise<string> {
    const [startsAt, endsAt] = [0, 1].map((hours) => new Date(Date.now() + hours * 3_600_000).toISOString());
    const matchers = [{ name: "alertname", value: "NoAlertOfOurs", isRegex: false, isEqual: true }];
    const body = { matchers, startsAt, endsAt, createdBy: "ops", comment: "kept" };
    const url = `${urls.alertmanager}/api/v2/silences`;
    const { text } = await ask(url, urls.access, { method: "POST", body });
    return (JSON.parse(text) as { silenceID: string }).silenceID;
  }
  const hasSilence = async (url: string) =>
    (await new PrometheusApi(url, urls.access).page("/api/v2/silences")).includes(silence);
  /** Whether a Prometheus has the samples of the first one. */
  const hasOldSamples = async (url: string) =>
    (await new PrometheusApi(url, urls.access).page(`/api/v1/query?query=up&time=${sampledAt}`)).includes('"up"');
  /** The titles of the messages about InstanceDown since the first `from` ones that the channel got. */
  const told = (from: number, contains = "") =>
    lab()
      .slack.messages.slice(from)
      .filter(({ taken, payload }) => taken && JSON.stringify(payload).includes(contains))
      .map(({ payload }) => readSlackPayload(payload).title.replace(/ · .*/, ""))
      .filter((title) => title.includes("InstanceDown"));
  const aboutExporter = (from: number, address: string) => told(from, `${address}:9100`);

  it("learns from a preview that a lost master would be silent, and what to set", async () => {
    const { diagnostics } = await stack.preview(say);
    const told = diagnostics.filter((line) => line.includes("alerting:availability"));
    assert.equal(told.length, 1);
    assert.match(told[0]!, /would silence alerting.*\{ alertmanagers: 3, prometheus: 2 \}/);
  });

  it("keeps its samples and silences, and shows no change and no warning afterwards", async () => {
    await change(many);
    await stack.up(say);
    await settled(many);
    assert.ok(await hasOldSamples(await urlOf("prometheus", "prometheus-server-0")));
    for (const index of [0, 1, 2]) {
      const url = await urlOf("alertmanager", `prometheus-alertmanager-${index}`);
      await until(`Alertmanager ${index} has the silence`, () => hasSilence(url));
    }
    const second = await stack.preview(say);
    requireNoChange(second);
    assert.ok(!second.diagnostics.some((line) => line.includes("alerting:availability")), second.diagnostics.join());
  });

  it("reports the loss of a master with Prometheus and Alertmanager once and in time", async () => {
    const pods = await placedPods(lab());
    const from = lab().slack.messages.length;
    const loss = await loseNode(lab(), urls, pods, nodeOfBoth(pods), say);
    lost = loss.node;
    assert.ok(isInTime(loss), `${loss.seconds} s`);
    await lab().slack.quiet(quietMs, 300_000);
    const { address } = threeMasters.find(({ name }) => name === lost)!;
    assert.equal(aboutExporter(from, address)[0], "[FIRING] InstanceDown");
    const texts = lab()
      .slack.messages.slice(from)
      .map(({ payload }) => JSON.stringify(readSlackPayload(payload)));
    assert.equal(new Set(texts).size, texts.length, "no message came twice");
  });

  it("passes a drill with the Alertmanagers that are left, and names the one that is lost", async () => {
    const directory = path.join(lab().directory, "drills", "lost");
    const { cwd, env } = { cwd: lab().stacks.directory, env: lab().stacks.env };
    const { code, output } = await runDrillCommand(["--stack", stack.name, "--out", directory], { cwd, env }).ended;
    assert.equal(code, 0, output);
    const gone = (await placedPods(lab())).find(({ kind, node }) => kind === "alertmanagers" && node === lost)!.name;
    assert.match(output, new RegExp(`The pod ${gone} was not reached`));
  });

  it("refuses an update while a replica waits for its lost node, and says what to do (operations: Free the pods of a lost node)", async () => {
    const core = clientConfig(lab().controlPlane.labKubeconfigPath).makeApiClient(CoreV1Api);
    await until("the node is not Ready", async () => {
      const { status } = await core.readNode({ name: lost });
      return status?.conditions?.find(({ type }) => type === "Ready")?.status !== "True";
    });
    const command = new RegExp(`kubectl taint nodes ${lost} node.kubernetes.io/out-of-service=nodeshutdown:NoExecute`);
    await until("a preview warns", async () =>
      (await stack.preview(say)).diagnostics.some((line) => command.test(line)),
    );
    const started = new Date();
    await assert.rejects(stack.up(say), (error) => error instanceof StackError && command.test(error.message));
    assert.deepEqual(changesSince(lab(), started), []);
    await lab().nodes.startNode(lost);
    await settled(many);
  });

  it("still scrapes and alerts while the API server does not answer", async () => {
    const exporter = { program: "node_exporter", node: worker.name } as const;
    const apiServer = lab().controlPlane.children.find(({ name }) => name === "kube-apiserver")!;
    const from = lab().slack.messages.length;
    // It stops first: after the kubelets' alerts, its own might be among those that a message only counts.
    await lab().nodes.stopProgram(exporter);
    process.kill(apiServer.pid, "SIGSTOP");
    try {
      await lab().slack.nextMessage(isAboutNode(worker.address), 120_000, from);
    } finally {
      process.kill(apiServer.pid, "SIGCONT");
    }
    await lab().nodes.startProgram(exporter);
    await settled(many);
    await lab().slack.quiet(quietMs, 300_000);
    // The exporter may be among the alerts that the message only counts: the kubelets fail without the API server too.
    assert.match(told(from).at(-1)!, /^\[RESOLVED/);
  });

  it("loses no alert that fires while every Alertmanager is replaced", async () => {
    const exporter = { program: "node_exporter", node: worker.name } as const;
    const core = clientConfig(lab().controlPlane.labKubeconfigPath).makeApiClient(CoreV1Api);
    const labelSelector = "app.kubernetes.io/name=alertmanager";
    const uids = async () =>
      (await core.listNamespacedPod({ namespace: "monitoring", labelSelector })).items.map(
        ({ metadata }) => metadata?.uid,
      );
    const [old, from] = [await uids(), lab().slack.messages.length];
    await change(many, { "alerting:slack": { channel: "#on-call" } });
    const updating = stack.up(say);
    await until("the first one is being replaced", async () => (await uids()).some((uid) => !old.includes(uid)));
    await lab().nodes.stopProgram(exporter);
    await lab().slack.nextMessage(isAboutNode(worker.address), 120_000, from);
    await updating;
    await until("every one is replaced", async () => (await uids()).every((uid) => !old.includes(uid)));
    await lab().nodes.startProgram(exporter);
    await settled(many);
    await lab().slack.quiet(quietMs, 300_000);
    // More than one message may come: on a busy machine gossip is later than the lab's wait of one second, and the old
    // addresses of replaced pods may be in the same group.
    assert.match(aboutExporter(from, worker.address)[0]!, /^\[FIRING/);
  });

  it("keeps the samples and silences of the first replicas when it gets one of each again", async () => {
    await change(one);
    await stack.up(say);
    // Alerts about the old addresses may last for some minutes (docs/faults.md).
    await settled(one, ["InstanceDown", "JobDown"]);
    assert.ok(await hasOldSamples(urls.prometheus));
    assert.ok(await hasSilence(urls.alertmanager));
  });
});
