import * as assert from "node:assert/strict";
import { CoreV1Api } from "@kubernetes/client-node";
import { clientConfig } from "../../lab/control-plane/client";
import { profileNamed } from "../../lab/profiles";
import { PrometheusApi } from "../../lab/prometheus-api";
import type { Urls } from "../../lab/web";
import type { LabStack } from "../../lab/stack";
import { settle } from "../../lab/idle";
import { labStack, urlsOf } from "../../lab/steps";
import { startStorm, type Storm } from "../../lab/storm/start";
import { firstWorker, lastWorker } from "../support/lab/operator";
import { SlackWatch } from "../support/lab/slack-watch";
import { say, withLab } from "../support/lab/with-lab";
import { until } from "../support/until";

const TARGETS = 500;
const SMALL_JOBS = 5;
const SMALL = 20;
const SCRAPE_S = 3;
const { scrape, evaluation, groupInterval, groupWait, down } = profileNamed("fast").times;

/**
 * The most messages about one group. Targets are scraped at different times, so the group's alerts do not start
 * together, but within one scrape interval plus one evaluation interval.
 */
const ofOneGroup = 1 + Math.ceil((SCRAPE_S + evaluation) / groupInterval);
/**
 * The most messages in a storm: those about InstanceDown and JobDown, plus one in which an alert that was resolved
 * before is sent again (docs/faults.md).
 */
const messagesAtMost = 2 * ofOneGroup + 1;
const patience = SCRAPE_S + 2 * evaluation + down + groupWait + groupInterval + 60;
const quiet = SCRAPE_S + evaluation + groupInterval + 3;

