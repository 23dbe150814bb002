import type { StackSettings } from "../../settings/stack-settings";
import { prometheusValues } from "../../values/prometheus-values";
import { parseSettings } from "../../settings/parse";
import { mergeValues } from "../../validation/merge";

const digest = `sha256:${"0".repeat(64)}`;
const digests = {
  prometheus: digest,
  alertmanager: digest,
  nodeExporter: digest,
  kubeStateMetrics: digest,
  pushgateway: digest,
};

/** Settings with which the program sets every value that it ever sets. */
const everything = {
  context: "any",
  nodes: { masters: { names: ["master"] } },
  images: { registry: "registry.example", pullSecrets: ["any"], digests },
  slack: { httpProxy: "http://proxy.example:3128" },
};

/** The values that this program sets, merged over all kinds of storage. */
export function ourValues(): object {
  return ["efs", "storageClass", "none"]
    .map((type): object => {
      const raw = Object.entries({ ...everything, storage: { type } }).map(([key, value]) => [
        key,
        typeof value === "string" ? value : JSON.stringify(value),
      ]);
      const { settings } = parseSettings(Object.fromEntries(raw) as Record<string, string>, () => false);
      // The settings and the credential are more than a real stack has, so that the result includes every value that
      // the program ever sets.
      return prometheusValues({ ...settings, cluster: "any", environment: "any" } as StackSettings, ["any"]);
    })
    .reduce((all, one) => mergeValues(all, one));
}
