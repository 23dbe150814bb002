import assert from "node:assert/strict";
import { parse } from "yaml";
import { checkChartValues } from "../../../../chart/check-chart-values";
import { keyPath, put } from "../../../../chart/legacy/key-paths";
import { migrateValues } from "../../../../chart/legacy/migrate-values";
import { legacyRows } from "../../../../chart/legacy/refused-keys";
import { writtenPath } from "../../../../validation/finding";
import { migratedText, problemsIn } from "../../../../tools/translate-values/problems";
import type { PlainMap } from "../../../../validation/plain-data";

/** Keys of chart 15, each with a value that no other key has. Sizes, names and numbers are invented. */
const chart15 = `
rbac: { create: true }
podSecurityPolicy: { enabled: false }
imagePullSecrets: [{ name: v-pull }]
serviceAccounts:
  alertmanager: { create: true, name: v-sa-a, annotations: { a: v-sa-aa } }
  nodeExporter: { create: true, name: v-sa-n, annotations: { a: v-sa-na } }
  pushgateway: { create: true, name: v-sa-p, annotations: { a: v-sa-pa } }
  server: { create: true, name: v-sa-s, annotations: { a: v-sa-ssa } }
alertmanager:
  useClusterRole: true
  useExistingRole: v-role
  name: v-a-name
  image: { repository: quay.io/prometheus/alertmanager, tag: v-a-tag, pullPolicy: Always }
  priorityClassName: v-a-class
  probeHeaders: [{ name: X-One, value: v-a-header }]
  extraArgs: { log.level: v-a-arg }
  extraInitContainers: [{ name: v-a-init, image: v-a-init-image }]
  prefixURL: /v-a-prefix
  baseURL: http://v-a-url.example.com
  extraEnv: { ONE: v-a-env }
  extraSecretMounts: [{ name: v-a-s, mountPath: /v-a-sm, subPath: v-a-ss, secretName: v-a-secret, readOnly: true }]
  extraConfigmapMounts: [{ name: v-a-c, mountPath: /v-a-cm, configMap: v-a-map, readOnly: true }]
  configFileName: v-a-file.yml
  ingress:
    enabled: true
    ingressClassName: v-a-ing-class
    annotations: { a: v-a-ing-an }
    extraLabels: { a: v-a-ing-label }
    hosts: [v-a.example.com/v-a-path]
    path: /v-a-ing-path
    pathType: Exact
    extraPaths: [{ path: /v-a-extra }]
    tls: [{ secretName: v-a-tls }]
  strategy: { type: Recreate }
  tolerations: [{ key: v-a-tol, operator: Exists }]
  nodeSelector: { a: v-a-node }
  affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: v-a-affinity }] } }
  podDisruptionBudget: { enabled: true }
  schedulerName: v-a-scheduler
  persistentVolume:
    enabled: true
    accessModes: [ReadWriteMany]
    annotations: { a: v-a-pv }
    existingClaim: v-a-claim
    mountPath: /v-a-mount
    size: 7Gi
    storageClass: v-class
    volumeBindingMode: v-a-mode
    subPath: v-a-sub
    selector: { matchLabels: { a: v-a-sel } }
    volumeName: v-a-volume
  emptyDir: { sizeLimit: 1Gi }
  podAnnotations: { a: v-a-pod }
  podLabels: { a: v-a-label }
  podSecurityPolicy: { annotations: { a: v-a-psp } }
  replicaCount: 3
  deploymentAnnotations: { a: v-a-deploy }
  statefulSet: { enabled: true, annotations: { a: v-a-sts }, labels: { a: v-a-stl }, headless: { annotations: { a: v-a-hl }, enableMeshPeer: true, servicePort: 81 } }
  resources: { requests: { cpu: 11m, memory: 33Mi }, limits: { cpu: 1100m, memory: 330Mi } }
  dnsConfig: { nameservers: [10.9.9.9] }
  securityContext: { runAsUser: 0, runAsNonRoot: false, runAsGroup: 0, fsGroup: 7 }
  containerSecurityContext: { readOnlyRootFilesystem: false }
  service: { annotations: { a: v-a-svc }, labels: { a: v-a-svl }, clusterIP: 10.9.9.8, enableMeshPeer: true, externalIPs: [10.9.9.7], loadBalancerIP: 10.9.9.6, loadBalancerSourceRanges: [10.9.8.0/24], servicePort: 82, nodePort: 30001, sessionAffinity: ClientIP, type: NodePort }
  clusterPeers: [v-a-peer]
configmapReload:
  prometheus: { enabled: true, name: v-rp, image: { tag: v-rp-tag }, extraArgs: { a: v-rp-arg }, containerSecurityContext: { privileged: false }, resources: { limits: { cpu: 12m } } }
  alertmanager: { enabled: true, name: v-ra, image: { tag: v-ra-tag }, extraArgs: { a: v-ra-arg }, extraVolumeDirs: [/v-ra], containerPort: 9533, containerSecurityContext: { privileged: false }, resources: { limits: { cpu: 13m } } }
kubeStateMetrics: { enabled: true }
nodeExporter:
  enabled: true
  hostNetwork: true
  hostPID: true
  hostRootfs: true
  name: v-n-name
  image: { repository: quay.io/prometheus/node-exporter, tag: v-n-tag }
  podSecurityPolicy: { annotations: { a: v-n-psp } }
  priorityClassName: v-n-class
  updateStrategy: { type: OnDelete }
  extraArgs: { collector.wifi: "", web.max-requests: 44, collector.cpu: false }
  extraInitContainers: [{ name: v-n-init, image: v-n-image }]
  extraHostPathMounts: [{ name: v-n-host, mountPath: /v-n-hm, hostPath: /v-n-hp, readOnly: true, mountPropagation: HostToContainer }]
  extraConfigmapMounts: [{ name: v-n-c, mountPath: /v-n-cm, configMap: v-n-map, subPath: v-n-sub, readOnly: true }]
  tolerations: [{ key: v-n-tol, operator: Exists }]
  nodeSelector: { a: v-n-node }
  podAnnotations: { a: v-n-pod }
  pod: { labels: { a: v-n-label } }
  podDisruptionBudget: { enabled: true, maxUnavailable: 2 }
  resources: { limits: { cpu: 14m } }
  container: { securityContext: { allowPrivilegeEscalation: false } }
  dnsConfig: { nameservers: [10.9.9.5] }
  securityContext: { runAsUser: 65532 }
  service: { annotations: { a: v-n-svc }, labels: { a: v-n-svl }, clusterIP: None, externalIPs: [10.9.9.4], hostPort: 9101, loadBalancerIP: 10.9.9.3, loadBalancerSourceRanges: [10.9.7.0/24], servicePort: 9102, type: ClusterIP }
server:
  name: v-s-name
  sidecarContainers: { v-s-side: { image: v-s-side-image } }
  image: { repository: quay.io/prometheus/prometheus, tag: v-s-tag }
  priorityClassName: v-s-class
  baseURL: http://v-s-url.example.com
  env: [{ name: ONE, value: v-s-env }]
  extraFlags: [web.enable-lifecycle, v-s-flag]
  global: { scrape_interval: 31s, scrape_timeout: 9s, evaluation_interval: 32s }
  remoteWrite: [{ url: "http://v-s-write.example.com/" }]
  remoteRead: [{ url: "http://v-s-read.example.com/" }]
  extraArgs: { query.timeout: 3m }
  extraConfigmapMounts: [{ name: v-s-c, mountPath: /v-s-cm, configMap: v-s-map, readOnly: true }]
  extraSecretMounts: [{ name: v-s-s, mountPath: /v-s-sm, secretName: v-s-secret, readOnly: true, optional: true }]
  persistentVolume: { size: 31Gi, storageClass: v-class, volumeBindingMode: v-s-mode, subPath: v-s-sub }
  podSecurityPolicy: { annotations: { a: v-s-psp } }
  strategy: { type: RollingUpdate }
  hostNetwork: true
  securityContext: { runAsUser: 0, runAsNonRoot: false }
  retention: 33d
  extraObjects: [{ apiVersion: v1, kind: ConfigMap, metadata: { name: v-s-object } }]
pushgateway:
  enabled: true
  schedulerName: v-p-scheduler
  name: v-p-name
  image: { repository: prom/pushgateway, tag: v-p-tag }
  priorityClassName: v-p-class
  extraArgs: { persistence.file: /v-p-file, web.enable-admin-api: true }
  extraInitContainers: [{ name: v-p-init, image: v-p-image }]
  ingress: { enabled: true, ingressClassName: v-p-class-name, annotations: { a: v-p-ing }, hosts: [v-p.example.com], path: /v-p-path, pathType: Exact, extraPaths: [{ path: /v-p-extra }], tls: [{ secretName: v-p-tls }] }
  tolerations: [{ key: v-p-tol, operator: Exists }]
  nodeSelector: { a: v-p-node }
  podAnnotations: { a: v-p-pod }
  podLabels: { a: v-p-label }
  podSecurityPolicy: { annotations: { a: v-p-psp } }
  deploymentAnnotations: { a: v-p-deploy }
  podDisruptionBudget: { enabled: true, maxUnavailable: 3 }
  resources: { limits: { cpu: 15m } }
  verticalAutoscaler: { enabled: true, updateMode: v-p-mode }
  dnsConfig: { nameservers: [10.9.9.2] }
  emptyDir: { sizeLimit: 2Gi }
  securityContext: { runAsUser: 0, runAsNonRoot: false }
  containerSecurityContext: { privileged: true }
  service: { annotations: { a: v-p-svc }, labels: { a: v-p-svl }, externalIPs: [10.9.9.1], loadBalancerIP: "", servicePort: 9092, type: ClusterIP }
  strategy: { type: Recreate }
  probeHeaders: [{ name: X-Two, value: v-p-header }]
  persistentVolume: { enabled: true, accessModes: [ReadWriteOnce], annotations: { a: v-p-pv }, existingClaim: v-p-claim, mountPath: /v-p-mount, size: 3Gi, storageClass: v-p-storage, volumeBindingMode: v-p-binding, subPath: v-p-sub, volumeName: v-p-volume }
`;

