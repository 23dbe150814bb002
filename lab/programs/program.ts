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
  | "kubectl"
  | "moto_server"
  | "actionlint"
  | "victoria-metrics";

/** Where a program was found, or how it was just installed into the cache. */
export type Origin = "PATH" | "the CLI's plugins" | "cache" | "download" | "built" | "npm package" | "PyPI package";

/** An installed program in a usable version. */
export interface Program {
  readonly name: ProgramName;
  /** The absolute path of the executable. */
  readonly path: string;
  readonly version: string;
  readonly origin: Origin;
}

/** The programs that were found, by name. */
export type Programs = { readonly [name in ProgramName]?: Program };
