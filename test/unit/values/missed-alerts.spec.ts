import * as assert from "node:assert/strict";
import { catalog } from "../../../alerts/catalog";
import { featuresOff } from "../../../alerts/features";
import { releaseValues } from "../../../values/release-values";
import { lines, settings, type Values } from "../../support/settings";

const receivers = [
  { name: "on-call", webhook_configs: [{ url: "http://on-call.example/" }] },
  { name: "chat", slack_configs: [{ channel: "#chat", send_resolved: true, api_url_file: { credential: "chat" } }] },
];

function warned(values: Values): string[] {
  const credentials = JSON.stringify(values).includes('"credential":"chat"') ? ["chat"] : [];
  return lines(releaseValues(settings(values), credentials).warnings);
}

/** The warnings for one route in front of routes that use both receivers. */
function ofRoute(route: object, more: object = {}): string[] {
  const rest = ["on-call", "chat"].map((receiver) => ({ receiver, matchers: ['alertname="Theirs"'], continue: true }));
  return warned({ alertmanager: { receivers, routes: [route, ...rest], ...more } });
}

const critical = ['severity="critical"'];
const always = { timeIntervals: [{ name: "always", time_intervals: [{ times: [whole()] }] }] };
function whole() {
  return { start_time: "00:00", end_time: "24:00" };
}

describe("a custom route that keeps alerts from Slack", () => {
  it("causes a warning with the alerts that no longer arrive, and with what to write", () => {
    const off = featuresOff(settings());
    const loaded = catalog().filter(({ needs }) => !needs.some((feature) => off.has(feature)));
    const names = loaded.flatMap(({ name, severity }) =>
      severity === "critical" && name !== "NotificationsFailing" ? [name] : [],
    );
    assert.deepEqual(ofRoute({ receiver: "on-call", matchers: critical }), [
      `alerting:alertmanager.routes[0]: takes alerts that no longer arrive in Slack: critical ${names.join(", ")}, alerts of your own. Write \`continue: true\` for Slack to get them as well, or \`continue: false\` if it should not.`,
    ]);
  });

  it("causes no warning if it sets `continue` or leads to Slack anyway", () => {
    for (const more of [{ continue: true }, { continue: false }, { receiver: "chat" }, { receiver: undefined }])
      assert.deepEqual(ofRoute({ receiver: "on-call", matchers: critical, ...more }), [], JSON.stringify(more));
  });

  const missed: [title: string, route: object, expected: RegExp | undefined][] = [
    ["everything", { receiver: "on-call" }, /Slack: critical .*; every warning alert; every info alert\. Write/],
    ["an alert", { receiver: "on-call", matchers: ["alertname=NodeCpuHigh"] }, /Slack: warning NodeCpuHigh\. Write/],
    [
      "alerts of a namespace",
      { receiver: "on-call", matchers: ['namespace="shop"', 'severity="warning"'] },
      /Slack: warning .*PodCrashLooping, .*alerts of your own with namespace="shop"\./,
    ],
    [
      "alerts of a custom job",
      { receiver: "on-call", matchers: ["job=shop", "alertname=~.*Down"] },
      /Slack: critical InstanceDown, JobDown with job="shop"\./,
    ],
    [
      "alerts in one of its subroutes",
      { receiver: "chat", routes: [{ receiver: "on-call", matchers: ["alertname=~Prometheus.+", ...critical] }] },
      /Slack: critical PrometheusReloadFailed, .*PrometheusNotIngesting/,
    ],
    [
      "alerts with the older match syntax",
      { receiver: "on-call", match: { alertname: "NodeNotReady" } },
      /Slack: critical NodeNotReady\./,
    ],
    ["a custom alert", { receiver: "on-call", matchers: ["alertname=Theirs2"] }, undefined],
    ["the heartbeat", { receiver: "on-call", matchers: ["alertname=Watchdog"] }, undefined],
    [
      "the alert about failing notifications",
      { receiver: "on-call", matchers: ["alertname=NotificationsFailing"] },
      undefined,
    ],
    [
      "alerts that one of its subroutes passes to Slack",
      { receiver: "on-call", routes: [{ receiver: "on-call", continue: true }, { receiver: "chat" }] },
      undefined,
    ],
  ];
  for (const [title, route, expected] of missed) {
    it(`causes ${expected === undefined ? "no warning" : "a warning"} if it takes ${title}`, () => {
      const told = ofRoute(route).filter((line) => line.includes("no longer arrive"));
      assert.equal(told.length, expected === undefined ? 0 : 1, told.join("\n"));
      if (expected !== undefined) assert.match(told[0]!, expected);
    });
  }

  it("is judged with the severities that the settings give the built-in alerts", () => {
    const values = { rules: { alerts: { JobFailed: { severity: "critical" }, JobDown: { enabled: false } } } };
    const [line] = warned({
      ...values,
      alertmanager: { receivers: [receivers[0]], routes: [{ receiver: "on-call", matchers: critical }] },
    });
    assert.match(line!, /JobFailed/);
    assert.doesNotMatch(line!, /JobDown/);
  });

  it("is found quickly and correctly among thousands of routes", () => {
    const routes = Array.from({ length: 3000 }, (_, at) => ({ receiver: "on-call", matchers: [`team="t${at}"`] }));
    const started = Date.now();
    assert.ok(warned({ alertmanager: { receivers: [receivers[0]], routes } }).length > 0);
    assert.ok(Date.now() - started < 20_000);
  });
});

