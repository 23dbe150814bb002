import * as pulumi from "@pulumi/pulumi";
import { checkCluster } from "./lookup/cluster/check-cluster";
import { Alerting } from "./components/alerting";
import { chartFaults } from "./values/chart-source";
import { decideOnAws } from "./lookup/aws/node-decision";
import { networkWarnings } from "./values/network-warnings";
import { judgeOwnTextsAhead, releaseValues } from "./values/release-values";
import { awsProvider, kubernetesProvider, randomProvider } from "./components/providers";
import { loadConfig, requireValid } from "./config";
import { lostPodFindings } from "./lookup/cluster/lost-pods";
import { noHeartbeatWarning } from "./settings/heartbeat-url";
import { otherClusterFaults, readWhereabouts } from "./lookup/whereabouts";

/** Checks everything that can be checked, then creates the resources; the returned fields are the stack's outputs. */
export = async () => {
  const configuration = loadConfig();
  const { owner, settings: read } = configuration;
  const isJudged = judgeOwnTextsAhead(read, pulumi.getRootDirectory());
  const asked = Promise.all([
    checkCluster(configuration),
    chartFaults(read.chart),
    readWhereabouts(owner, read.namespace),
  ]);
  // The next step blocks this process until the custom rules are checked. The process could not read the cluster's
  // answers in that time, so it waits for them first.
  if (isJudged) await asked;
  const release = releaseValues(read, Object.keys(configuration.credentials), pulumi.getRootDirectory());
  const [cluster, chart, was] = await asked;
  const lost = lostPodFindings(cluster.facts, pulumi.runtime.isDryRun());
  const ofCluster = [...cluster.faults, ...lost.faults, ...otherClusterFaults(configuration, was, cluster.facts)];
  const faults = [...ofCluster, ...chart, ...release.faults];
  const { settings, facts, ...secrets } = requireValid(configuration, { faults, cluster });
  if (secrets.heartbeatUrl === undefined) await pulumi.log.warn(noHeartbeatWarning);
  const ofValues = [...release.warnings, ...networkWarnings(settings, release.values)];
  const warned = [...configuration.warnings, ...lost.warnings, ...ofValues];
  for (const { key, sentence } of warned) await pulumi.log.warn(`${key}: ${sentence}`);

  const providers = {
    cluster: kubernetesProvider(settings),
    aws: awsProvider(settings.aws),
    random: randomProvider(settings.access),
  };
  const decision = { settings, owner, vpcId: was.vpcId };
  const { nodes, network, warnings } = await decideOnAws(decision, facts, { provider: providers.aws });
  for (const warning of warnings) await pulumi.log.warn(warning);

  const args = { settings, ...secrets, values: release.values, nodes, network, providers };
  return new Alerting("alerting", args).outputs;
};
