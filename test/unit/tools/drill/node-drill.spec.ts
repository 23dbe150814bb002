import * as assert from "node:assert/strict";
import { AlertmanagerApi } from "../../../../tools/drill/alertmanager-api";
import { readLiveConfiguration } from "../../../../tools/drill/live-configuration";
import { runNodeDrill } from "../../../../tools/drill/node-drill";
import type { RuleAlert, Target } from "../../../../tools/stack/servers/prometheus-api";
import type { PrometheusView } from "../../../../tools/drill/prometheuses";
import { noStack } from "../../../../tools/stack/facts";
import { type FakeAlertmanager, fakeAlertmanager } from "../../../support/fake-alertmanager";

const [node, instance] = ["worker-1", "10.0.2.11:9100"];
const names = ["prometheus-server-0", "prometheus-server-1"];
const labels = { alertname: "InstanceDown", instance };

describe("a drill of a node with two Prometheus servers", () => {
  let fake: FakeAlertmanager;
  let api: AlertmanagerApi;
  beforeEach(async () => {
    fake = await fakeAlertmanager();
    api = new AlertmanagerApi(fake.origin);
  });
  afterEach(() => fake.stop());

  const target = (health: string): Target => ({
    labels: { node, instance, job: "node-exporter" },
    discoveredLabels: {},
    scrapeUrl: `http://${instance}/metrics`,
    lastScrape: new Date().toISOString(),
    lastScrapeDuration: 0,
    lastError: "",
    health,
  });
  const down: RuleAlert = { labels, state: "firing", activeAt: new Date().toISOString() };

  /** Servers that show the stop of the node to those of the given indexes, and its return to all of them. */
  function servers(seeing: readonly number[]) {
    const state = { isDown: false };
    const each = <T>(answer: (sees: boolean) => T) =>
      Promise.resolve(names.map((name, index) => ({ name, answer: answer(state.isDown && seeing.includes(index)) })));
    const view: PrometheusView = {
      targets: () => each((sees) => [target(sees ? "down" : "up")]),
      alerts: () => each((sees) => (sees ? [down] : [])),
      clockAhead: () => Promise.resolve(0),
    };
    return { state, view };
  }

  async function drill(seeing: readonly number[]) {
    const { state, view } = servers(seeing);
    const said: string[] = [];
    const timers: NodeJS.Timeout[] = [];
    const timing = { scrape: 0.2, scrapeTimeout: 0.2, evaluation: 0.2, down: 0, groupWait: 0.2, groupInterval: 0.2 };
    const say = (line: string) => {
      said.push(line);
      if (/crictl stop/.test(line)) timers.push(setTimeout(() => (state.isDown = true), 400));
      if (/is pending/.test(line)) void api.post({ labels, annotations: {} });
      if (/InstanceDown fires|is up again/.test(line)) {
        timers.push(setTimeout(() => fake.count({ begun: 1, requests: 1 }), 150));
      }
      if (/Now start it again/.test(line)) state.isDown = false;
    };
    const found = await runNodeDrill({
      ...{ node, prometheus: view, patienceSeconds: 5, api, say, signal: new AbortController().signal },
      ...{ facts: { ...noStack(), timing }, configuration: readLiveConfiguration(fake.configuration) },
    });
    timers.forEach(clearTimeout);
    return { ...found, said };
  }

  it("counts its targets once, and follows what either of them sees", async () => {
    const { said, failures, warnings, stages } = await drill([0, 1]);
    assert.match(said.join("\n"), /worker-1 is healthy: 1 targets up; node-exporter is 10\.0\.2\.11:9100$/m);
    assert.deepEqual([failures, warnings], [[], []]);
    assert.equal(stages.at(-1)?.name, "Slack answers, resolved");
  });

  it("says which of them does not see that the node is down", async () => {
    const { failures, warnings } = await drill([1]);
    assert.deepEqual(failures, []);
    assert.deepEqual(warnings, ["prometheus-server-0 has no InstanceDown of 10.0.2.11:9100, which another one has."]);
  });
});
