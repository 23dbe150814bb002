import { chartNames } from "../conventions/cluster-names";
import type { StackSettings } from "./stack-settings";

/** What the addresses of the pages follow from. */
export type PageSettings = Pick<
  StackSettings,
  "access" | "certificateIsSet" | "namespace" | "prometheus" | "alertmanager"
>;

/** The URL by which the cluster's own pods reach a Service. */
export function inClusterUrl(service: string, namespace: string, port?: number, scheme = "http"): string {
  return `${scheme}://${service}.${namespace}.svc${port === undefined ? "" : `:${port}`}`;
}

/** The pages as the cluster's own pods reach them: by TLS only where the servers themselves have a certificate. */
export function inClusterPages({ namespace, certificateIsSet }: PageSettings) {
  const { server, alertmanager } = chartNames;
  return certificateIsSet
    ? {
        // The chart's Service has only this port, whatever protocol it speaks.
        prometheus: inClusterUrl(server, namespace, 80, "https"),
        alertmanager: inClusterUrl(alertmanager, namespace, 9093, "https"),
      }
    : { prometheus: inClusterUrl(server, namespace), alertmanager: inClusterUrl(alertmanager, namespace, 9093) };
}

/** Whether people reach the pages by TLS, whichever end of the NLB it ends at. */
export function byTls({ access, certificateIsSet }: Pick<PageSettings, "access" | "certificateIsSet">): boolean {
  return certificateIsSet === true || access.certificateArn !== undefined;
}

/** The pages as people reach them where a certificate has their names; undefined where they only have the NLBs' names. */
export function namedPages(settings: PageSettings): { prometheus: string; alertmanager: string } | undefined {
  const { prometheus, alertmanager } = settings;
  if (!byTls(settings) || prometheus.externalUrl === undefined || alertmanager.externalUrl === undefined)
    return undefined;
  return { prometheus: origin(prometheus.externalUrl), alertmanager: origin(alertmanager.externalUrl) };
}

const origin = (url: string) => new URL(url).origin;
