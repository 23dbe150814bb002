/** The parts of an operator's configuration that tests change, one at a time. */
export interface OperatorParts {
  /** A threshold of one of the program's alerts, in percent of the processors. */
  readonly busy: number;
  /** A threshold of one of the operator's rules, in seconds. */
  readonly oldAfter: number;
  /** The receiver of a route. */
  readonly receiver: "storage-team" | "slack";
  /** The taint that Prometheus' pod tolerates. */
  readonly taint: string;
}

/** A configuration with an operator's own rule, receivers, routes and tolerations. */
export function operatorConfig(change: Partial<OperatorParts> = {}): Record<string, unknown> {
  const { busy = 95, oldAfter = 86_400, receiver = "storage-team", taint = "monitoring" } = change;
  return {
    "alerting:rules": {
      alerts: { NodeCpuHigh: { threshold: busy } },
      groups: [
        {
          name: "Pushed",
          rules: [
            {
              alert: "PushedMetricsAreOld",
              expr: `time() - push_time_seconds > ${oldAfter}`,
              for: "5m",
              labels: { severity: "warning", team: "storage" },
              annotations: {
                summary: "{{ $labels.job }} has not pushed for long",
                description: "The last push of {{ $labels.job }} was {{ $value | humanizeDuration }} ago.",
              },
            },
          ],
        },
      ],
    },
    "alerting:alertmanager": {
      receivers: [{ name: "storage-team", slack_configs: [{ channel: "#storage", send_resolved: true }] }],
      routes: [
        { matchers: ['team="storage"', 'severity="critical"'], receiver: "storage-team" },
        { matchers: ['team="storage"'], receiver },
      ],
    },
    "alerting:values": {
      server: {
        tolerations: [
          { key: "node-role.kubernetes.io/control-plane", operator: "Exists", effect: "NoSchedule" },
          { key: "dedicated", operator: "Equal", value: taint, effect: "NoSchedule" },
        ],
      },
    },
  };
}
