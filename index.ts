import * as pulumi from "@pulumi/pulumi";
import { checkCluster } from "./cluster/check";
import { Alerting } from "./components/alerting";
import { chartFaults } from "./components/chartSource";
import { decideOnAws } from "./aws/nodeDecision";
import { awsProvider, kubernetesProvider } from "./components/providers";
import { loadConfig, requireWhole } from "./config";

/** Checks everything that can be checked, then builds; the returned fields are the stack's outputs. */
export = async () => {
  const configuration = loadConfig();
  const cluster = await checkCluster(configuration);
  const chart = await chartFaults(configuration.settings.chart?.source);
  const { settings, slackWebhookUrl, owner } = requireWhole(configuration, [...cluster.faults, ...chart]);

  const providers = { cluster: kubernetesProvider(settings), aws: awsProvider(settings.aws) };
  const { nodes, network, warnings } = await decideOnAws(settings, cluster.facts!, { provider: providers.aws });
  for (const warning of warnings) await pulumi.log.warn(warning);

  return new Alerting("alerting", { settings, owner, slackWebhookUrl, nodes, network, providers }).outputs;
};
