import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { checkAlertmanagerConfig } from "../../../../alertmanager/check-config";
import { forbiddenKeys, forbiddenRows } from "../../../../chart/overrides/keys";
import { inlineSecrets } from "../../../../chart/overrides/secrets";
import { migrateValues } from "../../../../chart/legacy/migrate-values";
import type { MigratedSettings } from "../../../../chart/legacy/migration";
import { keyPath, put } from "../../../../chart/legacy/key-paths";
import { legacyKeys, legacyRows } from "../../../../chart/legacy/refused-keys";
import type { Row } from "../../../../chart/legacy/key-translation";
import { writtenPath } from "../../../../validation/finding";
import { isMap, plainData, type PlainMap, valueAt } from "../../../../validation/plain-data";

const folder = join(__dirname, "../../../fixtures/values-of-old");
const old = (file: string) => readFileSync(join(folder, file), "utf8");

/** An object with one value, at the key path that `key` contains as text. */
function holding(key: string, value: unknown): PlainMap {
  const tree: PlainMap = {};
  put(tree, keyPath(key), value);
  return tree;
}

function migrated(override: unknown): MigratedSettings {
  return migrateValues(plainData(override).copy as PlainMap);
}

/**
 * Asserts that migrated settings have no key of an older chart, no forbidden key and no secret, and that their YAML
 * text contains the same settings.
 */
function assertFinal(migrated: MigratedSettings): void {
  const { settings } = migrated;
  const { values = {} } = settings;
  const told = (findings: readonly { path: readonly (string | number)[]; sentence: string }[]) =>
    findings.map(({ path, sentence }) => `${writtenPath(path)}: ${sentence}`);
  assert.deepEqual(told(legacyKeys(values)), []);
  assert.deepEqual(told(forbiddenKeys(values)), []);
  assert.deepEqual(inlineSecrets(settings), []);
  if (Object.keys(settings).length > 0) {
    const { config } = parse(migrated.text) as { config: PlainMap };
    assert.deepEqual(
      config,
      Object.fromEntries(Object.entries(settings).map(([key, value]) => [`alerting:${key}`, value])),
    );
  }
}

/** Sample values for a row of the table of older keys, tried in this order. */
const samples: unknown[] = [
  { enabled: true, minAvailable: 1 },
  [{ name: "one", mountPath: "/one", configMap: "one" }],
  [{ job_name: "one", static_configs: [{ targets: ["one:1"] }] }],
  ["one.example.com"],
  { groups: [{ name: "one", rules: [{ alert: "One", expr: "up == 2" }] }] },
  { "prometheus.yml": "global:\n  scrape_interval: 30s\n" },
  { ONE: "1" },
  "one",
];

