import type { Kind } from "./contract";

/**
 * What values.yaml does not show about a place in the chart: facts about the values at that place. This is the only
 * part of the contract that is written by hand. For a place without a row, the chart's default or comment decides.
 */
export interface Place {
  /** A Kubernetes type, by group, version and name. */
  readonly kubernetes?: string;
  /** Whether the place contains a list of such values. */
  readonly list?: true;
  /** Kinds of the value; several if templates accept several. */
  readonly kinds?: readonly Kind[];
  readonly oneOf?: readonly string[];
  /** The format of a string, which is checked. */
  readonly format?: "duration" | "size" | "quantity";
  /** A map with user-defined keys, with the kinds of its values. */
  readonly free?: readonly Kind[];
  /** A map with user-defined keys; its values have the form of the chart's value with this name. */
  readonly each?: string;
  /** Keys in addition to those of the type, or all keys if there is no type, each with its kind. */
  readonly keys?: Readonly<Record<string, Place>>;
  /** A type of this program; separate checks examine its content. */
  readonly type?: "AlertmanagerConfig" | "ScrapeConfigs" | "ServerFiles" | "RemoteWrite";
  /** The key is only read by templates of the user. */
  readonly alive?: true;
}

const text: Place = { kinds: ["text"] };
const number: Place = { kinds: ["number"] };
const boolean: Place = { kinds: ["boolean"] };
const texts: Place = { kinds: ["text"], list: true };
const numberOrText: Place = { kinds: ["number", "text"] };
const anything: Place = { free: ["any"] };
const scalars: Place = { free: ["text", "number", "boolean"] };
const textMap: Place = { free: ["text"] };
const anyList: Place = { kinds: ["any"], list: true };
const one = (kubernetes: string, keys?: Place["keys"]): Place => ({ kubernetes, ...(keys ? { keys } : {}) });
const many = (kubernetes: string): Place => ({ kubernetes, list: true });
const mount = (source: string): Place => ({
  list: true,
  keys: { name: text, mountPath: text, subPath: text, [source]: text, readOnly: boolean, optional: boolean },
});

