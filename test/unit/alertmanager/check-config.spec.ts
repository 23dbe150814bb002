import assert from "node:assert/strict";
import { checkAlertmanagerConfig } from "../../../alertmanager/check-config";
import { writtenPath } from "../../../validation/finding";

const slack = { api_url_file: "/secrets/url", channel: "#monitoring", send_resolved: true };
const webhook = { url: "http://sink.ops.svc:8080/" };
const none = { templates: {}, credentials: [] };

/** The findings for a configuration, one line each. */
function said(config: unknown, options: Parameters<typeof checkAlertmanagerConfig>[1] = none): string[] {
  return checkAlertmanagerConfig(config, options).map(
    ({ severity, path, sentence }) => `${severity} ${writtenPath(path)}: ${sentence}`,
  );
}

const receivers = [{ name: "ops", webhook_configs: [webhook] }];
const withReceiver = (more: object) => ({ route: { receiver: "ops" }, receivers: [{ name: "ops", ...more }] });
const withRoute = (more: object) => ({ route: { receiver: "ops", ...more }, receivers });
const withRoutes = (...routes: object[]) => withRoute({ routes });
const withGlobal = (global: unknown) => ({ ...withRoute({}), global });

/** Asserts that one finding contains each of these strings. */
function says(config: unknown, ...parts: string[]): void {
  const lines = said(config);
  assert.ok(
    lines.some((line) => parts.every((part) => line.includes(part))),
    `expected ${parts.join(" … ")}, got\n${lines.join("\n")}`,
  );
}

type Row = readonly [title: string, config: unknown, ...parts: string[]];
const table = (rows: readonly Row[]) =>
  rows.forEach(([title, config, ...parts]) => it(title, () => says(config, ...parts)));

describe("Alertmanager's configuration: common mistakes of people who write it by hand", () => {
  table([
    [
      "rules belong to another setting",
      { ...withRoute({}), rule_files: ["x"] },
      "error rule_files:",
      "alerting:rules.groups",
    ],
    [
      "rule groups belong to another setting",
      { ...withRoute({}), groups: [] },
      "error groups:",
      "alerting:rules.groups",
    ],
    [
      "scrape jobs belong to Prometheus",
      { ...withRoute({}), scrape_configs: [] },
      "error scrape_configs:",
      "Prometheus",
    ],
    [
      "Opsgenie teams belong in `responders`",
      withReceiver({ opsgenie_configs: [{ api_key_file: "/x", teams: "ops" }] }),
      "error receivers[0].opsgenie_configs[0].teams: is not a key of Alertmanager; write `responders: [{ name: <team>, type: team }]` instead",
    ],
    [
      "a channel that YAML read as a comment must be quoted",
      withReceiver({ slack_configs: [{ ...slack, channel: null }] }),
      "error receivers[0].slack_configs[0].channel:",
      '"#monitoring"',
      "unquoted #",
    ],
    [
      "a missing channel may be a YAML comment, and a webhook has a default channel",
      withReceiver({ slack_configs: [{ api_url_file: "/x", send_resolved: true }] }),
      "warning receivers[0].slack_configs[0].channel:",
      "unquoted #",
    ],
    [
      "a bot has no default channel",
      withReceiver({ slack_configs: [{ app_token_file: "/x", send_resolved: true }] }),
      "error receivers[0].slack_configs[0].channel:",
    ],
    [
      "a route names a receiver that no longer exists",
      { route: { receiver: "default" }, receivers: [{ name: "slack" }] },
      "error route.receiver:",
      '"default"',
      '"slack"',
    ],
    [
      "resolved alerts are not sent to Slack by default",
      withReceiver({ slack_configs: [{ ...slack, send_resolved: undefined }] }),
      "warning receivers[0].slack_configs[0].send_resolved:",
      "no message is sent when an alert is over",
    ],
  ]);

  it("a quoted channel with all recommended keys causes no finding", () => {
    assert.deepEqual(said(withReceiver({ slack_configs: [slack] })), []);
  });
});

