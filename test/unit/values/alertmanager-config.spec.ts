import assert from "node:assert/strict";
import { alertmanagerConfig, messageTemplates } from "../../../values/alertmanager-config";
import { settings, type Values } from "../../support/settings";
import type { Route } from "../../../alertmanager/config";

const built = (values: Values = {}) => alertmanagerConfig(settings(values));

describe("Alertmanager's configuration", () => {
  it("routes to receivers that exist, and uses every receiver", () => {
    const { receivers, route } = built();
    const known = receivers.map(({ name }) => name);
    const referenced = ({ receiver = "slack", routes = [] }: Route): string[] => [
      receiver,
      ...routes.flatMap(referenced),
    ];
    assert.ok(referenced(route).length > 0);
    for (const name of referenced(route)) assert.ok(known.includes(name), `${name} is a receiver`);
    assert.equal(new Set(known).size, known.length, "no receiver is there twice");
  });

  it("has one entry per Slack receiver, because each entry would send a separate message", () => {
    const channels = [{ channel: "#payments", credential: "payments", team: "payments" }];
    const { receivers } = built({ slack: { channels } });
    assert.deepEqual(
      receivers
        .filter(({ name }) => name.startsWith("slack"))
        .map(({ name, slack_configs: slack }) => [name, slack?.length]),
      [
        ["slack", 1],
        ["slack-payments", 1],
      ],
    );
  });

  it("names the webhook as a file outside the chart's ConfigMap, and never inline", () => {
    const config = built({ slack: { httpProxy: "http://proxy.example:3128" } });
    assert.deepEqual(config.global, { slack_api_url_file: "/etc/alertmanager-secrets/slack/webhook-url" });
    assert.doesNotMatch(JSON.stringify(config), /api_url"|hooks\./);
  });

  it("also notifies of resolved alerts, in the configured channel", () => {
    const [slack] = built({ slack: { channel: "#ops" } }).receivers[0]!.slack_configs!;
    assert.deepEqual([slack?.send_resolved, slack?.channel], [true, "#ops"]);
  });

  it("uses the configured waiting times, and groups by alert and cluster", () => {
    const { routes, ...root } = built({ alerts: { groupWait: "5s", repeatInterval: "8h" } }).route;
    assert.ok(routes);
    assert.deepEqual(root, {
      receiver: "slack",
      group_by: ["alertname", "cluster"],
      group_wait: "5s",
      group_interval: "1m",
      repeat_interval: "8h",
    });
  });

  it("uses only templates that are defined in files that it loads", () => {
    const config = built();
    const [slack] = config.receivers[0]!.slack_configs!;
    const used = [...JSON.stringify(slack).matchAll(/template \\"([^"\\]+)\\"/g)].map(([, name]) => name!);
    const text = Object.values(messageTemplates()).join("\n");
    assert.ok(used.includes("alerting.slack.title") && used.includes("alerting.slack.text"));
    for (const name of used) assert.ok(text.includes(`{{ define "${name}"`), `${name} is defined`);
    assert.deepEqual(config.templates, ["/etc/alertmanager/*.tmpl"]);
    assert.deepEqual(Object.keys(messageTemplates()), ["slack.tmpl"]);
  });
});
