import type { Draft } from "./today";
import { isTree, type KeyPath, plainCopy, type Tree, trees } from "./today-tree";
import { yamlText } from "./set-flags";

/** Jobs that the charts had in `scrape_configs`, by the name that today's chart gives them. */
const chartJobs: Readonly<Record<string, string>> = {
  prometheus: "prometheus",
  "kubernetes-apiservers": "kubernetes-api-servers",
  "kubernetes-api-servers": "kubernetes-api-servers",
  "kubernetes-nodes": "kubernetes-nodes",
  "kubernetes-nodes-cadvisor": "kubernetes-nodes-cadvisor",
  "kubernetes-service-endpoints": "kubernetes-service-endpoints",
  "kubernetes-service-endpoints-slow": "kubernetes-service-endpoints-slow",
  "prometheus-pushgateway": "prometheus-pushgateway",
  "kubernetes-services": "kubernetes-services",
  "kubernetes-pods": "kubernetes-pods",
  "kubernetes-pods-slow": "kubernetes-pods-slow",
};

/** Labels of the discovery by endpoints, and what the discovery by slices calls them. */
const sliceLabels: readonly (readonly [RegExp, string])[] = [
  [/__meta_kubernetes_endpoints_name\b/g, "__meta_kubernetes_endpointslice_name"],
  [
    /__meta_kubernetes_endpoints_(label|labelpresent|annotation|annotationpresent)_/g,
    "__meta_kubernetes_endpointslice_$1_",
  ],
  [/__meta_kubernetes_endpoint_port_(name|protocol)\b/g, "__meta_kubernetes_endpointslice_port_$1"],
  [/__meta_kubernetes_endpoint_address_target_(kind|name)\b/g, "__meta_kubernetes_endpointslice_address_target_$1"],
  [/__meta_kubernetes_endpoint_ready\b/g, "__meta_kubernetes_endpointslice_endpoint_conditions_ready"],
];

/** Whether a job discovers endpoints, which today's chart may not list any more. */
function usesEndpoints(job: unknown): boolean {
  return isTree(job) && trees(job.kubernetes_sd_configs).some(({ role }) => role === "endpoints");
}

/** A job that discovers slices in place of endpoints. */
function withSlices(job: unknown): unknown {
  if (!usesEndpoints(job)) return job;
  const rename = (value: unknown): unknown => {
    if (typeof value === "string") return sliceLabels.reduce((text, [from, to]) => text.replace(from, to), value);
    if (Array.isArray(value)) return value.map(rename);
    if (!isTree(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, rename(inner)]));
  };
  const copy = rename(plainCopy(job)) as Tree;
  for (const discovery of trees(copy.kubernetes_sd_configs)) {
    if (discovery.role === "endpoints") discovery.role = "endpointslice";
  }
  return copy;
}

/** Puts jobs that were written as a list, or as a text of YAML, into the map of today's chart. */
export function scrapeJobs(given: unknown, draft: Draft, path: KeyPath): void {
  const list = typeof given === "string" ? yamlText(given) : given;
  if (list === null || list === "" || (Array.isArray(list) && list.length === 0)) return;
  const jobs = isTree(list) && Array.isArray(list.scrape_configs) ? list.scrape_configs : list;
  if (!Array.isArray(jobs)) {
    draft.drop(path, "is no list of scrape jobs as YAML; write each as scrapeConfigs.<job>");
    return;
  }
  for (const job of trees(plainCopy(jobs))) {
    const { job_name: name, ...rest } = job;
    const here = [...path, String(name)];
    if (typeof name !== "string" || name === "") draft.drop(path, "a job without job_name");
    else if (Object.hasOwn(chartJobs, name)) {
      const today = chartJobs[name]!;
      draft.drop(here, `today's chart has this job as scrapeConfigs.${today}; write there what differs`);
    } else if (name === "alertmanager") draft.drop(here, "this program scrapes Alertmanager by a job of that name");
    else draft.value(["scrapeConfigs", name], { enabled: true, ...(withSlices(rest) as Tree) });
  }
}
