import assert from "node:assert/strict";
import { mock } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { alertmanagerConfig } from "../../../values/alertmanager-config";
import { releaseValues } from "../../../values/release-values";
import { requireValid } from "../../../config";
import { checkHeartbeatUrl, noHeartbeatWarning } from "../../../settings/heartbeat-url";
import program from "../../../index";
import { routesFor } from "../../support/alertmanager-answers";
import { FakeCluster } from "../../support/fake-cluster";
import { record, resolved, settled, unwrapped } from "../../support/mocks";
import { asText, canary, configuration, faultLines, least, lines, settings, type Values } from "../../support/settings";

const key = "alerting:heartbeatUrl";
const mark = "h34rtb34t-c4n4ry";
const url = `https://beats.example/${mark}`;
const secrets = ["alerting:slackWebhookUrl", key, "alerting:credentials"];
const isSecret = (name: string) => secrets.includes(name);

const built = (values: Values = {}) =>
  alertmanagerConfig(requireValid(configuration({ heartbeatUrl: url, ...values }, { isSecret })).settings);
const watchdog = { alertname: "Watchdog", severity: "none", cluster: "lab", beat: "7" };
const receivers = (config: ReturnType<typeof built>, labels = watchdog) =>
  routesFor(config, labels).map(({ receiver }) => receiver);

describe("the heartbeat's URL", () => {
  it("need not be set", () => {
    const read = configuration();
    assert.deepEqual([read.faults, read.heartbeatUrl, read.settings.heartbeatIsSet], [[], undefined, undefined]);
  });

  it("is a Pulumi secret from the start, without surrounding white space, and not among the settings", async () => {
    const read = configuration({ heartbeatUrl: ` ${url}\n` }, { isSecret });
    assert.deepEqual(lines(read.faults), []);
    assert.deepEqual(await resolved(read.heartbeatUrl!), { value: url, secret: true });
    assert.equal(read.settings.heartbeatIsSet, true);
    assert.ok(!JSON.stringify(read.settings).includes(mark));
  });

  it("is refused in plain text, with the command to set it correctly", () => {
    const told = faultLines({ heartbeatUrl: url });
    assert.equal(told.length, 1);
    assert.match(
      told[0]!,
      /^alerting:heartbeatUrl: is not set as a secret.*Run `pulumi config set --secret alerting:heartbeatUrl`/,
    );
    assert.ok(!told[0]!.includes(mark));
  });

  for (const [title, value, expected] of [
    ["an empty URL", " ", /is empty\. .*or `pulumi config rm alerting:heartbeatUrl`, to have none/],
    ["text that is not a URL", mark, /is not a URL/],
    ["a URL with another protocol", `ftp://beats.example/${mark}`, /is not a URL/],
    [
      "a URL with http",
      `http://beats.example/${mark}`,
      /begins with http:\/\/, which would send the heartbeat's URL unencrypted/,
    ],
    ["a URL without a path", `https://beats.example/?${mark}`, /has no path/],
    ["a URL with a line break inside", `https://beats.example/a\n${mark}`, /white space inside/],
    ["the stack's Slack webhook", canary, /is a webhook of Slack, which would show a message for every beat/],
    ["another Slack webhook", `https://hooks.slack.com/services/${mark}`, /is a webhook of Slack/],
  ] as const) {
    it(`is refused and not shown: ${title}`, () => {
      const { url: taken, faults } = checkHeartbeatUrl(value, true, canary);
      assert.equal(taken, undefined);
      assert.equal(faults.length, 1);
      assert.match(faults[0]!.sentence, expected);
      assert.ok(!faults[0]!.sentence.includes(mark) && !faults[0]!.sentence.includes("CANARY"));
    });
  }

  it("may use http to the loopback address, which cannot be intercepted", () => {
    const local = "http://127.0.0.1:8080/beat";
    assert.deepEqual(checkHeartbeatUrl(local, true), { url: local, faults: [] });
  });
});

