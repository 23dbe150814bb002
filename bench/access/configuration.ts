import type { StackConfig } from "../../lab/stack";
import type { Storm } from "../../lab/storm/start";

/** The scrape job of the targets that go down one by one. */
export const JOB = "bench";
/** How often the rule that fires at each evaluation is evaluated, in seconds. */
export const TICK_SECONDS = 1;

/**
 * The additions to the lab's usual configuration: a rule that creates a new alert at each evaluation, the targets, and
 * routes that send the alerts of the rule and of the targets to the receiver at once. Each alert is its own message, so
 * that none waits for another.
 */
export function measuredConfig(storm: Pick<Storm, "scrapeConfigs">, receiverUrl: string): StackConfig {
  const route = { receiver: "bench", group_by: ["..."], group_wait: "0s", group_interval: "1s" };
  return {
    "alerting:values": { scrapeConfigs: storm.scrapeConfigs },
    "alerting:rules": {
      groups: [
        {
          name: "Tick",
          interval: `${TICK_SECONDS}s`,
          rules: [{ alert: "Tick", expr: 'count_values("tick", floor(vector(time())))', labels: { severity: "none" } }],
        },
      ],
    },
    "alerting:alertmanager": {
      receivers: [{ name: "bench", webhook_configs: [{ url: receiverUrl, send_resolved: true }] }],
      routes: [
        { ...route, matchers: ['alertname="Tick"'] },
        { ...route, matchers: ['alertname="InstanceDown"', `job="${JOB}"`] },
      ],
    },
  };
}
