import * as assert from "node:assert/strict";
import { DRILL_EVENTS, runDrill, unrest } from "../../lab/drill";
import type { DrillEvent } from "../../lab/drill";
import type { ActiveAlert, PrometheusApi, Target } from "../../lab/prometheus-api";
import type { SlackMessage } from "../../lab/slack/start";
import { drawSvg } from "../../tools/drill/timeline/svg";
import { drawTimeline, drillReport } from "../../lab/timeline";

const node = { name: "worker-1", address: "10.0.2.11" };
const times = { scrape: 1, evaluation: 1, down: 1, groupWait: 1, groupInterval: 1 };

function alert(state: ActiveAlert["state"], address = node.address): ActiveAlert {
  const labels = { alertname: "InstanceDown", instance: `${address}:9100` };
  return { labels, annotations: {}, state, activeAt: "2026-01-01T00:00:00Z" };
}

function message(word: string, address = node.address): SlackMessage {
  return {
    receivedAt: new Date().toISOString(),
    path: "/services/T/B/X",
    payload: { attachments: [{ title: `[${word}] InstanceDown`, text: `${address}:9100 is down` }] },
    answered: 200,
    taken: true,
  };
}

/** A lab in which the given alerts are seen one after the other. */
function scripted(states: ActiveAlert[][]) {
  const calls: string[] = [];
  const called = (what: string) => Promise.resolve(void calls.push(what));
  let round = 0;
  return {
    calls,
    prometheus: {
      alerts: () => Promise.resolve(states[Math.min(round++, states.length - 1)]),
    } as unknown as PrometheusApi,
    nodes: {
      stopProgram: (o: { program: string; node: string }) => called(`stop ${o.program} ${o.node}`),
      startProgram: (o: { program: string; node: string }) => called(`start ${o.program} ${o.node}`),
    },
    slack: {
      nextMessage: (match: (candidate: SlackMessage) => boolean) => {
        const all = ["FIRING", "RESOLVED"].flatMap((word) => [message(word, "10.0.9.9"), message(word)]);
        const found = all.find(match);
        assert.ok(found);
        return Promise.resolve(found);
      },
    },
  };
}

describe("a drill", () => {
  it("gives the six events in order, and the messages that are about its node", async () => {
    const lab = scripted([[], [alert("firing", "10.0.9.9")], [alert("pending")], [alert("firing")]]);
    const said: string[] = [];
    const { events, messages } = await runDrill({ ...lab, node, times, say: (line) => said.push(line) });
    assert.deepEqual(
      events.map(({ event }) => event),
      [...DRILL_EVENTS],
    );
    assert.equal(events[0]?.secondsSinceStop, 0);
    // The message came at once here, before Prometheus was asked.
    const moments = events.map(({ at }) => at);
    assert.deepEqual(moments, [...moments].sort());
    assert.ok(messages.every(({ payload }) => JSON.stringify(payload).includes(node.address)));
    assert.deepEqual(lab.calls, ["stop node_exporter worker-1", "start node_exporter worker-1"]);
    assert.equal(said.length, 6);
  });

  it("starts the node again when something fails", async () => {
    const lab = scripted([[]]);
    const failing = { ...lab, prometheus: { alerts: () => Promise.reject(new Error("no answer")) } };
    const options = { ...failing, prometheus: failing.prometheus as unknown as PrometheusApi };
    await assert.rejects(runDrill({ ...options, node, times, say: () => undefined }), /no answer/);
    assert.equal(lab.calls.at(-1), "start node_exporter worker-1");
  });
});

describe("an idle lab", () => {
  const target = (health: string, labels: Record<string, string> = { job: "prometheus" }): Target => ({
    labels,
    scrapePool: "pool",
    scrapeUrl: "http://10.0.2.11:9100/metrics",
    health,
    lastError: health === "up" ? "" : "connection refused",
  });

  it("is one in which every target is up and only a watchdog fires", () => {
    const watchdog = { ...alert("firing"), labels: { alertname: "Watchdog" } };
    assert.deepEqual(unrest([target("up")], [watchdog], { prometheus: 1 }), []);
  });

  it("is none without targets, with one that is down, with one too few, or with an alert", () => {
    assert.match(unrest([], [], {}).join(), /no target/);
    assert.match(unrest([target("down")], [], {}).join(), /is down: connection refused/);
    assert.match(unrest([target("up")], [], { prometheus: 2 }).join(), /1 of 2 targets of prometheus/);
    assert.match(
      unrest([target("up")], [alert("pending")], {}).join(),
      /InstanceDown is pending for 10\.0\.2\.11:9100/,
    );
  });
});

describe("the drill's timeline", () => {
  const seconds = [0, 2, 8, 9, 9, 14];
  const events: DrillEvent[] = DRILL_EVENTS.map((event, index) => ({
    event,
    at: "2026-01-01T00:00:00.000Z",
    secondsSinceStop: seconds[index] ?? 0,
  }));

  it("draws one line an event, to scale", () => {
    const lines = drawTimeline(events, 29).split("\n");
    assert.equal(lines.length, 7);
    const positions = lines.slice(0, 6).map((line) => line.indexOf("●") - lines[0]!.indexOf("●"));
    assert.deepEqual(positions, [0, 4, 16, 18, 18, 28]);
    assert.match(lines[5] ?? "", /resolved in Slack .* 14\.0 s$/);
    assert.match(lines[6] ?? "", /0s .*2s .*14s$/);
  });

  it("draws the same as SVG", () => {
    const report = drillReport({ node: node.name, events }, { ...times, scrape: 2, down: 6 });
    const svg = drawSvg(report);
    assert.deepEqual(
      report.stages.map(({ name, from, to }) => [name, from, to]),
      [
        ["scrape and pending", 0, 2],
        ["firing", 2, 8],
        ["group wait and Slack", 8, 9],
        ["stop to message", 0, 9],
        ["resolved in Slack", 9, 14],
      ],
    );
    assert.match(svg, /Stop to message/);
    assert.match(svg, /^<svg [^>]*xmlns=/);
    assert.doesNotMatch(svg, /NaN|undefined/);
  });

  it("does not fall over a drill without events", () => {
    assert.equal(typeof drawTimeline([]), "string");
    const empty = drillReport({ node: node.name, events: [] }, times);
    assert.doesNotMatch(drawSvg(empty), /NaN/);
  });
});
