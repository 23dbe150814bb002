import { chartJobs } from "../contract";
import type { Migration } from "./migration";
import type { Path } from "../../validation/finding";
import { type KeyPath, mapsIn, yamlText } from "./key-paths";
import { everyValue, isMap, plainData, type PlainMap } from "../../validation/plain-data";

/** Moves jobs from a list, or from a YAML string, to the map of the current chart. */
export function scrapeJobs(given: unknown, migration: Migration, path: KeyPath): void {
  const list = typeof given === "string" ? yamlText(given) : given;
  if (list === null || list === "" || (Array.isArray(list) && list.length === 0)) return;
  const jobs = isMap(list) && Array.isArray(list.scrape_configs) ? list.scrape_configs : list;
  if (!Array.isArray(jobs)) {
    migration.drop(path, "is not a list of scrape jobs in YAML; write each as scrapeConfigs.<job>");
    return;
  }
  for (const job of mapsIn(plainData(jobs).copy)) {
    const { job_name: name, ...rest } = job;
    const here = [...path, String(name)];
    const today = name === "kubernetes-apiservers" ? "kubernetes-api-servers" : String(name);
    if (typeof name !== "string" || name === "") migration.drop(path, "a job without job_name");
    else if (Object.hasOwn(chartJobs(), today)) {
      migration.drop(here, `today's chart has this job as scrapeConfigs.${today}; write there what differs`);
    } else if (name === "alertmanager") migration.drop(here, "this program scrapes Alertmanager by a job of that name");
    else {
      migration.value(["scrapeConfigs", name], { enabled: true, ...rest });
      // Helm evaluated templates in the string, but does not evaluate them in the map.
      for (const inner of typeof given === "string" ? templates(rest) : [])
        migration.drop(
          [...here, ...inner],
          "was a template, and is now kept as plain text; write the result of the template",
        );
    }
  }
  const strange = jobs.filter((job) => !isMap(job)).length;
  if (strange > 0) migration.drop(path, `${strange} of its entries are not scrape jobs`);
}

/** Paths at which strings, or names of keys, contain a Helm template. */
function templates(job: PlainMap): Path[] {
  return [...everyValue(job)].flatMap(({ value, path }) => {
    const names = isMap(value) ? Object.keys(value) : [value];
    return names.some((name) => typeof name === "string" && name.includes("{{")) ? [path] : [];
  });
}
