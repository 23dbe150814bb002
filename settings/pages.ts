import { chartNames } from "../conventions/cluster-names";
import type { StackSettings } from "./stack-settings";

/** The settings that decide the addresses of the pages. */
export type PageSettings = Pick<
  StackSettings,
  "access" | "availability" | "certificateIsSet" | "dashboards" | "namespace" | "prometheus" | "alertmanager"
>;

/** The URL under which pods of the cluster reach a Service. */
export function inClusterUrl(service: string, namespace: string, port?: number, scheme = "http"): string {
  return `${scheme}://${service}.${namespace}.svc${port === undefined ? "" : `:${port}`}`;
}

/** The pages' URLs for pods of the cluster: https only if the servers themselves have a certificate. */
export function inClusterPages({ namespace, certificateIsSet }: PageSettings) {
  const { server, alertmanager } = chartNames;
  return certificateIsSet
    ? {
        // The chart's Service has only this port, for HTTP and for HTTPS.
        prometheus: inClusterUrl(server, namespace, 80, "https"),
        alertmanager: inClusterUrl(alertmanager, namespace, 9093, "https"),
      }
    : { prometheus: inClusterUrl(server, namespace), alertmanager: inClusterUrl(alertmanager, namespace, 9093) };
}

/** Whether people reach the pages by TLS, no matter whether the NLB or the server terminates it. */
export function byTls({ access, certificateIsSet }: Pick<PageSettings, "access" | "certificateIsSet">): boolean {
  return certificateIsSet === true || access.certificateArn !== undefined;
}

/** The pages' URLs for people if a certificate has the pages' names; undefined if only the NLBs' names exist. */
export function namedPages(settings: PageSettings): { prometheus: string; alertmanager: string } | undefined {
  const { prometheus, alertmanager } = settings;
  if (!byTls(settings) || prometheus.externalUrl === undefined || alertmanager.externalUrl === undefined)
    return undefined;
  return { prometheus: origin(prometheus.externalUrl), alertmanager: origin(alertmanager.externalUrl) };
}

const origin = (url: string) => new URL(url).origin;
