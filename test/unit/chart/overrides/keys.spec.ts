import assert from "node:assert/strict";
import { forbiddenKeys, forbiddenRows } from "../../../../chart/overrides/keys";
import { put } from "../../../../chart/legacy/key-paths";
import { migrateValues } from "../../../../chart/legacy/migrate-values";
import { legacyKeys } from "../../../../chart/legacy/refused-keys";
import { writtenPath } from "../../../../validation/finding";
import type { PlainMap } from "../../../../validation/plain-data";

const told = (override: unknown) =>
  forbiddenKeys(override).map(({ path, sentence }) => `${writtenPath(path)}: ${sentence}`);

/** Values of every type. Each row of the table of forbidden keys refuses at least one of these values. */
const samples: unknown[] = [
  "one",
  "",
  2,
  true,
  false,
  0,
  null,
  ["one"],
  ["web.enable-lifecycle"],
  [{ key: "one", effect: "NoSchedule" }],
  { "service.beta.kubernetes.io/aws-load-balancer-internal": "true" },
  { groups: [{ name: "one", rules: [{ alert: "One", expr: "up == 2", labels: { severity: "info" } }] }] },
];

describe("keys that an override may not set", () => {
  for (const row of forbiddenRows) {
    it(`are reported with the reason: ${writtenPath(row.key)}`, () => {
      const path = row.key.map((key) => (key === "*" ? "other" : key));
      const values = samples.filter((value) => row.when?.(value) ?? true);
      assert.ok(values.length > 0);
      for (const value of values) {
        const tree: PlainMap = {};
        put(tree, path, value);
        const findings = forbiddenKeys(tree);
        if (typeof value !== "object" || row.whole || Array.isArray(value)) {
          assert.deepEqual(
            findings.map((finding) => finding.path),
            [path],
          );
          assert.match(findings[0]!.sentence, /; .+\.$/);
        }
        assert.deepEqual(legacyKeys(tree), []);
        if (findings.length === 0) continue;
        const today = migrateValues(tree);
        const { values: now = {} } = today.settings;
        assert.deepEqual([...forbiddenKeys(now), ...legacyKeys(now)], []);
        // Either a setting replaces the key, or the result says why nothing does.
        assert.ok(today.dropped.length + today.secrets.length + Object.keys(today.settings).length > 0);
      }
    });
  }

  const plain: [override: object, sentence: RegExp][] = [
    [
      { alertmanager: { configMapOverrideName: "own" } },
      /^alertmanager.configMapOverrideName: got "own"; it would replace this program's configuration/,
    ],
    [
      { alertmanager: { config: { enabled: false } } },
      /^alertmanager.config.enabled: got false; this program's configuration would not be created/,
    ],
    [{ server: { configMapOverrideName: "own" } }, /^server.configMapOverrideName/],
    [{ server: { configFromSecret: "own" } }, /^server.configFromSecret/],
    [{ server: { extraFlags: ["web.enable-lifecycle"] } }, /^server.extraFlags: .*`config.auto-reload`/],
    [{ server: { extraFlags: ["agent"] } }, /^server.extraFlags: .*write `config.auto-reload` into it too/],
    [
      { server: { extraFlags: ["config.auto-reload", "web.enable-admin-api"] } },
      /^server.extraFlags: anyone who may open the page could stop Prometheus, or delete what it has stored; leave /,
    ],
    [{ server: { extraFlags: ["config.auto-reload", "web.config.file=/a"] } }, /^server.extraFlags: /],
    [{ server: { extraArgs: { "web.enable-lifecycle": null } } }, /^server.extraArgs\["web.enable-lifecycle"\]: /],
    [{ server: { extraArgs: { "web.config.file": "/a" } } }, /set `alerting:access` instead/],
    [{ alertmanager: { extraArgs: { "web.config.file": "/a" } } }, /set `alerting:access` instead/],
    [{ server: { alertmanagers: [] } }, /^server.alertmanagers: .* could not sign in there/],
    [{ server: { tcpSocketProbeEnabled: false } }, /would need the password and show it in the pod/],
    [{ alertmanager: { livenessProbe: { httpGet: { path: "/" } } } }, /would need the password/],
    [{ server: { extraSecretMounts: [] } }, /write `server.extraVolumes` and `server.extraVolumeMounts` instead/],
    [{ scrapeConfigs: { prometheus: { basic_auth: { username: "a" } } } }, /^scrapeConfigs.prometheus.basic_auth: /],
    [
      { networkPolicy: { enabled: true } },
      /^networkPolicy.enabled: got true; the chart's policy admits every pod and every address, .*`alerting:networkPolicies`/,
    ],
    [{ "prometheus-pushgateway": { networkPolicy: { allowAll: true } } }, /networkPolicy.allowAll: /],
    [{ "kube-state-metrics": { networkPolicy: { enabled: true } } }, /networkPolicy.enabled: /],
    [{ server: { retention: "30d" } }, /set `alerting:prometheus.retention` instead/],
    [{ server: { nodeSelector: { a: "b" } } }, /set `alerting:nodes.masters`/],
    [{ alertmanager: { config: { receivers: [] } } }, /alerting:slack.channel/],
    [{ serverFiles: { "alerting_rules.yml": { groups: [] } } }, /set `alerting:rules.groups` instead/],
  ];
  for (const [override, sentence] of plain) {
    it(`are reported in a sentence: ${JSON.stringify(override)}`, () => {
      const all = told(override);
      assert.equal(all.length, 1);
      assert.match(all[0]!, sentence);
    });
  }

  const secrets: [what: string, override: object, path: string][] = [
    [
      "a password",
      { scrapeConfigs: { a: { basic_auth: { username: "u", password: "c4nary" } } } },
      "scrapeConfigs.a.basic_auth.password",
    ],
    ["a token", { scrapeConfigs: { a: { bearer_token: "c4nary" } } }, "scrapeConfigs.a.bearer_token"],
    ["a number", { scrapeConfigs: { a: { basic_auth: { password: 1234 } } } }, "scrapeConfigs.a.basic_auth.password"],
    [
      "credentials",
      { server: { remoteWrite: [{ url: "http://a", authorization: { credentials: "c4nary" } }] } },
      "server.remoteWrite[0].authorization.credentials",
    ],
    [
      "an authorization header",
      { server: { remoteWrite: [{ url: "http://a", headers: { Authorization: "c4nary" } }] } },
      "server.remoteWrite[0].headers.Authorization",
    ],
    [
      "a probe's header",
      { server: { probeHeaders: [{ name: "Authorization", value: "c4nary" }] } },
      "server.probeHeaders",
    ],
    ["an environment variable", { server: { env: [{ name: "DB_PASSWORD", value: "c4nary" }] } }, "server.env[0].value"],
    [
      "an environment variable in a map",
      { "prometheus-node-exporter": { env: { API_TOKEN: "c4nary" } } },
      "prometheus-node-exporter.env.API_TOKEN",
    ],
    [
      "a Pushgateway user",
      { "prometheus-pushgateway": { webConfiguration: { basicAuthUsers: { u: "c4nary" } } } },
      "prometheus-pushgateway.webConfiguration.basicAuthUsers.u",
    ],
    [
      "a Secret as JSON in a string",
      { extraManifests: ['{"apiVersion":"v1","kind":"Secret","stringData":{"a":"c4nary"}}'] },
      "extraManifests[0]",
    ],
    [
      "a Secret in YAML's flow style",
      { extraManifests: ["{ apiVersion: v1, kind: Secret, stringData: { a: c4nary } }"] },
      "extraManifests[0]",
    ],
    [
      "a header with a token",
      {
        serverFiles: {},
        server: { remoteWrite: [{ url: "https://a.example", headers: { "X-Scope-Token": "c4nary" } }] },
      },
      "server.remoteWrite[0].headers.X-Scope-Token",
    ],
    ["a Secret", { extraManifests: [{ kind: "Secret", stringData: { a: "c4nary" } }] }, "extraManifests[0]"],
    [
      "a Secret in a string",
      { extraManifests: ["apiVersion: v1\nkind: Secret\nstringData:\n  a: c4nary\n"] },
      "extraManifests[0]",
    ],
    [
      "a Slack webhook in any value",
      { server: { podAnnotations: { a: "https://hooks.slack.example/services/T000/B000/c4nary" } } },
      "server.podAnnotations.a",
    ],
    [
      "a user in a URL",
      { server: { remoteWrite: [{ url: "https://u:c4nary@a.example.com/w" }] } },
      "server.remoteWrite[0].url",
    ],
    [
      "a password hash",
      { server: { podAnnotations: { a: `$2b$10$${"c4nary".repeat(9)}` } } },
      "server.podAnnotations.a",
    ],
    [
      "a private key",
      { server: { podAnnotations: { a: "-----BEGIN PRIVATE KEY-----c4nary" } } },
      "server.podAnnotations.a",
    ],
    [
      "the webhook in a complete configuration",
      {
        alertmanager: {
          config: { global: { slack_api_url: "https://hooks.slack.example/services/T000/B000/c4nary" } },
        },
      },
      "alertmanager.config.global.slack_api_url",
    ],
  ];
  for (const [what, override, path] of secrets) {
    it(`include a secret, which is not shown: ${what}`, () => {
      const findings = forbiddenKeys(override);
      assert.deepEqual(
        findings.map((finding) => writtenPath(finding.path)),
        [path],
      );
      assert.doesNotMatch(JSON.stringify(findings), /c4nary|1234/);
      assert.doesNotMatch(JSON.stringify(migrateValues(override as PlainMap)), /c4nary|1234/);
    });
  }

  const allowed: object[] = [
    {
      server: {
        tolerations: [{ key: "node-role.kubernetes.io/control-plane", operator: "Exists", effect: "NoSchedule" }],
      },
    },
    { server: { extraArgs: { "log.level": "debug" }, extraFlags: ["config.auto-reload", "storage.tsdb.no-lockfile"] } },
    { server: { podAnnotations: { a: "b" }, podLabels: { a: "b" }, extraVolumes: [], hostAliases: [] } },
    {
      server: { configMapOverrideName: "", configFromSecret: "", fullnameOverride: "", command: [], probeHeaders: [] },
    },
    { alertmanager: { configMapOverrideName: "", command: [] }, forceNamespace: "", fullnameOverride: "" },
    {
      server: {
        ingress: { enabled: true, hosts: ["a.example.com"], tls: [{ secretName: "a", hosts: ["a.example.com"] }] },
      },
    },
    { server: { env: [{ name: "TOKEN", valueFrom: { secretKeyRef: { name: "a", key: "token" } } }] } },
    { server: { global: { external_labels: { zone: "a" } }, resources: { limits: { "ephemeral-storage": "1Gi" } } } },
    {
      server: { remoteWrite: [{ url: "https://a.example.com/w", basic_auth: { username: "u", password_file: "/a" } }] },
    },
    { scrapeConfigs: { a: { enabled: true, bearer_token_file: "/a" }, "kubernetes-pods": { enabled: false } } },
    { alertmanager: { config: { global: { resolve_timeout: "5m" }, route: { group_by: ["job"] } } } },
    {
      alertmanager: {
        templates: { "mail.tmpl": "x" },
        configmapReload: { enabled: false },
        replicaCount: 1,
        enabled: true,
      },
    },
    { "kube-state-metrics": { enabled: false, metricLabelsAllowlist: ["pods=[app]"] } },
    { "prometheus-pushgateway": { persistentVolume: { enabled: true, size: "1Gi" } } },
    { scrapeConfigs: { a: { enabled: true, authorization: { type: "Bearer", credentials_file: "/a" } } } },
    {},
  ];
  for (const override of allowed) {
    it(`do not include ${JSON.stringify(override)}`, () => assert.deepEqual(told(override), []));
  }
});