describe("a route that is always muted", () => {
  const muted = (key: string, intervals: object[], route: object = { receiver: "chat", matchers: critical }) =>
    ofRoute(
      { ...route, [key]: intervals.map((_, at) => `i${at}`) },
      { timeIntervals: intervals.map((time_intervals, at) => ({ name: `i${at}`, time_intervals })) },
    );
  const week = { weekdays: ["sunday:saturday"] };

  for (const [title, key, intervals] of [
    ["by an interval without a range", "mute_time_intervals", [[{}]]],
    ["by the whole day", "mute_time_intervals", [[{ times: [whole()] }]]],
    ["by the whole week", "mute_time_intervals", [[week]]],
    [
      "by weekdays and weekends",
      "mute_time_intervals",
      [[{ weekdays: ["monday:friday"] }], [{ weekdays: ["saturday", "sunday"] }]],
    ],
    ["by every day of every month", "mute_time_intervals", [[{ days_of_month: ["1:31"] }]]],
    ["because it is never active", "active_time_intervals", [[{ years: ["2020"] }]]],
  ] as const) {
    it(`${title} causes a warning with the alerts that no longer arrive`, () => {
      const told = muted(key, intervals as never);
      assert.equal(told.length, 2, told.join("\n"));
      assert.match(
        told.join("\n"),
        new RegExp(`routes\\[0\\]\\.${key}: mutes this route for good: "i0".*nothing that comes here is ever sent`),
      );
      assert.match(told.join("\n"), /no longer arrive in Slack: critical /);
    });
  }

  it("is not confused with a route that is muted only at night, on some days, or in one year", () => {
    const some = [
      [{ times: [{ start_time: "00:00", end_time: "23:59" }] }],
      [{ weekdays: ["monday:saturday"] }],
      [{ days_of_month: ["1:30"] }],
      [{ months: ["1:11"] }],
    ];
    for (const intervals of some)
      assert.deepEqual(muted("mute_time_intervals", [intervals]), [], JSON.stringify(intervals));
    assert.deepEqual(muted("active_time_intervals", [[week]]), []);
  });

  it("causes a warning even if the interval is custom and the built-in channel is not affected", () => {
    const routes = [{ receiver: "chat", continue: true, mute_time_intervals: ["always"] }];
    const told = warned({ alertmanager: { receivers: [receivers[1]], routes, ...always } });
    assert.equal(told.length, 1, told.join("\n"));
  });
});

describe("a waiting time that delays critical alerts", () => {
  it("causes a warning where it is set, for a quarter of an hour as well as for a day", () => {
    for (const groupWait of ["15m", "24h"])
      assert.deepEqual(warned({ alerts: { groupWait } }), [
        `alerting:alerts.groupWait: is "${groupWait}", for critical alerts too: the first message of each of its alerts comes so much later; write at most 5m.`,
      ]);
    assert.match(warned({ alerts: { groupInterval: "3h" } }).join("\n"), /^alerting:alerts\.groupInterval: is "3h", /);
    assert.deepEqual(warned({ alerts: { groupWait: "5m", groupInterval: "1h" } }), []);
  });

  it("causes a warning in a route for critical alerts, and in no other route", () => {
    const route = { receiver: "chat", group_wait: "24h" };
    assert.match(ofRoute(route).join("\n"), /^alerting:alertmanager\.routes\[0\]\.group_wait: is "24h"/);
    assert.deepEqual(ofRoute({ ...route, matchers: ['severity=~"warning|info"'] }), []);
  });

  it("causes a warning if the repeat interval exceeds the time that Alertmanager remembers", () => {
    assert.match(
      warned({ alerts: { repeatInterval: "30d" } }).join("\n"),
      /^alerting:alerts\.repeatInterval: is longer than the 120h/,
    );
  });
});

describe("a custom inhibition rule", () => {
  const of = (rule: object, values: Values = {}) => warned({ ...values, alertmanager: { inhibitRules: [rule] } });
  const anyone = ['alertname="ClusterUpgrade"'];

  it("that mutes critical alerts without naming them causes a warning with the alerts that would not arrive", () => {
    assert.match(
      of({ source_matchers: anyone, target_matchers: ['severity=~".+"'], equal: ["cluster"] }).join("\n"),
      /^alerting:alertmanager\.inhibitRules\[0\]: mutes critical alerts that it does not name, while another alert fires: every critical alert would not arrive\. Name them by `alertname`/,
    );
  });

  it("whose source always fires causes a warning that the rule always mutes, whatever its targets", () => {
    const withPulse = (rule: object) =>
      lines(
        releaseValues({ ...settings({ alertmanager: { inhibitRules: [rule] } }), heartbeatIsSet: true }, []).warnings,
      ).join("\n");
    const sources = { source_matchers: ['severity="none"'] };
    const start = /^alerting:alertmanager\.inhibitRules\[0\]: mutes alerts at all times, because Watchdog always fires/;
    const everything = withPulse({ ...sources, target_matchers: ['severity=~".+"'] });
    assert.match(everything, start);
    assert.match(everything, /: every critical alert; every warning alert; every info alert would not arrive\./);
    const named = withPulse({ ...sources, target_matchers: ["alertname=JobFailed"], equal: ["cluster"] });
    assert.match(named, start);
    assert.match(named, /: warning JobFailed would not arrive\./);
    assert.equal(withPulse({ ...sources, target_matchers: ["alertname=JobFailed"], equal: ["namespace"] }), "");
  });

  it("that names its targets, does not affect critical alerts, or compares alert names causes no warning", () => {
    const source_matchers = critical;
    for (const rule of [
      { source_matchers, target_matchers: ['alertname="CheckoutSlow"'] },
      { source_matchers, target_matchers: ['severity=~"warning|info"'] },
      { source_matchers, target_matchers: ['severity=~".+"'], equal: ["alertname"] },
    ])
      assert.deepEqual(of(rule), [], JSON.stringify(rule));
  });
});
