import assert from "node:assert/strict";
import { checkAlertmanagerConfig } from "../../../alertmanager/check-config";
import type {
  AlertmanagerConfig,
  PagerdutyConfig,
  Receiver,
  Route,
  SlackConfig,
  TimeInterval,
} from "../../../alertmanager/config";

const slack = { api_url_file: { credential: "slack" }, channel: "#monitoring", send_resolved: true } as const;

/** A configuration that has a value of every type. `as const` makes it read-only. */
const config = {
  global: { resolve_timeout: "5m", http_config: { follow_redirects: true } },
  templates: ["/etc/alertmanager/*.tmpl"],
  receivers: [
    { name: "ops", slack_configs: [slack] },
    { name: "night", pagerduty_configs: [{ routing_key_file: { credential: "pagerduty" }, timeout: "1m30s" }] },
  ],
  route: {
    receiver: "ops",
    group_wait: "10s",
    repeat_interval: "1h30m",
    routes: [{ receiver: "night", matchers: ['severity="critical"'], active_time_intervals: ["nights"] }],
  },
  inhibit_rules: [{ source_matchers: ["a=b"], target_matchers: ["c=d"], equal: ["cluster"] }],
  time_intervals: [{ name: "nights", time_intervals: [{ weekdays: ["monday:friday"], days_of_month: [1, "-3:-1"] }] }],
} as const satisfies AlertmanagerConfig;

// The compiler must report an error in each line below a directive; otherwise the directive itself is an error.
export const refused: readonly unknown[] = [
  // @ts-expect-error a secret in plain text
  { routing_key: "0000" } satisfies PagerdutyConfig,
  // @ts-expect-error a file name that is not an absolute path
  { api_url_file: "secrets/url" } satisfies SlackConfig,
  // @ts-expect-error a key that Alertmanager does not have
  { colour: "red" } satisfies SlackConfig,
  // @ts-expect-error a receiver without a name
  { slack_configs: [] } satisfies Receiver,
  // @ts-expect-error a duration with a space
  { group_wait: "30 s" } satisfies Route,
  // @ts-expect-error a duration without a unit
  { routes: [{ repeat_interval: 30 }] } satisfies Route,
  // @ts-expect-error an interval without a name
  { time_intervals: [] } satisfies TimeInterval,
  // @ts-expect-error the unit d, which Go's durations do not have
  { timeout: "1d" } satisfies PagerdutyConfig,
];

describe("the types of Alertmanager's configuration", () => {
  it("accept everything that the check accepts", () => {
    const typed: AlertmanagerConfig = config;
    const credentials = ["slack", "pagerduty"];
    assert.deepEqual(checkAlertmanagerConfig(typed, { templates: {}, credentials }), []);
  });
});
