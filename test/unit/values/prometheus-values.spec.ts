import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parse } from "yaml";
import { webhookDirectory } from "../../../values/slack-receivers";
import { dataUser } from "../../../chart/placement";
import { inClusterUrl } from "../../../settings/pages";
import { alertmanagerPods, prometheusValues, serverPods } from "../../../values/prometheus-values";
import { milliseconds } from "../../../validation/durations";
import { canaryPath, master, settings, type Values, workerB } from "../../support/settings";

function values(given: Values = {}, credentials: readonly string[] = []) {
  return prometheusValues(settings(given), credentials);
}

/** Every path of a value, with the value at that path, including objects and lists. */
function* walk(value: unknown, path = ""): Generator<[string, unknown]> {
  yield [path, value];
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) yield* walk(inner, `${path}/${key}`);
}

/** Settings that enable every optional part. */
const everything = {
  slack: { httpProxy: "http://proxy.example:3128" },
  images: { registry: "mirror.example/all", pullSecrets: ["mirror", "other"] },
  alerts: { scrapeTimeout: "10s" },
  prometheus: { externalUrl: "https://prometheus.example" },
  alertmanager: { externalUrl: "https://alertmanager.example" },
};

describe("the chart's values", () => {
  for (const [title, given] of [
    ["for the minimal configuration", {}],
    ["with everything set", everything],
    ["with a storage class", { storage: { type: "storageClass" } }],
    ["without storage", { storage: { type: "none" } }],
  ] as const) {
    it(`${title} are plain data without undefined values, and are the same each time`, () => {
      const made = values(given);
      const holes = [...walk(made)].filter(([, value]) => value === undefined || typeof value === "function");
      assert.deepEqual(
        holes.map(([path]) => path),
        [],
      );
      assert.deepEqual(JSON.parse(JSON.stringify(made)), made, "nothing is lost on the way to Helm");
      assert.equal(JSON.stringify(values(given)), JSON.stringify(made));
    });
  }

  it("contain no secret: the webhook is not available to them", () => {
    assert.ok(!JSON.stringify(values(everything)).includes(canaryPath));
    assert.equal(JSON.stringify(values(everything)).match(/https?:\/\/hooks\./), null);
  });

  it("set only paths that the pinned chart has", function () {
    const chart = resolve(__dirname, "../../../../shared/chart");
    if (!existsSync(chart)) return this.skip();
    const read = (name: string, file: string) => readFileSync(resolve(chart, name, file), "utf8");
    const subCharts = ["alertmanager", "kube-state-metrics", "prometheus-node-exporter", "prometheus-pushgateway"];
    const known: object = {
      ...(parse(read("prometheus", "values.yaml")) as object),
      ...Object.fromEntries(
        subCharts.map((name) => [name, { enabled: true, ...(parse(read(name, "values.yaml")) as object) }]),
      ),
    };
    // Templates read some values that values.yaml only mentions in comments.
    const inTemplates = ["prometheus", ...subCharts].flatMap((name) =>
      read(name, "referenced-paths.txt")
        .split("\n")
        .map((path) => `${name === "prometheus" ? "" : `/${name}`}/${path.replaceAll(".", "/")}`),
    );
    const referenced = new Set([
      ...inTemplates,
      // All of server.global goes into Prometheus' configuration, which has this key.
      "/server/global/external_labels",
      // All of a probe goes into the pod.
      ...["livenessProbe", "readinessProbe"].map((probe) => `/alertmanager/${probe}/tcpSocket`),
    ]);
    const chosen = [values(everything), values({ storage: { type: "storageClass" } })];
    const stray = chosen.flatMap((made) => strayPaths(made, known, "")).filter((path) => !referenced.has(path));
    assert.deepEqual(stray, []);
    assert.deepEqual(strayPaths({ server: { mountPath: "/data" } }, known, ""), ["/server/mountPath"]);
  });

  it("place Prometheus and Alertmanager on the masters, which the node label selects", () => {
    const { server, alertmanager } = values({ nodeLabel: { key: "role", master: "boss" } });
    assert.deepEqual(server.nodeSelector, { role: "boss" });
    assert.deepEqual(alertmanager.nodeSelector, { role: "boss" });
  });

  it("tolerate both taints of masters, and move pods off a dead node after 30 s", () => {
    const tolerations = [
      { key: "node-role.kubernetes.io/control-plane", operator: "Exists", effect: "NoSchedule" },
      { key: "node-role.kubernetes.io/master", operator: "Exists", effect: "NoSchedule" },
      { key: "node.kubernetes.io/not-ready", operator: "Exists", effect: "NoExecute", tolerationSeconds: 30 },
      { key: "node.kubernetes.io/unreachable", operator: "Exists", effect: "NoExecute", tolerationSeconds: 30 },
    ];
    const { server, alertmanager } = values();
    assert.deepEqual(server.tolerations, tolerations);
    assert.deepEqual(alertmanager.tolerations, tolerations);
  });

  it("do not bind node-exporter, kube-state-metrics and Pushgateway to any node", () => {
    const made = values();
    for (const name of ["prometheus-node-exporter", "kube-state-metrics", "prometheus-pushgateway"] as const) {
      const placing = ["affinity", "nodeSelector", "topologySpreadConstraints"].filter((key) => key in made[name]);
      assert.deepEqual(placing, []);
      assert.equal(made[name].enabled, true);
    }
  });

  it("allow kube-state-metrics and Pushgateway on masters only if there are no workers, and node-exporter on every node despite taints", () => {
    const worker = { masters: { names: [master] }, workers: { names: [workerB] } };
    for (const [nodes, tolerates] of [
      [{ masters: { names: [master] } }, true],
      [worker, false],
    ] as const) {
      const made = values({ nodes });
      for (const name of ["kube-state-metrics", "prometheus-pushgateway"] as const) {
        const taints = made[name].tolerations.filter(({ effect }) => effect === "NoSchedule");
        assert.equal(taints.length > 0, tolerates);
        assert.equal(made[name].tolerations.filter(({ tolerationSeconds }) => tolerationSeconds === 30).length, 2);
      }
      assert.deepEqual(made["prometheus-node-exporter"].tolerations, [{ operator: "Exists" }]);
    }
  });

  it("keep Prometheus and Alertmanager on different masters if there are two", () => {
    const { server, alertmanager } = values();
    const labels = ({ affinity }: typeof server | typeof alertmanager) =>
      affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution.map(
        ({ podAffinityTerm }) => podAffinityTerm.labelSelector.matchLabels,
      );
    assert.deepEqual(labels(server), [alertmanagerPods]);
    assert.deepEqual(labels(alertmanager), [serverPods]);
  });

  it("run one Prometheus server, and stop it before its successor starts", () => {
    const { server, alertmanager } = values();
    assert.deepEqual([server.replicaCount, server.strategy], [1, { type: "Recreate" }]);
    assert.equal(alertmanager.replicaCount, 1);
  });

  it("run the pods as the user of the access points, never as root", () => {
    const { server, alertmanager } = values();
    assert.notEqual(dataUser, 0);
    for (const { runAsUser, runAsGroup, runAsNonRoot, fsGroup } of [
      server.securityContext,
      alertmanager.podSecurityContext,
    ]) {
      assert.deepEqual([runAsUser, runAsGroup, runAsNonRoot, fsGroup], [dataUser, dataUser, true, dataUser]);
    }
    const { runAsUser, runAsGroup, runAsNonRoot } = alertmanager.securityContext;
    assert.deepEqual([runAsUser, runAsGroup, runAsNonRoot], [dataUser, dataUser, true]);
  });

  it("limit retention and memory", () => {
    const { server, alertmanager } = values({
      prometheus: { retention: "30d", retentionSize: "15GB", resources: { memoryLimit: "3Gi" } },
    });
    assert.deepEqual([server.retention, server.retentionSize], ["30d", "15GB"]);
    assert.deepEqual(server.resources, {
      requests: { cpu: "200m", memory: "512Mi" },
      limits: { cpu: "1", memory: "3Gi" },
    });
    assert.deepEqual(alertmanager.resources.limits, { cpu: "500m", memory: "256Mi" });
  });

  it("set limits for every program, so that none can starve a master", () => {
    const made = values();
    for (const program of [
      made.server,
      made.alertmanager,
      made["prometheus-node-exporter"],
      made["kube-state-metrics"],
      made["prometheus-pushgateway"],
    ]) {
      assert.match(program.resources.limits.memory, /^\d+[MG]i$/);
      assert.ok(program.resources.limits.cpu);
      assert.equal(program.priorityClassName, "alerting");
    }
  });

  it("add the names of cluster and environment to every alert", () => {
    const { global } = values({ cluster: "seoul", environment: "production" }).server;
    assert.deepEqual(global.external_labels, { cluster: "seoul", environment: "production" });
  });

  it("scrape and evaluate every 15 s, and never set a scrape timeout longer than the scrape interval", () => {
    const { global } = values().server;
    assert.deepEqual([global.scrape_interval, global.scrape_timeout, global.evaluation_interval], ["15s", "5s", "15s"]);
    assert.equal(values({ alerts: { scrapeInterval: "2s" } }).server.global.scrape_timeout, "2s");
    assert.equal(
      values({ alerts: { scrapeInterval: "1m", scrapeTimeout: "30s" } }).server.global.scrape_timeout,
      "30s",
    );
  });

  for (const [timing, expected] of [
    ["default", ["15s", "5s", "15s", "1m"]],
    ["prompt", ["15s", "5s", "15s", "30s"]],
    ["calm", ["60s", "10s", "60s", "1m"]],
  ] as const) {
    it(`use the four intervals of the timing profile "${timing}", and let a single setting override each of them`, () => {
      const intervals = (alerts: object) => {
        const { server, serverFiles } = values({ alerts });
        const rules = serverFiles["alerting_rules.yml"].groups.flatMap((group) => group.rules);
        const down = rules.find((rule) => "alert" in rule && rule.alert === "InstanceDown") as { for?: string };
        const { scrape_interval, scrape_timeout, evaluation_interval } = server.global;
        return [scrape_interval, scrape_timeout, evaluation_interval, down.for];
      };
      const [scrape, timeout, evaluation, down] = expected;
      assert.deepEqual(intervals({ timing }), [scrape, timeout, evaluation, down]);
      assert.deepEqual(intervals({ timing, evaluationInterval: "20s" }), [scrape, timeout, "20s", down]);
      assert.deepEqual(intervals({ timing, scrapeInterval: "3s" }), ["3s", "3s", evaluation, down]);
    });
  }

  it("let Prometheus watch its configuration files, and do not enable the API with which anyone could reload them", () => {
    const { server, configmapReload } = values();
    assert.deepEqual(server.extraFlags, ["config.auto-reload"]);
    assert.deepEqual(configmapReload, { prometheus: { enabled: false } });
  });

  it("let every alert with a `for` above half a minute continue after a restart of Prometheus", () => {
    const { server, serverFiles } = values();
    const grace = milliseconds(server.extraArgs["rules.alert.for-grace-period"])!;
    const waits = serverFiles["alerting_rules.yml"].groups.flatMap(({ rules }) =>
      rules.flatMap((rule) => ("for" in rule && rule.for !== undefined ? [milliseconds(rule.for)!] : [])),
    );
    assert.ok(waits.length > 20);
    assert.deepEqual(
      waits.filter((wait) => wait > 30_000 && wait < grace),
      [],
    );
  });

  it("also scrape Alertmanager, but only in the stack's namespace", () => {
    const job = values({ namespace: "watch" }).scrapeConfigs.alertmanager;
    assert.equal(job?.enabled, true);
    assert.deepEqual(job.kubernetes_sd_configs, [{ role: "pod", namespaces: { names: ["watch"] } }]);
    const kept = job.relabel_configs!.flatMap((one) => (one.action === "keep" ? [one.regex] : []));
    assert.deepEqual(kept, ["alertmanager", "9093"]);
  });

  it("contain the rules with the configured duration", () => {
    const { groups } = values({ alerts: { instanceDownFor: "5m" } }).serverFiles["alerting_rules.yml"];
    const waits = groups.flatMap(({ rules }) => rules.map((rule) => ("alert" in rule ? [rule.alert, rule.for] : [])));
    assert.equal(new Map(waits as [string, string][]).get("InstanceDown"), "5m");
    assert.ok(waits.length > 15);
  });

  it("keep the chart's Services inside the cluster", () => {
    const { server, alertmanager } = values();
    assert.deepEqual([server.service, alertmanager.service], [{ type: "ClusterIP" }, { type: "ClusterIP" }]);
  });

  it("mount the webhook's Secret as a directory, because a subPath would never receive updates", () => {
    const [mount, ...more] = values({ access: { password: false } }).alertmanager.extraSecretMounts;
    assert.deepEqual(mount, {
      name: "slack-webhook",
      mountPath: webhookDirectory,
      secretName: "alertmanager-slack",
      readOnly: true,
    });
    assert.deepEqual(more, []);
  });

  it("use in-cluster addresses for links unless external URLs are set", () => {
    const made = values({ namespace: "watch" });
    assert.equal(made.server.baseURL, "http://prometheus-server.watch.svc");
    assert.equal(made.alertmanager.baseURL, "http://prometheus-alertmanager.watch.svc:9093");
    const set = values(everything);
    assert.deepEqual(
      [set.server.baseURL, set.alertmanager.baseURL],
      ["https://prometheus.example", "https://alertmanager.example"],
    );
    assert.equal(inClusterUrl("a", "b"), "http://a.b.svc");
  });
});

