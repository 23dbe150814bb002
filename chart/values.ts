// Made by `npm run chart:contract` out of chart/contract/ and chart/places.ts; not to be changed by hand.
import type { types } from "@pulumi/kubernetes";
import type { AlertmanagerConfig } from "../alertmanager/config";
import type { PrometheusDuration } from "../validation/durations";
import type { ByteSize } from "../validation/sizes";
import type { RemoteWrite, ScrapeConfig } from "../prometheus/config-types";
import type { RuleGroup } from "../prometheus/rule-groups";
import type { Frozen, Kubernetes } from "./plain-types";

/** Files that the chart puts next to Prometheus' configuration, by name. */
interface ServerFiles {
  readonly "alerting_rules.yml"?: { readonly groups?: readonly Frozen<RuleGroup>[] };
  readonly "recording_rules.yml"?: { readonly groups?: readonly Frozen<RuleGroup>[] };
  readonly [file: string]: unknown;
}

/** The values of the pinned chart. */
export interface ChartValues {
  readonly alertRelabelConfigs?: {
    readonly alert_relabel_configs?: readonly unknown[];
  };
  readonly alertmanager?: AlertmanagerValues;
  readonly commonMetaLabels?: Readonly<Record<string, string>>;
  readonly configmapReload?: {
    readonly env?: readonly Kubernetes<types.output.core.v1.EnvVar>[];
    readonly prometheus?: {
      readonly containerPort?: number;
      readonly containerPortName?: string;
      readonly containerSecurityContext?: Kubernetes<types.output.core.v1.SecurityContext>;
      readonly enabled?: boolean;
      readonly extraArgs?: Readonly<Record<string, string | number | boolean>>;
      readonly extraConfigmapMounts?: readonly {
        readonly name?: string;
        readonly mountPath?: string;
        readonly subPath?: string;
        readonly configMap?: string;
        readonly readOnly?: boolean;
        readonly optional?: boolean;
      }[];
      readonly extraVolumeDirs?: readonly string[];
      readonly extraVolumeMounts?: readonly Kubernetes<types.output.core.v1.VolumeMount>[];
      readonly image?: {
        readonly digest?: string;
        readonly pullPolicy?: "Always" | "IfNotPresent" | "Never";
        readonly repository?: string;
        readonly tag?: string;
      };
      readonly livenessProbe?: Kubernetes<types.output.core.v1.Probe>;
      readonly name?: string;
      readonly readinessProbe?: Kubernetes<types.output.core.v1.Probe>;
      readonly resources?: Kubernetes<types.output.core.v1.ResourceRequirements>;
      readonly startupProbe?: Kubernetes<types.output.core.v1.Probe> & { readonly enabled?: boolean };
    };
    readonly reloadUrl?: string;
  };
  readonly extraManifests?: readonly unknown[];
  readonly extraScrapeConfigs?: string;
  readonly forceNamespace?: string;
  readonly fullnameOverride?: string;
  readonly global?: {
    readonly imagePullSecrets?: readonly unknown[];
    readonly imageRegistry?: string;
  };
  readonly imagePullSecrets?: readonly Kubernetes<types.output.core.v1.LocalObjectReference>[];
  readonly "kube-state-metrics"?: StateMetricsValues;
  readonly nameOverride?: string;
  readonly networkPolicy?: {
    readonly enabled?: boolean;
  };
  readonly "prometheus-node-exporter"?: NodeExporterValues;
  readonly "prometheus-pushgateway"?: PushgatewayValues;
  readonly rbac?: {
    readonly create?: boolean;
  };
  readonly ruleFiles?: Readonly<Record<string, unknown>>;
  readonly scrapeConfigFiles?: readonly unknown[];
  readonly scrapeConfigs?: Readonly<Record<string, Frozen<ScrapeConfig>>>;
  readonly server?: ServerValues;
  readonly serverFiles?: ServerFiles;
  readonly serviceAccounts?: {
    readonly server?: {
      readonly annotations?: Readonly<Record<string, string>>;
      readonly automountServiceAccountToken?: boolean;
      readonly create?: boolean;
      readonly name?: string;
    };
  };
}
export interface AlertmanagerValues {
  readonly additionalPeers?: readonly string[];
  readonly affinity?: Kubernetes<types.output.core.v1.Affinity>;
  readonly automountServiceAccountToken?: boolean;
  readonly baseURL?: string;
  readonly command?: readonly string[];
  readonly config?: Frozen<AlertmanagerConfig> & { readonly enabled?: boolean };
  readonly configAnnotations?: Readonly<Record<string, string>>;
  readonly configmapReload?: {
    readonly containerPort?: number;
    readonly enabled?: boolean;
    readonly extraArgs?: Readonly<Record<string, string | number | boolean>>;
    readonly extraEnv?: readonly Kubernetes<types.output.core.v1.EnvVar>[];
    readonly extraVolumeMounts?: readonly Kubernetes<types.output.core.v1.VolumeMount>[];
    readonly image?: {
      readonly pullPolicy?: "Always" | "IfNotPresent" | "Never";
      readonly repository?: string;
      readonly tag?: string;
    };
    readonly livenessProbe?: Kubernetes<types.output.core.v1.Probe>;
    readonly name?: string;
    readonly readinessProbe?: Kubernetes<types.output.core.v1.Probe>;
    readonly resources?: Kubernetes<types.output.core.v1.ResourceRequirements>;
    readonly securityContext?: Kubernetes<types.output.core.v1.SecurityContext>;
  };
  readonly containerPortName?: string;
  readonly dnsConfig?: Kubernetes<types.output.core.v1.PodDNSConfig>;
  readonly enabled?: boolean;
  readonly extraArgs?: Readonly<Record<string, string | number | boolean>>;
  readonly extraContainers?: readonly Kubernetes<types.output.core.v1.Container>[];
  readonly extraEnv?: readonly Kubernetes<types.output.core.v1.EnvVar>[];
  readonly extraInitContainers?: readonly Kubernetes<types.output.core.v1.Container>[];
  readonly extraPodConfigs?: Kubernetes<types.output.core.v1.PodSpec>;
  readonly extraSecretMounts?: readonly {
    readonly name?: string;
    readonly mountPath?: string;
    readonly subPath?: string;
    readonly secretName?: string;
    readonly readOnly?: boolean;
    readonly optional?: boolean;
  }[];
  readonly extraVolumeMounts?: readonly Kubernetes<types.output.core.v1.VolumeMount>[];
  readonly extraVolumes?: readonly Kubernetes<types.output.core.v1.Volume>[];
  readonly fullnameOverride?: string;
  readonly hostAliases?: readonly Kubernetes<types.output.core.v1.HostAlias>[];
  readonly hostUsers?: boolean;
  readonly image?: {
    readonly pullPolicy?: "Always" | "IfNotPresent" | "Never";
    readonly repository?: string;
    readonly tag?: string;
  };
  readonly imagePullSecrets?: readonly Kubernetes<types.output.core.v1.LocalObjectReference>[];
  readonly ingress?: {
    readonly annotations?: Readonly<Record<string, string>>;
    readonly className?: string;
    readonly enabled?: boolean;
    readonly hosts?: readonly unknown[];
    readonly labels?: Readonly<Record<string, string>>;
    readonly tls?: readonly Kubernetes<types.output.networking.v1.IngressTLS>[];
  };
  readonly ingressPerReplica?: {
    readonly annotations?: Readonly<Record<string, string>>;
    readonly className?: string;
    readonly enabled?: boolean;
    readonly hostDomain?: string;
    readonly hostPrefix?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly pathType?: "Exact" | "Prefix" | "ImplementationSpecific";
    readonly paths?: readonly unknown[];
    readonly tlsSecretName?: string;
    readonly tlsSecretPerReplica?: {
      readonly enabled?: boolean;
      readonly prefix?: string;
    };
  };
  readonly livenessProbe?: Kubernetes<types.output.core.v1.Probe>;
  readonly minReadySeconds?: number;
  readonly nameOverride?: string;
  readonly namespaceOverride?: string;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly persistence?: {
    readonly accessModes?: readonly ("ReadWriteOnce" | "ReadOnlyMany" | "ReadWriteMany" | "ReadWriteOncePod")[];
    readonly annotations?: Readonly<Record<string, string>>;
    readonly emptyDir?: Kubernetes<types.output.core.v1.EmptyDirVolumeSource>;
    readonly enabled?: boolean;
    readonly labels?: Readonly<Record<string, string>>;
    readonly size?: string;
    readonly storageClass?: string;
  };
  readonly podAnnotations?: Readonly<Record<string, string>>;
  readonly podAntiAffinity?: "" | "soft" | "hard";
  readonly podAntiAffinityTopologyKey?: string;
  readonly podDisruptionBudget?: Kubernetes<types.output.policy.v1.PodDisruptionBudgetSpec>;
  readonly podLabels?: Readonly<Record<string, string>>;
  readonly podSecurityContext?: Kubernetes<types.output.core.v1.PodSecurityContext>;
  readonly prefixURL?: string;
  readonly priorityClassName?: string;
  readonly readinessProbe?: Kubernetes<types.output.core.v1.Probe>;
  readonly replicaCount?: number;
  readonly resources?: Kubernetes<types.output.core.v1.ResourceRequirements>;
  readonly revisionHistoryLimit?: number;
  readonly route?: {
    [k: string]: {
      readonly additionalRules?: readonly unknown[];
      readonly annotations?: Readonly<Record<string, string>>;
      readonly apiVersion?: string;
      readonly enabled?: boolean;
      readonly filters?: readonly unknown[];
      readonly hostnames?: readonly string[];
      readonly httpsRedirect?: boolean;
      readonly kind?: string;
      readonly labels?: Readonly<Record<string, string>>;
      readonly matches?: readonly unknown[];
      readonly parentRefs?: readonly unknown[];
    };
  };
  readonly schedulerName?: string;
  readonly securityContext?: Kubernetes<types.output.core.v1.SecurityContext>;
  readonly service?: {
    readonly annotations?: Readonly<Record<string, string>>;
    readonly clusterPort?: number;
    readonly extraPorts?: readonly Kubernetes<types.output.core.v1.ServicePort>[];
    readonly ipDualStack?: {
      readonly enabled?: boolean;
      readonly ipFamilies?: readonly ("IPv4" | "IPv6")[];
      readonly ipFamilyPolicy?: "SingleStack" | "PreferDualStack" | "RequireDualStack";
    };
    readonly labels?: Readonly<Record<string, string>>;
    readonly loadBalancerIP?: string;
    readonly loadBalancerSourceRanges?: readonly string[];
    readonly nodePort?: number;
    readonly port?: number;
    readonly type?: "ClusterIP" | "NodePort" | "LoadBalancer" | "ExternalName";
  };
  readonly serviceAccount?: {
    readonly annotations?: Readonly<Record<string, string>>;
    readonly create?: boolean;
    readonly name?: string;
  };
  readonly serviceMonitor?: {
    readonly additionalLabels?: Readonly<Record<string, string>>;
    readonly basicAuth?: Readonly<Record<string, unknown>>;
    readonly bearerTokenFile?: string;
    readonly enabled?: boolean;
    readonly honorLabels?: boolean;
    readonly interval?: string;
    readonly metricRelabelings?: readonly unknown[];
    readonly namespace?: string;
    readonly path?: string;
    readonly relabelings?: readonly unknown[];
    readonly scheme?: string;
    readonly scrapeTimeout?: string;
    readonly tlsConfig?: Readonly<Record<string, unknown>>;
  };
  readonly servicePerReplica?: {
    readonly annotations?: Readonly<Record<string, string>>;
    readonly enabled?: boolean;
    readonly externalTrafficPolicy?: "" | "Cluster" | "Local";
    readonly loadBalancerSourceRanges?: readonly string[];
    readonly type?: "ClusterIP" | "NodePort" | "LoadBalancer" | "ExternalName";
  };
  readonly statefulSet?: {
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly templates?: Readonly<Record<string, string>>;
  readonly testFramework?: {
    readonly annotations?: Readonly<Record<string, string>>;
    readonly enabled?: boolean;
  };
  readonly tolerations?: readonly Kubernetes<types.output.core.v1.Toleration>[];
  readonly topologySpreadConstraints?: readonly Kubernetes<types.output.core.v1.TopologySpreadConstraint>[];
  readonly verticalPodAutoscaler?: {
    readonly enabled?: boolean;
    readonly recommenders?: readonly unknown[];
    readonly resourcePolicy?: Readonly<Record<string, unknown>>;
    readonly updatePolicy?: Readonly<Record<string, unknown>>;
  };
}
export interface StateMetricsValues {
  readonly affinity?: Kubernetes<types.output.core.v1.Affinity> | string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly authFilter?: {
    readonly enabled?: boolean;
  };
  readonly automountServiceAccountToken?: boolean;
  readonly autosharding?: {
    readonly enabled?: boolean;
  };
  readonly collectors?: readonly string[];
  readonly collectorsExclude?: readonly string[];
  readonly collectorsExtra?: readonly string[];
  readonly containerSecurityContext?: Kubernetes<types.output.core.v1.SecurityContext>;
  readonly containers?: readonly Kubernetes<types.output.core.v1.Container>[];
  readonly customLabels?: Readonly<Record<string, string>>;
  readonly customResourceState?: {
    readonly config?: Readonly<Record<string, unknown>>;
    readonly create?: boolean;
    readonly enabled?: boolean;
    readonly key?: string;
    readonly name?: string;
  };
  readonly dnsConfig?: Kubernetes<types.output.core.v1.PodDNSConfig>;
  readonly dnsPolicy?: "" | "ClusterFirst" | "ClusterFirstWithHostNet" | "Default" | "None";
  readonly enabled?: boolean;
  readonly env?: readonly Kubernetes<types.output.core.v1.EnvVar>[];
  readonly extraArgs?: readonly string[];
  readonly extraManifests?: readonly unknown[];
  readonly fullnameOverride?: string;
  readonly global?: {
    readonly imagePullSecrets?: readonly unknown[];
    readonly imageRegistry?: string;
  };
  readonly hostNetwork?: boolean;
  readonly hostUsers?: boolean;
  readonly image?: {
    readonly pullPolicy?: "Always" | "IfNotPresent" | "Never";
    readonly registry?: string;
    readonly repository?: string;
    readonly sha?: string;
    readonly tag?: string;
  };
  readonly imagePullSecrets?: readonly Kubernetes<types.output.core.v1.LocalObjectReference>[];
  readonly initContainers?: readonly Kubernetes<types.output.core.v1.Container>[];
  readonly kubeRBACProxy?: {
    readonly containerSecurityContext?: Kubernetes<types.output.core.v1.SecurityContext>;
    readonly enabled?: boolean;
    readonly extraArgs?: readonly string[];
    readonly ignoreProbePaths?: boolean;
    readonly image?: {
      readonly pullPolicy?: "Always" | "IfNotPresent" | "Never";
      readonly registry?: string;
      readonly repository?: string;
      readonly sha?: string;
      readonly tag?: string;
    };
    readonly port?: number;
    readonly proxyEndpointsPort?: number;
    readonly resources?: Kubernetes<types.output.core.v1.ResourceRequirements>;
    readonly volumeMounts?: readonly Kubernetes<types.output.core.v1.VolumeMount>[];
  };
  readonly kubeconfig?: {
    readonly enabled?: boolean;
    readonly secret?: string;
  };
  readonly labels?: Readonly<Record<string, string>>;
  readonly livenessProbe?: {
    readonly failureThreshold?: number;
    readonly httpGet?: {
      readonly httpHeaders?: readonly Kubernetes<types.output.core.v1.HTTPHeader>[];
      readonly scheme?: string;
    };
    readonly initialDelaySeconds?: number;
    readonly periodSeconds?: number;
    readonly successThreshold?: number;
    readonly timeoutSeconds?: number;
  };
  readonly metricAllowlist?: readonly string[];
  readonly metricAnnotationsAllowList?: readonly string[];
  readonly metricDenylist?: readonly string[];
  readonly metricLabelsAllowlist?: readonly string[];
  readonly nameOverride?: string;
  readonly namespaceOverride?: string;
  readonly namespaces?: string | readonly unknown[];
  readonly namespacesDenylist?: string;
  readonly networkPolicy?: {
    readonly egress?: readonly Kubernetes<types.output.networking.v1.NetworkPolicyEgressRule>[];
    readonly enabled?: boolean;
    readonly ingress?: readonly Kubernetes<types.output.networking.v1.NetworkPolicyIngressRule>[];
    readonly podSelector?: Kubernetes<types.output.meta.v1.LabelSelector>;
  };
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly podAnnotations?: Readonly<Record<string, string>>;
  readonly podDisruptionBudget?: Kubernetes<types.output.policy.v1.PodDisruptionBudgetSpec>;
  readonly podLabels?: Readonly<Record<string, string>>;
  readonly priorityClassName?: string;
  readonly prometheus?: {
    readonly monitor?: {
      readonly additionalLabels?: Readonly<Record<string, string>>;
      readonly annotations?: Readonly<Record<string, string>>;
      readonly bearerTokenFile?: string;
      readonly bearerTokenSecret?: Readonly<Record<string, unknown>>;
      readonly enableHttp2?: boolean;
      readonly enabled?: boolean;
      readonly honorLabels?: boolean;
      readonly http?: {
        readonly bearerTokenFile?: string;
        readonly bearerTokenSecret?: Readonly<Record<string, unknown>>;
        readonly enableHttp2?: boolean;
        readonly honorLabels?: boolean;
        readonly interval?: string;
        readonly metricRelabelings?: readonly unknown[];
        readonly proxyUrl?: string;
        readonly relabelings?: readonly unknown[];
        readonly scheme?: string;
        readonly scrapeTimeout?: string;
        readonly tlsConfig?: Readonly<Record<string, unknown>>;
      };
      readonly interval?: string;
      readonly jobLabel?: string;
      readonly labelLimit?: number;
      readonly labelNameLengthLimit?: number;
      readonly labelValueLengthLimit?: number;
      readonly metricRelabelings?: readonly unknown[];
      readonly metrics?: {
        readonly bearerTokenFile?: string;
        readonly bearerTokenSecret?: Readonly<Record<string, unknown>>;
        readonly enableHttp2?: boolean;
        readonly honorLabels?: boolean;
        readonly interval?: string;
        readonly metricRelabelings?: readonly unknown[];
        readonly proxyUrl?: string;
        readonly relabelings?: readonly unknown[];
        readonly scheme?: string;
        readonly scrapeTimeout?: string;
        readonly tlsConfig?: Readonly<Record<string, unknown>>;
      };
      readonly namespace?: string;
      readonly namespaceSelector?: readonly string[];
      readonly podTargetLabels?: readonly string[];
      readonly proxyUrl?: string;
      readonly relabelings?: readonly unknown[];
      readonly sampleLimit?: number;
      readonly scheme?: string;
      readonly scrapeTimeout?: string;
      readonly selectorOverride?: Readonly<Record<string, string>>;
      readonly targetLabels?: readonly string[];
      readonly targetLimit?: number;
      readonly tlsConfig?: Readonly<Record<string, unknown>>;
    };
    readonly scrapeconfig?: {
      readonly additionalLabels?: Readonly<Record<string, string>>;
      readonly annotations?: Readonly<Record<string, string>>;
      readonly enableHttp2?: boolean;
      readonly enabled?: boolean;
      readonly honorLabels?: boolean;
      readonly jobName?: string;
      readonly labelLimit?: number;
      readonly labelNameLengthLimit?: number;
      readonly labelValueLengthLimit?: number;
      readonly metricRelabelings?: readonly unknown[];
      readonly proxyUrl?: string;
      readonly relabelings?: readonly unknown[];
      readonly sampleLimit?: number;
      readonly scheme?: string;
      readonly scrapeInterval?: string;
      readonly scrapeTimeout?: string;
      readonly staticConfigLabels?: Readonly<Record<string, string>>;
      readonly targetLimit?: number;
      readonly tlsConfig?: Readonly<Record<string, unknown>>;
    };
  };
  readonly prometheusScrape?: boolean;
  readonly rbac?: {
    readonly clusterRoleSelectors?: readonly Kubernetes<types.output.meta.v1.LabelSelector>[];
    readonly create?: boolean;
    readonly customResourceState?: {
      readonly createClusterRoleRules?: boolean;
    };
    readonly extraRules?: readonly Kubernetes<types.output.rbac.v1.PolicyRule>[];
    readonly useClusterRole?: boolean;
    readonly useExistingRole?: string;
  };
  readonly readinessProbe?: {
    readonly failureThreshold?: number;
    readonly httpGet?: {
      readonly httpHeaders?: readonly Kubernetes<types.output.core.v1.HTTPHeader>[];
      readonly scheme?: string;
    };
    readonly initialDelaySeconds?: number;
    readonly periodSeconds?: number;
    readonly successThreshold?: number;
    readonly timeoutSeconds?: number;
  };
  readonly releaseLabel?: boolean;
  readonly releaseNamespace?: boolean;
  readonly replicas?: number;
  readonly resources?: Kubernetes<types.output.core.v1.ResourceRequirements>;
  readonly revisionHistoryLimit?: number;
  readonly securityContext?: Kubernetes<types.output.core.v1.PodSecurityContext> & { readonly enabled?: boolean };
  readonly selectorOverride?: Readonly<Record<string, string>>;
  readonly selfMonitor?: {
    readonly enabled?: boolean;
    readonly telemetryHost?: string;
    readonly telemetryNodePort?: number;
    readonly telemetryPort?: number;
  };
  readonly service?: {
    readonly annotations?: Readonly<Record<string, string>>;
    readonly clusterIP?: string;
    readonly ipDualStack?: {
      readonly enabled?: boolean;
      readonly ipFamilies?: readonly ("IPv4" | "IPv6")[];
      readonly ipFamilyPolicy?: "SingleStack" | "PreferDualStack" | "RequireDualStack";
    };
    readonly loadBalancerIP?: string;
    readonly loadBalancerSourceRanges?: readonly string[];
    readonly nodePort?: number;
    readonly port?: number;
    readonly type?: "ClusterIP" | "NodePort" | "LoadBalancer" | "ExternalName";
  };
  readonly serviceAccount?: {
    readonly annotations?: Readonly<Record<string, string>>;
    readonly automountServiceAccountToken?: boolean;
    readonly create?: boolean;
    readonly imagePullSecrets?: readonly Kubernetes<types.output.core.v1.LocalObjectReference>[];
    readonly name?: string;
  };
  readonly startupProbe?: {
    readonly enabled?: boolean;
    readonly failureThreshold?: number;
    readonly httpGet?: {
      readonly httpHeaders?: readonly Kubernetes<types.output.core.v1.HTTPHeader>[];
      readonly scheme?: string;
    };
    readonly initialDelaySeconds?: number;
    readonly periodSeconds?: number;
    readonly successThreshold?: number;
    readonly timeoutSeconds?: number;
  };
  readonly tolerations?: readonly Kubernetes<types.output.core.v1.Toleration>[];
  readonly topologySpreadConstraints?: readonly Kubernetes<types.output.core.v1.TopologySpreadConstraint>[];
  readonly updateStrategy?: "RollingUpdate" | "Recreate";
  readonly verticalPodAutoscaler?: {
    readonly controlledResources?: readonly string[];
    readonly controlledValues?: string;
    readonly enabled?: boolean;
    readonly maxAllowed?: Readonly<Record<string, string | number | boolean>>;
    readonly minAllowed?: Readonly<Record<string, string | number | boolean>>;
    readonly recommenders?: readonly unknown[];
    readonly updatePolicy?: Readonly<Record<string, unknown>>;
  };
  readonly volumeMounts?: readonly Kubernetes<types.output.core.v1.VolumeMount>[];
  readonly volumes?: readonly Kubernetes<types.output.core.v1.Volume>[];
}
export interface NodeExporterValues {
  readonly affinity?: Kubernetes<types.output.core.v1.Affinity>;
  readonly commonLabels?: Readonly<Record<string, string>>;
  readonly configmaps?: readonly unknown[];
  readonly containerSecurityContext?: Kubernetes<types.output.core.v1.SecurityContext>;
  readonly daemonsetAnnotations?: Readonly<Record<string, string>>;
  readonly dnsConfig?: Kubernetes<types.output.core.v1.PodDNSConfig>;
  readonly dnsPolicy?: "" | "ClusterFirst" | "ClusterFirstWithHostNet" | "Default" | "None";
  readonly enabled?: boolean;
  readonly endpoints?: readonly string[];
  readonly env?: Readonly<Record<string, string | number | boolean>>;
  readonly extraArgs?: readonly string[];
  readonly extraHostVolumeMounts?: readonly unknown[];
  readonly extraInitContainers?: readonly Kubernetes<types.output.core.v1.Container>[];
  readonly extraManifests?: readonly unknown[];
  readonly extraVolumeMounts?: readonly Kubernetes<types.output.core.v1.VolumeMount>[];
  readonly extraVolumes?: readonly Kubernetes<types.output.core.v1.Volume>[];
  readonly fullnameOverride?: string;
  readonly global?: {
    readonly imagePullSecrets?: readonly unknown[];
    readonly imageRegistry?: string;
  };
  readonly hostIPC?: boolean;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostProcFsMount?: {
    readonly mountPropagation?: "" | "None" | "HostToContainer" | "Bidirectional";
  };
  readonly hostRootFsMount?: {
    readonly enabled?: boolean;
    readonly mountPropagation?: "" | "None" | "HostToContainer" | "Bidirectional";
  };
  readonly hostSysFsMount?: {
    readonly mountPropagation?: "" | "None" | "HostToContainer" | "Bidirectional";
  };
  readonly hostUsers?: boolean;
  readonly image?: {
    readonly digest?: string;
    readonly distroless?: boolean;
    readonly pullPolicy?: "Always" | "IfNotPresent" | "Never";
    readonly registry?: string;
    readonly repository?: string;
    readonly sha?: string;
    readonly tag?: string;
  };
  readonly imagePullSecrets?: readonly Kubernetes<types.output.core.v1.LocalObjectReference>[];
  readonly kubeRBACProxy?: {
    readonly containerSecurityContext?: Kubernetes<types.output.core.v1.SecurityContext>;
    readonly enableHostPort?: boolean;
    readonly enableProxyEndpointsHostPort?: boolean;
    readonly enabled?: boolean;
    readonly env?: Readonly<Record<string, string | number | boolean>>;
    readonly extraArgs?: readonly string[];
    readonly extraVolumeMounts?: readonly Kubernetes<types.output.core.v1.VolumeMount>[];
    readonly image?: {
      readonly pullPolicy?: "Always" | "IfNotPresent" | "Never";
      readonly registry?: string;
      readonly repository?: string;
      readonly sha?: string;
      readonly tag?: string;
    };
    readonly port?: number;
    readonly portName?: string;
    readonly proxyEndpointsPort?: number;
    readonly resources?: Kubernetes<types.output.core.v1.ResourceRequirements>;
    readonly tls?: {
      readonly enabled?: boolean;
      readonly tlsClientAuth?: boolean;
    };
  };
  readonly livenessProbe?: {
    readonly failureThreshold?: number;
    readonly httpGet?: {
      readonly httpHeaders?: readonly Kubernetes<types.output.core.v1.HTTPHeader>[];
      readonly scheme?: string;
    };
    readonly initialDelaySeconds?: number;
    readonly periodSeconds?: number;
    readonly successThreshold?: number;
    readonly timeoutSeconds?: number;
  };
  readonly nameOverride?: string;
  readonly namespaceOverride?: string;
  readonly networkPolicy?: {
    readonly enabled?: boolean;
    readonly ingress?: readonly Kubernetes<types.output.networking.v1.NetworkPolicyIngressRule>[];
  };
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly permissionInitContainer?: {
    readonly extraCommands?: readonly string[];
    readonly fixes?: {
      readonly rapl?: boolean;
      readonly slabinfo?: boolean;
    };
    readonly image?: {
      readonly pullPolicy?: "Always" | "IfNotPresent" | "Never";
      readonly registry?: string;
      readonly repository?: string;
      readonly sha?: string;
      readonly tag?: string;
    };
    readonly securityContext?: Kubernetes<types.output.core.v1.SecurityContext>;
  };
  readonly podAnnotations?: Readonly<Record<string, string>>;
  readonly podLabels?: Readonly<Record<string, string>>;
  readonly priorityClassName?: string;
  readonly prometheus?: {
    readonly monitor?: {
      readonly additionalLabels?: Readonly<Record<string, string>>;
      readonly apiVersion?: string;
      readonly attachMetadata?: Readonly<Record<string, unknown>>;
      readonly basicAuth?: Readonly<Record<string, unknown>>;
      readonly bearerTokenFile?: string;
      readonly enabled?: boolean;
      readonly interval?: string;
      readonly jobLabel?: string;
      readonly labelLimit?: number;
      readonly labelNameLengthLimit?: number;
      readonly labelValueLengthLimit?: number;
      readonly metricRelabelings?: readonly unknown[];
      readonly namespace?: string;
      readonly podTargetLabels?: readonly string[];
      readonly proxyUrl?: string;
      readonly relabelings?: readonly unknown[];
      readonly sampleLimit?: number;
      readonly scheme?: string;
      readonly scrapeTimeout?: string;
      readonly selectorOverride?: Readonly<Record<string, string>>;
      readonly targetLabels?: readonly string[];
      readonly targetLimit?: number;
      readonly tlsConfig?: Readonly<Record<string, unknown>>;
    };
    readonly podMonitor?: {
      readonly additionalLabels?: Readonly<Record<string, string>>;
      readonly apiVersion?: string;
      readonly attachMetadata?: Readonly<Record<string, unknown>>;
      readonly authorization?: Readonly<Record<string, unknown>>;
      readonly basicAuth?: Readonly<Record<string, unknown>>;
      readonly bearerTokenSecret?: Readonly<Record<string, unknown>>;
      readonly enableHttp2?: boolean | string;
      readonly enabled?: boolean;
      readonly filterRunning?: boolean | string;
      readonly followRedirects?: boolean | string;
      readonly honorLabels?: boolean;
      readonly honorTimestamps?: boolean;
      readonly interval?: string;
      readonly jobLabel?: string;
      readonly labelLimit?: number;
      readonly labelNameLengthLimit?: number;
      readonly labelValueLengthLimit?: number;
      readonly metricRelabelings?: readonly unknown[];
      readonly namespace?: string;
      readonly oauth2?: Readonly<Record<string, unknown>>;
      readonly params?: Readonly<Record<string, unknown>>;
      readonly path?: string;
      readonly podTargetLabels?: readonly string[];
      readonly proxyUrl?: string;
      readonly relabelings?: readonly unknown[];
      readonly sampleLimit?: number;
      readonly scheme?: string;
      readonly scrapeTimeout?: string;
      readonly selectorOverride?: Readonly<Record<string, string>>;
      readonly targetLimit?: number;
      readonly tlsConfig?: Readonly<Record<string, unknown>>;
    };
  };
  readonly rbac?: {
    readonly create?: boolean;
    readonly useExistingRole?: string;
  };
  readonly readinessProbe?: {
    readonly failureThreshold?: number;
    readonly httpGet?: {
      readonly httpHeaders?: readonly Kubernetes<types.output.core.v1.HTTPHeader>[];
      readonly scheme?: string;
    };
    readonly initialDelaySeconds?: number;
    readonly periodSeconds?: number;
    readonly successThreshold?: number;
    readonly timeoutSeconds?: number;
  };
  readonly releaseLabel?: boolean;
  readonly resources?: Kubernetes<types.output.core.v1.ResourceRequirements>;
  readonly restartPolicy?: "Always" | "OnFailure" | "Never";
  readonly revisionHistoryLimit?: number;
  readonly secrets?: readonly unknown[];
  readonly securityContext?: Kubernetes<types.output.core.v1.PodSecurityContext>;
  readonly service?: {
    readonly annotations?: Readonly<Record<string, string>>;
    readonly clusterIP?: string;
    readonly enabled?: boolean;
    readonly externalTrafficPolicy?: "" | "Cluster" | "Local";
    readonly internalTrafficPolicy?: "" | "Cluster" | "Local";
    readonly ipDualStack?: {
      readonly enabled?: boolean;
      readonly ipFamilies?: readonly ("IPv4" | "IPv6")[];
      readonly ipFamilyPolicy?: "SingleStack" | "PreferDualStack" | "RequireDualStack";
    };
    readonly labels?: Readonly<Record<string, string>>;
    readonly listenOnAllInterfaces?: boolean;
    readonly nodePort?: number;
    readonly port?: number;
    readonly portName?: string;
    readonly servicePort?: number | string;
    readonly targetPort?: number | string;
    readonly type?: "ClusterIP" | "NodePort" | "LoadBalancer" | "ExternalName";
  };
  readonly serviceAccount?: {
    readonly annotations?: Readonly<Record<string, string>>;
    readonly automountServiceAccountToken?: boolean;
    readonly create?: boolean;
    readonly imagePullSecrets?: readonly Kubernetes<types.output.core.v1.LocalObjectReference>[];
    readonly name?: string;
  };
  readonly sidecarHostVolumeMounts?: readonly unknown[];
  readonly sidecarVolumeMount?: readonly Kubernetes<types.output.core.v1.VolumeMount>[];
  readonly sidecars?: readonly Kubernetes<types.output.core.v1.Container>[];
  readonly terminationGracePeriodSeconds?: number;
  readonly terminationMessageParams?: {
    readonly enabled?: boolean;
    readonly terminationMessagePath?: string;
    readonly terminationMessagePolicy?: "File" | "FallbackToLogsOnError";
  };
  readonly tlsSecret?: {
    readonly caItem?: string;
    readonly certItem?: string;
    readonly enabled?: boolean;
    readonly keyItem?: string;
    readonly secretName?: string;
    readonly volumeName?: string;
  };
  readonly tolerations?: readonly Kubernetes<types.output.core.v1.Toleration>[];
  readonly updateStrategy?: Kubernetes<types.output.apps.v1.DaemonSetUpdateStrategy>;
  readonly version?: string;
  readonly verticalPodAutoscaler?: {
    readonly controlledResources?: readonly string[];
    readonly controlledValues?: string;
    readonly enabled?: boolean;
    readonly maxAllowed?: Readonly<Record<string, string | number | boolean>>;
    readonly minAllowed?: Readonly<Record<string, string | number | boolean>>;
    readonly recommenders?: readonly unknown[];
    readonly updatePolicy?: Readonly<Record<string, unknown>>;
  };
}
export interface PushgatewayValues {
  readonly affinity?: Kubernetes<types.output.core.v1.Affinity>;
  readonly automountServiceAccountToken?: boolean;
  readonly containerSecurityContext?: Kubernetes<types.output.core.v1.SecurityContext>;
  readonly deploymentAnnotations?: Readonly<Record<string, string>>;
  readonly enabled?: boolean;
  readonly extraArgs?: readonly string[];
  readonly extraContainers?: readonly Kubernetes<types.output.core.v1.Container>[];
  readonly extraInitContainers?: readonly Kubernetes<types.output.core.v1.Container>[];
  readonly extraManifests?: readonly unknown[];
  readonly extraVars?: readonly Kubernetes<types.output.core.v1.EnvVar>[];
  readonly extraVolumeMounts?: readonly Kubernetes<types.output.core.v1.VolumeMount>[];
  readonly extraVolumes?: readonly Kubernetes<types.output.core.v1.Volume>[];
  readonly fullnameOverride?: string;
  readonly global?: {
    readonly imagePullSecrets?: readonly unknown[];
    readonly imageRegistry?: string;
  };
  readonly hostAliases?: readonly Kubernetes<types.output.core.v1.HostAlias>[];
  readonly image?: {
    readonly pullPolicy?: "Always" | "IfNotPresent" | "Never";
    readonly registry?: string;
    readonly repository?: string;
    readonly tag?: string;
  };
  readonly imagePullSecrets?: readonly Kubernetes<types.output.core.v1.LocalObjectReference>[];
  readonly ingress?: {
    readonly annotations?: Readonly<Record<string, string>>;
    readonly className?: string;
    readonly enabled?: boolean;
    readonly extraPaths?: readonly unknown[];
    readonly hosts?: readonly unknown[];
    readonly path?: string;
    readonly pathType?: "Exact" | "Prefix" | "ImplementationSpecific";
    readonly tls?: readonly Kubernetes<types.output.networking.v1.IngressTLS>[];
  };
  readonly lifecycle?: Kubernetes<types.output.core.v1.Lifecycle>;
  readonly liveness?: {
    readonly enabled?: boolean;
    readonly probe?: Kubernetes<types.output.core.v1.Probe>;
  };
  readonly nameOverride?: string;
  readonly namespaceOverride?: string;
  readonly networkPolicy?: {
    readonly allowAll?: boolean;
    readonly customSelectors?: readonly unknown[];
  };
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly persistentVolume?: {
    readonly accessModes?: readonly ("ReadWriteOnce" | "ReadOnlyMany" | "ReadWriteMany" | "ReadWriteOncePod")[];
    readonly annotations?: Readonly<Record<string, string>>;
    readonly emptyDir?: Kubernetes<types.output.core.v1.EmptyDirVolumeSource>;
    readonly enabled?: boolean;
    readonly existingClaim?: string;
    readonly mountPath?: string;
    readonly size?: string;
    readonly storageClass?: string;
    readonly subPath?: string;
  };
  readonly persistentVolumeLabels?: Readonly<Record<string, string>>;
  readonly podAnnotations?: Readonly<Record<string, string>>;
  readonly podAntiAffinity?: "" | "soft" | "hard";
  readonly podAntiAffinityTopologyKey?: string;
  readonly podDisruptionBudget?: Kubernetes<types.output.policy.v1.PodDisruptionBudgetSpec>;
  readonly podLabels?: Readonly<Record<string, string>>;
  readonly priorityClassName?: string;
  readonly readiness?: {
    readonly enabled?: boolean;
    readonly probe?: Kubernetes<types.output.core.v1.Probe>;
  };
  readonly replicaCount?: number;
  readonly resources?: Kubernetes<types.output.core.v1.ResourceRequirements>;
  readonly route?: {
    [k: string]: {
      readonly additionalRules?: readonly unknown[];
      readonly annotations?: Readonly<Record<string, string>>;
      readonly apiVersion?: string;
      readonly enabled?: boolean;
      readonly filters?: readonly unknown[];
      readonly hostnames?: readonly string[];
      readonly httpsRedirect?: boolean;
      readonly kind?: string;
      readonly labels?: Readonly<Record<string, string>>;
      readonly matches?: readonly unknown[];
      readonly parentRefs?: readonly unknown[];
    };
  };
  readonly runAsStatefulSet?: boolean;
  readonly securityContext?: Kubernetes<types.output.core.v1.PodSecurityContext>;
  readonly service?: {
    readonly clusterIP?: string;
    readonly ipDualStack?: {
      readonly enabled?: boolean;
      readonly ipFamilies?: readonly ("IPv4" | "IPv6")[];
      readonly ipFamilyPolicy?: "SingleStack" | "PreferDualStack" | "RequireDualStack";
    };
    readonly loadBalancerIP?: string;
    readonly loadBalancerSourceRanges?: readonly string[];
    readonly nodePort?: number;
    readonly port?: number;
    readonly portName?: string;
    readonly targetPort?: number | string;
    readonly type?: "ClusterIP" | "NodePort" | "LoadBalancer" | "ExternalName";
  };
  readonly serviceAccount?: {
    readonly annotations?: Readonly<Record<string, string>>;
    readonly create?: boolean;
    readonly name?: string;
  };
  readonly serviceAccountLabels?: Readonly<Record<string, string>>;
  readonly serviceAnnotations?: Readonly<Record<string, string>>;
  readonly serviceLabels?: Readonly<Record<string, string>>;
  readonly serviceMonitor?: {
    readonly additionalLabels?: Readonly<Record<string, string>>;
    readonly basicAuth?: Readonly<Record<string, unknown>>;
    readonly bearerTokenFile?: string;
    readonly enabled?: boolean;
    readonly honorLabels?: boolean;
    readonly interval?: string;
    readonly metricRelabelings?: readonly unknown[];
    readonly namespace?: string;
    readonly relabelings?: readonly unknown[];
    readonly scheme?: string;
    readonly scrapeTimeout?: string;
    readonly telemetryPath?: string;
    readonly tlsConfig?: Readonly<Record<string, unknown>>;
  };
  readonly strategy?: Kubernetes<types.output.apps.v1.DeploymentStrategy>;
  readonly tolerations?: readonly Kubernetes<types.output.core.v1.Toleration>[];
  readonly topologySpreadConstraints?: readonly Kubernetes<types.output.core.v1.TopologySpreadConstraint>[];
  readonly webConfiguration?: {
    readonly basicAuthUsers?: Readonly<Record<string, string>>;
    readonly existingSecret?: {
      readonly name?: string;
    };
  };
}
export interface ServerValues {
  readonly affinity?: Kubernetes<types.output.core.v1.Affinity>;
  readonly alertmanagers?: readonly unknown[];
  readonly automountServiceAccountToken?: boolean;
  readonly baseURL?: string;
  readonly clusterRoleNameOverride?: string;
  readonly command?: readonly string[];
  readonly configFromSecret?: string;
  readonly configMapAnnotations?: Readonly<Record<string, string>>;
  readonly configMapOverrideName?: string;
  readonly configPath?: string;
  readonly containerSecurityContext?: Kubernetes<types.output.core.v1.SecurityContext>;
  readonly daemonSet?: {
    readonly enabled?: boolean;
    readonly labels?: Readonly<Record<string, string>>;
    readonly updateStrategy?: Kubernetes<types.output.apps.v1.DaemonSetUpdateStrategy>;
  };
  readonly defaultFlagsOverride?: readonly string[];
  readonly deploymentAnnotations?: Readonly<Record<string, string>>;
  readonly dnsConfig?: Kubernetes<types.output.core.v1.PodDNSConfig>;
  readonly dnsPolicy?: "" | "ClusterFirst" | "ClusterFirstWithHostNet" | "Default" | "None";
  readonly emptyDir?: {
    readonly medium?: string;
    readonly sizeLimit?: string;
  };
  readonly enableServiceLinks?: boolean;
  readonly env?: readonly Kubernetes<types.output.core.v1.EnvVar>[];
  readonly exemplars?: Readonly<Record<string, unknown>>;
  readonly extraArgs?: Readonly<Record<string, string | number | boolean>>;
  readonly extraConfigmapLabels?: Readonly<Record<string, string>>;
  readonly extraConfigmapMounts?: readonly {
    readonly name?: string;
    readonly mountPath?: string;
    readonly subPath?: string;
    readonly configMap?: string;
    readonly readOnly?: boolean;
    readonly optional?: boolean;
  }[];
  readonly extraFlags?: readonly string[];
  readonly extraHostPathMounts?: readonly {
    readonly name?: string;
    readonly mountPath?: string;
    readonly subPath?: string;
    readonly hostPath?: string;
    readonly readOnly?: boolean;
    readonly optional?: boolean;
  }[];
  readonly extraInitContainers?: readonly Kubernetes<types.output.core.v1.Container>[];
  readonly extraSecretMounts?: readonly {
    readonly name?: string;
    readonly mountPath?: string;
    readonly subPath?: string;
    readonly secretName?: string;
    readonly readOnly?: boolean;
    readonly optional?: boolean;
  }[];
  readonly extraVolumeMounts?: readonly Kubernetes<types.output.core.v1.VolumeMount>[];
  readonly extraVolumes?: readonly Kubernetes<types.output.core.v1.Volume>[];
  readonly fullnameOverride?: string;
  readonly global?: {
    readonly scrape_interval?: PrometheusDuration | "";
    readonly scrape_timeout?: PrometheusDuration | "";
    readonly evaluation_interval?: PrometheusDuration | "";
    readonly rule_query_offset?: PrometheusDuration | "";
    readonly external_labels?: Readonly<Record<string, string>>;
    readonly scrape_protocols?: readonly string[];
    readonly query_log_file?: string;
    readonly scrape_failure_log_file?: string;
    readonly body_size_limit?: number | string;
    readonly sample_limit?: number;
    readonly target_limit?: number;
    readonly label_limit?: number;
    readonly label_name_length_limit?: number;
    readonly label_value_length_limit?: number;
    readonly keep_dropped_targets?: number;
    readonly metric_name_validation_scheme?: "legacy" | "utf8";
    readonly metric_name_escaping_scheme?: "allow-utf-8" | "underscores" | "dots" | "values";
    readonly scrape_native_histograms?: boolean;
    readonly always_scrape_classic_histograms?: boolean;
    readonly convert_classic_histograms_to_nhcb?: boolean;
    readonly extra_scrape_metrics?: boolean;
  };
  readonly hostAliases?: readonly Kubernetes<types.output.core.v1.HostAlias>[];
  readonly hostNetwork?: boolean;
  readonly hostPort?: number;
  readonly image?: {
    readonly digest?: string;
    readonly distroless?: boolean;
    readonly pullPolicy?: "Always" | "IfNotPresent" | "Never";
    readonly repository?: string;
    readonly tag?: string;
  };
  readonly ingress?: {
    readonly annotations?: Readonly<Record<string, string>>;
    readonly enabled?: boolean;
    readonly extraLabels?: Readonly<Record<string, string>>;
    readonly extraPaths?: readonly unknown[];
    readonly hosts?: readonly string[];
    readonly ingressClassName?: string;
    readonly path?: string;
    readonly pathType?: "Exact" | "Prefix" | "ImplementationSpecific";
    readonly servicePort?: number | string;
    readonly tls?: readonly Kubernetes<types.output.networking.v1.IngressTLS>[];
  };
  readonly livenessProbeFailureThreshold?: number;
  readonly livenessProbeInitialDelay?: number;
  readonly livenessProbePeriodSeconds?: number;
  readonly livenessProbeSuccessThreshold?: number;
  readonly livenessProbeTimeout?: number;
  readonly name?: string;
  readonly namespaces?: readonly string[];
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly otlp?: Readonly<Record<string, unknown>>;
  readonly persistentVolume?: {
    readonly accessModes?: readonly ("ReadWriteOnce" | "ReadOnlyMany" | "ReadWriteMany" | "ReadWriteOncePod")[];
    readonly annotations?: Readonly<Record<string, string>>;
    readonly enabled?: boolean;
    readonly existingClaim?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly mountPath?: string;
    readonly selector?: Kubernetes<types.output.meta.v1.LabelSelector>;
    readonly size?: string;
    readonly statefulSetNameOverride?: string;
    readonly storageClass?: string;
    readonly subPath?: string;
    readonly volumeName?: string;
  };
  readonly podAnnotations?: Readonly<Record<string, string>>;
  readonly podAntiAffinity?: "" | "soft" | "hard";
  readonly podAntiAffinityTopologyKey?: string;
  readonly podDisruptionBudget?: Kubernetes<types.output.policy.v1.PodDisruptionBudgetSpec> & {
    readonly enabled?: boolean;
  };
  readonly podLabels?: Readonly<Record<string, string>>;
  readonly portName?: string;
  readonly prefixURL?: string;
  readonly priorityClassName?: string;
  readonly probeHeaders?: readonly Kubernetes<types.output.core.v1.HTTPHeader>[];
  readonly probeScheme?: "HTTP" | "HTTPS";
  readonly readinessProbeFailureThreshold?: number;
  readonly readinessProbeInitialDelay?: number;
  readonly readinessProbePeriodSeconds?: number;
  readonly readinessProbeSuccessThreshold?: number;
  readonly readinessProbeTimeout?: number;
  readonly releaseNamespace?: boolean;
  readonly remoteRead?: readonly unknown[];
  readonly remoteWrite?: readonly Frozen<RemoteWrite>[];
  readonly replicaCount?: number;
  readonly resources?: Kubernetes<types.output.core.v1.ResourceRequirements>;
  readonly retention?: PrometheusDuration | "";
  readonly retentionSize?: ByteSize | "";
  readonly revisionHistoryLimit?: number;
  readonly route?: {
    [k: string]: {
      readonly additionalRules?: readonly unknown[];
      readonly annotations?: Readonly<Record<string, string>>;
      readonly apiVersion?: string;
      readonly enabled?: boolean;
      readonly filters?: readonly unknown[];
      readonly hostnames?: readonly string[];
      readonly httpsRedirect?: boolean;
      readonly kind?: string;
      readonly labels?: Readonly<Record<string, string>>;
      readonly matches?: readonly unknown[];
      readonly parentRefs?: readonly unknown[];
    };
  };
  readonly runtimeClassName?: string;
  readonly schedulerName?: string;
  readonly securityContext?: Kubernetes<types.output.core.v1.PodSecurityContext>;
  readonly service?: {
    readonly additionalPorts?: readonly Kubernetes<types.output.core.v1.ServicePort>[];
    readonly annotations?: Readonly<Record<string, string>>;
    readonly clusterIP?: string;
    readonly enabled?: boolean;
    readonly externalIPs?: readonly string[];
    readonly externalTrafficPolicy?: "" | "Cluster" | "Local";
    readonly gRPC?: {
      readonly enabled?: boolean;
      readonly nodePort?: number;
      readonly servicePort?: number;
      readonly type?: "ClusterIP" | "NodePort" | "LoadBalancer" | "ExternalName";
    };
    readonly labels?: Readonly<Record<string, string>>;
    readonly loadBalancerClass?: string;
    readonly loadBalancerIP?: string;
    readonly loadBalancerSourceRanges?: readonly string[];
    readonly nodePort?: number;
    readonly servicePort?: number;
    readonly sessionAffinity?: "None" | "ClientIP";
    readonly statefulsetReplica?: {
      readonly enabled?: boolean;
      readonly replica?: number;
    };
    readonly type?: "ClusterIP" | "NodePort" | "LoadBalancer" | "ExternalName";
  };
  readonly sidecarContainers?: Readonly<Record<string, Kubernetes<types.output.core.v1.Container> | string>>;
  readonly sidecarTemplateValues?: Readonly<Record<string, unknown>>;
  readonly startupProbe?: {
    readonly enabled?: boolean;
    readonly failureThreshold?: number;
    readonly periodSeconds?: number;
    readonly timeoutSeconds?: number;
  };
  readonly statefulSet?: {
    readonly enabled?: boolean;
    readonly headless?: {
      readonly annotations?: Readonly<Record<string, string>>;
      readonly gRPC?: {
        readonly enabled?: boolean;
        readonly servicePort?: number;
      };
      readonly labels?: Readonly<Record<string, string>>;
      readonly servicePort?: number;
    };
    readonly labels?: Readonly<Record<string, string>>;
    readonly podManagementPolicy?: "OrderedReady" | "Parallel";
    readonly pvcDeleteOnStsDelete?: boolean;
    readonly pvcDeleteOnStsScale?: boolean;
    readonly updateStrategy?: Kubernetes<types.output.apps.v1.StatefulSetUpdateStrategy>;
  };
  readonly storagePath?: string;
  readonly strategy?: Kubernetes<types.output.apps.v1.DeploymentStrategy>;
  readonly tcpSocketProbeEnabled?: boolean;
  readonly terminationGracePeriodSeconds?: number;
  readonly tolerations?: readonly Kubernetes<types.output.core.v1.Toleration>[];
  readonly topologySpreadConstraints?: readonly Kubernetes<types.output.core.v1.TopologySpreadConstraint>[];
  readonly tsdb?: Readonly<Record<string, unknown>>;
  readonly useExistingClusterRoleName?: string;
  readonly verticalAutoscaler?: {
    readonly containerPolicies?: readonly unknown[];
    readonly enabled?: boolean;
    readonly updateMode?: string;
  };
}
