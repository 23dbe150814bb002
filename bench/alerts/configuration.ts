import * as path from "node:path";
import { parse, stringify } from "yaml";
import { withFlag, withMappedPaths } from "../../lab/nodes/arguments";
import type { RenderedProfile } from "./rendered";

/** The changes to the configuration that the chart renders; docs/benchmarks.md has the same list. */
export const CHANGES = [
  "`scrape_configs`: one job with static targets in place of those that discover them",
  "`alerting.alertmanagers`: a static address in place of discovery",
  "`external_labels`: one more label, another for each deployment, from which Prometheus derives its phases",
  "no password (`alerting:access.password`), as both listen on loopback",
  "paths and listen addresses",
  "flags: a smaller `--storage.tsdb.wal-segment-size`, and no automatic reload of files that do not change",
] as const;

/** The addresses of a deployment's two programs and of its targets. */
export interface DeploymentPlaces {
  readonly directory: string;
  /** A label that differs between deployments. */
  readonly label: string;
  /** `<host>:<port>` of each target. */
  readonly targets: readonly string[];
  readonly prometheus: string;
  readonly alertmanager: string;
  readonly webhookUrl: string;
}

/** Files by absolute path, and the arguments of the two programs. */
export interface DeploymentConfiguration {
  readonly files: Readonly<Record<string, string>>;
  readonly prometheusArgs: readonly string[];
  readonly alertmanagerArgs: readonly string[];
}

/** The rendered configuration with only the changes listed in {@link CHANGES}. */
export function configurationOf(rendered: RenderedProfile, places: DeploymentPlaces): DeploymentConfiguration {
  const toHost = (file: string): string => {
    const roots = { "/etc/config": "prometheus", "/data": "tsdb", "/alertmanager": "notifications" };
    for (const [root, folder] of Object.entries({ ...roots, "/etc/alertmanager-secrets": "secrets" })) {
      if (file === root || file.startsWith(`${root}/`)) {
        return path.join(places.directory, folder, file.slice(root.length));
      }
    }
    return file.replace(/^\/etc\/alertmanager(?=\/)/, path.join(places.directory, "alertmanager"));
  };
  const { "prometheus.yml": prometheusYml = "", ...rules } = rendered.prometheus.files;
  const { "alertmanager.yml": alertmanagerYml = "", ...templates } = rendered.alertmanager.files;
  const alertmanager = parse(alertmanagerYml) as AlertmanagerYml;
  const webhookFile = alertmanager.global.slack_api_url_file;
  const inFolder = (folder: string, files: Readonly<Record<string, string>>) =>
    Object.entries(files).map(([name, text]) => [path.join(places.directory, folder, name), text] as const);
  return {
    files: Object.fromEntries([
      ...inFolder("prometheus", { ...rules, "prometheus.yml": changedPrometheus(prometheusYml, places, toHost) }),
      ...inFolder("alertmanager", {
        ...templates,
        "alertmanager.yml": stringify({
          ...alertmanager,
          global: { ...alertmanager.global, slack_api_url_file: toHost(webhookFile) },
          templates: alertmanager.templates.map(toHost),
        }),
      }),
      [toHost(webhookFile), places.webhookUrl],
    ]),
    prometheusArgs: withListenAddress(
      withFlag(
        withMappedPaths(rendered.prometheus.args, toHost).filter((arg) => !arg.startsWith("--config.auto-reload")),
        "--storage.tsdb.wal-segment-size",
        "10MB",
      ),
      places.prometheus,
    ),
    alertmanagerArgs: withListenAddress(withMappedPaths(rendered.alertmanager.args, toHost), places.alertmanager),
  };
}

interface AlertmanagerYml {
  readonly global: { readonly slack_api_url_file: string };
  readonly templates: readonly string[];
}

interface PrometheusYml {
  readonly global: { readonly external_labels?: Readonly<Record<string, string>> };
  readonly rule_files: readonly string[];
  readonly alerting?: object;
}

function changedPrometheus(text: string, places: DeploymentPlaces, toHost: (file: string) => string): string {
  const rendered = parse(text) as PrometheusYml;
  const external = { ...rendered.global.external_labels, deployment: places.label };
  return stringify({
    ...rendered,
    global: { ...rendered.global, external_labels: external },
    rule_files: rendered.rule_files.map(toHost),
    alerting: { ...rendered.alerting, alertmanagers: [{ static_configs: [{ targets: [places.alertmanager] }] }] },
    scrape_configs: [
      {
        job_name: "kubernetes-service-endpoints",
        static_configs: places.targets.map((target, index) => ({
          targets: [target],
          labels: { namespace: "monitoring", node: `node-${index + 1}` },
        })),
      },
    ],
  });
}

function withListenAddress(args: readonly string[], address: string): string[] {
  return withFlag(args, "--web.listen-address", address);
}
