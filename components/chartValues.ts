import type { types } from "@pulumi/kubernetes";

// Kubernetes' own types, with no Input in them: values are known when the program runs, so that a preview can show them.
type Plain<T> = T extends readonly (infer Item)[]
  ? Plain<Item>[]
  : T extends object
    ? { [Key in keyof T]: Plain<T[Key]> }
    : T;
export type Toleration = Plain<types.output.core.v1.Toleration>;
export type SecurityContext = Partial<Plain<types.output.core.v1.SecurityContext>>;
export type PodSecurityContext = Partial<Plain<types.output.core.v1.PodSecurityContext>>;

export interface Resources {
  readonly requests: { readonly cpu: string; readonly memory: string };
  readonly limits: { readonly cpu: string; readonly memory: string };
}

export interface LabelSelector {
  readonly matchLabels: Readonly<Record<string, string>>;
}

export interface PodAntiAffinity {
  readonly podAntiAffinity: {
    readonly preferredDuringSchedulingIgnoredDuringExecution: readonly {
      readonly weight: number;
      readonly podAffinityTerm: { readonly topologyKey: string; readonly labelSelector: LabelSelector };
    }[];
  };
}

interface ImagePullSecret {
  readonly name: string;
}

/** An image whose host is part of the repository. */
interface WholeImage {
  readonly repository: string;
}

/** An image whose host is a value of its own. */
interface SplitImage {
  readonly registry: string;
}

interface SecretMount {
  readonly name: string;
  readonly mountPath: string;
  readonly secretName: string;
  readonly readOnly: true;
}

export interface RelabelConfig {
  readonly source_labels?: readonly string[];
  readonly regex?: string;
  readonly target_label?: string;
  readonly action?: "keep" | "drop" | "replace" | "labelmap" | "labeldrop";
}

export interface ScrapeConfig {
  readonly enabled: boolean;
  readonly kubernetes_sd_configs: readonly {
    readonly role: "pod" | "endpointslice" | "node" | "service";
    readonly namespaces?: { readonly names: readonly string[] };
  }[];
  readonly relabel_configs: readonly RelabelConfig[];
}

/** One alert rule, as Prometheus reads it. */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: "critical" | "warning" | "info" } & Readonly<Record<string, string>>;
  readonly annotations: { readonly summary: string; readonly description: string } & Readonly<Record<string, string>>;
}

export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly AlertRule[];
}

/** A Slack receiver: just one a list entry, because every entry is a message of its own. */
export interface SlackConfig {
  readonly channel: string;
  readonly send_resolved: boolean;
  readonly title: string;
  readonly text: string;
  readonly color: string;
  readonly fallback: string;
  readonly http_config?: { readonly proxy_url: string };
}

export interface Receiver {
  readonly name: string;
  readonly slack_configs?: readonly [SlackConfig];
}

export interface Route {
  readonly receiver: string;
  readonly group_by?: readonly string[];
  readonly group_wait?: string;
  readonly group_interval?: string;
  readonly repeat_interval?: string;
  readonly routes?: readonly Route[];
}

/** Alertmanager's configuration, as far as this program writes it. The webhook is named by file, never by value. */
export interface AlertmanagerConfig {
  readonly global: { readonly slack_api_url_file: string };
  readonly templates: readonly string[];
  readonly receivers: readonly Receiver[];
  readonly route: Route;
}

interface ServerValues {
  readonly image?: WholeImage;
  readonly baseURL: string;
  readonly retention: string;
  readonly retentionSize: string;
  readonly global: {
    readonly scrape_interval: string;
    readonly scrape_timeout: string;
    readonly evaluation_interval: string;
    readonly external_labels: Readonly<Record<string, string>>;
  };
  readonly extraFlags: readonly string[];
  readonly extraArgs: Readonly<Record<string, string>>;
  readonly replicaCount: 1;
  readonly strategy: { readonly type: "Recreate" };
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations: readonly Toleration[];
  readonly affinity: PodAntiAffinity;
  readonly priorityClassName: string;
  readonly resources: Resources;
  readonly securityContext: PodSecurityContext;
  readonly persistentVolume: {
    readonly enabled: boolean;
    readonly existingClaim?: string;
    readonly storageClass?: string;
    readonly accessModes?: readonly ["ReadWriteOnce"];
    readonly size?: string;
  };
  readonly service: { readonly type: "ClusterIP" };
}

interface AlertmanagerValues {
  readonly enabled: true;
  readonly image?: WholeImage;
  readonly imagePullSecrets?: readonly ImagePullSecret[];
  readonly replicaCount: 1;
  readonly baseURL: string;
  readonly config: AlertmanagerConfig;
  readonly templates: Readonly<Record<string, string>>;
  readonly extraArgs: Readonly<Record<string, string>>;
  readonly extraSecretMounts: readonly SecretMount[];
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations: readonly Toleration[];
  readonly affinity: PodAntiAffinity;
  readonly priorityClassName: string;
  readonly resources: Resources;
  readonly podSecurityContext: PodSecurityContext;
  readonly securityContext: SecurityContext;
  readonly persistence: {
    readonly enabled: boolean;
    readonly storageClass?: string;
    readonly accessModes?: readonly ["ReadWriteOnce"];
    readonly size?: string;
  };
  readonly service: { readonly type: "ClusterIP" };
}

/** A sub-chart of which the program sets only where its image comes from and how important its pods are. */
interface ExporterValues<Image> {
  readonly enabled: true;
  readonly image?: Image;
  readonly imagePullSecrets?: readonly ImagePullSecret[];
  readonly tolerations?: readonly Toleration[];
  readonly priorityClassName: string;
  readonly resources: Resources;
}

/** The values of the pinned prometheus-community/prometheus chart that this program sets; no other key compiles. */
export interface PrometheusChartValues {
  readonly imagePullSecrets?: readonly ImagePullSecret[];
  readonly configmapReload: { readonly prometheus: { readonly enabled: boolean } };
  readonly server: ServerValues;
  readonly serverFiles: { readonly "alerting_rules.yml": { readonly groups: readonly RuleGroup[] } };
  readonly scrapeConfigs: Readonly<Record<string, ScrapeConfig>>;
  readonly alertmanager: AlertmanagerValues;
  readonly "prometheus-node-exporter": ExporterValues<SplitImage>;
  readonly "kube-state-metrics": ExporterValues<SplitImage>;
  readonly "prometheus-pushgateway": ExporterValues<WholeImage>;
}
