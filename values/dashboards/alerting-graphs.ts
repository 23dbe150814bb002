import type { StackSettings } from "../../settings/stack-settings";
import { heartbeatReceiverName, watchdogAlert } from "../heartbeat-receiver";
import type { Graph } from "./graph";

const prometheus = 'job="prometheus"';
const alertmanager = 'job="alertmanager"';

/** What the expressions of alerts do not show of alerting itself: delivery, latency, heartbeat and silences. */
export function alertingGraphs({ heartbeatIsSet }: Pick<StackSettings, "heartbeatIsSet">): Graph[] {
  return [
    {
      title: "Notifications",
      description: "Notifications within ten minutes, by receiver, and those that Alertmanager gave up.",
      unit: "short",
      queries: [
        {
          expr: `sum by (receiver_name) (increase(alertmanager_notifications_total{${alertmanager}}[10m]))`,
          legend: "{{receiver_name}}: tried",
        },
        {
          expr: `sum by (receiver_name) (increase(alertmanager_notifications_failed_total{${alertmanager}}[10m])) > 0`,
          legend: "{{receiver_name}}: given up",
        },
      ],
    },
    {
      title: "Latency of notifications",
      description: "The time that 95 of 100 requests to a receiver take at most.",
      unit: "s",
      queries: [
        {
          expr: `histogram_quantile(0.95, sum by (integration, le) (rate(alertmanager_notification_latency_seconds_bucket{${alertmanager}}[10m])))`,
          legend: "{{integration}}",
        },
      ],
    },
    {
      title: "Latency of rules",
      description: "How long the last evaluation of each rule group took.",
      unit: "s",
      queries: [
        {
          expr: `max by (rule_group) (prometheus_rule_group_last_duration_seconds{${prometheus}})`,
          legend: "{{rule_group}}",
        },
      ],
    },
    ...(heartbeatIsSet
      ? [
          {
            title: "Heartbeat",
            description: "Heartbeats that Alertmanager sent within ten minutes, and whether the Watchdog fires.",
            unit: "short",
            queries: [
              {
                expr: `sum(increase(alertmanager_notifications_total{${alertmanager}, receiver_name="${heartbeatReceiverName}"}[10m]))`,
                legend: "sent",
              },
              {
                expr: `max(ALERTS{alertname="${watchdogAlert}", alertstate="firing"})`,
                legend: watchdogAlert,
              },
            ],
          },
        ]
      : []),
    {
      title: "Silences",
      description: "Silences in Alertmanager that are active or begin later, and the alerts that it holds.",
      unit: "short",
      queries: [
        {
          expr: `max by (state) (alertmanager_silences{${alertmanager}, state!="expired"})`,
          legend: "silences: {{state}}",
        },
        { expr: `max by (state) (alertmanager_alerts{${alertmanager}})`, legend: "alerts: {{state}}" },
      ],
    },
    {
      title: "Targets",
      description: "Targets that answer Prometheus' scrapes, by job.",
      unit: "short",
      queries: [{ expr: "sum by (job) (up)", legend: "{{job}}" }],
    },
    {
      title: "Samples",
      description: "Samples that Prometheus stores in a second.",
      unit: "short",
      queries: [
        {
          expr: `sum by (instance) (rate(prometheus_tsdb_head_samples_appended_total{${prometheus}}[5m]))`,
          legend: "{{instance}}",
        },
      ],
    },
  ];
}
