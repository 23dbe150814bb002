import * as pulumi from "@pulumi/pulumi";
import { type ChosenNode, labeledNodes } from "../lookup/cluster/node-choice";
import type { ChartValues } from "../chart/values";
import { credentialsSecret } from "../alertmanager/credentials";
import { chartNames, nodesNamespace, partOf, serverPod } from "../conventions/cluster-names";
import type { StackSettings } from "../settings/stack-settings";
import { contractVersion } from "../outputs/read-alerting";
import { AlertingNamespace } from "./alerting-namespace";
import { awsTags, creationToken } from "../conventions/aws-names";
import { Dashboards } from "./dashboards";
import { EfsCsiDriver } from "./efs-csi-driver";
import { LoadBalancers } from "./load-balancers";
import { LongTermWorkspace } from "./long-term-workspace";
import { MountedSecret, type MountedSecretArgs, type MountedSecretType } from "./mounted-secret";
import { NetworkPolicies } from "./network-policies";
import { NodeLabels } from "./node-labels";
import { byTls, inClusterPages, inClusterUrl, namedPages } from "../settings/pages";
import type { StorageNetwork } from "../lookup/aws/node-network";
import { PrometheusRelease } from "./prometheus-release";
import { PrometheusRole } from "./prometheus-role";
import { type AlertingOutputs, OutputsConfigMap } from "./outputs-config-map";
import { Storage } from "./storage";
import { WebAccess, type WebCertificate } from "./web-access";
import { admitsGrafana, isGuarded } from "../values/web-values";
import { heartbeatKey, heartbeatSecret } from "../values/heartbeat-receiver";
import { longTermKey, longTermSecret, workspaceRegion, workspaceUrl } from "../values/long-term";
import { webhookKey, webhookSecret } from "../values/slack-receivers";

export interface AlertingArgs {
  readonly settings: StackSettings;
  /** The owner of all resources, `<organization>/<project>/<stack>`. */
  readonly owner: string;
  readonly slackWebhookUrl: pulumi.Output<string>;
  /** Credentials of receivers besides Slack, by name. */
  readonly credentials: Readonly<Record<string, pulumi.Output<string>>>;
  /** The credential of the long-term engine; undefined if there is none. */
  readonly longTermCredential?: pulumi.Output<string>;
  /** The heartbeat's URL; undefined if there is none. */
  readonly heartbeatUrl?: pulumi.Output<string>;
  /** A custom certificate for the pages; undefined if there is none. */
  readonly certificate?: WebCertificate;
  /** The chart's values, already checked. */
  readonly values: ChartValues;
  readonly nodes: readonly ChosenNode[];
  /** The network of the file system's mount targets; undefined if none are created. */
  readonly network?: StorageNetwork;
  readonly providers: {
    readonly aws: pulumi.ProviderResource;
    readonly cluster: pulumi.ProviderResource;
    /** The provider of the passwords; undefined if no password is created. */
    readonly random?: pulumi.ProviderResource;
  };
}

/** All resources of the stack, in the order of their dependencies. */
export class Alerting extends pulumi.ComponentResource {
  /** The outputs that stacks of applications read. */
  public readonly outputs: AlertingOutputs;

