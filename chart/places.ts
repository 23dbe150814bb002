import type { Kind } from "./contract";

/**
 * What is known of the values at a place in the chart, where values.yaml does not say it: the one part of the contract
 * that is written by hand. A place that no row names is what the chart's own default or comment shows.
 */
export interface Place {
  /** A type of Kubernetes, by group, version and name. */
  readonly kubernetes?: string;
  /** Whether the place holds a list of what the row describes. */
  readonly list?: true;
  /** Kinds of value; several where templates take either. */
  readonly kinds?: readonly Kind[];
  readonly oneOf?: readonly string[];
  /** A string in a format that is checked. */
  readonly format?: "duration" | "size" | "quantity";
  /** A map of which the keys are the user's own, with the kinds of its values. */
  readonly free?: readonly Kind[];
  /** A map of which the keys are the user's own, and the values shaped as the chart's own one of this name. */
  readonly each?: string;
  /** Keys besides those of the type, or all the keys there are, each with its kind. */
  readonly keys?: Readonly<Record<string, Place>>;
  /** A type written in this program; its own checks go through what is inside. */
  readonly type?: "AlertmanagerConfig" | "ScrapeConfigs" | "ServerFiles" | "RemoteWrite";
  /** Only read by the user's own templates. */
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

/** First match wins; a path is the keys with dots between them. */
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

  // Both charts hand the probes of the reloader and of Alertmanager on whole; the exporters read single keys of theirs.
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

/** What the table says of a path; undefined where the chart's own values.yaml says enough. */
export function placeOf(path: readonly string[]): Place | undefined {
  const dotted = path.join(".");
  return places.find(([pattern]) => pattern.test(dotted))?.[1];
}

/** Every type of Kubernetes that the table names. */
export function kubernetesNames(): string[] {
  return [...new Set(places.flatMap(([, { kubernetes }]) => (kubernetes === undefined ? [] : [kubernetes])))].sort();
}