/** Facts by a pattern of paths. The first match counts. A path consists of the keys with dots between them. */
export const places: readonly (readonly [pattern: RegExp, place: Place])[] = [
  [/^alertmanager\.config$/, { type: "AlertmanagerConfig" }],
  [/^scrapeConfigs$/, { type: "ScrapeConfigs" }],
  [/^serverFiles$/, { type: "ServerFiles" }],
  [/^server\.remoteWrite$/, { type: "RemoteWrite" }],

  [
    /^server\.global$/,
    {
      keys: {
        scrape_interval: { format: "duration" },
        scrape_timeout: { format: "duration" },
        evaluation_interval: { format: "duration" },
        rule_query_offset: { format: "duration" },
        external_labels: textMap,
        scrape_protocols: texts,
        query_log_file: text,
        scrape_failure_log_file: text,
        body_size_limit: numberOrText,
        sample_limit: number,
        target_limit: number,
        label_limit: number,
        label_name_length_limit: number,
        label_value_length_limit: number,
        keep_dropped_targets: number,
        metric_name_validation_scheme: { oneOf: ["legacy", "utf8"] },
        metric_name_escaping_scheme: { oneOf: ["allow-utf-8", "underscores", "dots", "values"] },
        scrape_native_histograms: boolean,
        always_scrape_classic_histograms: boolean,
        convert_classic_histograms_to_nhcb: boolean,
        extra_scrape_metrics: boolean,
      },
    },
  ],
  [/^server\.retention$/, { format: "duration" }],
  [/^server\.retentionSize$/, { format: "size" }],
  [/\.(persistence|persistentVolume)\.size$/, { format: "quantity" }],
  [/^server\.emptyDir\.sizeLimit$/, { format: "quantity" }],
  [/^server\.sidecarContainers$/, { kubernetes: "core.v1.Container", free: ["text"] }],
  [/^server\.sidecarTemplateValues$/, { ...anything, alive: true }],
  [/^server\.podDisruptionBudget$/, one("policy.v1.PodDisruptionBudgetSpec", { enabled: boolean })],
  [/^server\.statefulSet\.updateStrategy$/, one("apps.v1.StatefulSetUpdateStrategy")],
  [/^server\.(tsdb|otlp|exemplars)$/, anything],
  [/^server\.(remoteRead|alertmanagers)$/, anyList],
  [/\.route$/, { each: "main" }],
  [/extraSecretMounts$/, mount("secretName")],
  [/extraConfigmapMounts$/, mount("configMap")],
  [/extraHostPathMounts$/, mount("hostPath")],

  [/^alertmanager\.extraPodConfigs$/, one("core.v1.PodSpec")],
  [/^alertmanager\.templates$/, textMap],
  [/^alertmanager\.securityContext$/, one("core.v1.SecurityContext")],
  [/^kube-state-metrics\.securityContext$/, one("core.v1.PodSecurityContext", { enabled: boolean })],
  [/^kube-state-metrics\.updateStrategy$/, { oneOf: ["RollingUpdate", "Recreate"] }],
  [/^kube-state-metrics\.namespaces$/, { kinds: ["text", "list"] }],
  [/^kube-state-metrics\.affinity$/, { kubernetes: "core.v1.Affinity", kinds: ["text"] }],
  [/^kube-state-metrics\.networkPolicy\.podSelector$/, one("meta.v1.LabelSelector")],
  [/^kube-state-metrics\.networkPolicy\.ingress$/, many("networking.v1.NetworkPolicyIngressRule")],
  [/^kube-state-metrics\.networkPolicy\.egress$/, many("networking.v1.NetworkPolicyEgressRule")],
  [/^prometheus-node-exporter\.networkPolicy\.ingress$/, many("networking.v1.NetworkPolicyIngressRule")],
  [/^kube-state-metrics\.rbac\.extraRules$/, many("rbac.v1.PolicyRule")],
  [/^kube-state-metrics\.rbac\.clusterRoleSelectors$/, many("meta.v1.LabelSelector")],
  [/^prometheus-node-exporter\.(.*\.)?env$/, scalars],
  [/^(server\.daemonSet|prometheus-node-exporter)\.updateStrategy$/, one("apps.v1.DaemonSetUpdateStrategy")],
  [/^prometheus-pushgateway\.webConfiguration\.basicAuthUsers$/, textMap],
  [/^prometheus-pushgateway\.(liveness|readiness)\.probe$/, one("core.v1.Probe")],
  [
    /^prometheus-node-exporter\.prometheus\.podMonitor\.(enableHttp2|filterRunning|followRedirects)$/,
    { kinds: ["boolean", "text"] },
  ],
  [/global\.imagePullSecrets$/, anyList],
  [/customResourceState\.config$/, anything],

  // The charts pass the probes of the reloader and of Alertmanager unchanged, but read single keys of the exporters'
  // probes.
  [/^configmapReload\.prometheus\.startupProbe$/, one("core.v1.Probe", { enabled: boolean })],
  [/^(configmapReload\.prometheus|alertmanager(\.configmapReload)?)\.(liveness|readiness)Probe$/, one("core.v1.Probe")],
  [
    /\.?(containerSecurityContext|configmapReload\.securityContext|permissionInitContainer\.securityContext)$/,
    one("core.v1.SecurityContext"),
  ],
  [/\.(podSecurityContext|securityContext)$/, one("core.v1.PodSecurityContext")],
  [/\.tolerations$/, many("core.v1.Toleration")],
  [/\.affinity$/, one("core.v1.Affinity")],
  [/\.topologySpreadConstraints$/, many("core.v1.TopologySpreadConstraint")],
  [/\.resources$/, one("core.v1.ResourceRequirements")],
  [/\.podDisruptionBudget$/, one("policy.v1.PodDisruptionBudgetSpec")],
  [/\.strategy$/, one("apps.v1.DeploymentStrategy")],
  [/\.hostAliases$/, many("core.v1.HostAlias")],
  [/\.dnsConfig$/, one("core.v1.PodDNSConfig")],
  [/\.lifecycle$/, one("core.v1.Lifecycle")],
  [/\.(env|extraEnv|extraVars)$/, many("core.v1.EnvVar")],
  [/\.(extraVolumes|volumes)$/, many("core.v1.Volume")],
  [/\.(extraVolumeMounts|volumeMounts|sidecarVolumeMount)$/, many("core.v1.VolumeMount")],
  [/\.(extraContainers|containers|sidecars|initContainers|extraInitContainers)$/, many("core.v1.Container")],
  [/\.(additionalPorts|extraPorts)$/, many("core.v1.ServicePort")],
  [/\.(probeHeaders|httpHeaders)$/, many("core.v1.HTTPHeader")],
  [/\.ingress\.tls$/, many("networking.v1.IngressTLS")],
  [/(^|\.)imagePullSecrets$/, many("core.v1.LocalObjectReference")],
  [/persistentVolume\.selector$/, one("meta.v1.LabelSelector")],
  [/\.(persistence|persistentVolume)\.emptyDir$/, one("core.v1.EmptyDirVolumeSource")],
  [/\.accessModes$/, { list: true, oneOf: ["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"] }],

  [/\.(service|gRPC|servicePerReplica)\.type$/, { oneOf: ["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"] }],
  [/\.pullPolicy$/, { oneOf: ["Always", "IfNotPresent", "Never"] }],
  [/\.podAntiAffinity$/, { oneOf: ["", "soft", "hard"] }],
  [/\.(externalTrafficPolicy|internalTrafficPolicy)$/, { oneOf: ["", "Cluster", "Local"] }],
  [/\.sessionAffinity$/, { oneOf: ["None", "ClientIP"] }],
  [/\.podManagementPolicy$/, { oneOf: ["OrderedReady", "Parallel"] }],
  [/\.mountPropagation$/, { oneOf: ["", "None", "HostToContainer", "Bidirectional"] }],
  [/\.dnsPolicy$/, { oneOf: ["", "ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"] }],
  [/\.probeScheme$/, { oneOf: ["HTTP", "HTTPS"] }],
  [/\.pathType$/, { oneOf: ["Exact", "Prefix", "ImplementationSpecific"] }],
  [/\.restartPolicy$/, { oneOf: ["Always", "OnFailure", "Never"] }],
  [/\.terminationMessagePolicy$/, { oneOf: ["File", "FallbackToLogsOnError"] }],
  [/\.ipFamilyPolicy$/, { oneOf: ["SingleStack", "PreferDualStack", "RequireDualStack"] }],
  [/\.ipFamilies$/, { list: true, oneOf: ["IPv4", "IPv6"] }],

  [
    /\.(command|defaultFlagsOverride|extraFlags|extraCommands|extraVolumeDirs|hostnames|additionalPeers|endpoints)$/,
    texts,
  ],
  [/^server\.(namespaces|ingress\.hosts)$/, texts],
  [/\.(loadBalancerSourceRanges|externalIPs|podTargetLabels|targetLabels|controlledResources)$/, texts],
  [/^kube-state-metrics\.(collectors\w*|metric\w*|prometheus\.monitor\.namespaceSelector)$/, texts],
  [/^(kube-state-metrics|prometheus-node-exporter|prometheus-pushgateway)\.(kubeRBACProxy\.)?extraArgs$/, texts],
  [/\.extraArgs$/, scalars],
  [/(^|\.)\w*([aA]nnotations|(?<!honor)[lL]abels|selectorOverride|nodeSelector)$/, textMap],
  [/\.(maxAllowed|minAllowed)$/, scalars],
  [
    /\.(tlsConfig|basicAuth|bearerTokenSecret|authorization|oauth2|params|attachMetadata|updatePolicy|resourcePolicy)$/,
    anything,
  ],
  [/\.(metricRelabelings|relabelings)$/, anyList],
  [/(^|\.)ruleFiles$/, anything],

  [/\.(hostUsers|enableHttp2|honorLabels)$/, boolean],
  [/\.(nodePort|terminationGracePeriodSeconds|hostPort)$/, number],
  [/^prometheus-node-exporter\.service\.servicePort$/, numberOrText],
  [/\.(targetPort|ingress\.servicePort)$/, numberOrText],
  [/\.(serviceAccount\.name|priorityClassName|schedulerName|prefixURL|kubeconfig\.secret|sha|useExistingRole)$/, text],
  [/\.(bearerTokenFile|interval|proxyUrl|scheme|scrapeTimeout)$/, text],
  [/^(fullnameOverride|nameOverride)$/, text],
];

/** The table's entry for a path; undefined if the chart's values.yaml is sufficient. */
export function placeOf(path: readonly string[]): Place | undefined {
  const dotted = path.join(".");
  return places.find(([pattern]) => pattern.test(dotted))?.[1];
}

/** Every Kubernetes type that the table names. */
export function kubernetesNames(): string[] {
  return [...new Set(places.flatMap(([, { kubernetes }]) => (kubernetes === undefined ? [] : [kubernetes])))].sort();
}