  constructor(name: string, args: AlertingArgs, opts?: pulumi.ComponentResourceOptions) {
    super("alerting:index:Alerting", name, {}, opts);
    const { settings, owner, providers } = args;
    const onCluster = { parent: this, provider: providers.cluster };
    const labels = { [partOf.key]: partOf.value };
    const tags = awsTags(owner, settings.cluster);

    const driver =
      settings.storage.type === "efs" && settings.efsCsiDriver === "install"
        ? new EfsCsiDriver("efs-csi-driver", onCluster)
        : undefined;
    const namespace = new AlertingNamespace(
      "namespace",
      {
        name: settings.namespace,
        owner,
        podSecurity: settings.podSecurity,
        priorityClass: settings.priorityClass,
        labels,
      },
      onCluster,
    );
    const labeled = labeledNodes(args.nodes, settings.nodeLabel);
    const nodeLabels = new NodeLabels("node-labels", { nodes: labeled, label: settings.nodeLabel }, onCluster);
    const secret = (type: MountedSecretType, name: string, secretName: string, texts: MountedSecretArgs["texts"]) =>
      new MountedSecret(type, name, { secretName, namespace: namespace.namespaceName, labels, texts }, onCluster)
        .secrets;
    const alertmanagerSecrets = [
      ...secret("alerting:slack:SlackWebhook", "slack-webhook", webhookSecret, { [webhookKey]: args.slackWebhookUrl }),
      ...secret(
        "alerting:alertmanager:ReceiverCredentials",
        "receiver-credentials",
        credentialsSecret,
        args.credentials,
      ),
      ...(args.heartbeatUrl === undefined
        ? []
        : secret("alerting:alertmanager:HeartbeatUrl", "heartbeat-url", heartbeatSecret, {
            [heartbeatKey]: args.heartbeatUrl,
          })),
    ];
    const longTermSecrets =
      args.longTermCredential === undefined
        ? []
        : secret("alerting:prometheus:LongTermCredential", "long-term-credential", longTermSecret, {
            [longTermKey]: args.longTermCredential,
          });
    const workspace =
      settings.longTerm.workspace === "create"
        ? new LongTermWorkspace(
            "long-term",
            {
              name: creationToken(owner, settings.cluster),
              region: settings.longTerm.region,
              protectData: settings.protectData,
              tags,
            },
            { parent: this, provider: providers.aws },
          )
        : undefined;
    const access = isGuarded(settings)
      ? new WebAccess(
          "web-access",
          {
            namespace: namespace.namespaceName,
            labels,
            ...(settings.access.password && { passwords: settings.access.passwords }),
            certificate: args.certificate,
            admitsGrafana: admitsGrafana(settings),
            randomProvider: providers.random,
          },
          onCluster,
        )
      : undefined;
    const storage =
      settings.storage.type !== "efs"
        ? undefined
        : new Storage(
            "storage",
            {
              namespace: namespace.namespaceName,
              storage: settings.storage,
              availability: settings.availability,
              protectData: settings.protectData,
              creationToken: creationToken(owner, settings.cluster),
              network: args.network,
              labels,
              tags,
              providers,
            },
            { parent: this },
          );
    const role = new PrometheusRole(
      "prometheus-role",
      { namespace: settings.namespace, values: args.values, labels },
      onCluster,
    );
    const policies = settings.networkPolicies.enabled
      ? new NetworkPolicies(
          "network",
          {
            namespace: settings.namespace,
            nodesNamespace: nodesNamespace(settings.namespace),
            networkPolicies: settings.networkPolicies,
            sourceRanges: settings.loadBalancer.sourceRanges,
            secretUrlPorts: settings.secretUrlPorts ?? [],
            grafanaNamespace: settings.dashboards.namespace,
            values: args.values,
            labels,
            after: namespace.dependencies,
          },
          onCluster,
        )
      : undefined;
    const release = new PrometheusRelease(
      "prometheus",
      {
        // The name comes from the setting and not from the namespace's output, which a preview may not know: with an
        // unknown input, a preview would not show single values.
        namespace: settings.namespace,
        chart: settings.chart,
        values: args.values,
        longTermUrl: workspace?.workspaceId.apply((id) => workspaceUrl(workspaceRegion(settings), id)),
        after: [
          ...namespace.dependencies,
          ...role.dependencies,
          ...(policies?.policies ?? []),
          ...nodeLabels.patches,
          ...alertmanagerSecrets,
          ...longTermSecrets,
          ...(access?.secrets ?? []),
          ...(storage?.claims ?? []),
          ...(driver ? [driver.release] : []),
        ],
      },
      onCluster,
    );
    const endpoints = new LoadBalancers(
      "endpoints",
      {
        namespace: namespace.namespaceName,
        loadBalancer: settings.loadBalancer,
        prometheusPod: settings.availability.prometheus === 1 ? undefined : serverPod(0),
        byTls: byTls(settings),
        certificateArn: settings.access.certificateArn,
        labels,
        // The default tags of the AWS provider are added here, because the NLBs are created by a controller and not by
        // the provider.
        tags: { ...settings.aws.defaultTags?.tags, ...tags },
        after: [release.release],
      },
      onCluster,
    );
    if (settings.dashboards.namespace !== undefined) {
      const login = access?.grafana;
      new Dashboards(
        "dashboards",
        { settings, namespace: settings.dashboards.namespace, login, authority: args.certificate?.authority, labels },
        onCluster,
      );
    }
    const named = namedPages(settings);
    const inCluster = inClusterPages(settings);
    this.outputs = {
      contractVersion,
      namespace: namespace.namespaceName,
      prometheusHostname: endpoints.prometheusHostname,
      prometheusUrl: named?.prometheus ?? pulumi.interpolate`http://${endpoints.prometheusHostname}`,
      prometheusInClusterUrl: inCluster.prometheus,
      alertmanagerHostname: endpoints.alertmanagerHostname,
      alertmanagerUrl: named?.alertmanager ?? pulumi.interpolate`http://${endpoints.alertmanagerHostname}`,
      alertmanagerInClusterUrl: inCluster.alertmanager,
      ...(settings.availability.alertmanagers > 1 && {
        alertmanagerHeadless: `${chartNames.alertmanagerHeadless}.${settings.namespace}.svc:9093`,
      }),
      pushgatewayInClusterUrl: inClusterUrl(chartNames.pushgateway, settings.namespace, 9091),
      ...(storage && { fileSystemId: storage.fileSystemId }),
      ...(settings.longTerm.engine !== undefined && { cluster: settings.cluster, environment: settings.environment }),
      ...(workspace && { workspaceId: workspace.workspaceId, workspacePolicyArn: workspace.policyArn }),
    };
    new OutputsConfigMap("outputs", { namespace: namespace.namespaceName, outputs: this.outputs, labels }, onCluster);
    this.registerOutputs({});
  }
}
