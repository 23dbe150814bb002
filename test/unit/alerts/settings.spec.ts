import assert from "node:assert/strict";
import { stringify } from "yaml";
import { catalog } from "../../../alerts/catalog";
import { releaseValues } from "../../../values/release-values";
import { instanceDownFor, timings } from "../../../settings/timing";
import { configuration, lines, settings, type Values } from "../../support/settings";

const tune = (alerts: unknown): Values => ({ rules: { alerts } });

/** The alerting rules in the release, by name. */
function sent(values: Values) {
  const made = releaseValues(configuration(values).settings, []);
  const groups = made.values.serverFiles?.["alerting_rules.yml"]?.groups ?? [];
  return new Map(groups.flatMap(({ rules }) => rules.flatMap((rule) => ("alert" in rule ? [[rule.alert, rule]] : []))));
}

describe("the settings of the built-in alerts", () => {
  it("change no alert by default, and give every interval a value", () => {
    assert.deepEqual(settings().rules, { alerts: {}, groups: [] });
    const { alerts } = settings();
    assert.deepEqual(alerts, {
      ...timings.default,
      timing: "default",
      groupWait: "10s",
      groupInterval: "1m",
      repeatInterval: "4h",
      criticalRepeatInterval: "1h",
    });
  });

  it("change the rules in the release", () => {
    const rules = sent(
      tune({
        NodeCpuHigh: { threshold: 80, for: "30m", severity: "critical" },
        JobFailed: { enabled: false },
      }),
    );
    const cpu = rules.get("NodeCpuHigh");
    assert.match(cpu?.expr ?? "", /> 80$/);
    assert.deepEqual([cpu?.for, cpu?.labels?.["severity"]], ["30m", "critical"]);
    assert.ok(!rules.has("JobFailed"));
    assert.ok(rules.has("PodCrashLooping"));
  });

  it("accept a threshold as `pulumi config set --path` stores it: a fraction is a string there", () => {
    assert.match(sent(tune({ NodeClockSkew: { threshold: "0.5" } })).get("NodeClockSkew")?.expr ?? "", /> 0\.5$/);
  });

  it("each change one leaf of the chart's values", () => {
    const text = (values: Values) => stringify(releaseValues(configuration(values).settings, []).values).split("\n");
    const before = text({});
    for (const one of [{ threshold: 80 }, { for: "30m" }, { severity: "info" }]) {
      const after = text(tune({ NodeCpuHigh: one }));
      assert.equal(after.length, before.length);
      assert.equal(after.filter((line, at) => line !== before[at]).length, 1, JSON.stringify(one));
    }
  });

  it("accept a custom alert with the name of a built-in alert, but warn of it", () => {
    const groups = [{ name: "Old", rules: [{ alert: "NodeMemoryLow", expr: "up", labels: { severity: "info" } }] }];
    const { faults, warnings } = releaseValues(configuration({ rules: { groups } }).settings, []);
    assert.deepEqual(lines(faults), []);
    assert.match(
      lines(warnings).join("\n"),
      /^alerting:rules\.groups\[0\]\.rules\[0\]\.alert: is NodeMemoryLow, which is the name of a built-in alert/,
    );
  });

  it("leave out the rules of components that the chart's values disable, and cause no problem", () => {
    const off = { values: { "kube-state-metrics": { enabled: false } } };
    assert.deepEqual(lines(releaseValues(configuration(off).settings, []).faults), []);
    const gone = catalog().filter(({ name }) => !sent(off).has(name) && sent({}).has(name));
    assert.deepEqual(
      gone.map(({ name }) => name).sort(),
      [
        "AutoscalerFailing",
        "CronJobLate",
        "ClusterPodsFull",
        "ControlPlaneLeaseStale",
        "JobFailed",
        "JobNotStarted",
        "JobRunsLong",
        "KubeStateMetricsMissing",
        "NodeNotReady",
        "NodePressure",
        "NodeReadinessFlapping",
        "NodeVanished",
        "PersistentVolumeFailed",
        "PodControlPlaneNotReady",
        "PodCrashLooping",
        "PodNotReady",
        "QuotaNearlyUsed",
        "RolloutNotStarted",
        "RolloutStuck",
        "VolumeClaimUnbound",
      ].sort(),
    );
  });

  it("load the Watchdog only if there is a heartbeat", () => {
    const { settings: without } = configuration();
    const names = (heartbeatIsSet: boolean) => {
      const { values } = releaseValues({ ...without, ...(heartbeatIsSet && { heartbeatIsSet }) }, []);
      return values.serverFiles?.["alerting_rules.yml"]?.groups?.map(({ name }) => name) ?? [];
    };
    assert.ok(!names(false).includes("Watchdog"));
    assert.ok(names(true).includes("Watchdog"));
  });

  it("load the alerts that compare replicas only if there are several", () => {
    const ofAlertmanager = ["AlertmanagerCannotSend", "AlertmanagerConfigDiffers", "AlertmanagerMembersMissing"];
    const added = (availability: object) => {
      const before = sent({});
      return [...sent({ availability }).keys()].filter((name) => !before.has(name)).sort();
    };
    assert.deepEqual(added({ alertmanagers: 1, prometheus: 1 }), []);
    assert.deepEqual(added({ alertmanagers: 2 }), ofAlertmanager);
    assert.deepEqual(added({ prometheus: 2 }), ["PrometheusTargetsDiffer"]);
    assert.deepEqual(added({ alertmanagers: 3, prometheus: 2 }), [...ofAlertmanager, "PrometheusTargetsDiffer"]);
  });

  it("let NotificationsFailing wait until each Alertmanager has tried, if there are several", () => {
    const wait = (values: Values) => sent(values).get("NotificationsFailing")?.for;
    assert.equal(wait({}), undefined);
    assert.equal(wait({ availability: { alertmanagers: 2 } }), "25s");
    assert.equal(wait({ availability: { alertmanagers: 3 } }), "30s");
    assert.equal(wait({ availability: { alertmanagers: 3 }, alerts: { timing: "calm" } }), "75s");
    const own = { availability: { alertmanagers: 3 }, ...tune({ NotificationsFailing: { for: "5m" } }) };
    assert.equal(wait(own), "5m");
  });

  it("compare the members of Alertmanager's cluster with the number in the settings", () => {
    const expr = (alertmanagers: number) =>
      sent({ availability: { alertmanagers } }).get("AlertmanagerMembersMissing")?.expr ?? "";
    assert.match(expr(2), / < 2$/);
    assert.match(expr(3), / < 3$/);
  });

  it("begin the runbook links with a configured URL", () => {
    const rules = sent({ rules: { runbookUrl: "https://git.example/alerting/" } });
    assert.equal(
      rules.get("InstanceDown")?.annotations?.["runbook_url"],
      "https://git.example/alerting/docs/runbooks/InstanceDown.md",
    );
  });

  it("let JobDown fire before InstanceDown, but never after only one failed scrape", () => {
    const of = (alerts: Record<string, string>) => sent({ alerts }).get("JobDown")?.for;
    assert.equal(of({}), "30s");
    assert.equal(of({ timing: "prompt" }), "30s");
    assert.equal(of({ timing: "calm" }), "1m");
    assert.equal(of({ instanceDownFor: "5m" }), "270s");
    assert.equal(of({ scrapeInterval: "2s", evaluationInterval: "2s", instanceDownFor: "6s" }), "4s");
  });

  it("accept InstanceDown's duration in either of its two settings", () => {
    assert.equal(instanceDownFor(settings({ alerts: { instanceDownFor: "3m" } })), "3m");
    const other = settings({ alerts: { timing: "prompt" }, ...tune({ InstanceDown: { for: "2m" } }) });
    assert.equal(instanceDownFor(other), "2m");
    assert.equal(instanceDownFor(settings({ alerts: { timing: "prompt" } })), "30s");
    assert.equal(sent(tune({ InstanceDown: { for: "2m" } })).get("JobDown")?.for, "90s");
  });

  it("repeat critical alerts at least as often as the others, but not more often than the group interval", () => {
    const repeat = (alerts: object) => settings({ alerts }).alerts.criticalRepeatInterval;
    assert.equal(repeat({ repeatInterval: "30m" }), "30m");
    assert.equal(repeat({ groupInterval: "2h" }), "2h");
    assert.equal(repeat({ criticalRepeatInterval: "15m" }), "15m");
  });
});

