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

/** Two signs, as rules/instances.yaml puts them together. */
const twoSigns = (node: string): Labels => ({ ...base, alertname: "NodeInhibitor", severity: "none", node });

/** Everything that says that a node is gone, and what it leaves behind. */
const dead = (node: string) => [
  twoSigns(node),
  exporter(node),
  kubelet(node),
  cadvisor(node),
  ...Array.from({ length: 30 }, (_, at) => pod(node, `pod-${at}`)),
  crashing(node),
];

/** What is sent to somebody. The alert of two signs is not muted: its route leads to nobody. */
const sent = (...given: Parameters<typeof told>) =>
  told(...given).filter((one) => routeFor(given[0], one).receiver !== "nowhere");

describe("inhibition", () => {
  it("leaves one InstanceDown of a dead node, and NodeNotReady once the cluster knows", () => {
    assert.deepEqual(sent(config, dead("a")), [exporter("a")]);
    assert.deepEqual(sent(config, [...dead("a"), notReady("a")]), [exporter("a"), notReady("a")]);
  });

  it("leaves the kubelet's where there is no node exporter", () => {
    const without = dead("a").filter((one) => one !== exporter("a") && one.app_kubernetes_io_name === undefined);
    assert.deepEqual(sent(config, without), [kubelet("a")]);
  });

  it("leaves one of each node where several die, and all of a node that lives", () => {
    const alive = [pod("c", "other"), crashing("c")];
    assert.deepEqual(sent(config, [...dead("a"), ...dead("b"), ...alive]), [exporter("a"), exporter("b"), ...alive]);
  });

  it("mutes nothing of another cluster", () => {
    const elsewhere = { ...pod("a", "x"), cluster: "other" };
    assert.deepEqual(mutedBy(config, elsewhere, dead("a")), []);
  });

  it("mutes nothing on a node of which one sign alone is seen", () => {
    const memory: Labels = { ...base, alertname: "NodeMemoryLow", severity: "warning", node: "a", instance: "a:9100" };
    const others = [pod("a", "x"), crashing("a"), memory];
    for (const sign of [exporter("a"), kubelet("a"), notReady("a")])
      assert.deepEqual(sent(config, [sign, ...others]), [sign, ...others], JSON.stringify(sign));
  });

  it("mutes no alert about the node itself, and nothing critical or of an unknown severity but its pods' InstanceDown", () => {
    const on = (alertname: string, severity: string): Labels => ({ ...base, alertname, severity, node: "a", pod: "b" });
    const told = [
      on("NodeMemoryLow", "warning"),
      ...["etcdNoLeader", "PostgresDown", "CoreDNSDown"].map((name) => on(name, "critical")),
      ...["page", "none", ""].map((severity) => on("Other", severity)),
    ];
    const muted = [on("Slow", "warning"), on("Odd", "info"), pod("a", "x"), crashing("a")];
    assert.deepEqual(sent(config, [twoSigns("a"), ...told, ...muted]), told);
  });

  it("mutes nothing besides the kubelets while all of their scrapes are refused and the nodes are fine", () => {
    const jobDown: Labels = { ...base, alertname: "JobDown", severity: "critical", job: "kubernetes-nodes" };
    const others = ["a", "b"].flatMap((node) => [pod(node, "x"), crashing(node)]);
    const firing = [jobDown, kubelet("a"), kubelet("b"), ...others];
    assert.deepEqual(sent(config, firing), [jobDown, ...others]);
  });

  it("takes no alert without a node for one of the same node", () => {
    const nowhere = { ...pod("a", "x"), node: "" };
    assert.deepEqual(sent(config, [twoSigns(""), nowhere]), [nowhere]);
  });

  it("leaves one alert of a job all of whose targets are down", () => {
    const jobDown: Labels = { ...base, alertname: "JobDown", severity: "critical", job: "kubernetes-pods" };
    const firing = [jobDown, ...Array.from({ length: 100 }, (_, at) => pod(`node-${at}`, `pod-${at}`)), exporter("a")];
    assert.deepEqual(told(config, firing), [jobDown, exporter("a")]);
  });

  it("lets a critical alert mute the warning of the same thing, and of nothing else", () => {
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
    const named = /are on neither: ([^.]*)\./.exec(page)?.[1] ?? "";
    const { equal } = config.inhibit_rules!.find(({ name }) => name === "critical-over-warning")!;
    assert.deepEqual(
      [...named.matchAll(/`(\w+)`/g)].map(([, label]) => label),
      equal,
    );
  });

  it("lets a disk that is almost full mute that it fills up, and not another disk", () => {
    const disk = (alertname: string, severity: string, mountpoint: string): Labels => ({
      ...{ ...base, alertname, severity, mountpoint },
      ...{ node: "a", instance: "a:9100", device: "/dev/vda1" },
    });
    const full = disk("NodeDiskAlmostFull", "critical", "/");
    const other = disk("NodeDiskFilling", "warning", "/data");
    assert.deepEqual(told(config, [full, disk("NodeDiskFilling", "warning", "/"), other]), [full, other]);
  });

  it("withholds the sign of life while Slack takes no messages, and for no other receiver's sake", () => {
    const watchdog: Labels = { ...base, alertname: "Watchdog", severity: "none", beat: "7" };
    const failing = (integration: string): Labels => ({
      ...{ ...base, alertname: "NotificationsFailing", severity: "critical" },
      ...{ integration, reason: "clientError" },
    });
    assert.deepEqual(told(config, [failing("slack"), watchdog]), [failing("slack")]);
    assert.deepEqual(told(config, [failing("webhook"), watchdog]), [failing("webhook"), watchdog]);
  });

  it("never mutes a drill, nor the sign of life for another reason", () => {
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

  it("lets no alert that was made less severe mute what is worse, which may be all that is told", () => {
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

  it("lets no alert that was made critical be muted by one of another name", () => {
    const disk = { ...base, severity: "critical", node: "a", instance: "a:9100", mountpoint: "/" };
    const firing = ["NodeDiskAlmostFull", "NodeDiskFilling"].map((alertname) => ({ ...disk, alertname }));
    assert.deepEqual(told(config, firing), firing);
  });

  it("mutes as before where an alert is set to the severity that it has, or another one is changed", () => {
    const alerts = {
      JobDown: { severity: "critical" },
      NodeCpuHigh: { severity: "info" },
      InstanceDown: { for: "2m" },
    };
    assert.deepEqual(built({ rules: { alerts } }).inhibit_rules, config.inhibit_rules);
  });

  it("withholds the sign of life however severe it is that Slack takes no messages", () => {
    const { inhibit_rules: rules } = built({ rules: { alerts: { NotificationsFailing: { severity: "info" } } } });
    assert.deepEqual(rules, config.inhibit_rules);
  });

  it("has no alert on both sides of a rule, because such a source would mute nothing", () => {
    const every = [...dead("a"), notReady("a"), crashing("a"), ...alertPairs().map((pair) => pair.targetLabels)];
    for (const rule of config.inhibit_rules!) {
      for (const one of every) assert.ok(!isOnBothSides(rule, one), `${rule.name} ${one.alertname}`);
    }
  });

  it("adds the user's rules to ours, after them", () => {
    const own: InhibitRule = { source_matchers: ["a=b"], target_matchers: ["c=d"], equal: ["e"] };
    const { inhibit_rules: rules } = built({ alertmanager: { inhibitRules: [own] } });
    assert.deepEqual(rules, [...config.inhibit_rules!, own]);
  });

  it("has a name for each rule, which Alertmanager's traces show, and each name once", () => {
    const names = config.inhibit_rules!.map(({ name }) => name);
    assert.ok(names.every(Boolean));
    assert.equal(new Set(names).size, names.length);
  });

  it("is told rule by rule in docs/routing.md, and no other is", () => {
    const page = readFileSync(join(__dirname, "../../..", "docs", "routing.md"), "utf8");
    const rows = [...page.matchAll(/^\| `([-a-z]+)` \|/gm)].map(([, name]) => name);
    assert.deepEqual(
      rows,
      config.inhibit_rules!.map(({ name }) => name),
    );
  });

  it("mutes a critical alert by one of its own name only, but InstanceDown by what says the same of many", () => {
    const critical = alertPairs().filter(({ target }) => !/warning|info|none/.test(target.labels["severity"]!));
    const muted = critical.filter((pair) => isMuted(pair, config.inhibit_rules!));
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

  it("is told alert by alert in docs/routing.md, as npm run docs writes it", () => {
    const page = readFileSync(join(__dirname, "../../..", "docs", "routing.md"), "utf8");
    assert.equal(withMuting(page), page);
  });
});
