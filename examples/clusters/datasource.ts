/** The identifier and name of the datasource in Grafana. It must never change, because dashboards contain it. */
export const datasourceUid = "alerting-clusters";

/**
 * The datasource in the form of Grafana's provisioning files: JSON, which is also YAML. It contains no secret, because
 * Grafana signs its queries with the credentials of its own role.
 */
export function datasourceFile(endpoint: string, region: string): string {
  const datasource = {
    name: datasourceUid,
    uid: datasourceUid,
    // Grafana's own Prometheus datasource signs no requests any longer from version 13 on; this plugin does.
    type: "grafana-amazonprometheus-datasource",
    access: "proxy",
    url: endpoint,
    editable: false,
    jsonData: {
      httpMethod: "POST",
      sigV4Auth: true,
      sigV4AuthType: "default",
      sigV4Region: region,
      // The alerts stay in the clusters.
      manageAlerts: false,
    },
  };
  return JSON.stringify({ apiVersion: 1, datasources: [datasource] }, null, 2);
}
