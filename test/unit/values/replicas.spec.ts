import assert from "node:assert/strict";
import { alertmanagerPods, prometheusValues, serverPods } from "../../../values/prometheus-values";
import { settings, type Values, workerB } from "../../support/settings";

const three = { alertmanagers: 3, prometheus: 2 };
const workers = { nodes: { masters: { names: ["one"] }, workers: { names: [workerB] } } };

const values = (availability: object = {}, more: Values = {}) => prometheusValues(settings({ availability, ...more }));

const onSameNode = (matchLabels: object) => ({ topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels } });

/** The values of each kind of pod, its labels, and those of the other kind. */
const kinds = (made: ReturnType<typeof values>) =>
  [
    [made.server, serverPods, alertmanagerPods],
    [made.alertmanager, alertmanagerPods, serverPods],
  ] as const;

describe("replicas of Prometheus and Alertmanager", () => {
  it("never share a node, and leave the nodes of the other kind if they can", () => {
    for (const [made, own, others] of kinds(values(three)))
      assert.deepEqual(made.affinity, {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [onSameNode(own)],
          preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: onSameNode(others) }],
        },
      });
  });

  it("run on the masters, in several zones if there are several", () => {
    for (const [made, own] of kinds(values(three))) {
      assert.deepEqual(made.nodeSelector, { key: "master" });
      assert.deepEqual(made.topologySpreadConstraints, [
        {
          maxSkew: 1,
          topologyKey: "topology.kubernetes.io/zone",
          whenUnsatisfiable: "ScheduleAnyway",
          labelSelector: { matchLabels: own },
        },
      ]);
    }
  });

  it("run on masters and workers if spread over all, and neither kind of node has all of them", () => {
    for (const [made, own] of kinds(values({ ...three, spread: "all" }, workers))) {
      assert.ok(!("nodeSelector" in made));
      const matchExpressions = [{ key: "key", operator: "In", values: ["master", "worker"] }];
      assert.deepEqual(made.affinity.nodeAffinity, {
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] },
      });
      assert.deepEqual(made.topologySpreadConstraints?.[1], {
        maxSkew: 1,
        topologyKey: "key",
        whenUnsatisfiable: "DoNotSchedule",
        labelSelector: { matchLabels: own },
      });
      assert.ok(made.tolerations.some(({ key }) => key === "node-role.kubernetes.io/control-plane"));
    }
  });

  it("are evicted one at a time; a single pod may be evicted, or its node could not be drained", () => {
    const many = values(three);
    assert.deepEqual(many.server.podDisruptionBudget, { enabled: true, maxUnavailable: 1 });
    assert.deepEqual(many.alertmanager.podDisruptionBudget, { maxUnavailable: 1 });
    for (const [made] of kinds(values())) {
      assert.ok(!("podDisruptionBudget" in made));
      assert.ok(!("topologySpreadConstraints" in made));
      assert.deepEqual(Object.keys(made.affinity.podAntiAffinity), ["preferredDuringSchedulingIgnoredDuringExecution"]);
    }
  });
});

describe("several Alertmanagers", () => {
  it("get the chart's flags for gossip, and no second flag of the same name", () => {
    const flags = values({ alertmanagers: 2 }).alertmanager.extraArgs as Record<string, string>;
    assert.equal(values({ alertmanagers: 2 }).alertmanager.replicaCount, 2);
    assert.ok(!("cluster.listen-address" in flags));
    assert.equal(flags["cluster.peer-timeout"], "5s");
  });

  it("wait for each other for an eighth of the group's interval, from 1 s to 5 s", () => {
    const wait = (groupInterval: string) => {
      const { extraArgs } = values({ alertmanagers: 2 }, { alerts: { groupInterval } }).alertmanager;
      return (extraArgs as Record<string, string>)["cluster.peer-timeout"];
    };
    assert.deepEqual(["4s", "15s", "16s", "30s", "1m", "1h"].map(wait), ["1s", "1s", "2s", "3s", "5s", "5s"]);
  });

  it("are none by default: one Alertmanager waits for nobody", () => {
    const { extraArgs, replicaCount } = values().alertmanager;
    assert.equal(replicaCount, 1);
    assert.equal((extraArgs as Record<string, string>)["cluster.listen-address"], "");
    assert.ok(!("cluster.peer-timeout" in extraArgs));
  });
});

describe("two Prometheus servers", () => {
  const { server, alertRelabelConfigs, scrapeConfigs } = values(three);

  it("are a StatefulSet in which a lost server does not block the other one", () => {
    assert.equal(server.replicaCount, 2);
    assert.deepEqual(server.statefulSet, { enabled: true, podManagementPolicy: "Parallel" });
    assert.ok(!("strategy" in server));
  });

  it("have a label of their own, which no alert has", () => {
    assert.equal((server.global.external_labels as Record<string, string>).prometheus_replica, "${POD_NAME}");
    assert.deepEqual(server.env, [{ name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }]);
    assert.deepEqual(alertRelabelConfigs, {
      alert_relabel_configs: [{ regex: "prometheus_replica", action: "labeldrop" }],
    });
  });

  it("have separate claims, which exist on EFS already and are made by a storage class elsewhere", () => {
    assert.deepEqual(server.persistentVolume, {
      enabled: true,
      statefulSetNameOverride: "storage",
      storageClass: "-",
      accessModes: ["ReadWriteOnce"],
      size: "20Gi",
    });
    const { persistentVolume } = values(three, { storage: { type: "storageClass" } }).server;
    assert.deepEqual([persistentVolume?.statefulSetNameOverride, persistentVolume?.storageClass], ["storage", "gp3"]);
    assert.deepEqual(values(three, { storage: { type: "none" } }).server.persistentVolume, { enabled: false });
  });

  it("scrape each other, by pods in place of the chart's loopback address", () => {
    const job = scrapeConfigs.prometheus;
    assert.deepEqual(job?.kubernetes_sd_configs, [{ role: "pod", namespaces: { names: ["monitoring"] } }]);
    assert.ok(job.relabel_configs?.some(({ regex }) => regex === "9090"));
    assert.ok(!("kubernetes_sd_configs" in (values().scrapeConfigs.prometheus ?? {})));
  });

  it("are none by default: one server is a Deployment without a label of its own", () => {
    const one = values();
    assert.ok(!("statefulSet" in one.server));
    assert.ok(!("env" in one.server));
    assert.ok(!("prometheus_replica" in one.server.global.external_labels));
    assert.ok(!("alertRelabelConfigs" in one));
  });

  it("keep a client of their Service with one of them, because they have scraped at different times", () => {
    assert.deepEqual(server.service, { type: "ClusterIP", sessionAffinity: "ClientIP" });
    assert.deepEqual(values().server.service, { type: "ClusterIP" });
  });
});
