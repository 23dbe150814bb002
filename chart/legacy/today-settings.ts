import type { z } from "zod";
import { accepted } from "../../settings/parse";
import { milliseconds } from "../../validation/durations";
import { bytes, millicores } from "../../validation/sizes";
import { settingsSchema } from "../../settings/schema";
import type { Draft } from "./today";
import { drop, type KeyPath, put } from "./today-tree";
import { isMap, listOf, valueAt } from "../../validation/plain-data";

/** Settings in another program's own language, which have checks of their own. */
const ownLanguage = new Set(["values", "rules", "alertmanager.receivers", "alertmanager.routes"]);

/** Makes the settings fit each other and their schema: what an old chart allowed may be refused today, and is told. */
export function fitted(draft: Draft): void {
  openRanges(draft);
  for (const component of ["prometheus", "alertmanager"]) limits(draft, component);
  volume(draft);
  times(draft);
  for (let round = 0; round < 40 && withoutFault(draft); round++);
}

/** Removes one value that the schema refuses; says whether there was one. */
function withoutFault(draft: Draft): boolean {
  const shape = settingsSchema.shape as Record<string, z.ZodType>;
  for (const [name, value] of Object.entries(draft.settings)) {
    if (ownLanguage.has(name)) continue;
    for (const issue of shape[name]?.safeParse(value).error?.issues ?? []) {
      const keys: string[] = [name, ...issue.path.filter((key) => typeof key === "string")];
      // A whole list goes, where one of its items is refused.
      const path = valueAt(draft.settings, keys) === undefined ? [name] : keys;
      if (ownLanguage.has(path.join("."))) continue;
      drop(draft.settings, path);
      draft.drop(`alerting:${path.join(".")}`, `its old value is refused today; accepted: ${accepted(issue)}`);
      return true;
    }
  }
  return false;
}

/** A request above the limit that this program has unless told otherwise raises the limit. */
function limits(draft: Draft, component: string): void {
  const here = [component, "resources"];
  const given = valueAt(draft.settings, here);
  const schema = (settingsSchema.shape as Record<string, z.ZodType>)[component];
  const defaults = valueAt(schema?.safeParse({}).data, here.slice(1));
  if (!isMap(given) || !isMap(defaults)) return;
  for (const [key, limit, size] of [
    ["cpu", "cpuLimit", millicores],
    ["memory", "memoryLimit", quantity],
  ] as const) {
    const [request, most] = [given[key] ?? defaults[key], given[limit] ?? defaults[limit]];
    if (typeof request !== "string" || typeof most !== "string" || !(size(request) > size(most))) continue;
    const raised = given[key] !== undefined ? limit : key;
    put(draft.settings, [...here, raised], raised === limit ? request : most);
    draft.drop(`alerting:${component}.resources.${raised}`, "set so that the request is at most the limit");
  }
}

const quantity = (text: string) => (/^\d+[MGT]i?$/.test(text) ? bytes(text) : Number.NaN);

const textOf = (value: unknown) => (typeof value === "string" ? value : undefined);

/** Of a volume of a storage class at most nine tenths may fill with samples. */
function volume(draft: Draft): void {
  const { storage } = draft.settings;
  if (!isMap(storage) || storage.type !== "storageClass" || typeof storage.serverSize !== "string") return;
  const most = quantity(storage.serverSize) * 0.9;
  const asked = valueAt(draft.settings, ["prometheus", "retentionSize"]) ?? "8GB";
  if (typeof asked !== "string" || !(quantity(asked.replace("B", "")) > most)) return;
  put(draft.settings, ["prometheus", "retentionSize"], `${Math.floor(most / 1024 ** 2)}MB`);
  draft.drop(
    "alerting:prometheus.retentionSize",
    `set to nine tenths of the volume, or ${storage.serverSize} would fill up`,
  );
}

function times(draft: Draft): void {
  const { alerts } = draft.settings;
  if (!isMap(alerts)) return;
  const raise = (key: string, atLeast: string, fallback: string) => {
    const least = alerts[atLeast];
    if (typeof least !== "string" || (milliseconds(textOf(alerts[key]) ?? fallback) ?? 0) >= (milliseconds(least) ?? 0))
      return;
    draft.drop(`alerting:alerts.${key}`, `set to ${least}, because it is at least ${atLeast}`);
    alerts[key] = least;
  };
  raise("repeatInterval", "groupInterval", "4h");
  // The old chart scraped once a minute unless told otherwise, so a longer time-out was fine there.
  raise("scrapeInterval", "scrapeTimeout", "15s");
}

/** A load balancer for all comes with ranges that may reach it, of which the whole internet is none, and a certificate. */
function openRanges(draft: Draft): void {
  const path: KeyPath = ["loadBalancer", "sourceRanges"];
  const ranges = listOf(valueAt(draft.settings, path));
  const narrow = ranges.filter((range) => typeof range === "string" && !range.endsWith("/0"));
  if (narrow.length < ranges.length) {
    drop(draft.settings, path);
    draft.add("loadBalancer.sourceRanges", narrow);
    draft.drop(
      "alerting:loadBalancer.sourceRanges",
      "the whole internet is none of the ranges, unless allowAnySource says so",
    );
  }
  const scheme = valueAt(draft.settings, ["loadBalancer", "scheme"]);
  // No old configuration has what it takes today.
  if (scheme === "internet-facing") {
    drop(draft.settings, ["loadBalancer", "scheme"]);
    draft.drop(
      "alerting:loadBalancer.scheme",
      "was internet-facing; today that needs alerting:loadBalancer.sourceRanges and a certificate beside it (docs/access.md)",
    );
  }
}
