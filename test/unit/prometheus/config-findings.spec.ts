import assert from "node:assert/strict";
import { checkAlertmanagerConfig } from "../../../alertmanager/check";
import { chartJobs } from "../../../chart/contract";
import { type Finding, writtenPath } from "../../../validation/finding";
import { checkPrometheusFile } from "../../../prometheus/check-config";
import { checkRuleGroups } from "../../../prometheus/check-rules";

const canary = "canary7f3a";
const lines = (findings: readonly Finding[]) =>
  findings
    .filter(({ severity }) => severity === "error")
    .map(({ path, sentence }) => `${writtenPath(path)}: ${sentence}`);
const ofPrometheus = (values: object) => lines(checkPrometheusFile({ ...values }, chartJobs()));
const ofAlertmanager = (config: object) =>
  lines(
    checkAlertmanagerConfig(
      { route: { receiver: "ops" }, receivers: [{ name: "ops" }], ...config },
      { templates: {}, credentials: [] },
    ),
  );
const receiver = (entries: object) => ofAlertmanager({ receivers: [{ name: "ops", ...entries }] });
const webhook = (url: unknown) => receiver({ webhook_configs: [{ url }] });
const job = (config: object) =>
  ofPrometheus({ scrapeConfigs: { a: { static_configs: [{ targets: ["x:80"] }], ...config } } });
const write = (config: object) => ofPrometheus({ server: { remoteWrite: [{ url: "https://a.example/", ...config }] } });
const http = (config: object) => receiver({ webhook_configs: [{ url: "http://a.svc/", http_config: config }] });

describe("a secret is neither taken in clear nor shown", () => {
  const rows: readonly [title: string, told: () => string[]][] = [
    ["a webhook's address without its scheme", () => webhook(`hooks.zapier.com/hooks/catch/1/${canary}`)],
    ["a webhook's address of user and password", () => webhook(`u:${canary}@a.example/`)],
    ["a webhook that is a word", () => webhook(canary)],
    ["a webhook's address with a bad escape", () => webhook(`https://a.example/%zz${canary}`)],
    ["a webhook's address with a space", () => webhook(`https://a b.example/hook/${canary}`)],
    ["a webhook's address with a port of letters", () => webhook(`https://a.example:${canary}`)],
    [
      "a webhook of Slack that is a plain address elsewhere",
      () =>
        receiver({
          webhook_configs: [{ url: `https://chat.example/${canary}` }],
          slack_configs: [{ api_url: `https://chat.example/${canary}`, channel: "#a", send_resolved: true }],
        }),
    ],
    [
      "a credential beside a header of the same text",
      () =>
        job({ proxy_url: "http://p:1", proxy_connect_header: { A: [canary] }, authorization: { credentials: canary } }),
    ],
    ["a header for a proxy that is called like one", () => write({ proxy_connect_header: { "X-Token": [canary] } })],
    ["an address with braces", () => job({ http_sd_configs: [{ url: `https://a.example/{{?token=${canary}` }] })],
    ["a proxy's address without its scheme", () => job({ proxy_url: `u:${canary}@p:1` })],
    ["a key of AWS that is a number", () => write({ sigv4: { region: "a", access_key: 192837465 } })],
    ["a parameter of OAuth that is a number", () => http({ oauth2: { endpoint_params: { p: 192837465 } } })],
    ["a password in the place of its file", () => http({ basic_auth: { password_file: 192837465 } })],
  ];
  for (const [title, told] of rows)
    it(title, () => {
      assert.notDeepEqual(told(), []);
      assert.doesNotMatch(told().join("\n"), new RegExp(`${canary}|192837465`));
    });
});

describe("what only looks like a secret is taken", () => {
  const rows: readonly [title: string, told: () => string[]][] = [
    [
      "a label that ends like a reference",
      () => job({ static_configs: [{ targets: ["x:80"], labels: { git_ref: "main" } }] }),
    ],
    [
      "an external label that does",
      () => ofPrometheus({ server: { global: { external_labels: { git_ref: "main" } } } }),
    ],
    [
      "a header within a payload",
      () => receiver({ webhook_configs: [{ url: "http://a.svc/", payload: { headers: { token: "x" } } }] }),
    ],
    [
      "a user in a target's address",
      () =>
        job({
          static_configs: [{ targets: ["redis://default@db:6379"] }],
          relabel_configs: [
            { source_labels: ["__address__"], target_label: "__param_target" },
            { target_label: "__address__", replacement: "exporter:9121" },
          ],
        }),
    ],
    [
      "a link with a query",
      () =>
        receiver({
          slack_configs: [
            {
              api_url_file: "/x",
              channel: "#a",
              send_resolved: true,
              title_link: "https://g.example/d/x?key=abc&var=1",
            },
          ],
        }),
    ],
    [
      "a header of a mail",
      () =>
        receiver({
          email_configs: [
            {
              to: "a@b.example",
              from: "c@d.example",
              smarthost: "s:25",
              send_resolved: true,
              headers: { "X-Api-Key": "x" },
            },
          ],
        }),
    ],
    ["a header for a proxy", () => job({ proxy_url: "http://p:1", proxy_connect_header: { "X-A": ["b"] } })],
  ];
  for (const [title, told] of rows) it(title, () => assert.deepEqual(told(), []));
});

