import { mirrorOf, type Mirrors, nameWithin } from "../../settings/mirrors";
import type { Settings } from "../../settings/schema";
import { chartImages, efsCsiDriverChart, prometheusChart, subCharts } from "../../versions";
import { chartLicence, efsCsiDriverLicence, imageLicences, packageLicences, pluginLicences } from "./licences";
import type { LockedPackage } from "./lock-file";

/** Something that the program brings along. */
export interface Item {
  readonly kind: "chart" | "image" | "plugin" | "package";
  readonly name: string;
  readonly version: string;
  /** What pins its content; undefined where its version alone does. */
  readonly digest?: string;
  readonly licence: string;
  /** Where the licence was read. */
  readonly licenceSource: string;
  /** Where it runs, or when. */
  readonly where: string;
}

/** The settings that have a word in what is deployed; as they are written, without defaults. */
export type Choice = Partial<Pick<Settings, "efsCsiDriver">> & {
  readonly chart?: { readonly source?: string; readonly digest?: string };
  readonly images?: { readonly registry?: Mirrors; readonly digests?: Readonly<Record<string, string>> };
};

/** All that the program deploys, and all that runs where it is run: charts, images, plugins and packages. */
export function inventoryOf(packages: readonly LockedPackage[], choice: Choice = {}): Item[] {
  return [...charts(choice), ...images(choice), ...pluginsOf(packages), ...packages.flatMap(asItem)];
}

function charts({ chart = {}, efsCsiDriver }: Choice): Item[] {
  const licenceOf = ({ licence, source }: typeof chartLicence) => ({ licence, licenceSource: source });
  const where = "rendered where the program runs";
  const item = (name: string, version: string, from: string, licence = chartLicence): Item => ({
    kind: "chart",
    name,
    version,
    ...licenceOf(licence),
    where: `${where}, from ${from}`,
  });
  const { name, version, repository } = prometheusChart;
  return [
    {
      ...item(name, version, chart.source ?? repository),
      ...(chart.digest !== undefined && { digest: chart.digest }),
    },
    ...Object.entries(subCharts).map(([subChart, version]) => item(subChart, version, `the chart ${name}`)),
    ...(efsCsiDriver === "install"
      ? [item(efsCsiDriverChart.name, efsCsiDriverChart.version, efsCsiDriverChart.repository, efsCsiDriverLicence)]
      : []),
  ];
}

const places: Readonly<Record<keyof typeof chartImages, string>> = {
  prometheus: "a master",
  alertmanager: "a master",
  nodeExporter: "every node",
  kubeStateMetrics: "a node",
  pushgateway: "a node",
};

function images({ images: { registry, digests = {} } = {} }: Choice): Item[] {
  return Object.entries(chartImages).map(([name, { repository, tag }]) => {
    const { licence, source } = imageLicences[name]!;
    const mirror = mirrorOf(repository, registry);
    return {
      kind: "image",
      name: mirror === undefined ? repository : `${mirror}/${nameWithin(repository)}`,
      version: tag,
      ...(digests[name] !== undefined && { digest: digests[name] }),
      licence,
      licenceSource: source,
      where: `in the cluster, on ${places[name as keyof typeof places]}`,
    };
  });
}

/** The provider plugins, each of the version of its package. */
function pluginsOf(packages: readonly LockedPackage[]): Item[] {
  return Object.entries(pluginLicences).flatMap(([name, { licence, source }]) =>
    packages
      .filter((one) => one.name === name && !one.isForDevelopment)
      .map(({ version }): Item => ({
        kind: "plugin",
        name: `pulumi-resource-${name.replace(/^.*\//, "")}`,
        version,
        licence,
        licenceSource: source,
        where: "where the program runs; the Pulumi CLI gets it",
      })),
  );
}

function asItem({ name, version, integrity, licence, isForDevelopment }: LockedPackage): Item[] {
  if (isForDevelopment) return [];
  const known = packageLicences[name];
  return [
    {
      kind: "package",
      name,
      version,
      ...(integrity !== undefined && { digest: integrity }),
      licence: known ?? licence ?? "unknown",
      licenceSource: known === undefined ? "package-lock.json" : "the package's own licence file",
      where: "where the program runs",
    },
  ];
}