const migrated = (values: unknown) => migrateValues(values as PlainMap);

/** Every value that is not a map or list, with its path. */
function* leaves(value: unknown, path: readonly string[] = []): Generator<[path: readonly string[], value: unknown]> {
  if (typeof value !== "object" || value === null) yield [path, value];
  else for (const [key, inner] of Object.entries(value)) yield* leaves(inner, [...path, key]);
}

/** The remaining problems that the text of a migration lists. */
function remaining(text: string): string[] {
  const [, lines = ""] = text.split("# Copied unchanged, but a preview would refuse these; fix them:\n");
  return [...lines.matchAll(/^# {3}(.*)$/gm)].map(([, line]) => line!);
}

describe("the migration of old values", () => {
  describe("names a current key only if the chart has it", () => {
    // Possible names for `*`: every name in any key of chart 15, and one unused name.
    const names = new Set(["other", "port", ...[...leaves(parse(chart15))].flatMap(([path]) => path)]);
    const starred = (row: ReturnType<typeof legacyRows>[number]) => {
      const stars = row.key.filter((key) => key === "*").length;
      return stars === 0 ? [[]] : [...names].map((name) => Array<string>(stars).fill(name));
    };

    for (const row of legacyRows()) {
      it(`for ${writtenPath(row.key)}`, () => {
        for (const matched of starred(row)) {
          const sentence = row.sentence(matched);
          const named = [
            ...[...sentence.matchAll(/`([^`]+)`/g)].map(([, name]) => name!),
            ...[...sentence.matchAll(/today it is ([\w.-]+\w)/g)].map(([, name]) => name!),
          ].filter((name) => name.includes(".") && !/^(alerting:|pulumi |\.|storage\.tsdb\.|.*<job>)/.test(name));
          for (const name of named) {
            const tree: PlainMap = {};
            put(tree, keyPath(name), "one");
            const unknown = checkChartValues(tree).filter(({ sentence: told }) => /no key here|no template/.test(told));
            assert.deepEqual(unknown, [], `${sentence} names ${name}`);
          }
        }
      });
    }
  });

  it("keeps every key of chart 15 or reports it", () => {
    const values = parse(chart15) as PlainMap;
    const { settings, dropped } = migrated(values);
    const kept = JSON.stringify(settings);
    const told = dropped.map(({ path }) => path);
    const lost = [...leaves(values)].filter(([path, value]) => {
      const written = writtenPath(path.map((key) => (/^\d+$/.test(key) ? Number(key) : key)));
      const isKept = typeof value === "string" ? kept.includes(value) : new RegExp(`\\b${String(value)}\\b`).test(kept);
      return !isKept && !told.some((one) => written.startsWith(one) || one.startsWith(written));
    });
    // These keys are reported under another name: the name of the current key, or of the value that contains them.
    const byAnotherName: Record<string, string> = {
      "alertmanager.ingress.hosts.0": "alertmanager.ingress.path",
      "alertmanager.persistentVolume.accessModes.0": "alertmanager.persistence.accessModes",
      "alertmanager.deploymentAnnotations.a": "alertmanager.statefulSet.annotations.a",
      "alertmanager.securityContext.fsGroup": "alertmanager.podSecurityContext.fsGroup",
      "nodeExporter.priorityClassName": "prometheus-node-exporter.priorityClassName",
      "nodeExporter.tolerations.0.key": "prometheus-node-exporter.tolerations",
      "server.extraFlags.0": 'server.extraFlags["web.enable-lifecycle"]',
      "pushgateway.service.servicePort": "prometheus-pushgateway.service.port",
    };
    assert.deepEqual(
      lost.map(([path]) => path.join(".")),
      Object.keys(byAnotherName),
    );
    for (const name of Object.values(byAnotherName)) assert.ok(told.includes(name), name);
  });

  it("writes settings for all keys of chart 15, and lists the problems that a preview would find in them", () => {
    const all = migrated(parse(chart15));
    const found = remaining(migratedText(all));
    assert.equal(found.length, problemsIn(all).length);
    assert.deepEqual(
      [...new Set(found.map((line) => line.split(":", 2).join(":")))],
      [
        "alerting:values.server.sidecarContainers.v-s-side.securityContext",
        "alerting:values.server.hostNetwork",
        "alerting:values.alertmanager.securityContext.runAsNonRoot",
        "alerting:values.alertmanager.extraInitContainers[0].securityContext",
        "alerting:values.prometheus-pushgateway.containerSecurityContext.privileged",
        "alerting:values.prometheus-pushgateway.securityContext.runAsNonRoot",
        "alerting:values.prometheus-pushgateway.securityContext.runAsUser",
        "alerting:values.prometheus-pushgateway.extraInitContainers[0].securityContext",
      ],
    );
  });

  const clean: [what: string, values: string, now: object, dropped: (string | RegExp)[]][] = [
    [
      "node-exporter's port, and the port of its Service",
      `{ nodeExporter: { service: { servicePort: 80, hostPort: 9101 } } }`,
      { "prometheus-node-exporter": { service: { port: 9101, servicePort: 80 } } },
      [],
    ],
    [
      "keys that current charts have renamed or removed",
      `
      pushgateway:
        ingress: { ingressClassName: nginx }
        probeHeaders: [{ name: X-One, value: a }]
        containerSecurityContext: { readOnlyRootFilesystem: false }
        emptyDir: { sizeLimit: 1Gi }
        persistentVolume: { volumeName: a, volumeBindingMode: b }
      alertmanager:
        persistentVolume: { selector: { matchLabels: { a: b } }, volumeName: a }
        containerSecurityContext: { readOnlyRootFilesystem: false }
        clusterPeers: [a]
      server: { extraObjects: [{ kind: ConfigMap }] }
      `,
      {
        "prometheus-pushgateway": {
          ingress: { className: "nginx" },
          containerSecurityContext: { readOnlyRootFilesystem: false },
          persistentVolume: { emptyDir: { sizeLimit: "1Gi" } },
        },
        alertmanager: { securityContext: { readOnlyRootFilesystem: false } },
        extraManifests: [{ kind: "ConfigMap" }],
      },
      [
        /^pushgateway\.probeHeaders: today they are part of `prometheus-pushgateway\.liveness\.probe`/,
        "pushgateway.persistentVolume.volumeName: today's chart has no such key",
        "pushgateway.persistentVolume.volumeBindingMode: today's chart has no such key",
        /^alertmanager\.persistentVolume\.selector: this program creates/,
        /^alertmanager\.persistentVolume\.volumeName: this program creates/,
        /^alertmanager\.clusterPeers: there is only one Alertmanager/,
      ],
    ],
    [
      "a priority class of one component, because the setting would apply to all pods",
      `{ nodeExporter: { priorityClassName: system-node-critical }, alertmanager: { priorityClassName: high } }`,
      {},
      [
        'alertmanager.priorityClassName: `alerting:priorityClass` is the class of every pod; set that, if "high" should apply to all pods',
        'prometheus-node-exporter.priorityClassName: `alerting:priorityClass` is the class of every pod; set that, if "system-node-critical" should apply to all pods',
      ],
    ],
    [
      "a job with Helm templates, with the position of each template",
      `
      extraScrapeConfigs: |
        - job_name: x
          static_configs: [{ targets: ["{{.Release.Name}}-x:80"], labels: { "{{ .Release.Name }}": a } }]
      `,
      {
        scrapeConfigs: {
          x: {
            enabled: true,
            static_configs: [{ targets: ["{{.Release.Name}}-x:80"], labels: { "{{ .Release.Name }}": "a" } }],
          },
        },
      },
      [
        "extraScrapeConfigs.x.static_configs[0].targets[0]: was a template, and is now kept as plain text; write the result of the template",
        "extraScrapeConfigs.x.static_configs[0].labels: was a template, and is now kept as plain text; write the result of the template",
      ],
    ],
    [
      "endpoints discovery, which Prometheus still supports",
      `extraScrapeConfigs: "- { job_name: a, kubernetes_sd_configs: [{ role: endpoints }], relabel_configs: [{ source_labels: [__meta_kubernetes_endpoint_port_name], regex: m, action: keep }] }"`,
      {
        scrapeConfigs: {
          a: {
            enabled: true,
            kubernetes_sd_configs: [{ role: "endpoints" }],
            relabel_configs: [{ source_labels: ["__meta_kubernetes_endpoint_port_name"], regex: "m", action: "keep" }],
          },
        },
      },
      [],
    ],
    [
      "a ConfigMap mounted with a subPath",
      `{ nodeExporter: { extraConfigmapMounts: [{ name: a, mountPath: /a, configMap: b, subPath: c, readOnly: true }, { name: d }] } }`,
      {
        "prometheus-node-exporter": {
          extraVolumes: [{ name: "a", configMap: { name: "b" } }],
          extraVolumeMounts: [{ name: "a", mountPath: "/a", subPath: "c", readOnly: true }],
        },
      },
      ["nodeExporter.extraConfigmapMounts: an entry without `name` and `mountPath`"],
    ],
    [
      "an optional Secret",
      `{ server: { extraSecretMounts: [{ name: a, mountPath: /a, secretName: b, optional: true }] } }`,
      {
        server: {
          extraVolumes: [{ name: "a", secret: { secretName: "b", optional: true } }],
          extraVolumeMounts: [{ name: "a", mountPath: "/a" }],
        },
      },
      [],
    ],
    [
      "boolean flags in the form that each program reads",
      `{ nodeExporter: { extraArgs: { a: false, b: "" } }, pushgateway: { extraArgs: { a: false, b: true } }, kubeStateMetrics: { args: { a: false } } }`,
      {
        "prometheus-node-exporter": { extraArgs: ["--a", "--b"] },
        "prometheus-pushgateway": { extraArgs: ["--no-a", "--b"] },
        "kube-state-metrics": { extraArgs: ["--a=false"] },
      },
      [],
    ],
    [
      "a PodDisruptionBudget that was only enabled",
      `{ alertmanager: { podDisruptionBudget: { enabled: true } }, pushgateway: { podDisruptionBudget: { enabled: true } } }`,
      { "prometheus-pushgateway": { podDisruptionBudget: { maxUnavailable: 1 } } },
      ["alertmanager.podDisruptionBudget: this program sets it if there are several Alertmanagers"],
    ],
    [
      "a PodDisruptionBudget that was not enabled",
      `{ alertmanager: { podDisruptionBudget: { enabled: false, maxUnavailable: 2 } }, pushgateway: { podDisruptionBudget: { maxUnavailable: 2 } } }`,
      {},
      [
        "alertmanager.podDisruptionBudget: was not enabled by `enabled: true`",
        "pushgateway.podDisruptionBudget: was not enabled by `enabled: true`",
      ],
    ],
    [
      "rules in the language of Prometheus 1, and values that are not rules",
      `{ serverFiles: { rules: "ALERT X IF up == 0", alerts: { a: text } } }`,
      {},
      [
        "serverFiles.rules: holds no rules in YAML (the language of Prometheus 1 is not YAML); write them as groups",
        "serverFiles.alerts.a: holds no rules",
      ],
    ],
    [
      "values that cannot be interpreted, with their positions",
      `
      nodeExporter: { image: a, service: null }
      server: { extraSecretMounts: { a: b }, extraFlags: web.enable-lifecycle, retentionSize: "" }
      serverFiles: { alerting_rules.yml: { groups: [1], more: 1 }, recording_rules.yml: { groups: [] } }
      alertmanager: { config: { receivers: text, time_intervals: [1] } }
      `,
      {},
      [
        /^nodeExporter\.image: its version goes with the chart/,
        "nodeExporter.service: says nothing",
        "server.extraSecretMounts: contains nothing to carry over",
        "server.extraFlags: contains nothing to carry over",
        "server.retentionSize: says nothing",
        'serverFiles["alerting_rules.yml"]: 1 of its entries are not maps, and so not rules',
        'serverFiles["alerting_rules.yml"].more: does not belong in a rule file',
        'serverFiles["recording_rules.yml"]: contains nothing to carry over',
        "alertmanager.config.receivers: is not a list of maps, or has entries that are not maps",
        "alertmanager.config.time_intervals: is not a list of maps, or has entries that are not maps",
      ],
    ],
    [
      "the chart's default image",
      `{ kube-state-metrics: { image: { repository: kube-state-metrics/kube-state-metrics } } }`,
      {},
      ["kube-state-metrics.image.repository: the chart's default image is used"],
    ],
    [
      "values of the wrong type, with the correct reason",
      `{ pushgateway: "on", serverFiles: { prometheus.yml: "a: [" }, server: { sidecarContainers: [{ image: x }] } }`,
      {},
      [
        "pushgateway: has no value that `prometheus-pushgateway` takes",
        /^server\.sidecarContainers: a container without a name$/,
        'serverFiles["prometheus.yml"]: is not Prometheus\' configuration in YAML',
      ],
    ],
    [
      "the parts of Alertmanager's configuration without a setting",
      `
      alertmanager:
        config:
          global: { smtp_from: a@example.com }
          tracing: { endpoint: "a:4317" }
          route: { receiver: s, matchers: ['a="b"'] }
          receivers: [{ name: s, slack_configs: [{ channel: "#a", api_url_file: /a, http_config: { follow_redirects: false } }] }]
      `,
      { alertmanager: { config: { tracing: { endpoint: "a:4317" }, route: { matchers: ['a="b"'] } } } },
      [
        "alertmanager.config.global.smtp_from: is for email_configs, which no receiver has",
        /^alertmanager\.config\.receivers\.s\.slack_configs\.api_url_file: /,
        /^alertmanager\.config\.receivers\.s\.slack_configs\.http_config\.follow_redirects: /,
      ],
    ],
    [
      "defaults of the current sub-charts, from a file with all values",
      `
      alertmanager: { config: { enabled: true, receivers: [{ name: default-receiver }], route: { receiver: default-receiver } }, baseURL: "" }
      prometheus-pushgateway: { priorityClassName: null, image: { registry: "" } }
      `,
      {},
      [
        "alertmanager.config.enabled: this program's configuration is always created",
        /^alertmanager\.config\.receivers: "default-receiver" sends nothing/,
        "alertmanager.baseURL: says nothing",
        "prometheus-pushgateway.priorityClassName: says nothing",
        "prometheus-pushgateway.image.registry: the chart's default image is used",
      ],
    ],
    [
      "values that will apply to all components, with a note",
      `{ server: { priorityClassName: high, persistentVolume: { storageClass: gp3 }, image: { repository: mirror.example/m/prometheus/prometheus }, service: { loadBalancerSourceRanges: [10.0.0.0/8] } } }`,
      {},
      [
        "server.priorityClassName: alerting:priorityClass is every pod's class",
        "server.persistentVolume.storageClass: alerting:storage is for Prometheus' volume and Alertmanager's",
        "server.image.repository: alerting:images.registry is the registry of every image",
        "server.service.loadBalancerSourceRanges: alerting:loadBalancer.sourceRanges is one list for every load balancer",
      ],
    ],
  ];
  for (const [what, values, now, dropped] of clean) {
    it(`migrates, or gives the reason why not: ${what}`, () => {
      const today = migrated(parse(values));
      assert.deepEqual(today.settings.values ?? {}, now);
      const told = today.dropped.map(({ path, reason }) => `${path}: ${reason}`);
      for (const one of dropped)
        assert.ok(
          told.some((line) => (typeof one === "string" ? line === one : one.test(line))),
          `${String(one)} is not among\n${told.join("\n")}`,
        );
      if (dropped.length === 0) assert.deepEqual(told, []);
    });
  }

  const unfit: [what: string, values: string, found: RegExp[]][] = [
    [
      "a pod as root, which no namespace would accept, under its old and its current key",
      `{ pushgateway: { securityContext: { runAsNonRoot: false } }, kube-state-metrics: { securityContext: { runAsUser: 0 } } }`,
      [
        /^alerting:values\.kube-state-metrics\.securityContext\.runAsUser: .*may not be 0\.$/,
        /^alerting:values\.prometheus-pushgateway\.securityContext\.runAsNonRoot: .*`runAsNonRoot` has to be true\.$/,
      ],
    ],
    [
      "a namespace that is an empty string, as in charts 16 to 18",
      `{ nodeExporter: { service: { hostPort: 9101 } }, prometheus-node-exporter: { namespaceOverride: "" } }`,
      [
        /^alerting:values\.prometheus-node-exporter\.namespaceOverride: .*node-exporter's pods are only accepted in the namespace/,
      ],
    ],
    [
      "a memory request above the default limit",
      `{ server: { resources: { requests: { memory: 3Gi } } } }`,
      [/^alerting:prometheus\.resources\.memory: got "3Gi"; accepted: at most its limit/],
    ],
    [
      "a container that does not meet the Pod Security level of its namespace",
      `server: { sidecarContainers: [{ name: t, image: x }] }`,
      [
        /^alerting:values\.server\.sidecarContainers\.t\.securityContext: .*`allowPrivilegeEscalation` has to be/,
        /`capabilities` has to drop ALL/,
      ],
    ],
    [
      "a wrong key in a job, from a string or from a file",
      `
      extraScrapeConfigs: "- { job_name: a.b, static_config: [] }"
      serverFiles: { prometheus.yml: { scrape_configs: [{ job_name: c, static_configs: [{ targets: ["c:1"], label: {} }] }] } }
      `,
      [
        /^alerting:values\.scrapeConfigs\["a\.b"\]\.static_config: /,
        /^alerting:values\.scrapeConfigs\.c\.static_configs\[0\]\.label: /,
      ],
    ],
    [
      "wrong keys in remote write and in Alertmanager's configuration",
      `
      serverFiles: { prometheus.yml: { remote_write: [{ url: "http://a", nonsense: 1 }] } }
      alertmanagerFiles:
        alertmanager.yml:
          receivers: [{ name: a, webhook_configs: [{ url: "http://a/", nonsense: 1 }] }]
          route: { routes: [{ receiver: a, group_wat: 5s }] }
      `,
      [
        /^alerting:alertmanager\.receivers\[0\]\.webhook_configs\[0\]\.nonsense: /,
        /^alerting:alertmanager\.routes\[0\]\.group_wat: /,
        /^alerting:values\.server\.remoteWrite\[0\]\.nonsense: /,
      ],
    ],
  ];
  for (const [what, values, expected] of unfit) {
    it(`reports what would be refused: ${what}`, () => {
      const all = migrated(parse(values));
      const found = remaining(migratedText(all));
      assert.equal(found.length, problemsIn(all).length);
      assert.equal(found.length, expected.length, found.join("\n"));
      for (const one of expected)
        assert.ok(
          found.some((line) => one.test(line)),
          `${String(one)}: ${found.join("\n")}`,
        );
    });
  }
});