describe("Alertmanager's configuration: bad input", () => {
  table([
    ["nothing", null, "is not a map"],
    ["a list", [], "is not a map"],
    ["a string", "route: {}", "is not a map"],
    ["an empty object", {}, "error route: is refused by Alertmanager: no routes provided"],
    [
      "`yes` instead of `true`",
      withRoutes({ matchers: ["a=b"], continue: "yes" }),
      ".continue:",
      "write true, without quotes",
    ],
    [
      "`off` instead of `false`",
      withGlobal({ smtp_require_tls: "off" }),
      ".smtp_require_tls:",
      "write false, without quotes",
    ],
    [
      "a number as a string",
      withReceiver({ webhook_configs: [{ ...webhook, max_alerts: "5" }] }),
      ".max_alerts:",
      "write 5, without quotes",
    ],
    ["a string as a number", withGlobal({ smtp_hello: 10 }), ".smtp_hello:", 'write "10", in quotes'],
    [
      "a duration that YAML read as a sexagesimal number",
      withRoute({ group_wait: 90 }),
      "route.group_wait: got 90",
      '"1m30s"',
    ],
    [
      "a time of day that YAML read as a sexagesimal number",
      {
        ...withRoute({}),
        time_intervals: [{ name: "x", time_intervals: [{ times: [{ start_time: 540, end_time: "17:00" }] }] }],
      },
      ".start_time: got 540",
      'write "540", in quotes',
    ],
    ["an empty duration", withRoute({ group_wait: "" }), 'route.group_wait: got ""'],
    ["an empty receiver", withRoute({ receiver: "" }), "error route: is refused", "must specify a default receiver"],
    [
      "an empty name",
      { route: { receiver: "ops" }, receivers: [{ name: "" }] },
      "receivers[0]: is refused by Alertmanager: missing name in receiver",
    ],
    ["an empty channel", withReceiver({ slack_configs: [{ ...slack, channel: "" }] }), '.channel: got ""'],
    ["an empty file", withReceiver({ slack_configs: [{ ...slack, api_url_file: "" }] }), "not an absolute path"],
    ["an empty matcher", withRoutes({ matchers: [""] }), "matchers[0]: is empty"],
    ["`null` instead of a list", { ...withRoute({}), inhibit_rules: null }, "inhibit_rules: has no value"],
    ["`null` in a list", { ...withRoute({}), receivers: [null] }, "receivers[0]: has no value"],
    ["a number instead of an object", withGlobal({ http_config: 1 }), "global.http_config: got 1; accepted: a map"],
    ["a list instead of an object", { route: [], receivers }, "route: got a list; accepted: a map"],
    ["an object instead of a list", withRoute({ routes: {} }), "route.routes: got a map; accepted: a list"],
    ["a function", withGlobal({ smtp_from: () => "x" }), "global.smtp_from: is a function"],
    ["a date", withGlobal({ smtp_from: new Date(0) }), "global.smtp_from: is an object of a class"],
    ["not a number", withReceiver({ webhook_configs: [{ ...webhook, max_alerts: NaN }] }), ".max_alerts: is NaN"],
    ["a key that leads to a prototype", JSON.parse('{"__proto__":{"route":1}}'), "__proto__: is not a valid key"],
    [
      "a key that leads to a prototype, in a nested object",
      JSON.parse('{"route":{"receiver":"ops","match":{"constructor":"x"}}}'),
      "route.match.constructor: is not a valid key",
    ],
  ]);

  it("a wrong type at any depth causes one finding at its position", () => {
    const deep = (value: unknown) => withReceiver({ webhook_configs: [{ ...webhook, http_config: value }] });
    for (const [value, place] of [
      [{ tls_config: { insecure_skip_verify: 1 } }, ".tls_config.insecure_skip_verify: got 1; write true"],
      [{ oauth2: { client_id: "a", token_url: "https://a.example/", scopes: ["a", 2] } }, ".oauth2.scopes[1]: got 2"],
      [
        { http_headers: { X: { values: "a" } } },
        ".http_headers.X.values: got a string that is not shown; accepted: a list",
      ],
    ] as const) {
      const lines = said(deep(value));
      assert.equal(lines.length, 1, lines.join("\n"));
      assert.ok(lines[0]!.includes(place), lines[0]);
    }
  });

  it("a circular reference is reported without an endless loop", () => {
    const config = withRoute({ routes: [] as unknown[] });
    (config.route as unknown as { routes: unknown[] }).routes.push(config.route);
    assert.deepEqual(said(config), ["error route.routes[0]: contains itself; write the value out."]);
  });

  it("excessive nesting is reported without a crash", () => {
    let route: object = { receiver: "ops" };
    for (let depth = 0; depth < 20_000; depth++) route = { receiver: "ops", routes: [route] };
    const lines = said({ route, receivers });
    assert.ok(lines.some((line) => line.includes("is nested more than")));
  });

  it("Object.prototype is not changed by a key that leads to it", () => {
    said(JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'));
    assert.equal(({} as { polluted?: number }).polluted, undefined);
  });

  it("all findings are reported at once", () => {
    const lines = said({
      route: { receiver: "opps", group_wait: "1x", routes: [{ group_by: ["a", "a"] }] },
      receivers: [{ name: "ops", slack_configs: [{ colour: "x" }] }],
      rules: [],
    });
    for (const part of ["opps", "1x", 'duplicated label "a" in group_by', "colour", "no Slack API URL", "rules:"])
      assert.ok(lines.join("\n").includes(part), part);
  });

  it("the check takes time in proportion to the number of receivers and routes", () => {
    const time = (count: number) => {
      const names = Array.from({ length: count }, (_, at) => `receiver-${at}`);
      const config = {
        route: {
          receiver: names[0],
          routes: names.map((receiver) => ({ receiver, matchers: ['severity="critical"', `team="${receiver}"`] })),
        },
        receivers: names.map((name) => ({ name, webhook_configs: [webhook] })),
      };
      const start = performance.now();
      assert.deepEqual(said(config), []);
      return performance.now() - start;
    };
    time(100);
    const [thousand, tenThousand] = [time(1000), time(10_000)];
    console.log(`      1,000 receivers: ${thousand.toFixed(0)} ms; 10,000: ${tenThousand.toFixed(0)} ms`);
    assert.ok(tenThousand < 40 * thousand + 1000);
  });
});

describe("Alertmanager's configuration: secrets", () => {
  const secret = "canary-7f3a";
  const url = `https://hooks.slack.example/services/T000/${secret}`;
  for (const [title, config, fileKey] of [
    ["a Slack webhook", withReceiver({ slack_configs: [{ ...slack, api_url: url }] }), "api_url_file"],
    ["a routing key", withReceiver({ pagerduty_configs: [{ routing_key: secret }] }), "routing_key_file"],
    ["an API key", withReceiver({ opsgenie_configs: [{ api_key: secret }] }), "api_key_file"],
    ["a mail server's password", withGlobal({ smtp_auth_password: secret }), "smtp_auth_password_file"],
    ["a webhook in `global`", withGlobal({ slack_api_url: url }), "slack_api_url_file"],
    [
      "a basic_auth password",
      withReceiver({ webhook_configs: [{ ...webhook, http_config: { basic_auth: { password: secret } } }] }),
      "password_file",
    ],
    ["a bot token in a list", withReceiver({ telegram_configs: [{ bot_token: [secret] }] }), "bot_token_file"],
    [
      "a URL with a password",
      withReceiver({ webhook_configs: [{ url: `https://a:${secret}@b.example/` }] }),
      "url_file",
    ],
    ...Object.entries({
      "a Telegram bot": "https://api.telegram.example/bot123456:canary-7f3a/sendMessage",
      "a chat's webhook": "https://chat.example/hooks/canary-7f3a/q8w7e6r5t4y3u2i1o9",
      "an automation's webhook": "https://n8n.example/webhook/0a1b2c3d-0000-4000-8000-00canary-7f3a",
      "a URL whose host suggests a webhook": "https://hooks.example/catch/1/canary-7f3a",
      "a heartbeat URL": "https://hc-ping.com/canary-7f3a",
    }).map(([what, url]) => [what, withReceiver({ webhook_configs: [{ url }] }), "url_file"] as const),
    ["a URL with a token", withReceiver({ webhook_configs: [{ url: `https://b.example/?t=${secret}` }] }), "url_file"],
  ] as const) {
    it(`${title} in plain text is refused and not shown, and the finding says how to set it`, () => {
      const lines = said(config).join("\n");
      assert.ok(lines.includes(`write \`${fileKey}: { credential: <name> }\``), lines);
      assert.ok(lines.includes("pulumi config set --secret --path alerting:credentials.<name>"), lines);
      assert.ok(!lines.includes(secret), lines);
    });
  }

  for (const [title, config] of [
    ["instead of its file", withReceiver({ pagerduty_configs: [{ routing_key_file: secret }] })],
    ["instead of an object", withReceiver({ webhook_configs: [{ ...webhook, http_config: { basic_auth: secret } }] })],
    ["instead of a list", withReceiver({ webhook_configs: `https://b.example/${secret}` })],
    ["in an object instead of a list", { route: { receiver: "ops" }, receivers: { ops: { key: secret } } }],
    ["under an unknown key", withReceiver({ pagerduty_configs: [{ key: secret }] })],
    ["in a proxy's URL", withGlobal({ http_config: { proxy_url: `http://a:${secret}@b.example/` } })],
    ["in a header", withGlobal({ http_config: { http_headers: { X: { secrets: [secret] } } } })],
    [
      "in a header whose name suggests a credential",
      withReceiver({
        webhook_configs: [{ ...webhook, http_config: { http_headers: { "X-Api-Key": { values: [secret] } } } }],
      }),
    ],
    [
      "instead of a credential's name",
      withReceiver({ pagerduty_configs: [{ routing_key_file: { credential: `${secret}-0a1b2c3d4e5f6a7b8c9d` } }] }),
    ],
    ["in SNS", withReceiver({ sns_configs: [{ topic_arn: "x", sigv4: { access_key: "a", secret_key: secret } }] })],
    [
      "together with a conflicting key",
      withReceiver({ pushover_configs: [{ token: secret, token_file: "/x", user_key_file: "/x" }] }),
    ],
  ] as const) {
    it(`a secret ${title} is refused and not shown`, () => {
      const lines = said(config).join("\n");
      assert.ok(lines.includes("error"), lines);
      assert.ok(!lines.includes(secret), lines);
    });
  }

  it("an unset credential is reported with a similar name and the command that sets it; an unused one causes a warning", () => {
    const config = withReceiver({ pagerduty_configs: [{ routing_key_file: { credential: "pagerdutty" } }] });
    const lines = said(config, { templates: {}, credentials: ["pagerduty"] });
    assert.equal(lines.length, 2);
    assert.match(lines[0]!, /error .*routing_key_file: .*"pagerduty" meant.*alerting:credentials\.pagerdutty/);
    assert.match(lines[1]!, /warning credentials\.pagerduty: .*nothing names it/);
  });

  it("Slack's API URL is not a secret", () => {
    const authorization = { credentials_file: "/secrets/token" };
    const bot = { ...slack, api_url_file: undefined, api_url: "https://slack.com/api/chat.postMessage" };
    assert.deepEqual(said(withReceiver({ slack_configs: [{ ...bot, http_config: { authorization } }] })), []);
  });
});

describe("Alertmanager's configuration: templates", () => {
  const titled = (title: string) => withReceiver({ slack_configs: [{ ...slack, title }] });
  const file = (text: string) => ({ templates: { "ops.tmpl": text }, credentials: [] });
  const reading = (title: string) => ({ ...titled(title), templates: ["/etc/alertmanager/*.tmpl"] });

  table([
    ["unclosed braces", titled("{{ .Status }"), "slack_configs[0].title:", 'unexpected "}" in operand'],
    ["an action inside an action", titled("{{ .Status {{ .X }}"), 'unexpected "{" in operand'],
    ["a superfluous `end`", titled("{{ end }}"), "unexpected {{end}}"],
    ["an `else` without an `if`", titled("{{ else }}"), "unexpected {{else}}"],
    ["an empty action", titled("{{ }}"), "missing value for command"],
    [
      "a template in a route's label",
      withRoute({ labels: { tier: "{{ .X }" } }),
      "route.labels.tier:",
      'unexpected "}"',
    ],
    ["a condition without an `end`", titled("{{ if .Status }}x"), "unexpected EOF"],
    ["an undefined template name", titled('{{ template "slack.default.titel" . }}'), "which nothing defines"],
    ["an undefined template name in a branch", titled('{{ if eq .Status "x" }}{{ template "y" . }}{{ end }}'), '"y"'],
    ["an index in brackets", titled('{{ .CommonLabels["a"] }}'), "bad character U+005B '['; write `index"],
    ["an unknown function", titled("{{ nosuchfunction .Status }}"), 'function "nosuchfunction" not defined'],
    ["an unknown field", titled("{{ .Foo }}"), "fails whenever a message is sent: at <.Foo>"],
    ["a field of a string", titled("{{ .Status.Foo }}"), "fails whenever a message is sent"],
  ]);

  for (const text of [
    "plain",
    '{"a":{"b":1}}',
    "{{ .Status }} }} {",
    '{{ "{{" }}',
    "{{`}}`}}",
    "{{/* {{ */}}",
    "{{- /* x */ -}}",
    "{{ if .Status }}{{ else if .Receiver }}{{ end }}",
    '{{ template "slack.default.title" . }}',
    '{{ define "x" }}a{{ end }}{{ template "x" . }}',
    '{{ define `x` }}a{{ end }}{{ template "x" . }}',
    "{{ range $i, $a := .Alerts }}{{ with $a }}{{ .Labels.x }}{{ end }}{{ end }}",
  ]) {
    it(`${JSON.stringify(text)} is valid`, () => assert.deepEqual(said(titled(text)), []));
  }

  it("only files that `templates` loads define template names", () => {
    const title = '{{ template "ops.title" . }}';
    const options = file('{{ define "ops.title" }}x{{ end }}');
    assert.deepEqual(said(reading(title), options), []);
    const lines = said(titled(title), options);
    assert.match(lines[0]!, /warning templates\["ops\.tmpl"\]: is read by no entry/);
    assert.match(lines[1]!, /error .*title: uses the template "ops\.title", which nothing defines/);
  });

  it("problems in a template file are reported under the file's name", () => {
    assert.match(said(reading("x"), file("{{ define "))[0]!, /error templates\["ops\.tmpl"\]: is not a valid template/);
    assert.match(said(reading("x"), file('{{ template "ops.x" . }}'))[0]!, /templates\["ops\.tmpl"\]: uses/);
  });
});

describe("Alertmanager's configuration: routes", () => {
  const receiver = "ops";
  table([
    [
      "a sibling route whose matchers are not a list",
      withRoutes({ receiver, matchers: "a=b" }, { matchers: ["c=d"] }),
      "route.routes[0].matchers: got",
    ],
    [
      "a sibling route without matchers matches everything",
      withRoutes({ receiver }, { matchers: ["a=b"] }),
      "warning route.routes[1]: can never match: an earlier route, without matchers, takes every such alert; put",
    ],
    [
      "an earlier sibling route has fewer conditions",
      withRoutes({ matchers: ["a=b"] }, { matchers: ["c=d", 'a="b"'] }),
      "warning route.routes[1]: can never match",
    ],
    [
      "an earlier regular expression matches the value",
      withRoutes({ matchers: ["a=~b|c"] }, { matchers: ["a=c"] }),
      'warning route.routes[1]: can never match: an earlier route, that of a=~"b|c", takes every such alert; put',
    ],
    [
      "an earlier route in the older syntax matches too",
      withRoutes({ match: { a: "b" } }, { matchers: ["a=b"] }),
      "warning route.routes[1]: can never match",
    ],
    ["two values for one label", withRoutes({ matchers: ["a=b", "a=c"] }), 'no alert has both a="b" and a="c"'],
    ["a value and its negation", withRoutes({ matchers: ["a=b", "a!=b"] }), 'both a="b" and a!="b"'],
    [
      "a value that a regular expression excludes",
      withRoutes({ matchers: ["a=b", "a=~c.*"] }),
      'both a="b" and a=~"c.*"',
    ],
    [
      "a child route contradicts its parent",
      withRoutes({ matchers: ["a=b"], routes: [{ matchers: ["a=c"] }] }),
      "warning route.routes[0].routes[0]: can never match",
    ],
    [
      "a child route repeats its parent's matchers before another child",
      withRoutes({ matchers: ["a=b"], routes: [{ matchers: ["a=b"] }, { matchers: ["c=d"] }] }),
      "warning route.routes[0].routes[1]: can never match",
    ],
    [
      "a repeat interval that is too short",
      withRoute({ repeat_interval: "1m" }),
      "route.repeat_interval:",
      'group_interval ("5m")',
    ],
    [
      "a repeat interval shorter than an inherited group interval",
      withRoutes({ matchers: ["a=b"], group_interval: "5h" }),
      "route.routes[0].group_interval:",
      'repeat_interval ("4h")',
    ],
    ["a repeat interval longer than Alertmanager remembers", withRoute({ repeat_interval: "6d" }), "warning", "120h"],
    [
      "older syntax in a route",
      withRoutes({ match_re: { a: "b" } }),
      "warning route.routes[0].match_re: is deprecated",
      "`matchers`",
    ],
    [
      "older syntax in an inhibit rule",
      { ...withRoute({}), inhibit_rules: [{ source_match: { a: "b" }, target_matchers: ["c=d"] }] },
      "warning inhibit_rules[0].source_match: is deprecated",
      "`source_matchers`",
    ],
    [
      "an inhibit rule with any alert as its source",
      { ...withRoute({}), inhibit_rules: [{ target_matchers: ["c=d"] }] },
      "warning inhibit_rules[0]:",
      "any alert is its source",
    ],
    [
      "a receiver that no route uses",
      { route: { receiver: "ops" }, receivers: [...receivers, { name: "idle" }] },
      'warning receivers[1]: defines the receiver "idle"',
    ],
    [
      "a time interval that no route uses",
      { ...withRoute({}), time_intervals: [{ name: "idle", time_intervals: [] }] },
      'warning time_intervals[0]: defines the time interval "idle"',
    ],
    [
      "time intervals under their older key",
      { ...withRoute({}), mute_time_intervals: [{ name: "x", time_intervals: [] }] },
      "warning mute_time_intervals: is deprecated",
    ],
  ]);

  for (const [title, routes] of [
    ["sibling routes for different values", [{ matchers: ["a=b"] }, { matchers: ["a=c"] }]],
    ["a sibling route that continues", [{ matchers: ["a=b"], continue: true }, { matchers: ["a=b"] }]],
    ["a narrower sibling route first", [{ matchers: ["a=b", "c=d"] }, { matchers: ["a=b"] }]],
    ["a catch-all route at the end", [{ matchers: ["a=b"] }, { receiver }]],
    ["overlapping regular expressions", [{ matchers: ["a=~b.*"] }, { matchers: ["a=~.*c"] }]],
    ["a missing label together with a value of another label", [{ matchers: ['a=""', "b!=c"] }]],
    ["regular expressions that only Go can read", [{ matchers: ["a=~(?i)b"] }, { matchers: ["a=c"] }]],
  ] as const) {
    it(`no finding for ${title}`, () => assert.deepEqual(said(withRoutes(...routes)), []));
  }
});

describe("Alertmanager's configuration: matchers", () => {
  for (const good of [
    'a="b"',
    "a = b",
    '{a="b",c!="d",}',
    "a=~b|c",
    'a=""',
    "a=",
    '"größe"="x"',
    "größe=x",
    'a=~"\\d+"',
    'a="b,c",d=e',
    "a=b c",
  ]) {
    it(`${good} is valid`, () => assert.deepEqual(said(withRoutes({ matchers: [good] })), []));
  }

  for (const bad of ["a", '="b"', "a~b", 'a="b', 'a="b""c"', "größe=", 'a=~"("', 'a=~"(?=b)"', "a=~\\1", "a,b"]) {
    it(`${bad} is not valid`, () =>
      says(withRoutes({ matchers: [bad] }), "error route.routes[0].matchers[0]:", "a matcher such as"));
  }
});
