import assert from "node:assert/strict";
import { checkAlertmanagerConfig } from "../../../alertmanager/check-config";
import { alertmanagerConfig } from "../../../values/alertmanager-config";
import { releaseValues } from "../../../values/release-values";
import { routeFor, routesFor } from "../../support/alertmanager-answers";
import { canary, canaryPath, configuration, faultLines, lines, settings, type Values } from "../../support/settings";

const built = (values: Values = {}) => alertmanagerConfig(settings(values));
const quietHours = { from: "22:00", to: "07:00", timeZone: "Asia/Seoul" };
const payments = { channel: "#payments", credential: "payments", team: "payments" };
const pager = { channel: "#pager", credential: "pager", severity: "critical" };
const channels = { slack: { channels: [payments, pager] } };
const drill = { alertname: "AlertingDrill", drill: "true", severity: "info", cluster: "lab" };

const alert = (severity: string, more: object = {}) => ({ alertname: "A", cluster: "lab", severity, ...more });

describe("an alert", () => {
  it("goes to the default Slack receiver unless a setting says otherwise", () => {
    for (const severity of ["critical", "warning", "info", "none", ""])
      assert.equal(routeFor(built(), alert(severity)).receiver, "slack", severity);
  });

  it("is repeated sooner if it is critical, as the settings say", () => {
    const repeat = (values: Values, severity: string) => routeFor(built(values), alert(severity)).repeat_interval;
    assert.deepEqual([repeat({}, "critical"), repeat({}, "warning")], ["1h", "4h"]);
    assert.equal(repeat({ alerts: { criticalRepeatInterval: "30m" } }, "critical"), "30m");
  });

  it("is grouped by its name and the cluster, whatever its receiver", () => {
    for (const severity of ["critical", "warning"])
      for (const labels of [alert(severity), alert(severity, { team: "payments" }), drill])
        assert.deepEqual(routeFor(built(channels), labels).group_by, ["alertname", "cluster"]);
  });

  it("follows a custom route before any built-in route", () => {
    const routes = [{ receiver: "on-call", matchers: ['severity="critical"'] }];
    const config = built({ ...channels, alertmanager: { receivers: [{ name: "on-call" }], routes } });
    assert.equal(routeFor(config, alert("critical", { team: "payments" })).receiver, "on-call");
    assert.equal(routeFor(config, alert("warning", { team: "payments" })).receiver, "slack-payments");
  });
});

describe("an extra Slack channel", () => {
  it("takes the alerts of its team or severity instead of the default channel; the first matching channel gets an alert", () => {
    const receiver = (labels: object) => routesFor(built(channels), { ...alert("critical"), ...labels })[0]!.receiver;
    assert.equal(receiver({ severity: "warning", team: "payments" }), "slack-payments");
    assert.equal(receiver({ team: "payments" }), "slack-payments");
    assert.equal(receiver({}), "slack-pager");
    assert.equal(receiver({ severity: "warning" }), "slack");
    assert.equal(receiver({ team: "other", severity: "info" }), "slack");
  });

  it("posts with its own webhook, which the configuration names as a file", () => {
    const { receivers } = built(channels);
    const [entry] = receivers.find(({ name }) => name === "slack-payments")!.slack_configs!;
    assert.deepEqual([entry?.channel, entry?.api_url_file], ["#payments", { credential: "payments" }]);
    assert.equal(receivers.find(({ name }) => name === "slack")!.slack_configs![0]!.api_url_file, undefined);
    const { values } = releaseValues(settings(channels), ["payments", "pager"]);
    const sent = values.alertmanager?.config?.receivers?.find(({ name }) => name === "slack-payments");
    assert.equal(sent?.slack_configs?.[0]?.api_url_file, "/etc/alertmanager-credentials/payments");
  });

  it("has the default channel's format and proxy, and is one receiver even if it is listed several times", () => {
    const again = { ...payments, team: "billing" };
    const httpProxy = "http://proxy.example:3128";
    const { receivers } = built({ slack: { httpProxy, channels: [payments, again] } });
    assert.deepEqual(
      receivers.map(({ name }) => name),
      ["slack", "slack-payments", "nowhere"],
    );
    const [ours, theirs] = receivers.map(({ slack_configs: slack }) => slack?.[0]);
    const { api_url_file: webhook, ...rest } = theirs!;
    assert.ok(webhook);
    assert.deepEqual({ ...rest, channel: ours?.channel }, ours);
  });

  it("repeats critical alerts sooner, and respects quiet hours, like the default channel", () => {
    for (const some of [[payments], [{ ...payments, severity: ["critical", "warning"] }]]) {
      const config = built({ slack: { channels: some }, alerts: { quietHours } });
      const route = (severity: string) => routeFor(config, alert(severity, { team: "payments" }));
      assert.equal(route("critical").receiver, "slack-payments");
      assert.deepEqual([route("critical").repeat_interval, route("critical").mute_time_intervals], ["1h", undefined]);
      assert.deepEqual(
        [route("warning").repeat_interval, route("warning").mute_time_intervals],
        ["4h", ["quiet-hours"]],
      );
    }
  });

  it("for one severity needs no subroutes", () => {
    const config = built({ slack: { channels: [pager] }, alerts: { quietHours } });
    const own = config.route.routes?.find(({ receiver }) => receiver === "slack-pager");
    assert.deepEqual(own, { receiver: "slack-pager", matchers: ['severity="critical"'], repeat_interval: "1h" });
  });

  it("causes no problem or warning from Alertmanager or this program", () => {
    const some = [payments, pager, { ...pager, credential: "all", channel: "#all", severity: ["info", "warning"] }];
    const { faults, warnings } = releaseValues(settings({ slack: { channels: some }, alerts: { quietHours } }), [
      "payments",
      "pager",
      "all",
    ]);
    assert.deepEqual(lines([...faults, ...warnings]), []);
  });

  it("matches the team exactly, including quotes", () => {
    const team = 'a"b\\c\nd';
    const config = built({ slack: { channels: [{ ...payments, team }] } });
    assert.equal(routeFor(config, alert("info", { team })).receiver, "slack-payments");
    assert.equal(routeFor(config, alert("info", { team: "ab" })).receiver, "slack");
  });
});

