import assert from "node:assert/strict";
import { releaseValues } from "../../../values/release-values";
import { configuration, faultLines, lines, settings, type Values } from "../../support/settings";

const workspace = "ws-0123abcd-0123-4567-89ab-0123456789ab";
const url = "https://metrics.example/api/v1/push";
const faults = (longTerm: object) => faultLines({ longTerm });
const secretToo = { isSecret: (key: string) => /:(slackWebhookUrl|credentials)$/.test(key) };
const withCredentials = (longTerm: object, credentials: Values) =>
  configuration({ longTerm, credentials }, { ...secretToo });

describe("alerting:longTerm", () => {
  it("names no engine by default, and its other defaults change nothing", () => {
    assert.deepEqual(settings().longTerm, { signing: "node", keep: "all", also: [], maxShards: 10 });
  });

  it("accepts each engine with what it needs", () => {
    for (const longTerm of [
      { engine: "amp", workspace },
      { engine: "amp", workspace: "create", region: "eu-west-1", role: "arn:aws:iam::123456789012:role/path/metrics" },
      { engine: "amp", url, signing: "token", role: "arn:aws-cn:iam::123456789012:role/metrics" },
      { engine: "thanos", url },
      { engine: "mimir", url, keep: "used", also: ["http_requests_total", "node_.*", ".*:rate5m"], maxShards: 50 },
    ])
      assert.deepEqual(faults(longTerm), [], JSON.stringify(longTerm));
    const { settings: read, faults: none } = withCredentials(
      { engine: "mimir", url, user: "1234", credential: "mimir" },
      { mimir: "secret-token" },
    );
    assert.deepEqual(none, []);
    assert.equal(read.longTerm.credential, "mimir");
  });

  it("says what a value must be, for all at once", () => {
    assert.deepEqual(
      faults({
        engine: "cortex",
        url: "metrics.example",
        workspace: "ws-1",
        region: "here",
        role: "metrics",
        also: ["a b"],
        maxShards: 0,
      }),
      [
        'alerting:longTerm.engine: got "cortex"; accepted: one of "amp", "mimir", "thanos", "victoria-metrics".',
        'alerting:longTerm.url: got "metrics.example"; accepted: a URL that begins with http:// or https://.',
        'alerting:longTerm.workspace: got "ws-1"; accepted: "create", or the id of a workspace, which begins with ws-.',
        'alerting:longTerm.region: got "here"; accepted: a region such as "ap-northeast-2".',
        'alerting:longTerm.role: got "metrics"; accepted: the ARN of a role.',
        'alerting:longTerm.also[0]: got "a b"; accepted: a metric\'s name, such as "http_requests_total", in which `.*` stands for any characters.',
        "alerting:longTerm.maxShards: got 0; accepted: a number from 1 to 50.",
      ],
    );
  });

  it("refuses a key that another engine would need, or that needs an engine, and a missing one", () => {
    assert.deepEqual(faults({ keep: "used" }), [
      "alerting:longTerm.engine: is not set; accepted: one of amp, mimir, thanos, victoria-metrics, because other keys of alerting:longTerm are set.",
    ]);
    assert.deepEqual(faults({ engine: "amp", user: "me" }), [
      'alerting:longTerm.user: got "me"; accepted: nothing here, because alerting:longTerm.engine is "amp".',
      'alerting:longTerm.workspace: is not set; accepted: the id of a workspace or "create", unless alerting:longTerm.url is set.',
      "alerting:longTerm.credential: is not set; accepted: the name of the password of alerting:longTerm.user in alerting:credentials.",
    ]);
    assert.deepEqual(faults({ engine: "amp", url, workspace }), [
      `alerting:longTerm.workspace: got "${workspace}"; accepted: the id of a workspace or "create", unless alerting:longTerm.url is set.`,
    ]);
    assert.deepEqual(faults({ engine: "thanos", workspace, signing: "token" }), [
      `alerting:longTerm.workspace: got "${workspace}"; accepted: nothing here, because alerting:longTerm.engine is "thanos".`,
      'alerting:longTerm.signing: got "token"; accepted: nothing here, because alerting:longTerm.engine is "thanos".',
      'alerting:longTerm.url: is not set; accepted: the URL to which Prometheus writes, because alerting:longTerm.engine is "thanos".',
      'alerting:longTerm.role: is not set; accepted: the ARN of a role, because alerting:longTerm.signing is "token".',
    ]);
    assert.deepEqual(faults({ engine: "amp", workspace, signing: "token", also: ["up"] }), [
      'alerting:longTerm.role: is not set; accepted: the ARN of a role, because alerting:longTerm.signing is "token".',
      'alerting:longTerm.also: got ["up"]; accepted: nothing here, because with alerting:longTerm.keep "all" every series is sent.',
    ]);
  });

  it("names a credential that is set, which no receiver gets", () => {
    const missing = withCredentials({ engine: "mimir", url, credential: "mimir" }, { pagerduty: "secret-key" });
    assert.deepEqual(lines(missing.faults), [
      'alerting:longTerm.credential: names the credential "mimir", which is not set. Run `pulumi config set --secret --path alerting:credentials.mimir`.',
    ]);
    const receivers = [{ name: "pager", pagerduty_configs: [{ routing_key_file: { credential: "mimir" } }] }];
    const routes = [{ receiver: "pager", matchers: ['severity="critical"'], continue: true }];
    const problemsOf = (alertmanager: object) => {
      const longTerm = { engine: "mimir", url, credential: "mimir" };
      const read = configuration({ longTerm, alertmanager, credentials: { mimir: "secret-token" } }, secretToo);
      const { faults, warnings } = releaseValues(read.settings, Object.keys(read.credentials));
      return lines([...faults, ...warnings]);
    };
    assert.deepEqual(problemsOf({}), [], "no receiver has to name it");
    assert.match(
      problemsOf({ receivers, routes }).join("\n"),
      /^alerting:longTerm\.credential: .* under another name/m,
    );
  });

  it("sends a credential only encrypted, or within the cluster, and has none in its URL", () => {
    const of = (longTerm: object) =>
      lines(withCredentials({ engine: "mimir", credential: "mimir", ...longTerm }, { mimir: "secret-token" }).faults);
    const encrypted = /^alerting:longTerm\.url: .* https:\/\//;
    assert.match(of({ url: "http://metrics.example/api/v1/push" }).join("\n"), encrypted);
    for (const inside of ["http://mimir.metrics.svc:8080/api/v1/push", "http://127.0.0.1:9009/api/v1/push"])
      assert.deepEqual(of({ url: inside }), []);
    const withKey = faults({ engine: "victoria-metrics", url: `${url}?authKey=hunter2` }).join("\n");
    assert.match(withKey, /^alerting:longTerm\.url: .* a URL without `\?`/);
    assert.ok(!withKey.includes("hunter2"));
  });

  it("shows no credential that was pasted in place of its name", () => {
    const pasted = "glc_eyJvIjoiMTIzNDU2Iiwib";
    const text = faultLines({ longTerm: { engine: "mimir", url, credential: pasted } }).join("\n");
    assert.match(text, /alerting:longTerm\.credential/);
    assert.ok(!text.includes(pasted));
  });
});
