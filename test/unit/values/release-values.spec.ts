import assert from "node:assert/strict";
import type { RuleGroup } from "../../../prometheus/rule-groups";
import { builtInRuleGroups } from "../../../alerts/catalog";
import { releaseValues } from "../../../values/release-values";
import { configuration, lines, type Values } from "../../support/settings";

/** The values for a configuration, valid or not. */
function made(values: Values = {}, credentials: readonly string[] = []) {
  return releaseValues(configuration(values).settings, credentials);
}

const group = (name: string, expr = "vector(1) > 2"): RuleGroup => ({
  name,
  rules: [
    {
      alert: `${name}Alert`,
      expr,
      for: "5m",
      labels: { severity: "warning" },
      annotations: { summary: "s", description: "d" },
    },
  ],
});
const webhook = { name: "on-call", webhook_configs: [{ url_file: { credential: "on-call" } }] };

describe("the final values of the release", () => {
  it("leave out a circular reference in an override, which is reported", () => {
    const podLabels: Record<string, unknown> = { team: "platform" };
    podLabels.self = podLabels;
    const { values: sent, faults } = releaseValues(
      { ...configuration({}).settings, values: { server: { podLabels } } },
      [],
    );
    assert.deepEqual(lines(faults), ["alerting:values.server.podLabels.self: contains itself; write the value out."]);
    assert.deepEqual(sent.server?.podLabels, { team: "platform" });
  });

  it("have no problem and no warning for the minimal configuration", () => {
    const { faults, warnings } = made();
    assert.deepEqual([lines(faults), lines(warnings)], [[], []]);
  });

  it("merge the override over the built-in values: maps are merged, lists replaced, and `null` is kept for Helm", () => {
    const tolerations = ["dedicated", "node-role.kubernetes.io/control-plane"].map((key) => ({
      key,
      operator: "Exists",
      effect: "NoSchedule",
    }));
    const { values, faults } = made({
      values: {
        server: { podLabels: { team: "platform" }, tolerations, livenessProbeInitialDelay: 60 },
        scrapeConfigs: { "kubernetes-pods-slow": null },
      },
    });
    assert.deepEqual(lines(faults), []);
    assert.deepEqual(values.server?.podLabels, { team: "platform" });
    assert.deepEqual(values.server.tolerations, tolerations);
    assert.equal(values.server.baseURL, "http://prometheus-server.monitoring.svc", "what is ours stays");
    assert.equal(values.scrapeConfigs?.["kubernetes-pods-slow"], null);
    assert.ok(values.scrapeConfigs?.alertmanager);
  });

  it("contain the custom rule groups after the built-in ones", () => {
    const { values, faults } = made({ rules: { groups: [group("Own")] } });
    assert.deepEqual(lines(faults), []);
    const names = values.serverFiles?.["alerting_rules.yml"]?.groups?.map(({ name }) => name);
    // These groups need a heartbeat, replicas, a control plane that is scraped, and remote write.
    const needless = ["Watchdog", "AlertmanagerReplicas", "PrometheusReplicas", "ControlPlaneScraped", "RemoteWrite"];
    const own = builtInRuleGroups().map(({ group: { name } }) => name);
    assert.deepEqual(names, [...own.filter((name) => !needless.includes(name)), "Own"]);
  });

  it("contain custom receivers, routes and other settings beside the built-in ones, with credentials as files", () => {
    const { values, faults, warnings } = made(
      {
        alertmanager: {
          receivers: [webhook],
          routes: [
            {
              receiver: "on-call",
              matchers: ['severity="critical"'],
              mute_time_intervals: ["nights"],
              continue: true,
            },
          ],
          inhibitRules: [
            { source_matchers: ['severity="critical"'], target_matchers: ['severity="warning"'], equal: ["instance"] },
          ],
          timeIntervals: [
            { name: "nights", time_intervals: [{ times: [{ start_time: "22:00", end_time: "24:00" }] }] },
          ],
        },
      },
      ["on-call"],
    );
    assert.deepEqual([lines(faults), lines(warnings)], [[], []]);
    const config = values.alertmanager?.config;
    assert.deepEqual(
      config?.receivers?.map(({ name }) => name),
      ["slack", "nowhere", "on-call"],
    );
    assert.deepEqual(config?.receivers?.[2]?.webhook_configs, [{ url_file: "/etc/alertmanager-credentials/on-call" }]);
    assert.equal(config?.route?.receiver, "slack");
    const theirs = config?.route?.routes?.filter(({ receiver }) => receiver === "on-call");
    assert.deepEqual(theirs?.length, 1);
    assert.deepEqual(config?.inhibit_rules?.at(-1)?.equal, ["instance"]);
    assert.equal(config?.time_intervals?.length, 1);
  });

  it("mount the credentials only if there are any", () => {
    const mounts = (credentials: string[]) =>
      made({}, credentials).values.alertmanager?.extraSecretMounts?.map(({ mountPath }) => mountPath);
    const [slack, web] = ["/etc/alertmanager-secrets/slack", "/etc/alerting-web"];
    assert.deepEqual(mounts([]), [slack, web]);
    assert.deepEqual(mounts(["x"]), [slack, "/etc/alertmanager-credentials", web]);
  });

  it("allow an experimental PromQL function if the override enables experimental functions", () => {
    const rules = { groups: [group("Own", "sort_by_label(up, 'job') == 0")] };
    const values = { server: { extraArgs: { "enable-feature": "promql-experimental-functions" } } };
    assert.equal(made({ rules }).faults.length, 1);
    assert.deepEqual(lines(made({ rules, values }).faults), []);
  });

  it("are identical each time, whatever the order of the override's keys", () => {
    const one = made({ values: { server: { podLabels: { a: "1" } } }, rules: { groups: [group("Own")] } });
    const other = made({ rules: { groups: [group("Own")] }, values: { server: { podLabels: { a: "1" } } } });
    assert.equal(JSON.stringify(one.values), JSON.stringify(other.values));
  });
});

