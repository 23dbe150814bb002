import * as assert from "node:assert/strict";
import { catalog } from "../../../alerts/catalog";
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

/** What is said of one route beside a second one that uses both receivers. */
function ofRoute(route: object, more: object = {}): string[] {
  const rest = ["on-call", "chat"].map((receiver) => ({ receiver, matchers: ['alertname="Theirs"'], continue: true }));
  return warned({ alertmanager: { receivers, routes: [route, ...rest], ...more } });
}

const critical = ['severity="critical"'];
const always = { timeIntervals: [{ name: "always", time_intervals: [{ times: [whole()] }] }] };
function whole() {
  return { start_time: "00:00", end_time: "24:00" };
}

describe("a route of the user's that keeps alerts from Slack", () => {
  it("is warned of with what no longer arrives, and with what to write", () => {
    const names = catalog().flatMap(({ name, severity }) =>
      severity === "critical" && name !== "NotificationsFailing" ? [name] : [],
    );
    assert.deepEqual(ofRoute({ receiver: "on-call", matchers: critical }), [
      `alerting:alertmanager.routes[0]: takes alerts that no longer arrive in Slack: critical ${names.join(", ")}, alerts of your own. Write \`continue: true\` for Slack to get them as well, or \`continue: false\` if it should not.`,
    ]);
  });

  it("is not warned of where it hands them on, or says that it does not", () => {
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
      "a job of the user's",
      { receiver: "on-call", matchers: ["job=shop", "alertname=~.*Down"] },
      /Slack: critical InstanceDown, JobDown with job="shop"\./,
    ],
    [
      "alerts in one of its own routes",
      { receiver: "chat", routes: [{ receiver: "on-call", matchers: ["alertname=~Prometheus.+", ...critical] }] },
      /Slack: critical PrometheusReloadFailed, .*PrometheusNotIngesting/,
    ],
    [
      "alerts that match the older form",
      { receiver: "on-call", match: { alertname: "NodeNotReady" } },
      /Slack: critical NodeNotReady\./,
    ],
    ["an alert of the user's", { receiver: "on-call", matchers: ["alertname=Theirs2"] }, undefined],
    ["the sign of life", { receiver: "on-call", matchers: ["alertname=Watchdog"] }, undefined],
    [
      "what says that notifications fail",
      { receiver: "on-call", matchers: ["alertname=NotificationsFailing"] },
      undefined,
    ],
    [
      "what it hands on to Slack in a route of its own",
      { receiver: "on-call", routes: [{ receiver: "on-call", continue: true }, { receiver: "chat" }] },
      undefined,
    ],
  ];
  for (const [title, route, expected] of missed) {
    it(`that takes ${title} is ${expected === undefined ? "no matter" : "told so"}`, () => {
      const told = ofRoute(route).filter((line) => line.includes("no longer arrive"));
      assert.equal(told.length, expected === undefined ? 0 : 1, told.join("\n"));
      if (expected !== undefined) assert.match(told[0]!, expected);
    });
  }

  it("counts with the severities that the settings give our alerts", () => {
    const values = { rules: { alerts: { JobFailed: { severity: "critical" }, JobDown: { enabled: false } } } };
    const [line] = warned({
      ...values,
      alertmanager: { receivers: [receivers[0]], routes: [{ receiver: "on-call", matchers: critical }] },
    });
    assert.match(line!, /JobFailed/);
    assert.doesNotMatch(line!, /JobDown/);
  });

  it("does not take long, and takes no wrong path, however many there are", () => {
    const routes = Array.from({ length: 3000 }, (_, at) => ({ receiver: "on-call", matchers: [`team="t${at}"`] }));
    const started = Date.now();
    assert.ok(warned({ alertmanager: { receivers: [receivers[0]], routes } }).length > 0);
    assert.ok(Date.now() - started < 20_000);
  });
});

