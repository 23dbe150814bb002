import assert from "node:assert/strict";
import { credentialsIn, withCredentialFiles } from "../../../alertmanager/credentials";

const config = {
  global: { smtp_auth_password_file: { credential: "smtp" }, slack_api_url_file: "/etc/x" },
  receivers: [
    {
      name: "ops",
      webhook_configs: [
        {
          url: "http://sink.example/",
          http_config: { http_headers: { "X-Token": { files: [{ credential: "token" }, "/etc/y"] } } },
          payload: { some_file: { credential: "untouched" }, files: [{ credential: "untouched" }] },
        },
      ],
      pagerduty_configs: [{ routing_key_file: { credential: "pagerduty" }, details: { x_file: { credential: "no" } } }],
      jira_configs: [{ fields: { credential: { credential: "no" } } }],
    },
  ],
};

describe("credentials in an Alertmanager configuration", () => {
  it("are found only in keys that name a file", () => {
    assert.deepEqual(credentialsIn(config), [
      { name: "smtp", path: ["global", "smtp_auth_password_file"] },
      {
        name: "token",
        path: ["receivers", 0, "webhook_configs", 0, "http_config", "http_headers", "X-Token", "files", 0],
      },
      { name: "pagerduty", path: ["receivers", 0, "pagerduty_configs", 0, "routing_key_file"] },
    ]);
  });

  it("are replaced by the paths of mounted files, and nothing else changes", () => {
    const expected = structuredClone(config) as unknown as Record<string, never>;
    const before = JSON.stringify(config);
    const text = JSON.stringify(expected)
      .replace('{"credential":"smtp"}', '"/etc/alertmanager-credentials/smtp"')
      .replace('{"credential":"token"}', '"/etc/alertmanager-credentials/token"')
      .replace('{"credential":"pagerduty"}', '"/etc/alertmanager-credentials/pagerduty"');
    assert.equal(JSON.stringify(withCredentialFiles(config)), text);
    assert.equal(JSON.stringify(config), before, "the original is as it was");
  });

  for (const [title, value] of [
    ["nothing", null],
    ["a string", "x"],
    ["an object with another key", { a_file: { credential: "x", more: 1 } }],
    ["a number as a name", { a_file: { credential: 1 } }],
  ] as const) {
    it(`are not found in ${title}`, () => {
      assert.deepEqual(credentialsIn(value), []);
      assert.deepEqual(withCredentialFiles(value), value);
    });
  }
});
