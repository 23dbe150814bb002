import type { ChartValues } from "../chart/values";

/** A rule of a cluster role. */
export interface Right {
  readonly apiGroups?: string[];
  readonly resources?: string[];
  readonly nonResourceURLs?: string[];
  readonly verbs: string[];
}

const find = (apiGroup: string, ...resources: string[]): Right => ({
  apiGroups: [apiGroup],
  resources,
  verbs: ["list", "watch"],
});

/** The objects that the chart's jobs discover and read: nodes, services, pods, endpoints, and metrics. */
const ofTheChart: readonly Right[] = [
  find("", "nodes", "services", "pods"),
  find("discovery.k8s.io", "endpointslices"),
  // With the following rights, kubelets and the API server return their metrics.
  { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
  { nonResourceURLs: ["/metrics"], verbs: ["get"] },
];

/** Additional objects that custom jobs may discover, by the role of the discovery, or attach to their targets. */
const ofOthers: Readonly<Record<string, readonly Right[]>> = {
  endpoints: [find("", "endpoints")],
  ingress: [find("networking.k8s.io", "ingresses")],
  namespace: [find("", "namespaces")],
  deployment: [find("apps", "replicasets")],
  job: [find("batch", "jobs")],
  cronjob: [find("batch", "jobs")],
};

/**
 * The rights that the scrape jobs of these values need, as rules of a cluster role. ConfigMaps and Secrets are never
 * included.
 */
export function rightsToScrape(values: Pick<ChartValues, "scrapeConfigs">): Right[] {
  const jobs = Object.values(values.scrapeConfigs ?? {}).filter((job) => job.enabled !== false);
  const asked = jobs.flatMap((job) =>
    (job.kubernetes_sd_configs ?? []).flatMap(({ role, attach_metadata: attached }) => [
      role,
      ...Object.entries(attached ?? {}).flatMap(([what, isAttached]) => (isAttached ? [what] : [])),
    ]),
  );
  const further = [...new Set(asked.flatMap((word) => ofOthers[word ?? ""] ?? []))];
  return [...ofTheChart, ...further];
}