describe("a route that is muted at all times", () => {
  const muted = (key: string, intervals: object[], route: object = { receiver: "chat", matchers: critical }) =>
    ofRoute(
      { ...route, [key]: intervals.map((_, at) => `i${at}`) },
      { timeIntervals: intervals.map((time_intervals, at) => ({ name: `i${at}`, time_intervals })) },
    );
  const week = { weekdays: ["sunday:saturday"] };

  for (const [title, key, intervals] of [
    ["by an interval without a range in it", "mute_time_intervals", [[{}]]],
    ["by the whole day", "mute_time_intervals", [[{ times: [whole()] }]]],
    ["by the whole week", "mute_time_intervals", [[week]]],
    [
      "by days and ends of weeks",
      "mute_time_intervals",
      [[{ weekdays: ["monday:friday"] }], [{ weekdays: ["saturday", "sunday"] }]],
    ],
    ["by each day of any month", "mute_time_intervals", [[{ days_of_month: ["1:31"] }]]],
    ["because it is active at no time", "active_time_intervals", [[{ years: ["2020"] }]]],
  ] as const) {
    it(`${title} is told so, with what no longer arrives`, () => {
      const told = muted(key, intervals as never);
      assert.equal(told.length, 2, told.join("\n"));
      assert.match(
        told.join("\n"),
        new RegExp(`routes\\[0\\]\\.${key}: mutes this route for good: "i0".*nothing that comes here is ever sent`),
      );
      assert.match(told.join("\n"), /no longer arrive in Slack: critical /);
    });
  }

  it("is not one that is muted at night, on some days, or in a year", () => {
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

  it("is said where the interval is the user's own and our channel is not meant", () => {
    const routes = [{ receiver: "chat", continue: true, mute_time_intervals: ["always"] }];
    const told = warned({ alertmanager: { receivers: [receivers[1]], routes, ...always } });
    assert.equal(told.length, 1, told.join("\n"));
  });
});

describe("a wait by which critical alerts come late", () => {
  it("is warned of where it is set, a day as well as a quarter of an hour", () => {
    for (const groupWait of ["15m", "24h"])
      assert.deepEqual(warned({ alerts: { groupWait } }), [
        `alerting:alerts.groupWait: is "${groupWait}", for critical alerts too: the first message of each of its alerts comes so much later; write at most 5m.`,
      ]);
    assert.match(warned({ alerts: { groupInterval: "3h" } }).join("\n"), /^alerting:alerts\.groupInterval: is "3h", /);
    assert.deepEqual(warned({ alerts: { groupWait: "5m", groupInterval: "1h" } }), []);
  });

  it("is warned of in a route that critical alerts come to, and in no other", () => {
    const route = { receiver: "chat", group_wait: "24h" };
    assert.match(ofRoute(route).join("\n"), /^alerting:alertmanager\.routes\[0\]\.group_wait: is "24h"/);
    assert.deepEqual(ofRoute({ ...route, matchers: ['severity=~"warning|info"'] }), []);
  });

  it("tells of a repetition that Alertmanager does not keep where it is set", () => {
    assert.match(
      warned({ alerts: { repeatInterval: "30d" } }).join("\n"),
      /^alerting:alerts\.repeatInterval: is longer than the 120h/,
    );
  });
});

describe("an inhibition rule of the user's", () => {
  const of = (rule: object, values: Values = {}) => warned({ ...values, alertmanager: { inhibitRules: [rule] } });
  const anyone = ['alertname="ClusterUpgrade"'];

  it("that mutes critical alerts that it does not name is warned of, with what would not arrive", () => {
    assert.match(
      of({ source_matchers: anyone, target_matchers: ['severity=~".+"'], equal: ["cluster"] }).join("\n"),
      /^alerting:alertmanager\.inhibitRules\[0\]: mutes critical alerts that it does not name, while another alert fires: every critical alert would not arrive\. Name them by `alertname`/,
    );
  });

  it("of which the alert that always fires is a source says that it mutes at all times, whatever it names", () => {
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

  it("that names its targets, spares what is critical, or is about one alert is no matter", () => {
    const source_matchers = critical;
    for (const rule of [
      { source_matchers, target_matchers: ['alertname="CheckoutSlow"'] },
      { source_matchers, target_matchers: ['severity=~"warning|info"'] },
      { source_matchers, target_matchers: ['severity=~".+"'], equal: ["alertname"] },
    ])
      assert.deepEqual(of(rule), [], JSON.stringify(rule));
  });
});
