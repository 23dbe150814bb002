import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { requireValid } from "../../../config";
import { checkWebhook } from "../../../settings/webhook";
import { canary, canaryPath, configuration, faultLines, least, master } from "../../support/settings";

const key = "alerting:slackWebhookUrl";
const setIt = `pulumi config set --secret ${key}`;

describe("the webhook", () => {
  it("is reported as missing, with how to create and set it", () => {
    assert.deepEqual(faultLines({ slackWebhookUrl: undefined }), [
      `${key}: is not set. Make an incoming webhook in Slack, run \`${setIt}\`, and paste it there.`,
    ]);
  });

  it("counts as missing if it is only white space", () => {
    assert.match(faultLines({ slackWebhookUrl: " \n" })[0]!, /is not set/);
  });

  it("is refused in plain text, with the command to set it correctly", () => {
    const [line, ...more] = faultLines({}, { isSecret: () => false });
    assert.deepEqual(more, []);
    assert.ok(line?.startsWith(`${key}: is not set as a secret`), line);
    assert.ok(line?.includes(`Run \`${setIt}\``), line);
  });

  const refused: [title: string, url: string, why: RegExp][] = [
    ["if it is not a URL", "T0CANARY0/B0CANARY0", /is not a URL/],
    ["with another protocol", "ftp://hooks.slack.example/services/T0CANARY0", /is not a URL/],
    ["with http", "http://hooks.slack.example/services/T0CANARY0", /begins with http:\/\//],
    [
      "with http to a host that only begins like the loopback address",
      "http://127.0.0.1.example/T0CANARY0",
      /begins with http/,
    ],
    ["without a path", "https://hooks.slack.example/?T0CANARY0", /has no path/],
    ["with white space inside", "https://hooks.slack.example/services/T0 CANARY0", /white space inside/],
    ["for a workflow, which any request starts", "https://hooks.slack.com/triggers/T0CANARY0/1/x", /workflow in Slack/],
    ["for an older workflow", "https://hooks.slack.com/workflows/T0CANARY0/A0/1/x", /workflow in Slack/],
    ["with a line break inside", "https://hooks.slack.example/services/T0\nCANARY0", /white space inside/],
  ];
  for (const [title, url, why] of refused) {
    it(`is refused ${title}, and not shown`, () => {
      const { url: taken, faults } = checkWebhook(url, true);
      assert.equal(taken, undefined);
      assert.equal(faults.length, 1);
      assert.match(faults[0]!.sentence, why);
      assert.match(faults[0]!.sentence, /pulumi config set --secret/);
      assert.ok(!faults[0]!.sentence.includes("CANARY"), faults[0]!.sentence);
    });
  }

  for (const host of ["127.0.0.1:8080", "localhost:8080", "[::1]:8080"]) {
    it(`may use http to the loopback address ${host}, which cannot be intercepted`, () => {
      const url = `http://${host}/services/T/B/x`;
      assert.deepEqual(checkWebhook(url, true), { url, faults: [] });
    });
  }

  it("is trimmed", () => {
    assert.deepEqual(checkWebhook(`  ${canary}\n`, true), { url: canary, faults: [] });
  });

  it("is a Pulumi secret from the start", async () => {
    const { slackWebhookUrl } = requireValid(configuration());
    assert.ok(pulumi.Output.isInstance(slackWebhookUrl));
    assert.equal(await pulumi.isSecret(slackWebhookUrl), true);
    assert.equal(await promiseOf(slackWebhookUrl), canary);
  });
});

describe("the messages about the configuration", () => {
  const proxy = `http://user:${canaryPath}@proxy.example:3128`;
  const everywhere: [title: string, values: Record<string, unknown>, isSecret?: (key: string) => boolean][] = [
    ["the webhook under an unknown key", { slackWebhook: canary }],
    ["the webhook as an object", { slack: canary }],
    ["the webhook as a channel", { slack: { channel: canary } }],
    [
      "the webhook as a channel, without its protocol",
      { slack: { channel: canary.replace("https://", "").replace("example", "com") } },
    ],
    [
      "the webhook as a channel, with a line break and a quote",
      { slack: { channel: `'https://hooks.slack.example/T'\n${canaryPath}` } },
    ],
    ["the webhook in invalid JSON, with escaped slashes", { slack: `{"channel": "${canary.replaceAll("/", "\\/")}` }],
    ["the webhook in a list", { nodes: { masters: { names: [master, { url: canary }] } } }],
    ["the webhook below an unknown key", { slack: { url: canary } }],
    ["the webhook instead of `true` or `false`", { protectData: canary }],
    ["a proxy with credentials", { slack: { httpProxy: proxy } }],
    [
      "a proxy with credentials and an unsupported protocol",
      { slack: { httpProxy: proxy.replace("http:", "socks5:") } },
    ],
    ["a chart's source with credentials", { chart: { source: `https://user:${canaryPath}@charts.example` } }],
    ["an external URL with credentials", { prometheus: { externalUrl: `https://${canaryPath}@p.example` } }],
    ["a secret value in another key", { storage: { type: canaryPath } }, (key) => /storage|slackWebhookUrl/.test(key)],
    [
      "a secret value that only the comparison of two keys refuses",
      { nodes: { masters: { names: [canaryPath] }, workers: { names: [canaryPath] } } },
      (key) => /nodes|slackWebhookUrl/.test(key),
    ],
  ];
  for (const [title, values, isSecret] of everywhere) {
    it(`do not show a credential: ${title}`, () => {
      const lines = faultLines(values, isSecret ? { isSecret } : {});
      assert.ok(lines.length > 0, "it is refused");
      assert.ok(!lines.join("\n").includes(canaryPath), lines.join("\n"));
    });
  }

  it("show the public part of a value", () => {
    assert.deepEqual(faultLines({ slack: { httpProxy: proxy } }), [
      'alerting:slack.httpProxy: got "http://proxy.example:3128/…"; accepted: a URL without user and password, because this setting is stored unencrypted.',
    ]);
    assert.deepEqual(
      faultLines(
        { environment: "" },
        { isSecret: (key) => ["alerting:environment", "alerting:slackWebhookUrl"].includes(key) },
      ),
      [
        "alerting:environment: is set as a secret, and would not stay one: only alerting:slackWebhookUrl, alerting:credentials, alerting:heartbeatUrl and alerting:certificate are kept secret. Set it without --secret; a receiver's credential belongs in alerting:credentials.",
      ],
    );
  });

  it("do not show a kubeconfig that was pasted instead of its path", () => {
    const pasted = `apiVersion: v1\nusers:\n  - user: { token: ${canary} }\n`;
    for (const kubeconfig of [pasted, JSON.stringify({ users: [{ user: { token: canary } }] })]) {
      const told = faultLines({ kubeconfig }).join("\n");
      assert.match(told, /alerting:kubeconfig: got a secret, not shown; accepted: the path of a file/);
      assert.ok(!told.includes(canary));
    }
  });

  it("do not appear for the minimal configuration", () => {
    assert.deepEqual(faultLines({ ...least }), []);
  });
});

function promiseOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}
