import assert from "node:assert/strict";
import { checkAlertmanagerConfig } from "../../../alertmanager/check-config";
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

describe("a secret in plain text", () => {
  const rows: readonly [title: string, told: () => string[]][] = [
    ["a webhook URL without its scheme", () => webhook(`hooks.zapier.com/hooks/catch/1/${canary}`)],
    ["a webhook URL with user and password but no scheme", () => webhook(`u:${canary}@a.example/`)],
    ["a webhook that is a word", () => webhook(canary)],
    ["a webhook URL with an invalid escape", () => webhook(`https://a.example/%zz${canary}`)],
    ["a webhook URL with a space", () => webhook(`https://a b.example/hook/${canary}`)],
    ["a webhook URL with letters as a port", () => webhook(`https://a.example:${canary}`)],
    [
      "a Slack webhook that another receiver uses as a plain URL",
      () =>
        receiver({
          webhook_configs: [{ url: `https://chat.example/${canary}` }],
          slack_configs: [{ api_url: `https://chat.example/${canary}`, channel: "#a", send_resolved: true }],
        }),
    ],
    [
      "a credential together with a header of the same value",
      () =>
        job({ proxy_url: "http://p:1", proxy_connect_header: { A: [canary] }, authorization: { credentials: canary } }),
    ],
    ["a proxy header whose name suggests a credential", () => write({ proxy_connect_header: { "X-Token": [canary] } })],
    ["a URL with braces", () => job({ http_sd_configs: [{ url: `https://a.example/{{?token=${canary}` }] })],
    ["a proxy URL without its scheme", () => job({ proxy_url: `u:${canary}@p:1` })],
    ["an AWS key that is a number", () => write({ sigv4: { region: "a", access_key: 192837465 } })],
    ["an OAuth parameter that is a number", () => http({ oauth2: { endpoint_params: { p: 192837465 } } })],
    ["a password instead of its file", () => http({ basic_auth: { password_file: 192837465 } })],
  ];
  for (const [title, told] of rows)
    it(`is refused and not shown: ${title}`, () => {
      assert.notDeepEqual(told(), []);
      assert.doesNotMatch(told().join("\n"), new RegExp(`${canary}|192837465`));
    });
});

describe("a value that only looks like a secret", () => {
  const rows: readonly [title: string, told: () => string[]][] = [
    [
      "a label whose name ends like a secret reference",
      () => job({ static_configs: [{ targets: ["x:80"], labels: { git_ref: "main" } }] }),
    ],
    [
      "an external label whose name ends like a secret reference",
      () => ofPrometheus({ server: { global: { external_labels: { git_ref: "main" } } } }),
    ],
    [
      "a header inside a payload",
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
      "an e-mail header",
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
    ["a proxy header", () => job({ proxy_url: "http://p:1", proxy_connect_header: { "X-A": ["b"] } })],
  ];
  for (const [title, told] of rows) it(`is accepted: ${title}`, () => assert.deepEqual(told(), []));
});

describe("a message about a refused value", () => {
  const rows: readonly [title: string, told: () => string[], ...parts: RegExp[]][] = [
    [
      "is reported at a proxy header that is not a list",
      () => job({ proxy_connect_header: { "X-A": 5 } }),
      /^scrapeConfigs\.a\.proxy_connect_header/,
    ],
    [
      "names the valid TLS versions",
      () => job({ tls_config: { min_version: "TLS1.2" } }),
      /min_version: got "TLS1\.2"; .*TLS12/,
    ],
    [
      "does not mention maps if a secret is null",
      () => job({ authorization: { credentials: null } }),
      /credentials: has no value; leave the key out/,
    ],
    [
      "is reported at a URL that is a number",
      () => write({ url: 5 }),
      /remoteWrite\[0\]\.url: got 5; accepted: an address/,
    ],
    ["is reported at an empty URL", () => write({ url: "" }), /remoteWrite\[0\]\.url: got ""; accepted: an address/],
    ["is reported at a URL without a host", () => write({ url: "http://" }), /url: got .*; accepted: an address/],
    [
      "is reported at a number in a label",
      () => ofPrometheus({ server: { global: { external_labels: { a: 12345678 } } } }),
      /external_labels\.a: got 12345678; write "12345678", in quotes/,
    ],
    [
      "is reported at a number in a matcher",
      () => ofAlertmanager({ route: { receiver: "ops", routes: [{ match_re: { a: 5 } }] } }),
      /match_re\.a: got 5; write "5", in quotes/,
    ],
    [
      "names the key that sets a header with credentials",
      () => write({ headers: { "X-Api-Key": "a" } }),
      /`http_headers\.X-Api-Key\.files`/,
    ],
    [
      "names the key that sets the authentication",
      () => job({ http_headers: { Authorization: { values: ["a"] } } }),
      /`authorization\.credentials_file`/,
    ],
    [
      "names two keys of `global` that Alertmanager does not accept together",
      () => ofAlertmanager({ global: { slack_app_token_file: "/x", slack_api_url_file: "/y" } }),
      /^global: sets `slack_api_url_file` and `slack_app_token_file`/,
    ],
    [
      "names the key that sets a missing credential in a file",
      () => receiver({ pushover_configs: [{}] }),
      /set `user_key_file`/,
    ],
    [
      "also names the key in `global` for a missing credential",
      () => receiver({ opsgenie_configs: [{}] }),
      /set `api_key_file`, or `opsgenie_api_key_file` in `global`/,
    ],
    [
      "contains no text of the YAML parser",
      () => ofAlertmanager({ route: { receiver: "ops", group_wait: { a: "b" } } }),
      /group_wait: got a map; accepted: a duration/,
    ],
    [
      "does not suggest a number that is too large",
      () => job({ sample_limit: "99999999999999999999" }),
      /accepted: a whole number from 0 on/,
    ],
    [
      "appears once if a list is given instead of a map",
      () => ofPrometheus({ alertRelabelConfigs: [{ action: "drop" }] }),
      /^alertRelabelConfigs: got a list; accepted: a map/,
    ],
  ];
  for (const [title, told, ...parts] of rows)
    it(title, () => {
      assert.equal(told().length, 1, told().join("\n"));
      for (const part of parts) assert.match(told()[0]!, part);
    });

  it("appears once for each of many refused jobs", () => {
    const names = Array.from({ length: 300 }, (_, at) => `job-${at}`);
    const wrong = { static_configs: [{ targets: ["x:80"] }], relabel_configs: [{ action: "hashmod" }] };
    const told = ofPrometheus({ scrapeConfigs: Object.fromEntries(names.map((name) => [name, wrong])) });
    const places = names.map((name) => `scrapeConfigs.${name}.relabel_configs[0]`);
    assert.deepEqual(
      told.map((line) => line.slice(0, line.indexOf(": "))),
      places,
    );
  });

  it("does not suggest `null` for a key that the chart does not have", () => {
    const told = ofPrometheus({
      scrapeConfigs: { "kubernetes-nodes": { static_configs: [{ targets: ["http://x/y"] }] } },
    });
    assert.doesNotMatch(told.join(), /null/);
  });

  it("appears in the same order each time", () => {
    const rule = { record: "a", expr: "up", labels: { "": "a", __name__: "b" } };
    const told = () => checkRuleGroups([{ name: `g${Math.random()}`, rules: [rule] }]).map(({ sentence }) => sentence);
    for (let times = 0; times < 20; times++) assert.deepEqual(told(), told());
  });

  it("appears quickly for a calendar with many times", () => {
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
