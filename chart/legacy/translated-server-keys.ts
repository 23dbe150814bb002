import type { Migration } from "./migration";
import { yamlText } from "./key-paths";
import { scrapeJobs } from "./migrate-scrapes";
import { ruleGroupsOf } from "./migrate-rules";
import { byName } from "./translated-forms";
import { migrated, reserved, type Row } from "./key-translation";
import { isMap, listOf, type PlainMap } from "../../validation/plain-data";

const jobs = "today each job is `scrapeConfigs.<job>`, with `enabled: true`";
const oneJob = "write each job as `scrapeConfigs.<job>`, with `enabled: true`";

/** Adds a flag of Prometheus to the flags that this program sets. */
const flag =
  (name: string): Row["migrate"] =>
  (value, migration) => {
    if (value === true) migration.replace(["server", "extraFlags"], [...listOf(flagsOf(migration)), name]);
  };
const flagsOf = (migration: Migration) =>
  isMap(migration.values.server) ? migration.values.server.extraFlags : undefined;

const rules: Row["migrate"] = (value, migration, path) => void ruleGroupsOf(value, migration, path);
const toRules = "today: `alerting:rules.groups`";

/** Keys of the server, and of its files, that have another form today. */
export const serverRows: readonly Row[] = [
  migrated(
    "server.skipTSDBLock",
    15,
    "today it is `storage.tsdb.no-lockfile` in `server.extraFlags`",
    flag("storage.tsdb.no-lockfile"),
  ),
  migrated(
    "server.sidecarContainers",
    15,
    "today it is a map, by the container's name",
    (value, migration, path) => {
      const named = byName(value);
      if (Object.keys(named).length > 0) migration.value(path, named);
      if (listOf(value).some((one) => !isMap(one) || typeof one.name !== "string"))
        migration.drop(path, "a container without a name");
    },
    { when: Array.isArray },
  ),
  // The chart still has this key; it appends the jobs in the string to those of the map.
  reserved("extraScrapeConfigs", "a multi-line string is not checked", oneJob, scrapeJobs, {
    when: (value) => value !== "",
  }),
  migrated('serverFiles["prometheus.yml"].scrape_configs', 28, jobs, scrapeJobs),
  reserved("scrapeConfigs", "jobs are a map by name", oneJob, scrapeJobs, {
    when: (value) => Array.isArray(value) || typeof value === "string",
  }),
  ...["alerts", "rules"].map((key) =>
    migrated(`serverFiles.${key}`, 15, toRules, rules, {
      whole: true,
      when: (value) => !isMap(value) || (!("groups" in value) && Object.keys(value).length > 0),
    }),
  ),
  migrated('serverFiles["prometheus.yml"].groups', 15, toRules, rules),
  migrated(
    "serverFiles",
    15,
    "today each of its files is a map",
    (value, migration, path) => {
      const { "prometheus.yml": text, ...others } = value as PlainMap;
      const read = yamlText(text as string);
      if (Object.keys(others).length > 0) migration.value(path, others);
      if (isMap(read)) migration.value([...path, "prometheus.yml"], read);
      else migration.drop([...path, "prometheus.yml"], "is not Prometheus' configuration in YAML");
    },
    { whole: true, when: (value) => isMap(value) && typeof value["prometheus.yml"] === "string" },
  ),
];
