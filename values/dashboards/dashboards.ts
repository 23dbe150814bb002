import { tuningOf } from "../../alerts/alerting-rules";
import { builtInAlert } from "../../alerts/catalog";
import { dashboardNames, type DashboardName, dashboardOf, dashboardUid } from "../../alerts/dashboard-of";
import { tunedRuleGroups } from "../../alerts/tuning";
import type { StackSettings } from "../../settings/stack-settings";
import { alertGraph } from "./alert-graph";
import { alertingGraphs } from "./alerting-graphs";
import { datasourceUid } from "./datasource";
import { alertAnnotations, alertsPanel, graphPanel } from "./graph";

const titles: Readonly<Record<DashboardName, string>> = {
  nodes: "Alerts: nodes and control plane",
  workloads: "Alerts: workloads",
  self: "Alerts: alerting itself",
};

/** The tag by which the dashboards link to each other. */
const tag = "alerting";

/** The dashboards of a stack, as Grafana's JSON has them, by name. */
export function dashboards(settings: StackSettings) {
  const rules = tunedRuleGroups(tuningOf(settings)).flatMap(({ group }) => group.rules);
  const shown = rules.flatMap((rule) => {
    const alert = "alert" in rule ? builtInAlert(rule.alert) : undefined;
    const name = alert && dashboardOf(alert);
    return alert && name && "alert" in rule ? [{ name, alert: alert.name, graph: alertGraph(alert, rule) }] : [];
  });
  return dashboardNames.flatMap((name) => {
    const own = shown.filter((one) => one.name === name);
    if (own.length === 0) return [];
    const graphs = [
      ...(name === "self" ? alertingGraphs(settings) : []),
      ...own.flatMap(({ graph }) => (graph === undefined ? [] : [graph])),
    ];
    const alerts = own.map(({ alert }) => alert);
    return [{ name, json: dashboard(name, alerts, graphs.map(graphPanel), settings.dashboards.datasource) }];
  });
}

type GraphPanel = ReturnType<typeof graphPanel>;

function dashboard(
  name: DashboardName,
  alerts: readonly string[],
  graphs: readonly GraphPanel[],
  hasDatasource: boolean,
) {
  return {
    uid: dashboardUid(name),
    title: titles[name],
    tags: [tag],
    schemaVersion: 39,
    editable: false,
    time: { from: "now-6h", to: "now" },
    refresh: "1m",
    graphTooltip: 1,
    templating: {
      list: [
        {
          name: "datasource",
          label: "Prometheus",
          type: "datasource",
          query: "prometheus",
          // Without this, Grafana selects its default datasource.
          ...(hasDatasource && { current: { text: datasourceUid, value: datasourceUid } }),
        },
      ],
    },
    annotations: { list: [alertAnnotations(alerts)] },
    links: [
      {
        ...{ type: "dashboards", tags: [tag], title: "Alerts", tooltip: "", icon: "external link" },
        ...{ asDropdown: false, includeVars: true, keepTime: true, targetBlank: false },
      },
    ],
    panels: [
      { id: 1, gridPos: { x: 0, y: 0, w: 24, h: 8 }, ...alertsPanel(alerts) },
      ...graphs.map((graph, at) => ({
        id: at + 2,
        gridPos: { x: (at % 2) * 12, y: 8 + Math.floor(at / 2) * 8, w: 12, h: 8 },
        ...graph,
      })),
    ],
  } as const;
}
