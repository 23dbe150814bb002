import { parse } from "yaml";
import { releaseValues } from "../../values/release-values";
import { milliseconds } from "../../validation/durations";
import type { Timing } from "../../tools/stack/timing";
import { at, render } from "../../test/support/lab/helm";
import type { Objects } from "../../test/support/lab/helm";
import { settings, type Values } from "../../test/support/settings";
import { BENCH_PROFILES } from "./profiles";
import type { ProfileName } from "./profiles";

/** The input of a program in a cluster: the files of its ConfigMaps by name, and its arguments. */
export interface RenderedProfile {
  readonly name: ProfileName;
  readonly prometheus: RenderedProgram;
  readonly alertmanager: RenderedProgram;
  /** The intervals in the rendered files, in seconds. */
  readonly times: Timing;
}

export interface RenderedProgram {
  readonly files: Readonly<Record<string, string>>;
  readonly args: readonly string[];
}

/** The configuration that this program builds for a profile, rendered to files by the chart used in the lab. */
export async function renderProfile(helm: string, name: ProfileName): Promise<RenderedProfile> {
  const objects = await renderSettings(helm, { alerts: BENCH_PROFILES[name] });
  const prometheus = prometheusOf(objects);
  const alertmanager = programOf(objects, "ConfigMap/prometheus-alertmanager", "StatefulSet/prometheus-alertmanager");
  return { name, prometheus, alertmanager, times: timesOf(prometheus.files, alertmanager.files) };
}

/** The chart's objects for these settings. No password is created, because the programs run on loopback. */
export async function renderSettings(helm: string, values: Values): Promise<Objects> {
  const release = releaseValues(settings({ ...values, access: { password: false } }), []);
  if (release.faults.length > 0) {
    const sentences = release.faults.map(({ sentence }) => sentence);
    throw new Error(`The settings ${JSON.stringify(values)} are refused:\n  ${sentences.join("\n  ")}`);
  }
  return render(helm, release.values);
}

/** The files and arguments of Prometheus. */
export function prometheusOf(objects: Objects): RenderedProgram {
  return programOf(objects, "ConfigMap/prometheus-server", "Deployment/prometheus-server");
}

function programOf(objects: Objects, configMap: string, workload: string): RenderedProgram {
  const files = at(objects.get(configMap), "data") as Record<string, string>;
  const containers = at(objects.get(workload), "spec", "template", "spec", "containers") as { args?: string[] }[];
  const args = containers.map((container) => container.args ?? []).find((list) => list.length > 0);
  if (args === undefined) {
    throw new Error(`The chart's ${workload} has no container with arguments.`);
  }
  return { files, args };
}

function timesOf(ofPrometheus: RenderedProgram["files"], ofAlertmanager: RenderedProgram["files"]): Timing {
  const prometheus = parse(ofPrometheus["prometheus.yml"] ?? "") as { global: Record<string, string> };
  const { route } = parse(ofAlertmanager["alertmanager.yml"] ?? "") as { route: Record<string, string> };
  const rules = parse(ofPrometheus["alerting_rules.yml"] ?? "") as {
    groups: { rules: { alert?: string; for?: string }[] }[];
  };
  const down = rules.groups.flatMap((group) => group.rules).find(({ alert }) => alert === "InstanceDown");
  return {
    scrape: seconds(prometheus.global.scrape_interval),
    scrapeTimeout: seconds(prometheus.global.scrape_timeout),
    evaluation: seconds(prometheus.global.evaluation_interval),
    down: seconds(down?.for ?? "0s"),
    groupWait: seconds(route.group_wait),
    groupInterval: seconds(route.group_interval),
  };
}

function seconds(duration: string | undefined): number {
  const found = duration === undefined ? undefined : milliseconds(duration);
  if (found === undefined) {
    throw new Error(`The rendered configuration has "${String(duration)}" where a duration should be.`);
  }
  return found / 1000;
}