describe("an extra Slack channel that cannot work", () => {
  const of = (...some: object[]) => faultLines({ slack: { channels: some } });
  const table: [title: string, told: string[], expected: RegExp[]][] = [
    [
      "has no #",
      of({ ...payments, channel: "payments" }),
      [/^alerting:slack\.channels\[0\]\.channel: got "payments"; accepted: a channel such as "#monitoring"/],
    ],
    [
      "has neither severity nor team",
      of({ channel: "#a", credential: "a" }),
      [
        /^alerting:slack\.channels\[0\]: got .*a severity, a team or both; alerts that no channel takes go to alerting:slack/,
      ],
    ],
    [
      "names no credential",
      of({ channel: "#a", team: "a" }),
      [/^alerting:slack\.channels\[0\]\.credential: is not set/],
    ],
    [
      "names a credential with an invalid name",
      of({ ...payments, credential: "My Webhook" }),
      [/^alerting:slack\.channels\[0\]\.credential: got "My Webhook"; accepted: the name of a credential/],
    ],
    [
      "has an unknown severity",
      of({ ...pager, severity: ["page"] }),
      [
        /^alerting:slack\.channels\[0\]\.severity: got \["page"\]; accepted: one of "critical", "warning", "info", or a/,
      ],
    ],
    [
      "has an unknown key",
      of({ ...pager, teams: ["a"] }),
      [
        /^alerting:slack\.channels\[0\]\.teams: there is no such setting\. Is alerting:slack\.channels\[0\]\.team meant\?/,
      ],
    ],
    [
      "comes after a channel that takes the same alerts",
      of(pager, { ...pager, channel: "#other", credential: "other", team: "a" }),
      [/^alerting:slack\.channels\[1\]: got .*the channels before it in the list take every such alert/],
    ],
    [
      "comes after channels that together take the same alerts",
      of(pager, { ...pager, severity: "warning" }, { ...pager, severity: ["critical", "warning"] }),
      [/^alerting:slack\.channels\[2\]: got .*the channels before it in the list take every such alert/],
    ],
    [
      "has the webhook of another channel",
      of(payments, { ...pager, credential: "payments" }),
      [/^alerting:slack\.channels\[1\]\.channel: got "#pager"; accepted: "#payments", as before with the credential/],
    ],
  ];
  for (const [title, told, expected] of table) {
    it(`is reported in one sentence if it ${title}`, () => {
      assert.equal(told.length, expected.length, told.join("\n"));
      expected.forEach((one, at) => assert.match(told[at]!, one));
    });
  }

  it("is reported at its credential, with the command that sets it, if the credential is not set", () => {
    const { faults, warnings } = releaseValues(settings(channels), ["payment", "pager"]);
    assert.deepEqual(lines(faults), [
      'alerting:slack.channels[0].credential: names the credential "payments", which is not set; is "payment" meant? Else run `pulumi config set --secret --path alerting:credentials.payments`.',
    ]);
    assert.deepEqual(lines(warnings), ["alerting:credentials.payment: is set, and nothing names it."]);
  });

  const secret = (key: string) => ["alerting:slackWebhookUrl", "alerting:credentials"].includes(key);
  for (const [title, value, expected] of [
    [
      "is not a URL",
      canaryPath,
      /which is not a Slack webhook: it is not a URL .*config set --secret --path alerting:cred/,
    ],
    ["uses http", canary.replace("https", "http"), /not a Slack webhook: it begins with http:\/\//],
    ["has no path", `https://${canaryPath}.example`, /not a Slack webhook: it has no path/],
  ] as const) {
    it(`is reported once, without the credential, if its credential ${title}`, () => {
      const again = { ...payments, team: "billing" };
      const values = { slack: { channels: [payments, again] }, credentials: { payments: value } };
      const told = lines(configuration(values, { isSecret: secret }).faults);
      assert.equal(told.length, 1, told.join("\n"));
      assert.match(told[0]!, /^alerting:slack\.channels\[0\]\.credential: names the credential "payments", /);
      assert.match(told[0]!, expected);
      assert.ok(!told[0]!.includes("CANARY"), told[0]);
    });
  }

  it("would be accepted with a valid webhook", () => {
    const values = { slack: { channels: [payments] }, credentials: { payments: canary } };
    assert.deepEqual(lines(configuration(values, { isSecret: secret }).faults), []);
  });
});

describe("the alert about failing notifications", () => {
  const failing = { alertname: "NotificationsFailing", cluster: "lab", severity: "critical", integration: "slack" };
  const onCall = (more: object) => ({
    alertmanager: {
      receivers: [{ name: "on-call" }],
      routes: [{ receiver: "on-call", matchers: ['severity="critical"'], ...more }],
    },
  });
  const receivers = (values: Values) => routesFor(built(values), failing).map(({ receiver }) => receiver);

  it("goes to Slack before any custom route, and also to custom routes and every channel, but never twice to a receiver", () => {
    assert.deepEqual(receivers({}), ["slack"]);
    assert.deepEqual(receivers(onCall({})), ["slack", "on-call"]);
    assert.deepEqual(receivers(onCall({ continue: true })), ["slack", "on-call"]);
    assert.deepEqual(receivers(channels), ["slack", "slack-pager"]);
    assert.deepEqual(receivers({ ...channels, ...onCall({ continue: true }) }), ["slack", "on-call", "slack-pager"]);
  });

  it("is sent at any hour, whatever its severity, and repeated like critical alerts", () => {
    const values = { alerts: { quietHours }, rules: { alerts: { NotificationsFailing: { severity: "warning" } } } };
    const taking = routesFor(built(values), { ...failing, severity: "warning" });
    assert.deepEqual(
      taking.map(({ receiver, mute_time_intervals: mute, repeat_interval: repeat }) => [receiver, mute, repeat]),
      [["slack", undefined, "1h"]],
    );
  });
});

describe("the internal alert NodeInhibitor for a dead node", () => {
  it("is never sent to anyone, whatever the routes", () => {
    const everything = {
      alertmanager: { receivers: [{ name: "all" }], routes: [{ receiver: "all", continue: true }] },
    };
    for (const values of [{}, channels, everything]) {
      const labels = { alertname: "NodeInhibitor", severity: "none", cluster: "lab", node: "a" };
      const { receivers } = built(values);
      const { receiver } = routeFor(built(values), labels);
      assert.deepEqual(
        receivers.find(({ name }) => name === receiver),
        { name: "nowhere" },
      );
    }
  });
});

describe("quiet hours", () => {
  it("are off by default", () => {
    const text = JSON.stringify(built());
    assert.ok(!text.includes("mute_time_intervals") && !text.includes("time_intervals"));
  });

  it("mute warnings and info alerts, and nothing else", () => {
    const config = built({ alerts: { quietHours } });
    const mute = (severity: string) => routeFor(config, alert(severity)).mute_time_intervals;
    assert.deepEqual(["warning", "info"].map(mute), [["quiet-hours"], ["quiet-hours"]]);
    assert.deepEqual(["critical", "none", "page", ""].map(mute), [undefined, undefined, undefined, undefined]);
  });

  const times = (from: string, to: string) =>
    built({ alerts: { quietHours: { ...quietHours, from, to } } }).time_intervals?.[0]?.time_intervals?.[0]?.times;
  for (const [from, to, expected] of [
    ["12:00", "13:30", ["12:00-13:30"]],
    ["22:00", "07:00", ["22:00-24:00", "00:00-07:00"]],
    ["22:00", "00:00", ["22:00-24:00"]],
    ["00:00", "06:00", ["00:00-06:00"]],
  ] as const) {
    it(`from ${from} to ${to} are ${expected.join(" and ")}, because a range cannot go past midnight`, () => {
      assert.deepEqual(
        times(from, to)?.map(({ start_time: start, end_time: end }) => `${start}-${end}`),
        expected,
      );
    });
  }

  it("use the configured time zone, and cover the whole weekend if that is set", () => {
    const { time_intervals: intervals } = built({ alerts: { quietHours: { ...quietHours, weekends: true } } });
    assert.deepEqual(
      intervals?.map(({ name }) => name),
      ["quiet-hours"],
    );
    assert.deepEqual(
      intervals?.[0]?.time_intervals?.map(({ location, weekdays }) => [location, weekdays]),
      [
        ["Asia/Seoul", undefined],
        ["Asia/Seoul", ["saturday", "sunday"]],
      ],
    );
  });

  for (const [title, wrong, expected] of [
    ["an invalid hour", { to: "25:00" }, /^alerting:alerts\.quietHours\.to: got "25:00"/],
    ["an unknown time zone", { timeZone: "Seoul" }, /^alerting:alerts\.quietHours\.timeZone: got "Seoul"/],
    ["zero length", { to: "22:00" }, /^alerting:alerts\.quietHours\.to: got "22:00"/],
  ] as const) {
    it(`with ${title} are refused in one sentence`, () => {
      const told = faultLines({ alerts: { quietHours: { ...quietHours, ...wrong } } });
      assert.equal(told.length, 1, told.join("\n"));
      assert.match(told[0]!, expected);
    });
  }
});

describe("a drill", () => {
  const everything = {
    slack: { channels: [{ ...pager, severity: ["critical", "warning", "info"] }] },
    alerts: { quietHours },
    alertmanager: { receivers: [{ name: "all" }], routes: [{ receiver: "all" }] },
  };
  for (const [title, values] of [
    ["by default", {}],
    ["with channels, quiet hours and a custom route that takes everything", everything],
  ] as const) {
    it(`goes to the default channel at any hour, ${title}`, () => {
      for (const severity of ["critical", "warning", "info"]) {
        const taken = routeFor(built(values), { ...drill, severity });
        assert.deepEqual([taken.receiver, taken.mute_time_intervals], ["slack", undefined]);
      }
    });
  }
});

describe("the built configuration", () => {
  it("causes no findings, whatever is enabled", () => {
    const on = { alerts: { quietHours }, ...channels };
    for (const values of [{}, { alerts: { quietHours } }, channels, on]) {
      const findings = checkAlertmanagerConfig(built(values), { templates: {}, credentials: ["payments", "pager"] });
      assert.deepEqual(
        findings.filter(({ path }) => path[0] !== "credentials" && !JSON.stringify(findings).includes("template")),
        [],
      );
    }
  });

  it("causes a warning about an extra channel behind a custom catch-all route, but none about built-in routes behind it", () => {
    const catchAll = { receivers: [{ name: "all" }], routes: [{ receiver: "all", continue: false }] };
    assert.deepEqual(lines(releaseValues(settings({ alertmanager: catchAll }), []).warnings), []);
    const told = lines(
      releaseValues(settings({ alertmanager: catchAll, slack: { channels: [payments] } }), ["payments"]).warnings,
    );
    assert.equal(told.length, 1, told.join("\n"));
    assert.match(
      told[0]!,
      /^alerting:slack\.channels\[0\]: can never match: an earlier route, without matchers, takes/,
    );
  });
});