describe("the Watchdog", () => {
  it("goes only to the heartbeat's receiver, whatever else is configured", () => {
    const channels = [{ channel: "#all", credential: "all", severity: ["critical", "warning", "info"] }];
    const routes = [{ receiver: "all", continue: true }, { receiver: "slack" }];
    const everything = {
      slack: { channels },
      credentials: { all: canary },
      alertmanager: { receivers: [{ name: "all" }], routes },
      alerts: { quietHours: { from: "00:00", to: "23:59", timeZone: "UTC" } },
    };
    for (const values of [{}, everything]) {
      assert.deepEqual(receivers(built(values)), ["heartbeat"]);
      const [route] = routesFor(built(values), watchdog);
      assert.equal(route?.mute_time_intervals, undefined);
    }
  });

  it("from another stack goes to no one if there is no heartbeat, instead of repeating in Slack forever", () => {
    const config = alertmanagerConfig(settings());
    assert.deepEqual(receivers(config), ["nowhere"]);
    assert.deepEqual(
      config.receivers.find(({ name }) => name === "nowhere"),
      { name: "nowhere" },
    );
  });

  it("follows a custom route if there is no heartbeat", () => {
    const alertmanager = {
      receivers: [{ name: "own" }],
      routes: [{ receiver: "own", matchers: ["alertname=Watchdog"] }],
    };
    assert.deepEqual(receivers(alertmanagerConfig(settings({ alertmanager }))), ["own"]);
  });

  it("is sent at once, has a short group interval for new beats, and is not repeated within a day", () => {
    const [route] = routesFor(built(), watchdog);
    assert.deepEqual([route?.group_wait, route?.group_interval, route?.repeat_interval], ["0s", "5s", "24h"]);
    const [quick] = routesFor(built({ heartbeat: { interval: "5s" } }), watchdog);
    assert.equal(quick?.group_interval, "1s");
  });

  it("with several Alertmanagers is a group of its own for each beat, which is flushed again only when the beat has ended", () => {
    const of = (values: Values) => routesFor(built({ availability: { alertmanagers: 3 }, ...values }), watchdog)[0]!;
    const times = (values: Values) => [of(values).group_wait, of(values).group_interval, of(values).repeat_interval];
    assert.deepEqual(of({}).group_by, ["alertname", "cluster", "beat"]);
    assert.deepEqual(times({}), ["0s", "90s", "5m"]);
    assert.deepEqual(times({ heartbeat: { interval: "5s" } }), ["0s", "7500ms", "5m"]);
    assert.deepEqual(times({ heartbeat: { interval: "10m" } }), ["0s", "15m", "50m"]);
    assert.deepEqual(routesFor(built(), watchdog)[0]!.group_by, ["alertname", "cluster"]);
  });

  it("is posted to the URL in a mounted file, puts no URL into the values, and sends no resolved message", () => {
    const entry = built().receivers.find(({ name }) => name === "heartbeat")!;
    assert.deepEqual(entry.webhook_configs, [
      { url_file: "/etc/alertmanager-secrets/heartbeat/url", send_resolved: false, timeout: "10s" },
    ]);
    assert.ok(!JSON.stringify(built()).includes(mark));
  });

  it("uses the credential and the proxy of the settings, if they are set", () => {
    const heartbeat = {
      authorization: { type: "GenieKey", credential: "genie" },
      httpProxy: "http://proxy.example:3128",
    };
    const read = configuration({ heartbeatUrl: url, heartbeat, credentials: { genie: mark } }, { isSecret });
    const { values, faults, warnings } = releaseValues(requireValid(read).settings, ["genie"]);
    assert.deepEqual(lines([...faults, ...warnings]), []);
    const entry = values.alertmanager?.config?.receivers?.find(({ name }) => name === "heartbeat");
    assert.deepEqual(entry?.webhook_configs?.[0]?.http_config, {
      authorization: { type: "GenieKey", credentials_file: "/etc/alertmanager-credentials/genie" },
      proxy_url: "http://proxy.example:3128",
    });
    assert.ok(!JSON.stringify(values).includes(mark));
  });

  it("requires its credential to be set if the settings name one", () => {
    const heartbeat = { authorization: { type: "GenieKey", credential: "genie" } };
    const { settings: read } = requireValid(configuration({ heartbeatUrl: url, heartbeat }, { isSecret }));
    assert.deepEqual(lines(releaseValues(read, []).faults), [
      'alerting:heartbeat.authorization.credential: names the credential "genie", which is not set; run `pulumi config set --secret --path alerting:credentials.genie`.',
    ]);
  });

  for (const [title, heartbeat, expected] of [
    [
      "an interval that is too short",
      { interval: "4s" },
      /^alerting:heartbeat\.interval: got "4s"; accepted: .* at least 5s/,
    ],
    [
      "an interval that gives two successive beats the same label",
      { interval: "97s" },
      /^alerting:heartbeat\.interval: got "97s"; accepted: .* not a multiple of 97 seconds/,
    ],
    ["an invalid interval", { interval: "often" }, /^alerting:heartbeat\.interval: got "often"/],
    [
      "an authorization scheme that has a separate setting",
      { authorization: { type: "Basic", credential: "a" } },
      /^alerting:heartbeat\.authorization\.type: got "Basic"; accepted: a scheme such as "GenieKey"/,
    ],
    [
      "no credential",
      { authorization: { type: "Bearer" } },
      /^alerting:heartbeat\.authorization\.credential: is not set/,
    ],
  ] as const) {
    it(`with ${title} is refused in one sentence`, () => {
      const told = faultLines({ heartbeat });
      assert.equal(told.length, 1, told.join("\n"));
      assert.match(told[0]!, expected);
    });
  }
});

