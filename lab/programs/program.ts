/** A program that the lab starts. */
export type ProgramName =
  | "pulumi"
  | "pulumi-resource-kubernetes"
  | "etcd"
  | "kube-apiserver"
  | "kube-controller-manager"
  | "kube-scheduler"
  | "prometheus"
  | "promtool"
  | "alertmanager"
  | "amtool"
  | "node_exporter"
  | "kube-state-metrics"
  | "pushgateway"
  | "helm"
  | "moto_server"
  | "actionlint";

/** Where a program was found, or how it came into the cache just now. */
export type Origin = "PATH" | "the CLI's plugins" | "cache" | "download" | "built" | "npm package" | "PyPI package";

/** A program that is there and serves. */
export interface Program {
  readonly name: ProgramName;
  /** Absolute path of the executable. */
  readonly path: string;
  readonly version: string;
  readonly origin: Origin;
}

/** The programs that were asked for, by name. */
export type Programs = { readonly [name in ProgramName]?: Program };
