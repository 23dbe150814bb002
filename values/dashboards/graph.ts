/** The datasource that a person chooses at the top of a dashboard. */
export const chosenDatasource = { type: "prometheus", uid: "${datasource}" } as const;

/** A graph: its lines, and the limit from which on an alert fires. */
export interface Graph {
  readonly title: string;
  readonly description: string;
  /** The unit by Grafana's name, such as `percent`. */
  readonly unit: string;
  /** The queries; a legend such as `{{node}}` names the lines by their labels. */
  readonly queries: readonly { readonly expr: string; readonly legend?: string }[];
  /** The value from which on an alert fires, and whether the alert fires below or above it. */
  readonly limit?: { readonly value: number; readonly isLowest: boolean };
}

const legend = { showLegend: true, displayMode: "list", placement: "bottom", calcs: [] } as const;

/** The graph as a panel of Grafana. The range in which an alert fires is red. */
export function graphPanel({ title, description, unit, queries, limit }: Graph) {
  return {
    type: "timeseries",
    title,
    description,
    datasource: chosenDatasource,
    fieldConfig: {
      defaults: {
        unit,
        custom: {
          drawStyle: "line",
          lineWidth: 1,
          showPoints: "never",
          thresholdsStyle: { mode: limit === undefined ? "off" : "line+area" },
        },
        thresholds: {
          mode: "absolute",
          steps: [
            { color: limit?.isLowest ? "red" : "transparent", value: null },
            ...(limit === undefined ? [] : [{ color: limit.isLowest ? "transparent" : "red", value: limit.value }]),
          ],
        },
      },
      overrides: [],
    },
    options: { legend, tooltip: { mode: "multi", sort: "desc" } },
    targets: queries.map(({ expr, legend: legendFormat = "__auto" }, at) => ({
      refId: String.fromCharCode("A".charCodeAt(0) + at),
      datasource: chosenDatasource,
      expr,
      legendFormat,
      range: true,
    })),
  } as const;
}

/** A panel that shows when each of these alerts was pending and when it fired. */
export function alertsPanel(alerts: readonly string[]) {
  return {
    type: "state-timeline",
    title: "Alerts",
    description: "When the alerts of this dashboard were pending and when they fired.",
    datasource: chosenDatasource,
    fieldConfig: {
      defaults: {
        noValue: "No alert was pending or firing.",
        custom: { fillOpacity: 80, lineWidth: 0 },
        mappings: [
          {
            type: "value",
            options: { "1": { text: "pending", color: "yellow" }, "2": { text: "firing", color: "red" } },
          },
        ],
      },
      overrides: [],
    },
    options: {
      legend,
      tooltip: { mode: "single", sort: "none" },
      mergeValues: true,
      rowHeight: 0.8,
      showValue: "never",
    },
    targets: [
      {
        refId: "A",
        datasource: chosenDatasource,
        expr: `2 * max by (alertname) (${firing(alerts)})\nor max by (alertname) (ALERTS{${named(alerts)}})`,
        legendFormat: "{{alertname}}",
        range: true,
      },
    ],
  } as const;
}

/** The times at which one of these alerts fired, which Grafana marks in each graph. */
export function alertAnnotations(alerts: readonly string[]) {
  return {
    name: "Firing alerts",
    enable: true,
    iconColor: "red",
    datasource: chosenDatasource,
    target: { refId: "Anno", expr: firing(alerts), interval: "60s" },
    titleFormat: "{{alertname}}",
    textFormat: "{{severity}}",
    tagKeys: "node,namespace,pod,instance",
  } as const;
}

const named = (alerts: readonly string[]) => `alertname=~"${alerts.join("|")}"`;
const firing = (alerts: readonly string[]) => `ALERTS{${named(alerts)}, alertstate="firing"}`;