describe("keys of older charts", () => {
  describe("in the table", () => {
    const keyOf = (row: Row) => writtenPath(row.key);

    for (const row of legacyRows()) {
      it(`are reported in one sentence, with a valid replacement: ${keyOf(row)}`, () => {
        const path = row.key.map((key) => (key === "*" ? "other" : key));
        const fitting = samples.filter((value) => (row.when?.(value) ?? true) && (row.whole || !isMap(value)));
        assert.ok(fitting.length > 0, "no sample fits");
        for (const value of [...fitting, true, 1, "", null].filter((one) => row.when?.(one) ?? true)) {
          const tree: PlainMap = {};
          put(tree, path, value);
          const findings = legacyKeys(tree);
          assert.deepEqual(
            findings.map((finding) => finding.path),
            [path],
          );
          assert.match(findings[0]!.sentence, /a key of charts before (1[5-9]|2\d)|write each job as `scrapeConfigs/);
          assertFinal(migrated(tree));
        }
      });
    }

    it("appear once, and not also among the forbidden keys", () => {
      const all = [...legacyRows(), ...forbiddenRows].filter(({ when }) => when === undefined).map(keyOf);
      assert.deepEqual(
        all.filter((key, index) => all.indexOf(key) !== index),
        [],
      );
    });
  });

  describe("are migrated", () => {
    const cases: [key: string, value: unknown, setting: string, now: unknown][] = [
      [
        "nodeExporter.tolerations",
        [{ operator: "Exists" }],
        "values.prometheus-node-exporter.tolerations",
        [{ operator: "Exists" }],
      ],
      [
        "nodeExporter.extraArgs",
        { "collector.x": "", "path.y": "/y" },
        "values.prometheus-node-exporter.extraArgs",
        ["--collector.x", "--path.y=/y"],
      ],
      ["nodeExporter.pod.labels", { team: "a" }, "values.prometheus-node-exporter.podLabels", { team: "a" }],
      ["nodeExporter.hostRootfs", false, "values.prometheus-node-exporter.hostRootFsMount.enabled", false],
      ["pushgateway.service.annotations", { a: "b" }, "values.prometheus-pushgateway.serviceAnnotations", { a: "b" }],
      ["pushgateway.persistentVolume.size", "3Gi", "values.prometheus-pushgateway.persistentVolume.size", "3Gi"],
      ["kubeStateMetrics.enabled", false, "values.kube-state-metrics.enabled", false],
      ["kubeStateMetrics.replicaCount", 1, "values.kube-state-metrics.replicas", 1],
      ["alertmanager.persistentVolume.size", "4Gi", "storage.alertmanagerSize", "4Gi"],
      ["alertmanager.persistentVolume.storageClass", "gp2", "storage", { type: "storageClass", storageClass: "gp2" }],
      ["alertmanager.extraEnv", { REGION: "x" }, "values.alertmanager.extraEnv", [{ name: "REGION", value: "x" }]],
      [
        "alertmanager.ingress.hosts",
        ["a.example.com/am"],
        "values.alertmanager.ingress.hosts",
        [{ host: "a.example.com", paths: [{ path: "/am", pathType: "Prefix" }] }],
      ],
      ["alertmanager.baseURL", "http://am.example.com", "alertmanager.externalUrl", "http://am.example.com"],
      ["server.persistentVolume.size", "30Gi", "storage.serverSize", "30Gi"],
      ["server.persistentVolume.storageClass", "gp3", "storage", { type: "storageClass", storageClass: "gp3" }],
      ["server.persistentVolume.enabled", false, "storage.type", "none"],
      ["server.retention", "30d", "prometheus.retention", "30d"],
      ['server.extraArgs["storage.tsdb.retention.time"]', "20d", "prometheus.retention", "20d"],
      ["server.global.scrape_interval", "30s", "alerts.scrapeInterval", "30s"],
      ["server.global.external_labels", { cluster: "one", zone: "b" }, "cluster", "one"],
      [
        "server.global.external_labels",
        { cluster: "one", zone: "b" },
        "values.server.global.external_labels",
        { zone: "b" },
      ],
      ["server.skipTSDBLock", true, "values.server.extraFlags", ["config.auto-reload", "storage.tsdb.no-lockfile"]],
      ["server.image.repository", "mirror.example/m/prometheus/prometheus", "images.registry", "mirror.example/m"],
      ["imagePullSecrets", [{ name: "pull" }], "images.pullSecrets", ["pull"]],
      ["server.priorityClassName", "high", "priorityClass", "high"],
      [
        "server.service.annotations",
        { "service.beta.kubernetes.io/aws-load-balancer-internal": "true", x: "y" },
        "loadBalancer.scheme",
        "internal",
      ],
      [
        "server.service.annotations",
        { "service.beta.kubernetes.io/aws-load-balancer-internal": "true", x: "y" },
        "values.server.service.annotations",
        { x: "y" },
      ],
      ["server.service.loadBalancerSourceRanges", ["10.0.0.0/8"], "loadBalancer.sourceRanges", ["10.0.0.0/8"]],
      [
        "extraObjects",
        [{ apiVersion: "v1", kind: "ConfigMap" }],
        "values.extraManifests",
        [{ apiVersion: "v1", kind: "ConfigMap" }],
      ],
      [
        "extraScrapeConfigs",
        "- job_name: a\n  static_configs: [{ targets: ['a:1'] }]\n",
        "values.scrapeConfigs",
        { a: { enabled: true, static_configs: [{ targets: ["a:1"] }] } },
      ],
      [
        "extraScrapeConfigs",
        [{ job_name: "a", metrics_path: "/m" }],
        "values.scrapeConfigs",
        { a: { enabled: true, metrics_path: "/m" } },
      ],
      [
        "serverFiles.alerts",
        { team: [{ alert: "A", expr: "up == 2" }] },
        "rules.groups",
        [{ name: "team", rules: [{ alert: "A", expr: "up == 2" }] }],
      ],
      [
        "serverFiles.rules",
        { groups: [{ name: "r", rules: [{ record: "a:b", expr: "up" }] }] },
        "rules.groups",
        [{ name: "r", rules: [{ record: "a:b", expr: "up" }] }],
      ],
      [
        'serverFiles["alerting_rules.yml"]',
        "groups: [{ name: g, rules: [{ alert: A, expr: up == 2 }] }]",
        "rules.groups",
        [{ name: "g", rules: [{ alert: "A", expr: "up == 2" }] }],
      ],
      [
        'serverFiles["alerting_rules.yml"]',
        { groups: [{ name: "x", rules: [{ alert: "InstanceDown", expr: "up == 0", for: "3m" }] }] },
        "alerts",
        { instanceDownFor: "3m" },
      ],
      ['serverFiles["prometheus.yml"].global.evaluation_interval', "20s", "alerts.evaluationInterval", "20s"],
      [
        'serverFiles["prometheus.yml"].remote_write',
        [{ url: "http://a.example.com/w" }],
        "values.server.remoteWrite",
        [{ url: "http://a.example.com/w" }],
      ],
    ];
    for (const [key, value, setting, now] of cases) {
      it(`from ${key} to alerting:${setting}`, () => {
        const today = migrated(holding(key, value));
        assert.deepEqual(valueAt(today.settings, keyPath(setting)), now);
        assertFinal(today);
      });
    }
  });

  describe("in a whole values file", () => {
    for (const file of ["v15.yaml", "v22.yaml"]) {
      it(`are replaced by valid YAML without secrets (${file})`, () => {
        const text = old(file);
        const today = migrated(parse(text));
        assertFinal(today);
        for (const secret of ["XXXX", "0123456789abcdef", "not-a-real"]) {
          assert.ok(!today.text.includes(secret));
          assert.ok(!JSON.stringify(legacyKeys(parse(text))).includes(secret));
          assert.ok(!JSON.stringify(forbiddenKeys(parse(text))).includes(secret));
        }
        const { receivers, routes, inhibitRules } = valueAt(today.settings, ["alertmanager"]) as Record<
          string,
          unknown[]
        >;
        const names = ["on-call-routing-key", "mail-auth-password"];
        const config = {
          receivers: [{ name: "slack" }, ...(receivers ?? [])],
          route: { receiver: "slack", routes },
          ...(inhibitRules && { inhibit_rules: inhibitRules }),
        };
        const found = checkAlertmanagerConfig(config, { templates: {}, credentials: names });
        assert.deepEqual(
          found.filter(({ severity }) => severity === "error"),
          [],
        );
      });
    }

    it("that define a Slack receiver become the channel and a command", () => {
      const today = migrated(parse(old("v15.yaml")));
      assert.deepEqual(today.settings.slack, { channel: "#alerts-prod" });
      assert.deepEqual(
        today.secrets.map(({ command }) => command),
        [
          "pulumi config set --secret alerting:slackWebhookUrl",
          "pulumi config set --secret --path 'alerting:credentials.on-call-routing-key'",
        ],
      );
      assert.deepEqual(valueAt(today.settings, ["alertmanager", "receivers"]), [
        { name: "on-call", pagerduty_configs: [{ routing_key_file: { credential: "on-call-routing-key" } }] },
      ]);
    });

    it("that define the team's three rules are kept, and the team's InstanceDown becomes the built-in alert's duration", () => {
      const { settings } = migrated(parse(old("v15.yaml")));
      const groups = valueAt(settings, ["rules", "groups"]) as { name: string; rules: { alert: string }[] }[];
      assert.deepEqual(
        groups.map(({ name, rules }) => [name, ...rules.map(({ alert }) => alert)]),
        [
          ["AllInstances-2", "NodeDiskFull", "NodeMemoryLow"],
          ["batch", "BackupLate"],
        ],
      );
      assert.equal(valueAt(settings, ["alerts", "instanceDownFor"]), "2m");
    });

    it("do not affect valid current keys in the same file", () => {
      const { settings } = migrated({ server: { podAnnotations: { a: "b" }, mountPath: "/x" } });
      assert.deepEqual(settings, { values: { server: { podAnnotations: { a: "b" } } } });
    });

    it("are not found in an override for the current chart", () => {
      for (const override of [{}, { server: { podAnnotations: { a: "b" } } }, undefined, null, 1, true, []]) {
        assert.deepEqual(legacyKeys(override), []);
      }
    });
  });

  describe("in an Alertmanager configuration", () => {
    const config = (given: unknown) => migrated({ alertmanagerFiles: { "alertmanager.yml": given } });
    const mail = { name: "mail", email_configs: [{ to: "a@example.com" }] };

    it("still route alerts to another receiver, and now also to Slack", () => {
      const { settings } = config({ route: { receiver: "mail" }, receivers: [mail] });
      assert.deepEqual(settings.alertmanager, {
        routes: [{ receiver: "mail", continue: true }, { receiver: "slack" }],
        receivers: [mail],
      });
    });

    it("become two receivers if they define one receiver for Slack and something else", () => {
      const { settings } = config({
        route: { receiver: "all" },
        receivers: [{ name: "all", slack_configs: [{ channel: "ops" }], email_configs: mail.email_configs }],
      });
      assert.deepEqual(settings, {
        slack: { channel: "#ops" },
        alertmanager: {
          routes: [{ receiver: "all", continue: true }, { receiver: "slack" }],
          receivers: [{ name: "all", email_configs: mail.email_configs }],
        },
      });
    });

    it("become one message if several list entries were meant as one entry", () => {
      const { settings, secrets } = config({
        route: { receiver: "s" },
        receivers: [
          {
            name: "s",
            slack_configs: [{ api_url: "https://hooks.slack.example/services/T000/B000/XXXX" }, { channel: "#one" }],
          },
        ],
      });
      assert.deepEqual(settings, { slack: { channel: "#one" } });
      assert.equal(secrets.length, 1);
    });

    it("are reported if YAML lost a channel, or if a route names an unknown receiver", () => {
      const { dropped, settings } = config(
        "route: { receiver: default }\nreceivers:\n  - name: s\n    slack_configs:\n      - channel: #monitoring\n",
      );
      const reasons = dropped.map(({ reason }) => reason).join("\n");
      assert.match(reasons, /the channel is empty: an unquoted # began a comment/);
      assert.match(reasons, /there is no receiver "default"/);
      assert.deepEqual(settings, {});
    });

    it("become the rules setting if they contain misplaced rules", () => {
      const rules = [{ alert: "A", expr: "up == 2" }];
      const { settings, dropped } = config({ rule_files: ["/etc/rules"], groups: [{ name: "g", rules }] });
      assert.deepEqual(settings, { rules: { groups: [{ name: "g", rules }] } });
      assert.ok(dropped.some(({ reason }) => reason.includes("rules belong in alerting:rules.groups")));
    });

    it("for e-mail in `global` are copied to each e-mail receiver, and the password becomes a credential", () => {
      const { settings } = config({
        global: { smtp_from: "b@example.com", smtp_auth_password: "not-a-real-one", resolve_timeout: "5m" },
        receivers: [mail],
      });
      assert.deepEqual(valueAt(settings, ["alertmanager", "receivers"]), [
        {
          name: "mail",
          email_configs: [
            { to: "a@example.com", from: "b@example.com", auth_password_file: { credential: "mail-auth-password" } },
          ],
        },
      ]);
      assert.deepEqual(settings.values, { alertmanager: { config: { global: { resolve_timeout: "5m" } } } });
    });
  });

  describe("in invalid input", () => {
    const cycle: PlainMap = { server: {} };
    (cycle.server as PlainMap).again = cycle;
    let deep: PlainMap = {};
    for (let n = 0; n < 5000; n++) deep = { nodeExporter: deep };
    const cases: [string, unknown][] = [
      ["a circular reference", { nodeExporter: cycle }],
      ["deep nesting", deep],
      [
        "a key that would change a prototype",
        JSON.parse('{"__proto__":{"x":1},"nodeExporter":{"__proto__":{"x":1},"enabled":true}}'),
      ],
      ["10,000 keys", { nodeExporter: Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`key${n}`, n])) }],
      [
        "`null` instead of maps",
        {
          nodeExporter: null,
          pushgateway: "on",
          alertmanagerFiles: [],
          serverFiles: "x",
          server: { persistentVolume: null },
        },
      ],
      ["strings that are not YAML", { extraScrapeConfigs: "a: [", alertmanagerFiles: { "alertmanager.yml": "{{" } }],
      ["YAML 1.1 booleans", { nodeExporter: { enabled: "yes" }, kubeStateMetrics: { enabled: "on" } }],
      [
        "lists without usable entries",
        { serverFiles: { "alerting_rules.yml": { groups: [null, 1, "x"] } }, scrapeConfigs: [null] },
      ],
    ];
    for (const [what, override] of cases) {
      it(`are handled without an exception: ${what}`, () => {
        const { copy } = plainData(override);
        legacyKeys(copy);
        forbiddenKeys(copy);
        assert.doesNotThrow(() => parse(migrated(copy).text));
        assert.equal(({} as PlainMap).x, undefined);
      });
    }
  });
});
