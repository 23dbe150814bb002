import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parse } from "yaml";
import { at, findHelm, objects, render, text, type Objects, type Yaml } from "../support/lab/helm";

/** The real chart's default render. The file exists only on the developers' machines, beside the project. */
const realRender = resolve(__dirname, "../../../shared/chart/rendered-defaults.yaml");
const withoutIt = existsSync(realRender) ? "" : " (skipped: the real chart's render is not in ../shared/chart)";

/** The reason for each difference between the default renders of the lab's and the real chart, by object and path. */
const differences: Readonly<Record<string, string>> = {
  "StatefulSet/prometheus-alertmanager spec.template.metadata.annotations.checksum/config":
    "a checksum of the stand-in's own text of the ConfigMap",
};

const server = "Deployment/prometheus-server";
const alertmanager = "StatefulSet/prometheus-alertmanager";
const pod = ["spec", "template", "spec"];
const container = [...pod, "containers", 0];

describe("the lab's chart, which stands in for the real one", function () {
  let helm: string;

  before(async function () {
    helm = (await findHelm()) ?? this.skip();
  });

  (withoutIt === "" ? describe : describe.skip)(`with its defaults, beside the real chart${withoutIt}`, () => {
    let real: Objects;
    let ours: Objects;

    before(async () => {
      real = objects(readFileSync(realRender, "utf8"));
      ours = await render(helm);
    });

    it("renders exactly the objects that the real chart renders", () => {
      assert.deepEqual([...ours.keys()].sort(), [...real.keys()].sort());
    });

    it("gives each object the real chart's content, except for the listed differences", () => {
      const found = [...real].flatMap(([key, object]) =>
        differing(comparable(ours.get(key) ?? null), comparable(object)).map((path) => `${key} ${path}`),
      );
      assert.deepEqual(found.sort(), Object.keys(differences).sort());
    });
  });

  it("uses an existing claim for the server instead of making one", async () => {
    const made = await render(helm, { server: { persistentVolume: { existingClaim: "data" } } });
    const volumes = at(made.get(server), ...pod, "volumes") as Yaml[];
    assert.deepEqual(volumes[1], { name: "storage-volume", persistentVolumeClaim: { claimName: "data" } });
    assert.equal(made.has("PersistentVolumeClaim/prometheus-server"), false);
  });

  it('turns the storage class "-" into the empty class, in claims and claim templates', async () => {
    const made = await render(helm, {
      server: { persistentVolume: { storageClass: "-", volumeName: "pv" } },
      alertmanager: { persistence: { storageClass: "-" } },
    });
    const template = at(made.get(alertmanager), "spec", "volumeClaimTemplates", 0);
    assert.equal(at(template, "spec", "storageClassName"), "");
    assert.equal(at(template, "metadata", "name"), "storage");
    const claim = made.get("PersistentVolumeClaim/prometheus-server");
    assert.equal(at(claim, "spec", "storageClassName"), "");
    assert.equal(at(claim, "spec", "volumeName"), "pv");
  });

  it("keeps both probe handlers if `tcpSocket` is added, and only that one if `httpGet` is `null`", async () => {
    const tcpSocket = { port: "http" };
    const both = await render(helm, { alertmanager: { livenessProbe: { tcpSocket } } });
    assert.deepEqual(at(both.get(alertmanager), ...container, "livenessProbe"), {
      httpGet: { path: "/", port: "http" },
      tcpSocket,
    });
    const one = await render(helm, { alertmanager: { livenessProbe: { httpGet: null, tcpSocket } } });
    assert.deepEqual(at(one.get(alertmanager), ...container, "livenessProbe"), { tcpSocket });
  });

  it("mounts Alertmanager's extra secrets as directories, and writes its extra arguments as `--key=value`", async () => {
    const mount = { name: "webhook", mountPath: "/etc/webhook", secretName: "slack", readOnly: true };
    const made = await render(helm, {
      alertmanager: { extraSecretMounts: [mount], extraArgs: { "cluster.listen-address": "" } },
    });
    const mounts = at(made.get(alertmanager), ...container, "volumeMounts") as Yaml[];
    assert.deepEqual(mounts.at(-1), { name: "webhook", mountPath: "/etc/webhook", readOnly: true });
    const volumes = at(made.get(alertmanager), ...pod, "volumes") as Yaml[];
    assert.deepEqual(volumes.at(-1), { name: "webhook", secret: { secretName: "slack" } });
    const args = at(made.get(alertmanager), ...container, "args") as Yaml[];
    assert.equal(args.at(-1), "--cluster.listen-address=");
  });

  it("adds a scrape job, disables one, appends jobs given as a string, and names jobs by their key or `job_name`", async () => {
    const made = await render(helm, {
      scrapeConfigs: {
        alertmanager: { static_configs: [{ targets: ["localhost:9093"] }] },
        prometheus: { job_name: "itself" },
        "kubernetes-pods": { enabled: false },
      },
      extraScrapeConfigs: "- job_name: text-{{ .Release.Name }}\n",
    });
    const config = configuration(made, "prometheus-server", "prometheus.yml");
    const jobs = (at(config, "scrape_configs") as Yaml[]).map((job) => at(job, "job_name"));
    assert.equal(jobs.includes("kubernetes-pods"), false);
    assert.deepEqual([jobs[0], jobs.at(-3), jobs.at(-1)], ["alertmanager", "itself", "text-prometheus"]);
    assert.equal(at(config, "scrape_configs", 0, "enabled"), undefined);
  });

  it("does not evaluate templates inside rules and Slack messages", async () => {
    const message = "{{ $labels.instance }} is down";
    const rule = { alert: "InstanceDown", expr: "up == 0", annotations: { description: message } };
    const made = await render(helm, {
      serverFiles: { "alerting_rules.yml": { groups: [{ name: "AllInstances", rules: [rule] }] } },
      alertmanager: { templates: { "slack.tmpl": message } },
    });
    const rules = configuration(made, "prometheus-server", "alerting_rules.yml");
    assert.deepEqual(at(rules, "groups", 0, "rules", 0), rule);
    assert.equal(at(made.get("ConfigMap/prometheus-alertmanager"), "data", "slack.tmpl"), `${message}\n`);
  });

  it("replaces lists and merges maps of Alertmanager's configuration", async () => {
    const made = await render(helm, { alertmanager: { config: { receivers: [{ name: "slack" }] } } });
    const config = configuration(made, "prometheus-alertmanager", "alertmanager.yml");
    assert.deepEqual(at(config, "receivers"), [{ name: "slack" }]);
    assert.equal(at(config, "route", "receiver"), "default-receiver");
  });

  it("gives pull secrets to each pod by the sub-chart's key, and to the exporters also by the `global` key", async () => {
    const imagePullSecrets = [{ name: "pull" }];
    const made = await render(helm, {
      imagePullSecrets,
      alertmanager: { imagePullSecrets },
      global: { imagePullSecrets: ["pull"], imageRegistry: "mirror.example" },
    });
    const workloads = [...made].filter(([, object]) => at(object, "spec", "template") !== undefined);
    assert.equal(workloads.length, 5);
    for (const [key, object] of workloads) {
      assert.deepEqual(at(object, ...pod, "imagePullSecrets"), imagePullSecrets, key);
    }
    const images = workloads.map(([, object]) => text(object, ...container, "image"));
    assert.equal(images.filter((image) => image.startsWith("mirror.example/")).length, 3);
  });

  it("ignores a key that the real chart does not have", async () => {
    const made = await render(helm, { server: { mountPath: "/elsewhere" }, alertmanager: { service: { class: "x" } } });
    assert.deepEqual(made, await render(helm));
  });

  it("renders no load balancer class for Alertmanager's Service, but one for the server's", async () => {
    const service = { type: "LoadBalancer", loadBalancerClass: "service.k8s.aws/nlb" };
    const made = await render(helm, { server: { service }, alertmanager: { service } });
    assert.equal(at(made.get("Service/prometheus-server"), "spec", "loadBalancerClass"), service.loadBalancerClass);
    assert.equal(at(made.get("Service/prometheus-alertmanager"), "spec", "type"), "LoadBalancer");
    assert.equal(at(made.get("Service/prometheus-alertmanager"), "spec", "loadBalancerClass"), undefined);
  });

  it("leaves out the reloader and every disabled sub-chart", async () => {
    const made = await render(helm, {
      configmapReload: { prometheus: { enabled: false } },
      alertmanager: { enabled: false },
      "prometheus-pushgateway": { enabled: false },
    });
    assert.equal((at(made.get(server), ...pod, "containers") as Yaml[]).length, 1);
    assert.deepEqual(
      [...made.keys()].filter((key) => /alertmanager|pushgateway/.test(key)),
      [],
    );
    const config = configuration(made, "prometheus-server", "prometheus.yml");
    assert.equal(at(config, "alerting"), undefined);
  });

  it("names everything after the release, as the real chart does", async () => {
    const made = await render(helm, {}, "watch");
    for (const key of [
      "Deployment/watch-prometheus-server",
      "StatefulSet/watch-alertmanager",
      "DaemonSet/watch-prometheus-node-exporter",
    ]) {
      assert.ok(made.has(key), key);
    }
  });

  it("lets several replicas of Alertmanager find each other, and one replica nobody", async () => {
    const one = await render(helm);
    assert.doesNotMatch(JSON.stringify([...one.values()]), /9094|cluster.(peer|tcp|udp)/);
    const made = await render(helm, {
      alertmanager: {
        replicaCount: 2,
        minReadySeconds: 5,
        extraArgs: { "cluster.peer-timeout": "1s" },
        podDisruptionBudget: { maxUnavailable: 1 },
        affinity: { nodeAffinity: {} },
        topologySpreadConstraints: [{ maxSkew: 1 }],
      },
    });
    assert.deepEqual((at(made.get(alertmanager), ...container, "args") as Yaml[]).slice(2), [
      "--cluster.advertise-address=[$(POD_IP)]:9094",
      "--cluster.listen-address=0.0.0.0:9094",
      "--cluster.peer=prometheus-alertmanager-0.prometheus-alertmanager-headless:9094",
      "--cluster.peer=prometheus-alertmanager-1.prometheus-alertmanager-headless:9094",
      "--cluster.peer-timeout=1s",
    ]);
    assert.deepEqual((at(made.get(alertmanager), ...container, "ports") as Yaml[]).slice(1), [
      { name: "clusterpeer-tcp", containerPort: 9094, protocol: "TCP" },
      { name: "clusterpeer-udp", containerPort: 9094, protocol: "UDP" },
    ]);
    const ports = (service: string) => at(made.get(`Service/${service}`), "spec", "ports") as Yaml[];
    assert.equal(ports("prometheus-alertmanager").length, 1);
    assert.deepEqual(ports("prometheus-alertmanager-headless").slice(1), [
      { name: "cluster-tcp", port: 9094, targetPort: 9094, protocol: "TCP" },
      { name: "cluster-udp", port: 9094, targetPort: 9094, protocol: "UDP" },
    ]);
    assert.equal(at(made.get(alertmanager), "spec", "minReadySeconds"), 5);
    assert.deepEqual(at(made.get(alertmanager), ...pod, "topologySpreadConstraints"), [{ maxSkew: 1 }]);
    assert.deepEqual(at(made.get(alertmanager), ...pod, "affinity"), { nodeAffinity: {} });
    assert.deepEqual(at(made.get("PodDisruptionBudget/prometheus-alertmanager"), "spec"), {
      maxUnavailable: 1,
      selector: at(made.get(alertmanager), "spec", "selector") as Yaml,
    });
  });

  it("runs the server as a StatefulSet with a claim for each replica, instead of a Deployment with one claim", async () => {
    const made = await render(helm, {
      server: {
        statefulSet: { enabled: true, podManagementPolicy: "Parallel", headless: { labels: { team: "a" } } },
        replicaCount: 2,
        env: [{ name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }],
        persistentVolume: { statefulSetNameOverride: "storage", storageClass: "-", size: "9Gi" },
        podDisruptionBudget: { enabled: true, maxUnavailable: 1 },
        topologySpreadConstraints: [{ maxSkew: 1 }],
      },
    });
    assert.equal(made.has(server), false);
    assert.equal(made.has("PersistentVolumeClaim/prometheus-server"), false);
    const set = made.get("StatefulSet/prometheus-server");
    const { template, volumeClaimTemplates, ...spec } = at(set, "spec") as Record<string, Yaml>;
    assert.deepEqual(spec, {
      serviceName: "prometheus-server-headless",
      replicas: 2,
      revisionHistoryLimit: 10,
      podManagementPolicy: "Parallel",
      selector: { matchLabels: at(made.get("Service/prometheus-server"), "spec", "selector") as Yaml },
    });
    const claim = { accessModes: ["ReadWriteOnce"], storageClassName: "", resources: { requests: { storage: "9Gi" } } };
    assert.deepEqual(volumeClaimTemplates, [{ metadata: { name: "storage" }, spec: claim }]);
    const alone = at((await render(helm)).get(server), "spec", "template", "spec") as Record<string, Yaml>;
    const main = at(template, "spec", "containers", 1) as Record<string, Yaml>;
    assert.deepEqual(at(main, "volumeMounts", 1), { name: "storage", mountPath: "/data", subPath: "" });
    assert.deepEqual(at(template, "spec", "volumes"), [(alone.volumes as Yaml[])[0]]);
    assert.deepEqual(main.args, at(alone, "containers", 1, "args"));
    assert.equal(at(main, "env", 0, "name"), "POD_NAME");
    assert.deepEqual(at(template, "spec", "topologySpreadConstraints"), [{ maxSkew: 1 }]);
    const headless = made.get("Service/prometheus-server-headless");
    assert.equal(at(headless, "metadata", "labels", "team"), "a");
    assert.deepEqual(at(headless, "spec", "ports"), [{ name: "http", port: 80, targetPort: 9090, protocol: "TCP" }]);
    assert.deepEqual(at(made.get("PodDisruptionBudget/prometheus-server"), "spec"), {
      maxUnavailable: 1,
      selector: spec.selector,
    });
  });

  it("refuses values that only the real chart supports, and says what to do instead", async () => {
    await assert.rejects(
      render(helm, { server: { daemonSet: { enabled: true } } }),
      /server\.daemonSet\.enabled.*LAB_CHART/,
    );
    await assert.rejects(render(helm, { alertmanager: { podAntiAffinity: "hard" } }), /podAntiAffinity.*LAB_CHART/);
  });
});

