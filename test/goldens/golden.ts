import { stringify } from "yaml";
import type { ChartValues } from "../../chart/values";
import type { EnvironmentRun } from "../support/environment-runs";
import { type Registered, unwrapped } from "../support/mocks";

type Inputs = Readonly<Record<string, unknown>>;

function at(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((here, key) => (here as Record<string, unknown> | undefined)?.[key], value);
}

/** The fields of a resource that a reviewer cares about, by its kind; of the others the name is enough. */
const fields: Readonly<Record<string, (inputs: Inputs) => Inputs>> = {
  Namespace: ({ metadata }) => ({ name: at(metadata, "name"), annotations: at(metadata, "annotations") }),
  NodePatch: ({ metadata }) => ({ labels: at(metadata, "labels") }),
  Secret: ({ metadata, stringData }) => ({ name: at(metadata, "name"), keys: Object.keys(stringData as object) }),
  ConfigMap: ({ metadata, data }) => ({ name: at(metadata, "name"), keys: Object.keys(data ?? {}) }),
  PersistentVolume: ({ spec }) => ({
    size: at(spec, "capacity", "storage"),
    reclaim: at(spec, "persistentVolumeReclaimPolicy"),
  }),
  PersistentVolumeClaim: ({ metadata }) => ({ name: at(metadata, "name") }),
  Service: ({ metadata, spec }) => ({
    name: at(metadata, "name"),
    internal: at(metadata, "annotations", "service.beta.kubernetes.io/aws-load-balancer-internal"),
    tags: at(metadata, "annotations", "service.beta.kubernetes.io/aws-load-balancer-additional-resource-tags"),
    sourceRanges: at(spec, "loadBalancerSourceRanges"),
  }),
  FileSystem: ({ creationToken, encrypted, kmsKeyId, throughputMode, tags }) => ({
    ...{ creationToken, encrypted, kmsKeyId, throughputMode, tags },
  }),
  BackupPolicy: ({ backupPolicy }) => ({ status: at(backupPolicy, "status") }),
  AccessPoint: ({ rootDirectory, posixUser }) => ({ path: at(rootDirectory, "path"), uid: at(posixUser, "uid") }),
  MountTarget: ({ subnetId }) => ({ subnetId }),
  SecurityGroupIngressRule: ({ referencedSecurityGroupId, fromPort }) => ({
    from: referencedSecurityGroupId,
    fromPort,
  }),
  Release: ({ name, namespace, chart, version, repositoryOpts, values }) => ({
    name,
    namespace,
    chart: `${String(chart)} ${String(version)} of ${String(at(repositoryOpts, "repo"))}`,
    ...chartFields(values as ChartValues),
  }),
};

/** The parts of the chart's values that a golden shows: retention, resources, alerts, routes and receivers. */
function chartFields(values: ChartValues | undefined): Inputs {
  const { retention, retentionSize, resources, global, nodeSelector } = values?.server ?? {};
  if (retention === undefined) return {};
  const groups = Object.values(values?.serverFiles ?? {}).flatMap(
    (file) => (file as { groups?: { name: string; rules: { alert?: string; for?: string }[] }[] }).groups ?? [],
  );
  const { route, receivers } = (values?.alertmanager?.config ?? {}) as { route?: Inputs; receivers?: Inputs[] };
  return {
    nodeSelector,
    retention,
    retentionSize,
    resources,
    intervals: { scrape: global?.scrape_interval, evaluation: global?.evaluation_interval },
    labels: global?.external_labels,
    alerts: groups.flatMap(({ name, rules }) =>
      rules.filter(({ alert }) => alert).map((rule) => `${name}: ${rule.alert} for ${rule.for ?? "0s"}`),
    ),
    receivers: receivers?.map((receiver) => {
      const slack = (receiver.slack_configs ?? []) as { channel?: string }[];
      return [receiver.name, ...slack.map(({ channel }) => channel)].join(" ");
    }),
    route,
  };
}

function shownOf(resource: Registered): unknown {
  const kind = resource.type.split(":").at(-1)!;
  // A secret is unwrapped only for the names of its keys.
  const shown = fields[kind]?.(unwrapped(resource.inputs) as Inputs) ?? {};
  const kept = [resource.protect && "protect", resource.retainOnDelete && "retainOnDelete"].filter(Boolean);
  return { ...shown, ...(kept.length > 0 && { options: kept.join(", ") }) };
}

/** What an environment would get, one value a line, so that a review shows which of them changed. */
export function goldenOf(environment: string, { recorder, outputs }: EnvironmentRun): string {
  const custom = recorder.resources.filter(({ custom, type }) => custom && !type.startsWith("pulumi:providers:"));
  const resources = custom
    .map((resource) => ({ title: `${resource.type.split(":").at(-1)!} ${resource.name}`, shown: shownOf(resource) }))
    .sort((a, b) => (a.title < b.title ? -1 : 1))
    .map(({ title, shown }) => [title, JSON.parse(JSON.stringify(shown)) as unknown] as const);
  const head = `# What test/fixtures/stacks/Pulumi.${environment}.yaml makes of three nodes in three zones. \`npm run goldens\` writes this file.\n`;
  return (
    head +
    stringify({ resources: Object.fromEntries(resources), outputs: Object.keys(outputs).sort() }, { lineWidth: 0 })
  );
}
