import * as assert from "node:assert/strict";
import { userConfigLines, readUserConfig, takeConfig } from "../../lab/user-config";
import type { Lab } from "../../lab/lab";
import { profiles } from "../../lab/profiles";
import { givenStack } from "../../lab/steps";

const { fast, default: own } = profiles;
const take = (text: string, profile = fast) => takeConfig(text, "mine.yaml", profile);

describe("the configuration file that CONFIG names", () => {
  it("is used as written, including `null`, except for values that the lab sets itself", () => {
    const given = take(`
config:
  aws:region: eu-west-1
  alerting:context: production
  alerting:nodes: { masters: { names: [a] } }
  alerting:slackWebhookUrl: { secure: v1:abc }
  alerting:values: { server: { livenessProbe: { httpGet: null } } }
  alerting:rules: { groups: [] }
  alerting:retentin: 3d
`);
    assert.deepEqual(given.config, {
      "alerting:values": { server: { livenessProbe: { httpGet: null } } },
      "alerting:rules": { groups: [] },
      "alerting:retentin": "3d",
    });
    assert.deepEqual(given.taken, ["alerting:values", "alerting:rules", "alerting:retentin"]);
    assert.deepEqual(
      given.leftAside.map(({ key }) => key),
      ["aws:region", "alerting:context", "alerting:nodes", "alerting:slackWebhookUrl"],
    );
    assert.match(userConfigLines(given).join("\n"), /left aside {2}alerting:context: the lab has its own cluster/);
  });

  it("loses only those parts of a setting that name something outside the lab", () => {
    const { config, leftAside } = take(`
config:
  alerting:slack: { channel: "#ops", httpProxy: "http://proxy.example:3128" }
  alerting:storage: { type: storageClass, storageClass: fast, serverSize: 50Gi }
  alerting:loadBalancer: { subnetIds: [subnet-0123456789] }
`);
    assert.deepEqual(config, { "alerting:slack": { channel: "#ops" }, "alerting:storage": { serverSize: "50Gi" } });
    assert.deepEqual(
      leftAside.map(({ key }) => key),
      [
        "alerting:slack.httpProxy",
        "alerting:storage.type",
        "alerting:storage.storageClass",
        "alerting:loadBalancer.subnetIds",
      ],
    );
  });

  it("keeps the chart values that work in the lab, but loses targets outside the lab and remote write", () => {
    const { config, leftAside, alerts } = take(`
config:
  alerting:values:
    server: { remoteWrite: [{ url: "https://metrics.example" }], podLabels: { a: b } }
    scrapeConfigs:
      billing: { static_configs: [{ targets: [a:1] }] }
      names: { dns_sd_configs: [{ names: [a] }] }
      pods: { kubernetes_sd_configs: [{ role: pod }] }
  alerting:rules: { groups: [{ name: a, rules: [{ alert: DiskFull, expr: up }, { record: b, expr: up }] }] }
`);
    assert.deepEqual(config["alerting:values"], {
      server: { podLabels: { a: "b" } },
      scrapeConfigs: { pods: { kubernetes_sd_configs: [{ role: "pod" }] } },
    });
    assert.deepEqual(
      leftAside.map(({ key }) => key.replace("alerting:values.", "")),
      ["server.remoteWrite", "scrapeConfigs.billing", "scrapeConfigs.names"],
    );
    assert.deepEqual(alerts, ["DiskFull"]);
  });

  it("sets the intervals that the profile does not set", () => {
    const text = "config: { alerting:alerts: { instanceDownFor: 5m, scrapeInterval: 30s } }";
    assert.equal(take(text).config["alerting:alerts"], undefined);
    assert.deepEqual(take(text, own).config["alerting:alerts"], { instanceDownFor: "5m", scrapeInterval: "30s" });
  });

  it("has its credentials set as secrets: a clear one as it is, an encrypted one as a random string", () => {
    const { secrets, config, taken } = take(`
config:
  alerting:credentials: { pagerduty: in-clear-0123, "ops.genie": { secure: v1:abc } }
`);
    assert.deepEqual(config, {});
    assert.equal(secrets["alerting:credentials.pagerduty"], "in-clear-0123");
    assert.match(secrets['alerting:credentials["ops.genie"]'] ?? "", /^lab-[0-9a-f]{24}$/);
    assert.doesNotMatch(taken.join("\n"), /in-clear|lab-/);
  });

  it("names the credentials that are webhooks of additional channels, which the lab replaces", () => {
    const { webhooks, leftAside } = take(`
config:
  alerting:heartbeatUrl: { secure: v1:abc }
  alerting:slack:
    channels:
      - { channel: "#ops", credential: ops, severity: critical }
      - { channel: "#ops", credential: ops, team: shop }
      - { channel: "#shop", credential: shop-2, team: shop }
  alerting:credentials: { ops: { secure: v1:abc }, shop-2: { secure: v1:def } }
`);
    assert.deepEqual(webhooks, ["alerting:credentials.ops", 'alerting:credentials["shop-2"]']);
    assert.deepEqual(
      leftAside.map(({ key }) => key),
      ["alerting:heartbeatUrl"],
    );
  });

  it("loses values that only its own stack can decrypt", () => {
    const { config, leftAside } = take("config: { alerting:values: { a: [{ b: { secure: v1:abc } }] } }");
    assert.deepEqual(config, {});
    assert.match(leftAside[0]?.why ?? "", /encrypted for another stack/);
  });

  it("causes a warning if it has receivers other than Slack, because they really receive messages", () => {
    const { notes } = take("config: { alerting:alertmanager: { receivers: [{ name: a }] } }");
    assert.match(notes.join(), /really called/);
  });

  for (const [title, text, says] of [
    ["not YAML", "config: [in-clear-0123", /not valid YAML/],
    ["an empty file", "", /no map `config:`/],
    ["a list", "config: [1]", /no map `config:`/],
    ["a key without its namespace", "config: { values: {} }", /"values" \(is alerting:values meant\?\)/],
    ["credentials that are not a map", "config: { alerting:credentials: in-clear-0123 }", /credentials is not a map/],
    [
      "a credential that is not a string",
      "config: { alerting:credentials: { a: 4711 } }",
      /credentials\.a is not a string/,
    ],
    ["all credentials as one secret", "config: { alerting:credentials: { secure: v1:abc } }", /not a map of names/],
  ] as const) {
    it(`is refused in one sentence if it has a fault: ${title}`, () => {
      assert.throws(
        () => take(text),
        (error: Error) =>
          says.test(error.message) &&
          /^CONFIG is mine\.yaml/.test(error.message) &&
          !/in-clear|4711/.test(error.message),
      );
    });
  }

  it("is refused in one sentence if it is missing, and is not needed if `CONFIG` is empty", async () => {
    await assert.rejects(
      readUserConfig("/nowhere/mine.yaml", fast),
      /CONFIG is \/nowhere\/mine\.yaml, which does not exist/,
    );
    assert.equal(await readUserConfig("", fast), undefined);
  });

  it("gets a webhook of the lab's Slack for each additional channel, not the one that the secret scan looks for", async () => {
    const set: Record<string, string>[] = [];
    const stack = {
      configure: (_config: unknown, secrets: Record<string, string>) => Promise.resolve(set.push(secrets)),
    };
    const lab = {
      slack: { origin: "http://127.0.0.1:1" },
      canary: "the-text",
      config: {},
      secrets: { "alerting:slackWebhookUrl": "http://127.0.0.1:1/services/T0LAB/B0LAB/the-text" },
      stacks: { directory: "/nowhere", create: () => Promise.resolve(stack) },
    } as unknown as Lab;
    const given = take(`
config:
  alerting:slack:
    channels:
      - { channel: "#a", credential: a, severity: critical }
      - { channel: "#b", credential: b, severity: warning }
`);
    await givenStack(lab, "given", given);
    const { "alerting:slackWebhookUrl": own, ...others } = set[0]!;
    assert.match(own!, /the-text$/);
    const further = Object.values(others);
    assert.equal(new Set(further).size, 2);
    for (const url of further) {
      assert.match(url, /^http:\/\/127\.0\.0\.1:1\/services\/T0LAB\/B[12]LAB\/[0-9a-f]{36}$/);
    }
  });
});
