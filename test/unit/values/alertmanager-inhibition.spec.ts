import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { InhibitRule } from "../../../alertmanager/config";
import { alertmanagerConfig } from "../../../values/alertmanager-config";
import { isOnBothSides, type Labels, mutedBy, routeFor, told } from "../../support/alertmanager-answers";
import { alertPairs, isMuted } from "../../../values/muting-table";
import { withMuting } from "../../../values/write-muting";
import { settings, type Values } from "../../support/settings";

const built = (values: Values = {}) => alertmanagerConfig(settings(values));
const config = built();
const replicas = built({ availability: { alertmanagers: 3, prometheus: 2 } });

const base = { cluster: "lab", environment: "dev" };
const instanceDown = { ...base, alertname: "InstanceDown", severity: "critical" };
const kubelet = (node: string): Labels => ({ ...instanceDown, job: "kubernetes-nodes", instance: node, node });
const cadvisor = (node: string): Labels => ({ ...kubelet(node), job: "kubernetes-nodes-cadvisor" });
const exporter = (node: string): Labels => ({
  ...instanceDown,
  job: "kubernetes-service-endpoints",
  app_kubernetes_io_name: "prometheus-node-exporter",
  instance: `${node}:9100`,
  node,
});
const pod = (node: string, name: string): Labels => ({
  ...instanceDown,
  job: "kubernetes-pods",
  instance: `${name}:8080`,
  namespace: "shop",
  pod: name,
  node,
});
const notReady = (node: string): Labels => ({ ...base, alertname: "NodeNotReady", severity: "critical", node });
const crashing = (node: string): Labels => ({
  ...base,
  alertname: "PodCrashLooping",
  severity: "warning",
  namespace: "shop",
  pod: "a",
  node,
});

/** The alert for a node with two signs of failure, as alerts/rules/instances.yaml combines them. */
const twoSigns = (node: string): Labels => ({ ...base, alertname: "NodeInhibitor", severity: "none", node });

/** All alerts about a dead node and about the programs that ran on it. */
const dead = (node: string) => [
  twoSigns(node),
  exporter(node),
  kubelet(node),
  cadvisor(node),
  ...Array.from({ length: 30 }, (_, at) => pod(node, `pod-${at}`)),
  crashing(node),
];

/** The alerts that are sent to someone. The two-signs alert is not muted, but its route leads to no one. */
const sent = (...given: Parameters<typeof told>) =>
  told(...given).filter((one) => routeFor(given[0], one).receiver !== "nowhere");

