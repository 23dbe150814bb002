import { performance } from "node:perf_hooks";
import Table from "cli-table3";
import { checkRuleGroups } from "../prometheus/checkRules";
import type { RuleGroup } from "../prometheus/ruleGroups";

/** Rules as teams write them: ratios of rates, quantiles, forecasts, absences, each with an expression of its own. */
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

function groups(count: number): RuleGroup[] {
  return Array.from({ length: count / 20 }, (_, group) => ({
    name: `team-${group}`,
    interval: "30s",
    rules: Array.from({ length: 20 }, (_, index) => {
      const n = group * 20 + index;
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

/** Milliseconds for one check. */
function measured(count: number): number {
  const made = groups(count);
  const start = performance.now();
  const errors = checkRuleGroups(made).filter(({ severity, path }) => severity === "error" && path.length > 0);
  const took = performance.now() - start;
  if (errors.length > 0) throw new Error(`The rules were meant to be right: ${JSON.stringify(errors[0])}`);
  return took;
}

// The first check also compiles what it runs, in every run of the program; it is told apart.
const cold = measured(1_000);
measured(2_000);
const small = measured(1_000);
const large = measured(10_000);
const table = new Table({ head: ["rules", "ms", "ms a rule", "against 1,000"], style: { head: [] } });
const row = (name: string, count: number, took: number) =>
  table.push([name, took.toFixed(0), (took / count).toFixed(3), `${(took / small).toFixed(1)} times`]);
row("1,000, the first", 1_000, cold);
row("1,000", 1_000, small);
row("10,000", 10_000, large);
console.log(table.toString());
