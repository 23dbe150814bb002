import { stringify } from "yaml";
import { hostOf } from "../../settings/certificate";
import { inClusterPages, type PageSettings } from "../../settings/pages";
import type { StackSettings } from "../../settings/stack-settings";

/** The identifier and name of the datasource in Grafana. It must never change, because dashboards contain it. */
export const datasourceUid = "alerting-prometheus";

/** What Grafana needs to open Prometheus' page. */
export interface DatasourceLogin {
  /** The user and the password; undefined if the page has no password. */
  readonly login?: { readonly user: string; readonly password: string };
  /** What verifies the page's certificate; undefined if the page has none. */
  readonly authority?: string;
}

/** The datasource in the form of Grafana's provisioning files. Contains the password. */
export function datasourceFile(
  settings: PageSettings & Pick<StackSettings, "alerts">,
  { login, authority }: DatasourceLogin,
): string {
  const { externalUrl } = settings.prometheus;
  return stringify({
    apiVersion: 1,
    datasources: [
      {
        name: datasourceUid,
        uid: datasourceUid,
        type: "prometheus",
        access: "proxy",
        url: inClusterPages(settings).prometheus,
        editable: false,
        ...(login && { basicAuth: true, basicAuthUser: login.user }),
        jsonData: {
          httpMethod: "POST",
          timeInterval: settings.alerts.scrapeInterval,
          ...(authority !== undefined && {
            tlsAuthWithCACert: true,
            // The certificate is for the page's host, not for the Service's name.
            ...(externalUrl !== undefined && { serverName: hostOf(externalUrl) }),
          }),
        },
        secureJsonData: {
          ...(login && { basicAuthPassword: login.password }),
          ...(authority !== undefined && { tlsCACert: authority }),
        },
      },
    ],
  });
}