describe("inhibition", () => {
  it("keeps one InstanceDown of a dead node, and NodeNotReady once the cluster knows that the node is dead", () => {
    assert.deepEqual(sent(config, dead("a")), [exporter("a")]);
    assert.deepEqual(sent(config, [...dead("a"), notReady("a")]), [exporter("a"), notReady("a")]);
  });

  it("keeps the kubelet's alert if there is no node exporter", () => {
    const without = dead("a").filter((one) => one !== exporter("a") && one.app_kubernetes_io_name === undefined);
    assert.deepEqual(sent(config, without), [kubelet("a")]);
  });

  it("keeps one alert per node if several die, and all alerts of a healthy node", () => {
    const alive = [pod("c", "other"), crashing("c")];
    assert.deepEqual(sent(config, [...dead("a"), ...dead("b"), ...alive]), [exporter("a"), exporter("b"), ...alive]);
  });

  it("mutes nothing in another cluster", () => {
    const elsewhere = { ...pod("a", "x"), cluster: "other" };
    assert.deepEqual(mutedBy(config, elsewhere, dead("a")), []);
  });

  it("mutes nothing on a node with only one sign of failure", () => {
    const memory: Labels = { ...base, alertname: "NodeMemoryLow", severity: "warning", node: "a", instance: "a:9100" };
    const others = [pod("a", "x"), crashing("a"), memory];
    for (const sign of [exporter("a"), kubelet("a"), notReady("a")])
      assert.deepEqual(sent(config, [sign, ...others]), [sign, ...others], JSON.stringify(sign));
  });

  it("mutes no alert about the node itself, and no critical alert except InstanceDown of its pods", () => {
    const on = (alertname: string, severity: string): Labels => ({ ...base, alertname, severity, node: "a", pod: "b" });
    const told = [
      on("NodeMemoryLow", "warning"),
      ...["etcdNoLeader", "PostgresDown", "CoreDNSDown"].map((name) => on(name, "critical")),
      ...["page", "none", ""].map((severity) => on("Other", severity)),
    ];
    const muted = [on("Slow", "warning"), on("Odd", "info"), pod("a", "x"), crashing("a")];
    assert.deepEqual(sent(config, [twoSigns("a"), ...told, ...muted]), told);
  });

  it("mutes nothing except kubelet alerts if all kubelet scrapes are refused and the nodes are healthy", () => {
    const jobDown: Labels = { ...base, alertname: "JobDown", severity: "critical", job: "kubernetes-nodes" };
    const others = ["a", "b"].flatMap((node) => [pod(node, "x"), crashing(node)]);
    const firing = [jobDown, kubelet("a"), kubelet("b"), ...others];
    assert.deepEqual(sent(config, firing), [jobDown, ...others]);
  });

  it("does not treat alerts without a node as alerts of the same node", () => {
    const nowhere = { ...pod("a", "x"), node: "" };
    assert.deepEqual(sent(config, [twoSigns(""), nowhere]), [nowhere]);
  });

  it("keeps one alert of a job if all its targets are down", () => {
    const jobDown: Labels = { ...base, alertname: "JobDown", severity: "critical", job: "kubernetes-pods" };
    const firing = [jobDown, ...Array.from({ length: 100 }, (_, at) => pod(`node-${at}`, `pod-${at}`)), exporter("a")];
    assert.deepEqual(told(config, firing), [jobDown, exporter("a")]);
  });

  it("lets a critical alert mute the warning about the same object, and no other warning", () => {
    const warning: Labels = { ...base, alertname: "QueueLong", severity: "warning", namespace: "shop", pod: "a" };
    const critical = { ...warning, severity: "critical" };
    const others = [
      { ...warning, pod: "b" },
      { ...warning, alertname: "QueueOld" },
      { ...warning, namespace: "till" },
      ...["deployment", "statefulset", "service", "job_name", "queue", "host"].map((of) => ({ ...warning, [of]: "b" })),
    ];
    assert.deepEqual(told(config, [critical, warning, ...others]), [critical, ...others]);
    assert.deepEqual(told(config, [warning]), [warning]);
  });

  it("compares the labels that docs/routing.md names", () => {
    const page = readFileSync(join(__dirname, "../../..", "docs", "routing.md"), "utf8");
    const named = /are on neither:\s([^.]*)\./.exec(page)?.[1] ?? "";
    const { equal } = config.inhibit_rules!.find(({ name }) => name === "critical-over-warning")!;
    assert.deepEqual(
      [...named.matchAll(/`(\w+)`/g)].map(([, label]) => label),
      equal,
    );
  });

  it("lets CertificateExpiresSoon mute CertificateExpires of the same server, but not of another", () => {
    const certificate = (alertname: string, severity: string, job: string): Labels => ({
      ...base,
      alertname,
      severity,
      job,
    });
    const soon = certificate("CertificateExpiresSoon", "critical", "kubernetes-api-servers");
    const other = certificate("CertificateExpires", "warning", "kubernetes-nodes");
    assert.deepEqual(told(config, [soon, { ...other, job: soon["job"]! }, other]), [soon, other]);
  });

  for (const name of ["NodeDiskAlmostFull", "NodeDiskFullSoon"])
    it(`lets ${name} mute NodeDiskFilling of the same disk, but not of another disk`, () => {
      const disk = (alertname: string, severity: string, mountpoint: string): Labels => ({
        ...{ ...base, alertname, severity, mountpoint },
        ...{ node: "a", instance: "a:9100", device: "/dev/vda1" },
      });
      const full = disk(name, "critical", "/");
      const other = disk("NodeDiskFilling", "warning", "/data");
      assert.deepEqual(told(config, [full, disk("NodeDiskFilling", "warning", "/"), other]), [full, other]);
    });

  it("lets VolumeAlmostFull mute VolumeFilling of the same claim, but not of a claim of that name elsewhere", () => {
    const volume = (alertname: string, severity: string, namespace: string): Labels => ({
      ...{ ...base, alertname, severity, namespace, persistentvolumeclaim: "data-db-0" },
    });
    const full = volume("VolumeAlmostFull", "critical", "shop");
    const other = volume("VolumeFilling", "warning", "pay");
    assert.deepEqual(told(config, [full, volume("VolumeFilling", "warning", "shop"), other]), [full, other]);
  });

  it("lets NodePressure mute NodeEvicting of the same node, but not of another node", () => {
    const pressure: Labels = { ...base, alertname: "NodePressure", severity: "warning", node: "a" };
    const evicting = (node: string): Labels => ({ ...base, alertname: "NodeEvicting", severity: "warning", node });
    assert.deepEqual(told(config, [pressure, evicting("a"), evicting("b")]), [pressure, evicting("b")]);
  });

  it("stops the heartbeat while Slack accepts no messages, but not while another receiver accepts none", () => {
    const watchdog: Labels = { ...base, alertname: "Watchdog", severity: "none", beat: "7" };
    const failing = (integration: string): Labels => ({
      ...{ ...base, alertname: "NotificationsFailing", severity: "critical" },
      ...{ integration, reason: "clientError" },
    });
    assert.deepEqual(told(config, [failing("slack"), watchdog]), [failing("slack")]);
    assert.deepEqual(told(config, [failing("webhook"), watchdog]), [failing("webhook"), watchdog]);
  });

  it("never mutes a drill, and never mutes the heartbeat for another reason", () => {
    const node = "a";
    const drill: Labels = { ...base, alertname: "AlertingDrill", severity: "info", drill: "true", node };
    const watchdog: Labels = { ...base, alertname: "Watchdog", severity: "none", node };
    const firing = [
      ...dead(node),
      notReady(node),
      { ...drill, severity: "critical" },
      { ...watchdog, severity: "critical" },
    ];
    assert.deepEqual(mutedBy(config, drill, firing), []);
    assert.deepEqual(mutedBy(config, watchdog, firing), []);
  });

  it("does not let an alert with lowered severity mute a more severe alert, which may be the only one sent", () => {
    const lowered = (severity: string, ...names: string[]) =>
      built({ rules: { alerts: Object.fromEntries(names.map((name) => [name, { severity }])) } });
    const jobDown = (severity: string): Labels => ({ ...base, alertname: "JobDown", severity, job: "kubernetes-pods" });
    const down = pod("a", "x");
    for (const severity of ["warning", "info"]) {
      const firing = [jobDown(severity), down, { ...down, severity: "info" }];
      assert.deepEqual(told(lowered(severity, "JobDown"), firing), [jobDown(severity), down]);
    }
    const informed = dead("a").map((one) => (one["alertname"] === "InstanceDown" ? { ...one, severity: "info" } : one));
    assert.deepEqual(sent(lowered("info", "InstanceDown"), informed), [informed[1], crashing("a")]);
  });

  it("does not let an alert that was raised to critical be muted by an alert with another name", () => {
    const disk = { ...base, severity: "critical", node: "a", instance: "a:9100", mountpoint: "/" };
    const firing = ["NodeDiskAlmostFull", "NodeDiskFilling"].map((alertname) => ({ ...disk, alertname }));
    assert.deepEqual(told(config, firing), firing);
  });

  it("stays unchanged if an alert keeps its severity, or if an unrelated alert is changed", () => {
    const alerts = {
      JobDown: { severity: "critical" },
      NodeCpuHigh: { severity: "info" },
      InstanceDown: { for: "2m" },
    };
    assert.deepEqual(built({ rules: { alerts } }).inhibit_rules, config.inhibit_rules);
  });

  it("stops the heartbeat while Slack accepts no messages, whatever the severity of that alert", () => {
    const { inhibit_rules: rules } = built({ rules: { alerts: { NotificationsFailing: { severity: "info" } } } });
    assert.deepEqual(rules, config.inhibit_rules);
  });

  it("has no alert on both sides of a rule, because an alert that is both source and target mutes nothing", () => {
    const every = [...dead("a"), notReady("a"), crashing("a"), ...alertPairs().map((pair) => pair.targetLabels)];
    for (const rule of replicas.inhibit_rules!) {
      for (const one of every) assert.ok(!isOnBothSides(rule, one), `${rule.name} ${one.alertname}`);
    }
  });

  it("with several Alertmanagers keeps one alert about them, which says most exactly what is wrong", () => {
    const of = (alertname: string, severity: string, more: Labels = {}): Labels => ({
      ...{ ...base, alertname, severity },
      ...more,
    });
    const amPod = { namespace: "monitoring", pod: "prometheus-alertmanager-1", node: "a" };
    const down = of("InstanceDown", "critical", { job: "alertmanager", instance: "a:9093", ...amPod });
    const stuck = of("RolloutStuck", "warning", { namespace: "monitoring", statefulset: "prometheus-alertmanager" });
    const reload = of("AlertmanagerReloadFailed", "critical", { job: "alertmanager", instance: "a:9093", ...amPod });
    const members = of("AlertmanagerMembersMissing", "warning", { job: "alertmanager" });
    const differs = of("AlertmanagerConfigDiffers", "warning", { job: "alertmanager" });
    assert.deepEqual(told(replicas, [members, differs]), [members, differs]);
    assert.deepEqual(told(replicas, [down, members, differs]), [down]);
    assert.deepEqual(told(replicas, [stuck, members, differs]), [stuck]);
    assert.deepEqual(told(replicas, [reload, members, differs]), [reload, members]);
    const others = [
      of("InstanceDown", "critical", { job: "kubernetes-pods", instance: "a:8080" }),
      { ...stuck, statefulset: "postgres" },
      { ...down, cluster: "other" },
    ];
    assert.deepEqual(told(replicas, [...others, members, differs]), [...others, members, differs]);
    const critical = [members, differs].map((one) => ({ ...one, severity: "critical" }));
    assert.deepEqual(told(replicas, [down, stuck, reload, ...critical]), [down, stuck, reload, ...critical]);
  });

  it("with several Alertmanagers is silent about all of them if their node is dead", () => {
    const one = { ...base, job: "alertmanager", node: "a" };
    const firing = [
      ...dead("a"),
      { ...one, alertname: "InstanceDown", severity: "critical", instance: "a:9093" },
      { ...base, alertname: "AlertmanagerCannotSend", severity: "warning", node: "a", integration: "slack" },
      { ...base, alertname: "AlertmanagerMembersMissing", severity: "warning", job: "alertmanager" },
      { ...base, alertname: "AlertmanagerConfigDiffers", severity: "warning", job: "alertmanager" },
    ];
    assert.deepEqual(sent(replicas, firing), [exporter("a")]);
  });

  it("with several Alertmanagers keeps AlertmanagerCannotSend unless none can send by the same kind of receiver", () => {
    const reason = { integration: "slack", reason: "other" };
    const none: Labels = { ...base, alertname: "NotificationsFailing", severity: "critical", ...reason };
    const some: Labels = { ...base, alertname: "AlertmanagerCannotSend", severity: "warning", ...reason, pod: "b" };
    const watchdog: Labels = { ...base, alertname: "Watchdog", severity: "none", beat: "7" };
    assert.deepEqual(told(replicas, [some, watchdog]), [some, watchdog]);
    assert.deepEqual(told(replicas, [none, some, watchdog]), [none]);
    const other = { ...some, integration: "webhook" };
    assert.deepEqual(told(replicas, [none, other]), [none, other]);
  });

  it("with two replicas of Prometheus keeps the alert that says why their targets differ", () => {
    const differ: Labels = { ...base, alertname: "PrometheusTargetsDiffer", severity: "warning", job: "prometheus" };
    assert.deepEqual(told(replicas, [differ]), [differ]);
    for (const alertname of ["PrometheusDiscoveryFailing", "PrometheusReloadFailed"]) {
      const why: Labels = { ...base, alertname, severity: "critical", job: "prometheus", instance: "a:9090" };
      assert.deepEqual(told(replicas, [why, differ]), [why]);
    }
  });

  it("has the rules about replicas only if there are several", () => {
    const added = (availability: object) => {
      const before = new Set(config.inhibit_rules!.map(({ name }) => name));
      return built({ availability }).inhibit_rules!.flatMap(({ name }) => (before.has(name) ? [] : [name]));
    };
    assert.deepEqual(added({ alertmanagers: 1, prometheus: 1 }), []);
    assert.equal(added({ alertmanagers: 2 }).length, 4);
    assert.equal(added({ prometheus: 2 }).length, 2);
  });

  it("adds the custom rules after the built-in ones", () => {
    const own: InhibitRule = { source_matchers: ["a=b"], target_matchers: ["c=d"], equal: ["e"] };
    const { inhibit_rules: rules } = built({ alertmanager: { inhibitRules: [own] } });
    assert.deepEqual(rules, [...config.inhibit_rules!, own]);
  });

  it("has a unique name for each rule, which Alertmanager's traces show", () => {
    const names = replicas.inhibit_rules!.map(({ name }) => name);
    assert.ok(names.every(Boolean));
    assert.equal(new Set(names).size, names.length);
  });

  it("has exactly the rules that docs/routing.md lists", () => {
    const page = readFileSync(join(__dirname, "../../..", "docs", "routing.md"), "utf8");
    const rows = [...page.matchAll(/^\| `([-a-z]+)` \|/gm)].map(([, name]) => name);
    assert.deepEqual(
      rows,
      replicas.inhibit_rules!.map(({ name }) => name),
    );
  });

  it("mutes a critical alert only by an alert with the same name, except InstanceDown by alerts about the same failure", () => {
    const critical = alertPairs().filter(({ target }) => !/warning|info|none/.test(target.labels["severity"]!));
    const muted = critical.filter((pair) => isMuted(pair, replicas.inhibit_rules!));
    const byAnother = muted.filter(({ source, target }) => source.labels["alertname"] !== target.labels["alertname"]);
    assert.ok(muted.length > byAnother.length);
    assert.deepEqual(
      [
        ...new Set(
          byAnother.map(({ source, target }) => `${source.labels["alertname"]} ${target.labels["alertname"]}`),
        ),
      ],
      ["JobDown InstanceDown", "NodeInhibitor InstanceDown"],
    );
  });

  it("has exactly the alert pairs in docs/routing.md, as npm run docs writes them", () => {
    const page = readFileSync(join(__dirname, "../../..", "docs", "routing.md"), "utf8");
    assert.equal(withMuting(page), page);
  });
});
