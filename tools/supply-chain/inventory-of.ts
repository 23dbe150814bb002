import { mirrorOf, type Mirrors, nameWithin } from "../../settings/mirrors";
import type { Settings } from "../../settings/schema";
import { chartImages, efsCsiDriverChart, prometheusChart, subCharts } from "../../versions";
import { chartLicense, efsCsiDriverLicense, imageLicenses, packageLicenses, pluginLicenses } from "./licenses";
import type { LockedPackage } from "./lock-file";

/** A component that the program deploys or uses. */
export interface Item {
  readonly kind: "chart" | "image" | "plugin" | "package";
  readonly name: string;
  readonly version: string;
  /** What fixes its content; undefined if only its version does. */
  readonly digest?: string;
  readonly license: string;
  /** The source of the license information. */
  readonly licenseSource: string;
  /** Where or when it runs. */
  readonly where: string;
}

/** The settings that influence what is deployed; as written, without defaults. */
export type Choice = Partial<Pick<Settings, "efsCsiDriver">> & {
  readonly chart?: { readonly source?: string; readonly digest?: string };
  readonly images?: { readonly registry?: Mirrors; readonly digests?: Readonly<Record<string, string>> };
};

/** Everything that the program deploys or needs where it runs: charts, images, plugins and packages. */
export function inventoryOf(packages: readonly LockedPackage[], choice: Choice = {}): Item[] {
  return [...charts(choice), ...images(choice), ...pluginsOf(packages), ...packages.flatMap(asItem)];
}

function charts({ chart = {}, efsCsiDriver }: Choice): Item[] {
  const item = (name: string, version: string, from: string, license = chartLicense): Item => ({
    ...{ kind: "chart", name, version, ...license },
    where: `rendered where the program runs, from ${from}`,
  });
  const { name, version, repository } = prometheusChart;
  const driver = efsCsiDriverChart;
  return [
    { ...item(name, version, chart.source ?? repository), ...digestOf(chart.digest) },
    ...Object.entries(subCharts).map(([subChart, its]) => item(subChart, its, `the chart ${name}`)),
    ...(efsCsiDriver === "install" ? [item(driver.name, driver.version, driver.repository, efsCsiDriverLicense)] : []),
  ];
}

const digestOf = (digest: string | undefined) => (digest === undefined ? {} : { digest });

const places: Readonly<Record<keyof typeof chartImages, string>> = {
  prometheus: "a master",
  alertmanager: "a master",
  nodeExporter: "every node",
  kubeStateMetrics: "a node",
  pushgateway: "a node",
};

function images({ images: { registry, digests = {} } = {} }: Choice): Item[] {
  return Object.entries(chartImages).map(([name, { repository, tag }]) => {
    const mirror = mirrorOf(repository, registry);
    return {
      kind: "image",
      name: mirror === undefined ? repository : `${mirror}/${nameWithin(repository)}`,
      version: tag,
      ...digestOf(digests[name]),
      ...imageLicenses[name]!,
      where: `in the cluster, on ${places[name as keyof typeof places]}`,
    };
  });
}

/** The provider plugins, each with the version of its package. */
function pluginsOf(packages: readonly LockedPackage[]): Item[] {
  return Object.entries(pluginLicenses).flatMap(([name, license]) =>
    packages
      .filter((one) => one.name === name && !one.isForDevelopment)
      .map(({ version }): Item => ({
        ...{ kind: "plugin", name: `pulumi-resource-${name.replace(/^.*\//, "")}`, version, ...license },
        where: "where the program runs; the Pulumi CLI downloads it",
      })),
  );
}

function asItem({ name, version, integrity, license, isForDevelopment }: LockedPackage): Item[] {
  if (isForDevelopment) return [];
  const known = packageLicenses[name];
  return [
    {
      ...{ kind: "package", name, version, ...digestOf(integrity) },
      license: known ?? license ?? "unknown",
      licenseSource: known === undefined ? "package-lock.json" : "the package's own license file",
      where: "where the program runs",
    },
  ];
}