describe("on the lab, the alerting", function () {
  this.timeout("10m");
  const lab = withLab();
  let storm: Storm;
  let stack: LabStack;
  let urls: Urls;
  let prometheus: PrometheusApi;
  let lost: string;

  before("bring the stack up with many targets", async () => {
    const small = Array.from({ length: SMALL_JOBS }, (_, index) => [`small-${index}`, SMALL] as const);
    storm = await startStorm({
      jobs: { storm: TARGETS, ...Object.fromEntries(small) },
      scrapeInterval: `${SCRAPE_S}s`,
    });
    stack = await labStack(lab(), "storm", {
      "alerting:values": { scrapeConfigs: storm.scrapeConfigs },
      "alerting:rules": { alerts: { NodeNotReady: { for: "4s" }, PrometheusReloadFailed: { for: "4s" } } },
    });
    await stack.up(say);
    urls = await urlsOf(lab(), stack);
    prometheus = new PrometheusApi(urls.prometheus, urls.access);
    await settle(urls, say);
  });
  after("destroy the stack", async () => {
    await stack.destroy(say);
    await storm.stop();
  });

  async function alertsNamed(name: string): Promise<Record<string, string>[]> {
    const answer = await new PrometheusApi(urls.alertmanager, urls.access).page(
      `/api/v2/alerts?filter=alertname%3D${name}`,
    );
    return (JSON.parse(answer) as { labels: Record<string, string> }[]).map(({ labels }) => labels);
  }

  it("reports nothing about a target that repeatedly recovers before the alert's `for` time is over", async () => {
    const from = lab().slack.messages.length;
    const program = { program: "node_exporter", node: firstWorker } as const;
    const isPending = async () =>
      (await prometheus.alerts()).some(
        ({ labels, state }) => labels.alertname === "InstanceDown" && state === "pending",
      );
    for (let flap = 0; flap < 3; flap++) {
      await lab().nodes.stopProgram(program);
      await until("InstanceDown pends", isPending);
      await lab().nodes.startProgram(program);
      await until("nothing pends", async () => !(await isPending()));
    }
    await lab().slack.quiet((evaluation + groupWait + groupInterval) * 1000, 300_000);
    assert.deepEqual(SlackWatch.since(lab(), from).titles, []);
  });

  it("reports a lost node in a few messages about the node, and in none about its pods", async () => {
    const core = clientConfig(lab().controlPlane.labKubeconfigPath).makeApiClient(CoreV1Api);
    const labelSelector = "app.kubernetes.io/name=kube-state-metrics";
    const [pod] = (await core.listNamespacedPod({ namespace: "monitoring", labelSelector })).items;
    // The lost node is one without these pods, because they would need a minute to start on another node.
    lost = pod?.spec?.nodeName === lastWorker ? firstWorker : lastWorker;
    const watch = await SlackWatch.of(
      lab(),
      () => lab().nodes.stopNode(lost),
      ({ title }) => title.includes("NodeNotReady"),
      { patience: 180, quiet: 2 * groupInterval },
    );
    assert.deepEqual(
      [...new Set(watch.titles.map((title) => / (\w+)/.exec(title)?.[1]))],
      ["InstanceDown", "NodeNotReady"],
    );
    // There may be an extra message if the kubelet's target is reported before the exporter's target replaces it.
    watch.assertAtMost(3);
    // If the Pushgateway ran on the lost node, it is down as well. Its target is a Service, so its alert names no node.
    const down = (await alertsNamed("InstanceDown")).filter(({ job }) => job !== "prometheus-pushgateway");
    assert.ok(down.length >= 3, "exporter, kubelet and cadvisor");
    assert.ok(
      down.every(({ node }) => node === lost),
      JSON.stringify(down),
    );
  });

  it("reports that the node is back", async () => {
    const watch = await SlackWatch.of(
      lab(),
      () => lab().nodes.startNode(lost),
      ({ title }) => /\[RESOLVED.*NodeNotReady/.test(title),
      { patience: 120, quiet: 2 * groupInterval + scrape },
    );
    watch.assertAtMost(3);
  });

  it(`reports ${TARGETS - 1} targets of one job and ${SMALL_JOBS} whole jobs in a handful of messages, and loses or truncates none`, async () => {
    const [left, ...lostOnes] = storm.instances("storm");
    const watch = await SlackWatch.of(
      lab(),
      () => storm.takeDown((instance) => instance !== left),
      ({ title }) => title.includes(`[FIRING:${lostOnes.length}] InstanceDown`),
      { patience, quiet },
    );
    watch.assertAtMost(messagesAtMost);
    assert.ok(watch.titles.some((title) => title.includes(`[FIRING:${SMALL_JOBS}] JobDown`)));
    const alerted = (await alertsNamed("InstanceDown")).map(({ instance = "" }) => instance);
    assert.deepEqual(alerted.filter((instance) => instance.startsWith("storm-")).sort(), lostOnes);
    assert.equal(alerted.filter((instance) => instance.startsWith("small-")).length, SMALL_JOBS * SMALL);
    watch.assertReadable();
    watch.assertOneASecond();
  });

  it("reports the recovery of all targets in no more messages than their failure", async () => {
    const isOver = ({ title }: { title: string }) => /\[RESOLVED.*InstanceDown/.test(title);
    const watch = await SlackWatch.of(lab(), () => storm.takeUp(), isOver, { patience, quiet });
    watch.assertAtMost(messagesAtMost);
    // The jobs do not recover in the same evaluation, so the group's first message may report only some of them.
    const ofJobs = watch.titles.filter((title) => title.includes("JobDown"));
    assert.match(ofJobs.at(-1) ?? "", /\[RESOLVED/);
    watch.assertReadable();
    watch.assertOneASecond();
  });

  it("keeps the old rules and sends an alert if somebody breaks the rules in the cluster", async () => {
    const core = clientConfig(lab().controlPlane.labKubeconfigPath).makeApiClient(CoreV1Api);
    const name = { name: "prometheus-server", namespace: "monitoring" };
    const whole = await core.readNamespacedConfigMap(name);
    const loaded = await prometheus.page("/api/v1/rules?type=alert");
    const write = (text: string | undefined) =>
      core.replaceNamespacedConfigMap({
        ...name,
        body: { ...whole, metadata: { ...name }, data: { ...whole.data, "alerting_rules.yml": text ?? "" } },
      });
    const watch = await SlackWatch.of(
      lab(),
      () => write("groups:\n  - name: broken\n    rules: [{ alert: Broken, expr: 'up ==' }]\n"),
      ({ title }) => /\[FIRING.*PrometheusReloadFailed/.test(title),
      { patience: 90, quiet: 1 },
    );
    assert.equal(watch.messages.length, 1);
    const names = (text: string) => [...text.matchAll(/"name":"(\w+)"/g)].map(([, found]) => found);
    assert.deepEqual(names(await prometheus.page("/api/v1/rules?type=alert")), names(loaded));
    const mended = await SlackWatch.of(
      lab(),
      // The new text must differ from the original text, which Prometheus would consider loaded and would not read
      // again (docs/faults.md).
      () => write(`${whole.data?.["alerting_rules.yml"]}\n# mended\n`),
      ({ title }) => /\[RESOLVED.*PrometheusReloadFailed/.test(title),
      { patience: 90, quiet: 1 },
    );
    assert.equal(mended.messages.length, 1);
  });
});
