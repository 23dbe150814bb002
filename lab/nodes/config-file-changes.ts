import { isMap, isScalar, isSeq, parseDocument, Scalar, visit } from "yaml";
import type { Document, YAMLMap } from "yaml";

/**
 * The values with which a configuration file is rewritten for a program that runs outside of its pod. README.md
 * describes the changes.
 */
export interface Rewriting {
  /** Maps a path in the container to the path on this machine. */
  readonly toHost: (path: string) => string;
  /** The path of the kubeconfig for each `kubernetes_sd_configs` entry. It contains the pod's own service account. */
  readonly kubeconfigFile?: string;
  /** The address of the proxy into the pod network, for each scrape job and each Alertmanager discovery. */
  readonly proxyUrl?: string;
}

/** The keys of paths in the configuration files and web configuration files of Prometheus and Alertmanager. */
const pathKey = /(_file|_files)$|^(files|templates)$/;

/** Changes only paths, Kubernetes discovery and proxies in a `prometheus.yml`. */
export function rewritePrometheusConfig(text: string, rewriting: Rewriting): string {
  return rewrite(text, (document) => {
    mapPaths(document, rewriting.toHost);
    if (rewriting.kubeconfigFile !== undefined) {
      useKubeconfig(document, rewriting.kubeconfigFile);
    }
    if (rewriting.proxyUrl !== undefined) {
      useProxy(document, rewriting.proxyUrl);
    }
  });
}

/** Changes only the paths in an `alertmanager.yml` or in a web configuration file. */
export function rewritePathsOnly(text: string, rewriting: Rewriting): string {
  return rewrite(text, (document) => mapPaths(document, rewriting.toHost));
}

/**
 * Rewrites a file. Returns a file that is not YAML or not a mapping unchanged, so that the program reports the mistake
 * as it does in a cluster.
 */
function rewrite(text: string, change: (document: Document) => void): string {
  const document = parseDocument(text, { version: "1.1", logLevel: "silent" });
  if (document.errors.length > 0 || !isMap(document.contents)) {
    return text;
  }
  const before = document.toString({ lineWidth: 0 });
  change(document);
  const after = document.toString({ lineWidth: 0 });
  return after === before ? text : after;
}

function mapPaths(document: Document, toHost: (path: string) => string): void {
  const map = (node: unknown) => {
    if (isScalar(node) && typeof node.value === "string") {
      const mapped = toHost(node.value);
      if (mapped !== node.value) {
        node.value = mapped;
      }
    }
  };
  visit(document, {
    Pair(_, pair) {
      if (isScalar(pair.key) && pathKey.test(String(pair.key.value))) {
        map(pair.value);
        if (isSeq(pair.value)) {
          pair.value.items.forEach(map);
        }
      }
    },
  });
}

function useKubeconfig(document: Document, file: string): void {
  visit(document, {
    Pair(_, pair) {
      if (isScalar(pair.key) && pair.key.value === "kubernetes_sd_configs" && isSeq(pair.value)) {
        for (const entry of pair.value.items) {
          if (isMap(entry) && !entry.has("api_server")) {
            set(entry, "kubeconfig_file", file);
          }
        }
      }
    },
  });
}

function useProxy(document: Document, proxyUrl: string): void {
  for (const path of [["scrape_configs"], ["alerting", "alertmanagers"]]) {
    const list: unknown = document.getIn(path);
    for (const entry of isSeq(list) ? list.items : []) {
      if (isMap(entry) && !entry.has("proxy_url") && !entry.has("proxy_from_environment")) {
        set(entry, "proxy_url", proxyUrl);
      }
    }
  }
}

function set(map: YAMLMap<unknown, unknown>, key: string, value: string): void {
  map.set(key, new Scalar(value));
}
