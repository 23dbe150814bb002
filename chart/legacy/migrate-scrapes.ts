import type { Migration } from "./migration";
import type { Path } from "../../validation/finding";
import { type KeyPath, trees, yamlText } from "./key-paths";
import { isMap, plainData } from "../../validation/plain-data";

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

/** Puts jobs that were written as a list, or as a text of YAML, into the map of today's chart. */
export function scrapeJobs(given: unknown, migration: Migration, path: KeyPath): void {
  const list = typeof given === "string" ? yamlText(given) : given;
  if (list === null || list === "" || (Array.isArray(list) && list.length === 0)) return;
  const jobs = isMap(list) && Array.isArray(list.scrape_configs) ? list.scrape_configs : list;
  if (!Array.isArray(jobs)) {
    migration.drop(path, "is no list of scrape jobs as YAML; write each as scrapeConfigs.<job>");
    return;
  }
  for (const job of trees(plainData(jobs).copy)) {
    const { job_name: name, ...rest } = job;
    const here = [...path, String(name)];
    if (typeof name !== "string" || name === "") migration.drop(path, "a job without job_name");
    else if (Object.hasOwn(chartJobs, name)) {
      const today = chartJobs[name]!;
      migration.drop(here, `today's chart has this job as scrapeConfigs.${today}; write there what differs`);
    } else if (name === "alertmanager") migration.drop(here, "this program scrapes Alertmanager by a job of that name");
    else {
      migration.value(["scrapeConfigs", name], { enabled: true, ...rest });
      // Helm filled in the text, and leaves the map as it is.
      for (const inner of typeof given === "string" ? templates(rest) : [])
        migration.drop(
          [...here, ...inner],
          "was a template, and is taken as it stands today; write what Helm made of it",
        );
    }
  }
  const strange = jobs.filter((job) => !isMap(job)).length;
  if (strange > 0) migration.drop(path, `${strange} of its entries are no scrape jobs`);
}

/** Where texts, or names of keys, hold an expression of Helm's. */
function templates(value: unknown, path: Path = []): Path[] {
  if (typeof value === "string") return value.includes("{{") ? [path] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    ...(key.includes("{{") ? [path] : []),
    ...templates(inner, [...path, Array.isArray(value) ? Number(key) : key]),
  ]);
}
