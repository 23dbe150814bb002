/** Makes a test of promtool of a state: the healthy cluster's series, as the state changes them. */
import type { ClusterState, Series } from "./read";

/** A test of promtool that fails unless exactly the state's alerts fire within its length. */
export function promtoolTest(state: ClusterState, healthy: readonly Series[]): Record<string, unknown> {
  const changed = new Set(state.series.map(({ series }) => identityOf(series)));
  const missing = state.without.map((expression) => new RegExp(expression));
  const unused = missing.filter((expression) => !healthy.some(({ series }) => expression.test(series)));
  if (unused.length > 0) throw new Error(`${state.state}: no healthy series matches ${unused.join(", ")}.`);
  const left = healthy.filter(
    ({ series }) => !changed.has(identityOf(series)) && !missing.some((expression) => expression.test(series)),
  );
  const minutes = state.length.slice(0, -1);
  return {
    name: state.state,
    interval: "1m",
    input_series: [...left, ...state.series].map(({ series, values }) => ({
      series,
      values: values.replaceAll(/(?<=x)N\b/g, minutes),
    })),
    promql_expr_test: [
      {
        // The name of the alert is the only label that the table shows.
        expr: `group by (alertname) (last_over_time(ALERTS{alertstate="firing", severity!="none"}[${state.length}]))`,
        eval_time: state.length,
        exp_samples: state.fires.map((alertname) => ({ labels: `{alertname="${alertname}"}`, value: 1 })),
      },
    ],
  };
}

/** The name and the sorted labels of a series. */
function identityOf(series: string): string {
  const name = /^[^{]*/.exec(series)![0].trim();
  const labels = [...series.matchAll(/(\w+)\s*=\s*("(?:[^"\\]|\\.)*")/g)].map(
    ([, label, value]) => `${label}=${value}`,
  );
  return `${name}{${labels.sort().join()}}`;
}