describe("the chart's values for storage", () => {
  it("use the program's claims on EFS", () => {
    const { server, alertmanager } = values();
    assert.deepEqual(server.persistentVolume, { enabled: true, existingClaim: "prometheus-data" });
    // "-" is the chart's value for the class "", which the program's claim has.
    assert.deepEqual(alertmanager.persistence, {
      enabled: true,
      storageClass: "-",
      accessModes: ["ReadWriteOnce"],
      size: "2Gi",
    });
  });

  it("request volumes of the configured sizes from a storage class, and name no claim", () => {
    const storage = { type: "storageClass", storageClass: "fast", serverSize: "40Gi", alertmanagerSize: "3Gi" };
    const { server, alertmanager } = values({ storage });
    const volume = { enabled: true, storageClass: "fast", accessModes: ["ReadWriteOnce"] };
    assert.deepEqual(server.persistentVolume, { ...volume, size: "40Gi" });
    assert.deepEqual(alertmanager.persistence, { ...volume, size: "3Gi" });
  });

  it("disable both volumes if nothing is stored", () => {
    const { server, alertmanager } = values({ storage: { type: "none" } });
    assert.deepEqual([server.persistentVolume, alertmanager.persistence], [{ enabled: false }, { enabled: false }]);
  });
});

describe("the chart's values for sites without internet", () => {
  const made = values(everything);
  const programs = {
    prometheus: made.server,
    alertmanager: made.alertmanager,
    "node-exporter": made["prometheus-node-exporter"],
    "kube-state-metrics": made["kube-state-metrics"],
    pushgateway: made["prometheus-pushgateway"],
  };

  it("take all five images from the mirror, each in the key that its chart reads", () => {
    assert.deepEqual(Object.fromEntries(Object.entries(programs).map(([name, { image }]) => [name, image])), {
      prometheus: { repository: "mirror.example/all/prometheus/prometheus" },
      alertmanager: { repository: "mirror.example/all/prometheus/alertmanager" },
      "node-exporter": { registry: "mirror.example/all" },
      "kube-state-metrics": { registry: "mirror.example/all" },
      pushgateway: { repository: "mirror.example/all/prometheus/pushgateway" },
    });
  });

  it("give the pull secrets to all five programs; the server uses the chart's top-level key", () => {
    const secrets = [{ name: "mirror" }, { name: "other" }];
    assert.deepEqual(made.imagePullSecrets, secrets);
    for (const name of ["alertmanager", "node-exporter", "kube-state-metrics", "pushgateway"] as const) {
      assert.deepEqual(programs[name].imagePullSecrets, secrets, name);
    }
  });

  it("send Slack messages through the proxy", () => {
    const [slack] = made.alertmanager.config.receivers[0]!.slack_configs!;
    assert.deepEqual(slack?.http_config, { proxy_url: "http://proxy.example:3128" });
  });

  it("set no images, pull secrets or proxy if none is configured", () => {
    const paths = [...walk(values())].map(([path]) => path);
    assert.deepEqual(
      paths.filter((path) => /\/(image|imagePullSecrets|http_config)$/.test(path)),
      [],
    );
  });
});

/** Paths of `made` that are missing in `known`. An empty object and any list in `known` accept everything. */
function strayPaths(made: object, known: object, path: string): string[] {
  return Object.entries(made).flatMap(([key, value]) => {
    const here = `${path}/${key}`;
    if (!(key in known)) return [here];
    const there: unknown = (known as Record<string, unknown>)[key];
    const open = (one: unknown) => typeof one !== "object" || one === null || Object.keys(one).length === 0;
    // Kubernetes types and other configuration languages: the chart passes them on unchanged.
    const free =
      ["/alertmanager/config", "/alertmanager/templates", "/scrapeConfigs"].includes(here) ||
      /securityContext$/i.test(here);
    if (open(there) || open(value) || Array.isArray(value) || free) return [];
    return strayPaths(value as object, there as object, here);
  });
}
