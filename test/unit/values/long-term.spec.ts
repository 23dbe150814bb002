import assert from "node:assert/strict";
import { alertingRules } from "../../../alerts/alerting-rules";
import { catalog } from "../../../alerts/catalog";
import { prometheusOutside } from "../../../values/outside-ports";
import { prometheusValues } from "../../../values/prometheus-values";
import { releaseValues } from "../../../values/release-values";
import { settings, type Values } from "../../support/settings";

const workspace = "ws-0123abcd-0123-4567-89ab-0123456789ab";
const amp = { engine: "amp", workspace };
const url = "https://metrics.example:8443/api/v1/write";
const role = "arn:aws:iam::123456789012:role/metrics";
const two = { availability: { prometheus: 2 } };

const serverOf = (longTerm: object, more: Values = {}) => prometheusValues(settings({ longTerm, ...more })).server;
function remoteOf(longTerm: object, more: Values = {}) {
  const [remote, ...others] = serverOf(longTerm, more).remoteWrite ?? [];
  assert.ok(remote !== undefined && others.length === 0);
  return remote;
}
const problems = (values: Values) =>
  releaseValues(settings(values), []).faults.map(({ key, sentence }) => `${key}: ${sentence}`);

describe("remote write to the long-term engine", () => {
  it("changes no value without an engine", () => {
    const server = prometheusValues(settings()).server as Record<string, unknown>;
    for (const key of ["remoteWrite", "env", "extraVolumes", "extraVolumeMounts"]) assert.ok(!(key in server), key);
    assert.ok(!JSON.stringify(server).includes("long-term"));
  });

  it("is signed for a workspace of its region, as the node or as a role", () => {
    const remote = remoteOf(amp);
    assert.equal(
      remote.url,
      `https://aps-workspaces.ap-northeast-2.amazonaws.com/workspaces/${workspace}/api/v1/remote_write`,
    );
    assert.deepEqual(remote.sigv4, { region: "ap-northeast-2" });
    const other = remoteOf({ ...amp, region: "cn-north-1", role });
    assert.match(other.url, /^https:\/\/aps-workspaces\.cn-north-1\.amazonaws\.com\.cn\//);
    assert.deepEqual(other.sigv4, { region: "cn-north-1", role_arn: role });
    assert.ok(prometheusOutside({ server: serverOf(amp) }).asksInstance);
  });

  it("gets AWS credentials by a token of its own, and then does not reach the node's", () => {
    const server = serverOf({ ...amp, signing: "token", role }, two);
    assert.deepEqual(remoteOf({ ...amp, signing: "token", role }).sigv4, { region: "ap-northeast-2" });
    const names = server.env?.map(({ name }) => name);
    assert.deepEqual(names, ["POD_NAME", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_REGION"]);
    const [volume] = server.extraVolumes ?? [];
    const [mount] = server.extraVolumeMounts ?? [];
    const token = server.env?.find(({ name }) => name === "AWS_WEB_IDENTITY_TOKEN_FILE");
    const source = volume?.projected.sources[0]?.serviceAccountToken;
    assert.equal(source?.audience, "sts.amazonaws.com");
    assert.deepEqual(token, { name: "AWS_WEB_IDENTITY_TOKEN_FILE", value: `${mount?.mountPath}/${source?.path}` });
    assert.equal(mount?.name, volume?.name);
    assert.deepEqual(prometheusOutside({ server }), { ports: [443], asksInstance: false });
    const byEndpoint = { engine: "amp", url, signing: "token", role };
    assert.deepEqual(prometheusOutside({ server: serverOf(byEndpoint) }).ports, [443, 8443], "STS and the engine");
  });

  it("signs in with the credential's file, which is mounted beside the files of the pages", () => {
    const file = "/etc/alerting-long-term/credential";
    assert.deepEqual(remoteOf({ engine: "thanos", url }).authorization, undefined);
    const made = (longTerm: object) => {
      const all = { ...settings(), longTerm: { ...settings().longTerm, ...longTerm } };
      return prometheusValues(all).server;
    };
    const byToken = made({ engine: "mimir", url, credential: "mimir" });
    assert.deepEqual(byToken.remoteWrite?.[0]?.authorization, { credentials_file: file });
    const byUser = made({ engine: "mimir", url, credential: "mimir", user: "1234" });
    assert.deepEqual(byUser.remoteWrite?.[0]?.basic_auth, { username: "1234", password_file: file });
    assert.deepEqual(
      byUser.extraSecretMounts?.map(({ name, mountPath }) => [name, mountPath]),
      [
        ["alerting-web", "/etc/alerting-web"],
        ["alerting-web-client", "/etc/alerting-web-client"],
        ["alerting-long-term", "/etc/alerting-long-term"],
      ],
    );
    assert.deepEqual(prometheusOutside({ server: byUser }).ports, [8443]);
  });

  it("makes one series of those of two servers, in the way of each engine", () => {
    const drop = { regex: "prometheus_replica", action: "labeldrop" };
    const forElection = [{ source_labels: ["prometheus_replica"], target_label: "__replica__" }, drop];
    const of = (longTerm: object, more: Values) => remoteOf(longTerm, more).write_relabel_configs;
    assert.deepEqual(of(amp, two), forElection);
    assert.deepEqual(of({ engine: "mimir", url }, two), forElection);
    assert.deepEqual(of({ engine: "victoria-metrics", url }, two), [drop]);
    assert.equal(of({ engine: "thanos", url }, two), undefined);
    for (const engine of ["mimir", "victoria-metrics", "thanos"]) assert.equal(of({ engine, url }, {}), undefined);
  });

  it("can be limited to what rules and dashboards use, and to metrics that are named", () => {
    const groups = [
      { name: "Shop", rules: [{ alert: "Slow", expr: "rate(shop_orders_total[5m]) < 1 and shop_open" }] },
    ];
    const values = { rules: { groups } };
    const longTerm = { engine: "thanos", url, keep: "used", also: ["shop_.*_seconds"] };
    const [keep] = remoteOf(longTerm, values).write_relabel_configs ?? [];
    assert.ok(keep !== undefined && "action" in keep && keep.action === "keep" && "source_labels" in keep);
    assert.deepEqual(keep.source_labels, ["__name__"]);
    const isKept = (metric: string) => new RegExp(`^(?:${String(keep.regex)})$`).test(metric);
    const own = alertingRules(settings({ longTerm, ...values })).own;
    for (const { name, facts } of catalog().filter((alert) => own.includes(alert.name)))
      for (const { metric } of facts.selectors) assert.ok(isKept(metric), `${metric} of ${name}`);
    for (const metric of ["up", "ALERTS", "shop_orders_total", "shop_open", "shop_cart_seconds"])
      assert.ok(isKept(metric), metric);
    const ofGraphs = "alertmanager_notification_latency_seconds_bucket";
    for (const metric of ["shop_cart_total", "go_goroutines", "upx", ofGraphs]) assert.ok(!isKept(metric), metric);
    const [withDashboards] =
      remoteOf(longTerm, { ...values, dashboards: { namespace: "grafana" } }).write_relabel_configs ?? [];
    assert.ok(withDashboards && "regex" in withDashboards && String(withDashboards.regex).includes(ofGraphs));
  });

  it("loads the alerts about it", () => {
    const names = (longTerm: object) =>
      alertingRules(settings({ longTerm })).own.filter((name) => /RemoteWrite/.test(name));
    assert.deepEqual(names({}), []);
    assert.deepEqual(names(amp).sort(), [
      "PrometheusRemoteWriteAtLimit",
      "PrometheusRemoteWriteBehind",
      "PrometheusRemoteWriteLosing",
    ]);
  });

  it("is accepted by Prometheus and the chart, and is not replaced by the override unnoticed", () => {
    // Any value of the user lets Prometheus' own parser check the whole configuration.
    const server = { podLabels: { team: "shop" } };
    for (const longTerm of [amp, { ...amp, signing: "token", role }, { engine: "mimir", url, keep: "used" }])
      assert.deepEqual(problems({ longTerm, ...two, values: { server } }), []);
    const [fault = "", ...more] = problems({
      longTerm: { ...amp, signing: "token", role },
      values: { server: { env: [] } },
    });
    assert.match(
      fault,
      /^alerting:values\.server\.env: replaces what this program sets.*AWS_ROLE_ARN.*into the list too\.$/,
    );
    assert.deepEqual(more, []);
  });

  it("goes on beside remote writes of the override", () => {
    const own = { url: "https://other.example/write" };
    const all = { longTerm: amp, values: { server: { remoteWrite: [own] } } };
    const { values, faults } = releaseValues(settings(all), []);
    assert.deepEqual(faults, []);
    assert.deepEqual(
      values.server?.remoteWrite?.map(({ url: to }) => to),
      [own.url, remoteOf(amp).url],
    );
  });
});