describe("a sentence about what a tool refuses", () => {
  const rows: readonly [title: string, told: () => string[], ...parts: RegExp[]][] = [
    [
      "is at a proxy's header that is no list",
      () => job({ proxy_connect_header: { "X-A": 5 } }),
      /^scrapeConfigs\.a\.proxy_connect_header/,
    ],
    [
      "names the versions of TLS",
      () => job({ tls_config: { min_version: "TLS1.2" } }),
      /min_version: got "TLS1\.2"; .*TLS12/,
    ],
    [
      "says nothing of maps where a secret is nothing",
      () => job({ authorization: { credentials: null } }),
      /credentials: has no value; leave the key out/,
    ],
    [
      "is at the address that is a number",
      () => write({ url: 5 }),
      /remoteWrite\[0\]\.url: got 5; accepted: an address/,
    ],
    [
      "is at the address that is empty",
      () => write({ url: "" }),
      /remoteWrite\[0\]\.url: got ""; accepted: an address/,
    ],
    ["is at the address without a host", () => write({ url: "http://" }), /url: got .*; accepted: an address/],
    [
      "is at the number in a label",
      () => ofPrometheus({ server: { global: { external_labels: { a: 12345678 } } } }),
      /external_labels\.a: got 12345678; write "12345678", in quotes/,
    ],
    [
      "is at the number in a matcher",
      () => ofAlertmanager({ route: { receiver: "ops", routes: [{ match_re: { a: 5 } }] } }),
      /match_re\.a: got 5; write "5", in quotes/,
    ],
    [
      "names the key for a header of credentials",
      () => write({ headers: { "X-Api-Key": "a" } }),
      /`http_headers\.X-Api-Key\.files`/,
    ],
    [
      "names the key for who asks",
      () => job({ http_headers: { Authorization: { values: ["a"] } } }),
      /`authorization\.credentials_file`/,
    ],
    [
      "names two keys of `global` that Alertmanager does not survive",
      () => ofAlertmanager({ global: { slack_app_token_file: "/x", slack_api_url_file: "/y" } }),
      /^global: sets `slack_api_url_file` and `slack_app_token_file`/,
    ],
    ["names a key with a file", () => receiver({ pushover_configs: [{}] }), /set `user_key_file`/],
    [
      "names the key of `global`",
      () => receiver({ opsgenie_configs: [{}] }),
      /set `api_key_file`, or `opsgenie_api_key_file` in `global`/,
    ],
    [
      "leaves no word of YAML",
      () => ofAlertmanager({ route: { receiver: "ops", group_wait: { a: "b" } } }),
      /group_wait: got a map; accepted: a duration/,
    ],
    [
      "knows no number that is too large",
      () => job({ sample_limit: "99999999999999999999" }),
      /accepted: a whole number from 0 on/,
    ],
    [
      "is told once of a list for a map",
      () => ofPrometheus({ alertRelabelConfigs: [{ action: "drop" }] }),
      /^alertRelabelConfigs: got a list; accepted: a map/,
    ],
  ];
  for (const [title, told, ...parts] of rows)
    it(title, () => {
      assert.equal(told().length, 1, told().join("\n"));
      for (const part of parts) assert.match(told()[0]!, part);
    });

  it("stands once at each of many jobs that are refused", () => {
    const names = Array.from({ length: 300 }, (_, at) => `job-${at}`);
    const wrong = { static_configs: [{ targets: ["x:80"] }], relabel_configs: [{ action: "hashmod" }] };
    const told = ofPrometheus({ scrapeConfigs: Object.fromEntries(names.map((name) => [name, wrong])) });
    const places = names.map((name) => `scrapeConfigs.${name}.relabel_configs[0]`);
    assert.deepEqual(
      told.map((line) => line.slice(0, line.indexOf(": "))),
      places,
    );
  });

  it("takes no word of ours for a key of the chart's", () => {
    const told = ofPrometheus({
      scrapeConfigs: { "kubernetes-nodes": { static_configs: [{ targets: ["http://x/y"] }] } },
    });
    assert.doesNotMatch(told.join(), /null/);
  });

  it("stands in the same order each time", () => {
    const rule = { record: "a", expr: "up", labels: { "": "a", __name__: "b" } };
    const told = () => checkRuleGroups([{ name: `g${Math.random()}`, rules: [rule] }]).map(({ sentence }) => sentence);
    for (let times = 0; times < 20; times++) assert.deepEqual(told(), told());
  });

  it("comes soon for a calendar of many times", () => {
    const clock = (minute: number) =>
      `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
    const times = Array.from({ length: 1439 }, (_, at) => ({ start_time: clock(at), end_time: clock(at + 1) }));
    const config = {
      route: { receiver: "ops", routes: [{ receiver: "ops", active_time_intervals: ["t"] }] },
      time_intervals: [{ name: "t", time_intervals: [{ times }] }],
    };
    assert.deepEqual(ofAlertmanager(config), []);
  });
});
