import * as assert from "node:assert/strict";
import { readLiveConfiguration } from "../../../../tools/drill/live-configuration";
import { routesTaking } from "../../../../alertmanager/evaluate";
import { receiverOf } from "../../../../tools/drill/routing";
import type { HeldAlert } from "../../../../tools/drill/alertmanager-api";
import { whyQuiet } from "../../../../tools/drill/suppressed";
import { targetsOf, unprovenIn } from "../../../../tools/drill/targets";
import { waysTo } from "../../../../tools/drill/ways";

/** The configuration as Alertmanager shows it. The drill's route comes first, as in the program's configuration. */
const configured = (routes: string, receivers = "") =>
  readLiveConfiguration(`
route:
  receiver: slack
  group_wait: 10s
  group_interval: 1m
  routes:
    - { receiver: slack, matchers: ['alertname="AlertingDrill"', 'drill="true"'] }
${routes.replaceAll(/^/gm, "    ")}
receivers:
  - { name: slack, slack_configs: [{ channel: "#a", send_resolved: true }] }
  - { name: ops, webhook_configs: [{ send_resolved: true }] }
  - { name: pages, pagerduty_configs: [{ send_resolved: true }, { send_resolved: false }], webhook_configs: [{}] }
  - { name: nowhere }
${receivers}
`)!;

const dev = { cluster: "lab", environment: "dev" };

describe("the configuration that Alertmanager's API shows", () => {
  it("gives each receiver's entries, with their types", () => {
    assert.deepEqual(configured("").receivers, {
      slack: [{ kind: "slack", sendsResolved: true, channel: "#a" }],
      ops: [{ kind: "webhook", sendsResolved: true }],
      pages: [
        { kind: "pagerduty", sendsResolved: true },
        { kind: "pagerduty", sendsResolved: false },
        { kind: "webhook", sendsResolved: true },
      ],
      nowhere: [],
    });
  });

  it("is ignored if it is not valid", () => {
    assert.equal(readLiveConfiguration("{{"), undefined);
    assert.equal(readLiveConfiguration("route: 1"), undefined);
  });

  it("is shown without terminal control characters", () => {
    const { receivers } = configured("", '  - { name: "a\\u001b[2Jb", webhook_configs: [{}] }');
    assert.deepEqual(Object.keys(receivers).at(-1), "ab");
  });
});

describe("the labels that route a drill to a receiver", () => {
  /** The labels chosen for a receiver, and the receivers that an alert with these labels reaches. */
  function reached(routes: string, receiver = "ops", fixed: Record<string, string> = {}) {
    const configuration = configured(routes);
    const { targets } = targetsOf({ receivers: [receiver], everyReceiver: false, labels: fixed }, configuration, dev);
    const { labels } = targets[0]!;
    return { labels, to: routesTaking(configuration.root, labels).map(receiverOf) };
  }

  it("are never the heartbeat's labels", () => {
    const configuration = configured(`- { receiver: ops, matchers: ['alertname="Watchdog"'] }`);
    const asked = { labels: {}, everyReceiver: true, receivers: [] };
    const { targets, unclear } = targetsOf(asked, configuration, dev);
    assert.ok(targets.every(({ labels }) => labels.alertname !== "Watchdog"));
    assert.match(unclear.find(({ receiver }) => receiver === "ops")!.why, /false heartbeat/);
    assert.throws(
      () => targetsOf({ ...asked, everyReceiver: false, receivers: ["ops"] }, configuration, dev),
      /false heartbeat/,
    );
  });

  it("are the standard drill's labels for the default channel", () => {
    const { labels, to } = reached("", "slack");
    assert.deepEqual(to, ["slack"]);
    assert.equal(labels.alertname, "AlertingDrill");
  });

  for (const [what, routes, expected] of [
    ["an equality", `- { receiver: ops, matchers: ['team="payments"'] }`, { team: "payments" }],
    ["a choice", `- { receiver: ops, matchers: ['severity=~"critical|page"'] }`, { severity: "critical" }],
    ["a pattern", `- { receiver: ops, matchers: ['namespace=~"pay-.+"'] }`, { namespace: "pay-drill" }],
    [
      "the older match syntax",
      `- { receiver: ops, match: { team: payments }, match_re: { tier: "(?:a|b)" } }`,
      { tier: "a" },
    ],
    ["a label that must exist", `- { receiver: ops, matchers: ['team!=""'] }`, { team: "drill" }],
    [
      "a nested route",
      `- { matchers: ['team="a"'], receiver: slack, routes: [{ receiver: ops, matchers: ['tier="b"'] }] }`,
      { team: "a", tier: "b" },
    ],
    [
      "a route behind another route for the same severity",
      `- { receiver: pages, matchers: ['severity=~"critical|warning|info"'] }\n- { receiver: ops, matchers: ['team="a"'] }`,
      { team: "a", severity: "drill" },
    ],
    [
      "another alert's name",
      `- { receiver: ops, matchers: ['alertname="InstanceDown"'] }`,
      { alertname: "InstanceDown" },
    ],
  ] as const) {
    it(`are found for ${what}`, () => {
      const { labels, to } = reached(routes);
      assert.deepEqual(to, ["ops"]);
      for (const [name, value] of Object.entries(expected)) assert.equal(labels[name], value, name);
      assert.equal(labels.drill, "true", "the message says that it is a drill");
    });
  }

  it("select a route without a time interval if there is one", () => {
    const routes = `
- receiver: ops
  matchers: ['team="a"']
  routes: [{ matchers: ['severity=~"warning|info"'], mute_time_intervals: [night] }]`;
    assert.equal(reached(routes).labels.severity, "critical");
    const always = `- { receiver: ops, matchers: ['team="a"'], mute_time_intervals: [night] }`;
    assert.deepEqual(reached(always).to, ["ops"]);
  });

  it("include the labels that the command line gives", () => {
    const routes = `- { receiver: ops, matchers: ['team=~"a|b"'] }`;
    assert.equal(reached(routes, "ops", { team: "b" }).labels.team, "b");
    assert.throws(() => reached(routes, "ops", { team: "c" }), /found no labels that are routed to the receiver ops/);
  });

  it("are not invented if an earlier route takes every alert, or if only Go can read the matcher", () => {
    for (const routes of [
      `- { receiver: pages, matchers: [] }\n- { receiver: ops, matchers: ['team="a"'] }`,
      `- { receiver: ops, matchers: ['team=~"(?i)payments"'] }`,
      "",
    ]) {
      assert.throws(() => reached(routes), /found no labels.*with --label/);
    }
  });

  it("are refused for an unknown receiver, for a receiver that notifies no one, and for the heartbeat", () => {
    assert.throws(() => reached("", "slak"), /--receiver got "slak", which Alertmanager does not have\. It has slack,/);
    assert.throws(() => reached("", "nowhere"), /which has no entry, so it notifies nobody/);
    const none = { receivers: [], everyReceiver: false };
    assert.throws(() => targetsOf({ ...none, labels: { alertname: "Watchdog" } }, undefined, dev), /false heartbeat/);
    const beat = configured("", "  - { name: heartbeat, webhook_configs: [{}] }");
    const labels = {};
    assert.throws(
      () => targetsOf({ receivers: ["heartbeat"], everyReceiver: false, labels }, beat, dev),
      /false heartbeat/,
    );
  });

  it("cannot be found without Alertmanager's configuration", () => {
    const labels = {};
    assert.throws(
      () => targetsOf({ receivers: ["ops"], everyReceiver: false, labels }, undefined, dev),
      /does not show its configuration.*Give them with --label/,
    );
  });

  it("are the given labels and not the standard drill's labels, if the command line gives any", () => {
    const { targets } = targetsOf({ receivers: [], everyReceiver: false, labels: { team: "a" } }, undefined, dev);
    assert.deepEqual(targets, [{ labels: { alertname: "AlertingRouteDrill", team: "a" } }]);
  });

  it("are searched for all receivers that notify someone, and receivers without matching labels are reported", () => {
    const routes = `- { receiver: ops, matchers: ['team="a"'] }`;
    const beat = configured(routes, "  - { name: heartbeat, webhook_configs: [{}] }");
    const { targets, unclear } = targetsOf({ receivers: [], everyReceiver: true, labels: {} }, beat, dev);
    assert.deepEqual(
      targets.map(({ receiver }) => receiver),
      ["slack", "ops"],
    );
    assert.deepEqual(
      unclear.map(({ receiver }) => receiver),
      ["pages"],
    );
  });
});