/** All problems of a configuration, including those that appear only when the values are built. */
function allTold(values: Values): string[] {
  const { settings: read, faults } = configuration(values);
  return lines([...faults, ...releaseValues(read, []).faults]);
}

describe("a problem in the settings of the built-in alerts", () => {
  const cases: [title: string, values: Values, line: string | RegExp][] = [
    [
      "an unknown alert, with the alert that was probably meant",
      tune({ NodeCPUHi: { for: "5m" } }),
      'alerting:rules.alerts.NodeCPUHi: got {"for":"5m"}; accepted: the name of an alert of this program; is NodeCpuHigh meant?',
    ],
    [
      "an unknown alert without a similar name, with the list of all alerts",
      tune({ Xyzzyxyzzyxyzzyxyzzyxyzzy: {} }),
      /^alerting:rules\.alerts\.Xyz[^ ]*: got \{\}; .*; those are .*InstanceDown, .*NodeCpuHigh.*\.$/,
    ],
    [
      "the name of a built-in JavaScript object",
      tune({ constructor: {} }),
      /^alerting:rules\.alerts\.constructor: got \{\}; accepted: the name of an alert/,
    ],
    [
      "an unknown key",
      tune({ NodeCpuHigh: { treshold: 80 } }),
      "alerting:rules.alerts.NodeCpuHigh.treshold: there is no such setting. Is alerting:rules.alerts.NodeCpuHigh.threshold meant?",
    ],
    [
      "a threshold for an alert without a threshold, with the alerts that have one",
      tune({ InstanceDown: { threshold: 1 } }),
      /^alerting:rules\.alerts\.InstanceDown\.threshold: got 1; accepted: no threshold for InstanceDown, .* these have one: .*NodeCpuHigh/,
    ],
    [
      "a fraction instead of a percentage",
      tune({ NodeCpuHigh: { threshold: 0.8 } }),
      "alerting:rules.alerts.NodeCpuHigh.threshold: got 0.8; accepted: a percentage from 1 to 100; is 80 meant?",
    ],
    [
      "a percentage above 100",
      tune({ NodeCpuHigh: { threshold: 900 } }),
      "alerting:rules.alerts.NodeCpuHigh.threshold: got 900; accepted: a percentage from 1 to 100.",
    ],
    [
      "a threshold with its unit",
      tune({ NodeCpuHigh: { threshold: "80 %" } }),
      'alerting:rules.alerts.NodeCpuHigh.threshold: got "80 %"; accepted: a number.',
    ],
    [
      "an unknown severity",
      tune({ NodeCpuHigh: { severity: "page" } }),
      'alerting:rules.alerts.NodeCpuHigh.severity: got "page"; accepted: one of "critical", "warning", "info".',
    ],
    [
      "a duration without a unit",
      tune({ NodeCpuHigh: { for: 5 } }),
      'alerting:rules.alerts.NodeCpuHigh.for: got 5; accepted: a duration such as "30s", "1m" or "15d".',
    ],
    [
      "a string instead of `true` or `false`",
      tune({ NodeCpuHigh: { enabled: "no" } }),
      'alerting:rules.alerts.NodeCpuHigh.enabled: got "no"; accepted: true or false.',
    ],
    [
      "InstanceDown's duration in both of its settings",
      { alerts: { instanceDownFor: "3m" }, ...tune({ InstanceDown: { for: "2m" } }) },
      'alerting:rules.alerts.InstanceDown.for: got "2m"; accepted: nothing here, because alerting:alerts.instanceDownFor ("3m") is the same setting; keep one of the two.',
    ],
    [
      "a `for` for the Watchdog, which then never fires, because each of its alerts lasts for one evaluation",
      tune({ Watchdog: { for: "1m" } }),
      'alerting:rules.alerts.Watchdog.for: got "1m"; accepted: nothing here, because each beat is a separate alert that lasts for one evaluation; alerting:heartbeat.interval sets how often one is sent.',
    ],
    [
      "an unknown timing profile",
      { alerts: { timing: "fast" } },
      'alerting:alerts.timing: got "fast"; accepted: one of "default", "prompt", "calm".',
    ],
    [
      "a scrape timeout above the profile's scrape interval",
      { alerts: { timing: "prompt", scrapeTimeout: "20s" } },
      'alerting:alerts.scrapeTimeout: got "20s"; accepted: a duration of at most scrapeInterval (15s).',
    ],
    [
      "critical alerts that are repeated later than the others",
      { alerts: { criticalRepeatInterval: "5h" } },
      'alerting:alerts.criticalRepeatInterval: got "5h"; accepted: a duration of at most repeatInterval (4h).',
    ],
    [
      "quiet hours that begin and end at the same time",
      { alerts: { quietHours: { from: "22:00", to: "22:00", timeZone: "Asia/Seoul" } } },
      'alerting:alerts.quietHours.to: got "22:00"; accepted: another time than from.',
    ],
    [
      "an invalid time of day",
      { alerts: { quietHours: { from: "24:00", to: "7:00", timeZone: "Asia/Seoul" } } },
      /^alerting:alerts\.quietHours\.from: got "24:00"; accepted: a time of day from "00:00" to "23:59", in quotes\.\n.*to: got "7:00"/,
    ],
    [
      "a time zone that Alertmanager does not know",
      { alerts: { quietHours: { from: "22:00", to: "07:00", timeZone: "asia/seoul" } } },
      /^alerting:alerts\.quietHours\.timeZone: got "asia\/seoul"; accepted: a time zone such as "Asia\/Seoul"/,
    ],
    [
      "a runbook URL with a password",
      { rules: { runbookUrl: "https://me:hunter2@git.example/x" } },
      /^alerting:rules\.runbookUrl: got "https:\/\/git\.example\/…"; accepted: a URL without user and password/,
    ],
    [
      "a folder outside the project",
      { rules: { folder: "../rules" } },
      /^alerting:rules\.folder: got "\.\.\/rules"; accepted: a folder within the project/,
    ],
    [
      "a folder with an absolute path",
      { rules: { folder: "/etc/rules" } },
      /^alerting:rules\.folder: got "\/etc\/rules"/,
    ],
  ];
  for (const [title, values, line] of cases) {
    it(`is reported in a sentence: ${title}`, () => {
      const found = allTold(values).join("\n");
      if (typeof line === "string") assert.equal(found, line);
      else assert.match(found, line);
    });
  }

  it("does not hide problems in the rule groups beside it", () => {
    const found = allTold({
      rules: { alerts: { Nobody: {} }, groups: [{ name: "Own", rules: [{ alert: "A", expr: "rate(up)" }] }] },
    });
    assert.equal(found.length, 2);
    assert.match(found[1]!, /^alerting:rules\.groups\[0\]\.rules\[0\]\.expr: /);
  });

  it("is reported together with all other problems", () => {
    const found = allTold({
      alerts: { instanceDownFor: "2m" },
      rules: {
        alerts: { Nobody: {}, NodeCpuHigh: { threshold: 0.8 }, InstanceDown: { for: "3m" } },
        folder: "",
        runbookUrl: "x",
      },
    }).map((line) => line.slice(0, line.indexOf(": ")));
    assert.deepEqual(found.sort(), [
      "alerting:rules.alerts.InstanceDown.for",
      "alerting:rules.alerts.Nobody",
      "alerting:rules.alerts.NodeCpuHigh.threshold",
      "alerting:rules.folder",
      "alerting:rules.runbookUrl",
    ]);
  });
});