/** The content of a file in a ConfigMap, parsed. */
function configuration(made: Objects, configMap: string, file: string): Yaml {
  return parse(text(made.get(`ConfigMap/${configMap}`), "data", file)) as Yaml;
}

/** A value in the form in which it is compared: without `null`s, and with the multi-line strings parsed as YAML. */
function comparable(value: Yaml): Yaml {
  if (typeof value === "string" && value.includes("\n")) {
    return comparable(parse(value) as Yaml);
  }
  if (Array.isArray(value)) {
    return value.map(comparable);
  }
  if (value !== null && typeof value === "object") {
    const held = Object.entries(value).filter(([, inner]) => inner !== null);
    return Object.fromEntries(held.map(([key, inner]) => [key, comparable(inner)]));
  }
  return value;
}

/** The paths at which two values differ. */
function differing(left: Yaml | undefined, right: Yaml | undefined, path: string[] = []): string[] {
  const both = [left, right];
  if (both.every((side) => side !== null && typeof side === "object") && Array.isArray(left) === Array.isArray(right)) {
    const keys = new Set(both.flatMap((side) => Object.keys(side as object)));
    return [...keys].flatMap((key) => differing(at(left, key), at(right, key), [...path, key]));
  }
  return JSON.stringify(left) === JSON.stringify(right) ? [] : [path.join(".")];
}