describe("a problem in the values", () => {
  const cases: [title: string, values: Values, line: RegExp][] = [
    [
      "a key that the chart does not have",
      { values: { server: { podLabls: { a: "b" } } } },
      /^alerting:values\.server\.podLabls: .*`(server\.)?podLabels`/,
    ],
    [
      "an old key",
      { values: { nodeExporter: { enabled: true } } },
      /^alerting:values\.nodeExporter[^ ]*: .*prometheus-node-exporter/,
    ],
    [
      "a key that would disable the program's configuration",
      { values: { server: { configMapOverrideName: "mine" } } },
      /^alerting:values\.server\.configMapOverrideName: /,
    ],
    [
      "a custom rule, by its position in the custom list",
      { rules: { groups: [group("Fine"), group("Own", "rate(up)")] } },
      /^alerting:rules\.groups\[1\]\.rules\[0\]\.expr: /,
    ],
    [
      "a group with the name of a built-in group",
      { rules: { groups: [group("AllInstances")] } },
      /^alerting:rules\.groups\[0\]\.name: .*AllInstances/,
    ],
    [
      "a custom receiver, by its position in the custom list",
      { alertmanager: { receivers: [{ name: "x", webhook_config: [] }] } },
      /^alerting:alertmanager\.receivers\[0\]\.webhook_config: .*webhook_configs/,
    ],
    [
      "a receiver that does not exist",
      { alertmanager: { routes: [{ receiver: "nobody", matchers: ['a="b"'] }] } },
      /^alerting:alertmanager\.routes\[0\]\.receiver: .*nobody/,
    ],
    [
      "a second receiver called slack",
      { alertmanager: { receivers: [{ name: "slack" }] } },
      /^alerting:alertmanager\.receivers\[0\]\.name: /,
    ],
    [
      "a credential that is not set",
      {
        alertmanager: {
          receivers: [webhook],
          routes: [{ receiver: "on-call", matchers: ['severity="critical"'] }],
        },
      },
      /^alerting:alertmanager\.receivers\[0\]\.webhook_configs\[0\]\.url_file[^ ]*: .*pulumi config set --secret --path alerting:credentials\.on-call/,
    ],
    [
      "a scrape job",
      { values: { scrapeConfigs: { own: { scrape_intervall: "30s" } } } },
      /^alerting:values\.scrapeConfigs\.own\.scrape_intervall: .*scrape_interval/,
    ],
    [
      "a null over a built-in map",
      { values: { serverFiles: null } },
      /^alerting:values\.serverFiles: is null, .*\(alerting_rules\.yml\)/,
    ],
    [
      "a value of the wrong type for Alertmanager",
      { values: { alertmanager: [1] } },
      /^alerting:values\.alertmanager: got a list; accepted: a map\.$/,
    ],
    [
      "a key of the JavaScript runtime's objects",
      { values: JSON.parse('{"server":{"env":[{"constructor":{"prototype":1}}]}}') as object },
      /^alerting:values\.server\.env\[0\]\.constructor: is not a valid key/,
    ],
    [
      "the prototype itself",
      { values: JSON.parse('{"__proto__":{"polluted":1}}') as object },
      /^alerting:values\.__proto__: is not a valid key/,
    ],
    [
      "a rule inside Alertmanager's configuration",
      { values: { alertmanager: { config: { groups: [group("Own")] } } } },
      /^alerting:values\.alertmanager\.config\.groups: .*alerting:rules\.groups/,
    ],
  ];
  for (const [title, values, line] of cases) {
    it(`is reported at the setting that contains it: ${title}`, () => {
      const told = lines(made(values).faults);
      assert.equal(told.length, 1, told.join("\n"));
      assert.match(told[0]!, line);
    });
  }

  it("is reported in addition to a problem in another part of the same setting", () => {
    const values = { alertmanager: { inhibitRules: {}, receivers: [{ name: "x", webhook_config: [] }] } };
    const { settings: read, faults } = configuration(values);
    assert.deepEqual(lines(faults), ["alerting:alertmanager.inhibitRules: got {}; accepted: a list."]);
    assert.match(
      lines(releaseValues(read, []).faults).join(),
      /^alerting:alertmanager\.receivers\[0\]\.webhook_config: /,
    );
  });

  it("is reported once if the chart's schema finds it too", () => {
    const { faults } = made({ alertmanager: { receivers: [{ name: "x", slack_configs: [{ channel: 5 }] }] } });
    assert.equal(new Set(faults.map(({ key }) => key)).size, faults.length, lines(faults).join("\n"));
  });

  it("is reported together with all others, including problems of other settings", () => {
    const values = Object.assign(
      {},
      ...cases.map(([, one]) => one).filter((one) => one.rules ?? one.alertmanager),
    ) as Values;
    const { settings, faults } = configuration({
      ...values,
      namespace: "Not A Name",
      alerts: { scrapeInterval: "often" },
    });
    assert.equal(faults.length, 2);
    assert.ok(releaseValues(settings, []).faults.length >= 2);
  });

  it("never shows a secret that was written in plain text", () => {
    const canary = "c4n4ry-1n-cl34r";
    const { faults } = made({
      values: {
        server: {
          remoteWrite: [{ url: "https://metrics.example/write", basic_auth: { username: "u", password: canary } }],
        },
      },
      alertmanager: { receivers: [{ name: "p", pagerduty_configs: [{ routing_key: canary }] }] },
    });
    assert.ok(faults.length >= 2, lines(faults).join("\n"));
    assert.ok(!JSON.stringify(faults).includes(canary));
  });

  it("from an old chart is reported with each old key, its current key, and the command that migrates all of them", () => {
    const { faults } = made({ values: { server: { retention: "30d" }, nodeExporter: { tolerations: [], name: "n" } } });
    assert.deepEqual(lines(faults), [
      "alerting:values: has keys of an older chart; `npm run values:translate -- <values.yaml>` translates all of them to current keys.",
      "alerting:values.nodeExporter.tolerations: a key of charts before 16; today it is `prometheus-node-exporter.tolerations`.",
      'alerting:values.nodeExporter.name: got "n"; a key of charts before 16, and gone: a sub-chart names its container itself.',
      'alerting:values.server.retention: got "30d"; a setting of this program controls it, and the two could contradict each other; set `alerting:prometheus.retention` instead.',
    ]);
  });

  it("caused by shell flags is reported with the command that writes them as YAML", () => {
    for (const flags of [["--set", "server.retention=30d"], ["server.retention=30d"], "--set server.retention=30d"]) {
      const { faults } = made({ values: flags });
      assert.equal(faults.length, 1);
      assert.match(lines(faults)[0]!, /^alerting:values: is a list of `--set` flags, .*npm run values:translate/);
    }
  });

  it("among ten thousand is counted even if it is not shown", () => {
    const values = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`key${index}`, index]));
    assert.equal(made({ values }).faults.length, 10_000);
  });
});

describe("a warning about the values", () => {
  for (const [title, values, line] of [
    [
      "a receiver without a route",
      { alertmanager: { receivers: [{ name: "idle" }] } },
      /^alerting:alertmanager\.receivers\[0\][^ ]*: .*route/,
    ],
    [
      "a label that the expression removes",
      {
        rules: {
          groups: [
            {
              name: "Own",
              rules: [
                {
                  alert: "A",
                  expr: "sum(up) == 0",
                  labels: { severity: "warning" },
                  annotations: { description: "{{ $labels.instance }} is down" },
                },
              ],
            },
          ],
        },
      },
      /^alerting:rules\.groups\[0\]\.rules\[0\]\.annotations\.description: .*instance/,
    ],
  ] as const) {
    it(`does not stop the program: ${title}`, () => {
      const { faults, warnings } = made(values);
      assert.deepEqual(lines(faults), []);
      assert.equal(warnings.length, 1, lines(warnings).join("\n"));
      assert.match(lines(warnings)[0]!, line);
    });
  }

  it("names a credential that no receiver uses", () => {
    assert.match(lines(made({}, ["idle"]).warnings).join("\n"), /^alerting:credentials\.idle: /);
  });
});
