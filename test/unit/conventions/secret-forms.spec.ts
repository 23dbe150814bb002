import * as assert from "node:assert/strict";
import { credentialHeader, isSecretUrl, looksLikeKey } from "../../../conventions/secret-forms";
import { checkPrometheusFile } from "../../../prometheus/check-config";
import { shown } from "../../../validation/faults";

const key = ["q8w7", "e6r5", "t4y3", "u2i1"].join("");
const uuid = "0a1b2c3d-0000-4000-8000-000000000000";

describe("a credential in plain text", () => {
  for (const url of [
    `https://api.telegram.example/bot123456:x/sendMessage`,
    `https://chat.example/hooks/${key}`,
    `https://chat.example/hooks/abc/${key}`,
    `https://n8n.example/webhook/${uuid}`,
    `https://hc-ping.com/some-check`,
    `https://heartbeat.example/${uuid}`,
    `https://hooks.example/hooks/catch/1/a`,
    `https://maker.ifttt.com/trigger/x/with/key/y`,
    `https://alert.victorops.com/integrations/generic/1/alert/y/route`,
    `https://open.chat.example/open-apis/bot/v2/hook/${uuid}`,
    `https://api.example/v1/incidents/${key}`,
    `https://a:b@example.com/`,
    `https://example.com/?t=1`,
  ]) {
    it(`is recognized in the URL ${url}`, () => assert.ok(isSecretUrl(url)));
  }

  for (const url of [
    "http://sink.ops.svc:8080/",
    "http://alertmanager-bot.monitoring.svc.cluster.local:8080/webhooks/slack",
    "https://incidents.example/api/v2/alerts",
    "https://example.com/integrations/prometheus-alertmanager",
    "http://10.0.0.1:9095/receiver-2026",
    "http://hooks.ops.svc:8080/alerts",
    "https://alerts.example/prometheusalerts2026",
  ]) {
    it(`is not assumed in the URL ${url}`, () => assert.ok(!isSecretUrl(url)));
  }

  it("is assumed to be a long mix of letters and digits, or a UUID, but not a readable word", () => {
    for (const word of [key, uuid, "3f9a0c7b2d4e8f6a1b5c9d0e7f3a2b4c"]) assert.ok(looksLikeKey(word), word);
    for (const word of [
      "pagerduty",
      "team-payments-2026",
      "smtp.password",
      "opsgenie-eu-west-1",
      "opsgenieproduction001",
      "internationalization",
    ])
      assert.ok(!looksLikeKey(word), word);
  });

  it("is recognized in the query of a remote write URL, and no error shows it", () => {
    const url = `https://metrics.example/push?token=${key}`;
    const findings = (url: string) => checkPrometheusFile({ server: { remoteWrite: [{ url }] } });
    assert.equal(findings(url).length, 1);
    assert.deepEqual(findings("https://metrics.example/push?tenant=1"), []);
    assert.ok(!shown(url).includes(key));
  });

  it("is recognized as the value of a header whose name suggests a credential", () => {
    const headers = (name: string, value: object) =>
      checkPrometheusFile({ scrapeConfigs: { a: { http_headers: { [name]: value } } } }).every(
        ({ severity }) => severity === "warning",
      );
    for (const name of [
      "X-Api-Key",
      "Private-Token",
      "Cookie",
      "X-Auth",
      "api-key",
      "X-Authorization",
      "Token",
      "Ocp-Apim-Subscription-Key",
    ]) {
      assert.ok(credentialHeader.test(name), name);
      assert.ok(!headers(name, { values: [key] }), name);
      assert.ok(headers(name, { files: ["/etc/x"] }), name);
    }
    for (const name of ["X-Scope-OrgID", "Accept", "key", "X-Idempotency-Key"])
      assert.ok(headers(name, { values: ["a"] }), name);
  });

  it("is never shown when a message quotes a value", () => {
    for (const text of [
      `http:/u:${key}@proxy.example`,
      ` https://u:${key}@charts.example`,
      `git+https://u:${key}@g.example/r`,
    ])
      assert.ok(!shown(text).includes(key), shown(text));
    const begin = Date.now();
    shown("a:".repeat(5_000));
    assert.ok(Date.now() - begin < 2_000);
    assert.equal(shown("ghcr.io/a/b:1.2@sha256:0"), '"ghcr.io/a/b:1.2@sha256:0"');
  });
});