describe("the reason why a drill's alert is not sent", () => {
  const held = (receiver: string, status: Partial<HeldAlert["status"]> = {}): HeldAlert => ({
    ...{ receiver, labels: {}, startsAt: "", endsAt: "" },
    status: { state: "active", silencedBy: [], inhibitedBy: [], mutedBy: [], ...status },
  });

  it("is a time interval, if one mutes the route to the receiver", () => {
    const all = [held("ops", { mutedBy: ["night"] }), held("pages")];
    assert.match(whyQuiet(all, ["ops"]) ?? "", /a time interval mutes it \(night\)/);
    assert.equal(whyQuiet(all, ["pages"]), undefined);
  });

  it("is absent as long as one of several such alerts is sent", () => {
    assert.equal(whyQuiet([held("slack", { inhibitedBy: ["a"] }), held("slack")], ["slack"]), undefined);
  });

  it("is that the alert is gone, if Alertmanager no longer has it", () => {
    assert.match(whyQuiet([], ["slack"]) ?? "", /no longer has the alert/);
  });
});

describe("the notifications of a drill's alert", () => {
  const routes = `
- { receiver: ops, matchers: ['team="a"'], group_wait: 5s, continue: true }
- { receiver: pages, matchers: ['team="a"'], group_interval: 2m }`;
  const labels = { team: "a" };

  it("are grouped by type of receiver, with their expected number and the waiting times of the matched routes", () => {
    assert.deepEqual(waysTo(["ops", "pages"], labels, configured(routes), { groupWait: 1, groupInterval: 1 }), [
      {
        ...{ integration: "webhook", receivers: ["ops", "pages"], expected: 2, expectedResolved: 2 },
        ...{ groupWait: { min: 5, max: 10 }, groupInterval: { min: 60, max: 120 } },
      },
      {
        ...{ integration: "pagerduty", receivers: ["pages"], expected: 2, expectedResolved: 1 },
        ...{ groupWait: { min: 10, max: 10 }, groupInterval: { min: 120, max: 120 } },
      },
    ]);
  });

  it("are twice as many if two routes lead to one receiver", () => {
    const twice = configured(`
- { receiver: ops, matchers: ['team="a"'], continue: true }
- { receiver: ops, matchers: ['team="a"'] }`);
    const [way] = waysTo(["ops"], labels, twice, { groupWait: 1, groupInterval: 1 });
    assert.equal(way!.expected, 2);
  });

  it("leave some receivers without proof, which are listed by name and type", () => {
    const beat = configured(routes, "  - { name: heartbeat, webhook_configs: [{}] }");
    assert.deepEqual(unprovenIn(beat, ["slack (slack)", "pages (webhook)"]), [
      "ops (webhook)",
      "pages (pagerduty)",
      "heartbeat (webhook, which its external service checks)",
    ]);
  });
});
