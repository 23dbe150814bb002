import type { RuleGroup } from "../prometheus/rule-groups";

/** Rules as teams write them: ratios of rates, quantiles, forecasts, absences, each with a different expression. */
const expressions: readonly ((n: number) => string)[] = [
  (n) => `up{job="service-${n}"} == 0`,
  (n) =>
    `sum by (namespace, job) (rate(http_requests_total{job="service-${n}", code=~"5.."}[5m])) / ` +
    `sum by (namespace, job) (rate(http_requests_total{job="service-${n}"}[5m])) > 0.0${(n % 9) + 1}`,
  (n) =>
    `histogram_quantile(0.99, sum by (le, job) (rate(request_seconds_bucket{job="service-${n}"}[10m]))) > ${(n % 7) + 1}`,
  (n) => `predict_linear(node_filesystem_avail_bytes{device="disk-${n}", fstype!~"tmpfs|overlay"}[6h], 24 * 3600) < 0`,
  (n) => `absent(kube_deployment_status_replicas{deployment="service-${n}"})`,
  (n) =>
    `(container_memory_working_set_bytes{container="service-${n}"} / on (namespace, pod, container) group_left () ` +
    `kube_pod_container_resource_limits{resource="memory"}) > 0.9 and on () hour() >= 8`,
];

/** Above this number the rules must be short, so that they fit into their ConfigMap. */
const mostWhole = 2_000;

/** Groups of 20 rules, numbered from `first` on. A different `first` avoids cached verdicts on rules checked before. */
export function ownRules(count: number, first = 0): RuleGroup[] {
  return Array.from({ length: count / 20 }, (_, group) => ({
    name: `team-${group}`,
    interval: "30s",
    rules: Array.from({ length: 20 }, (_, index) => {
      const n = first + group * 20 + index;
      if (count > mostWhole) return { record: `service:up:sum${n}`, expr: `sum(up{job="service-${n}"})` };
      return {
        alert: `Service${n}`,
        expr: expressions[n % expressions.length]!(n),
        for: "5m",
        labels: { severity: n % 3 === 0 ? "critical" : "warning", team: `team-${group}` },
        annotations: {
          summary: `Service ${n} of {{ $labels.job }} needs someone`,
          description: `{{ with $labels.namespace }}In {{ . }}: {{ end }}now {{ $value | humanize }}.`,
        },
      };
    }),
  }));
}