describe("a preview", () => {
  async function preview(values: Values) {
    const cluster = await FakeCluster.start({});
    const warnings: string[] = [];
    const warn = mock.method(pulumi.log, "warn", (message: string) => {
      warnings.push(message);
      return Promise.resolve();
    });
    try {
      const own = { ...least, slackWebhookUrl: canary, kubeconfig: cluster.kubeconfig(), storage: { type: "none" } };
      const all: Record<string, string> = { "aws:region": "ap-northeast-2" };
      for (const [name, value] of Object.entries(asText({ ...own, ...values }))) all[`alerting:${name}`] = value;
      const recorder = await record();
      pulumi.runtime.setAllConfig(all, secrets);
      const outputs = await program();
      await settled();
      return { recorder, outputs, warnings };
    } finally {
      warn.mock.restore();
      await cluster.stop();
    }
  }

  it("without a heartbeat contains one warning, with the command that sets one, and loads no Watchdog", async () => {
    const { recorder, warnings } = await preview({});
    assert.deepEqual(warnings, [noHeartbeatWarning]);
    assert.match(noHeartbeatWarning, /only master .*`pulumi config set --secret alerting:heartbeatUrl`/);
    assert.ok(!JSON.stringify(recorder.one(":Release").inputs).includes('"alert":"Watchdog"'));
    assert.ok(!recorder.all(":Secret").some(({ name }) => name === "heartbeat-url"));
  });

  it("with a heartbeat does not warn, and has the URL in only one Secret, which the release waits for and mounts", async () => {
    const { recorder, outputs, warnings } = await preview({ heartbeatUrl: url });
    assert.deepEqual(warnings, []);
    const holders = recorder.resources.filter(({ inputs }) => JSON.stringify(unwrapped(inputs)).includes(mark));
    assert.deepEqual(
      holders.map(({ name, type }) => [name, type.split(":").at(-1)]),
      [["heartbeat-url", "Secret"]],
    );
    const { inputs } = recorder.one(":Secret", "heartbeat-url");
    assert.equal((inputs.metadata as { name: string }).name, "alertmanager-heartbeat");
    assert.deepEqual(unwrapped(inputs.stringData), { url });
    for (const output of Object.values(outputs)) assert.ok(!String((await resolved(output)).value).includes(mark));
    const release = recorder.one(":Release");
    assert.ok(recorder.waitsFor(release).includes("heartbeat-url"));
    const { alertmanager, serverFiles } = release.inputs.values as Record<string, object>;
    const { extraSecretMounts: mounts } = alertmanager as { extraSecretMounts: Record<string, unknown>[] };
    assert.deepEqual(
      mounts.find(({ name }) => name === "heartbeat"),
      {
        name: "heartbeat",
        mountPath: "/etc/alertmanager-secrets/heartbeat",
        secretName: "alertmanager-heartbeat",
        readOnly: true,
      },
    );
    assert.ok(JSON.stringify(serverFiles).includes('"alert":"Watchdog"'));
  });
});
