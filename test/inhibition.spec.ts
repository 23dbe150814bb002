import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { InhibitRule } from "../alertmanager/config";
import { alertmanagerArgs, alertmanagerConfig } from "../components/alertmanagerConfig";
import { isOnBothSides, type Labels, mutedBy, told } from "./alertmanager-answers";
import { settings, type Values } from "./settings";

const built = (values: Values = {}) => alertmanagerConfig(alertmanagerArgs(settings(values)));
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

/** Everything that says that a node is gone, and what it leaves behind. */
const dead = (node: string) => [
  exporter(node),
  kubelet(node),
  cadvisor(node),
  ...Array.from({ length: 30 }, (_, at) => pod(node, `pod-${at}`)),
  crashing(node),
];

describe("inhibition", () => {
  it("leaves one InstanceDown of a dead node, and NodeNotReady once the cluster knows", () => {
    assert.deepEqual(told(config, dead("a")), [exporter("a")]);
    assert.deepEqual(told(config, [...dead("a"), notReady("a")]), [exporter("a"), notReady("a")]);
  });

  it("leaves the kubelet's where there is no node exporter", () => {
    const without = dead("a").filter((one) => one !== exporter("a") && one.app_kubernetes_io_name === undefined);
    assert.deepEqual(told(config, without), [kubelet("a")]);
  });

  it("leaves one of each node where several die, and all of a node that lives", () => {
    const alive = [pod("c", "other"), crashing("c")];
    assert.deepEqual(told(config, [...dead("a"), ...dead("b"), ...alive]), [exporter("a"), exporter("b"), ...alive]);
  });

  it("mutes nothing of another cluster", () => {
    const elsewhere = { ...pod("a", "x"), cluster: "other" };
    assert.deepEqual(mutedBy(config, elsewhere, dead("a")), []);
  });

  it("mutes no pod because of a node exporter that is down by itself", () => {
    const alone = [exporter("a"), pod("a", "x"), crashing("a")];
    assert.deepEqual(told(config, alone), alone);
  });

  it("mutes pods of a node that is not ready though its kubelet answers, and no alert about the node itself", () => {
    const memory: Labels = { ...base, alertname: "NodeMemoryLow", severity: "warning", node: "a", instance: "a:9100" };
    const firing = [notReady("a"), pod("a", "x"), crashing("a"), memory];
    assert.deepEqual(told(config, firing), [notReady("a"), memory]);
  });

  it("takes no alert without a node for one of the same node", () => {
    const nowhere = { ...pod("a", "x"), node: "" };
    const source = { ...kubelet("a"), node: "" };
    assert.deepEqual(told(config, [source, notReady(""), nowhere]), [source, notReady(""), nowhere]);
  });

  it("leaves one alert of a job all of whose targets are down", () => {
    const jobDown: Labels = { ...base, alertname: "JobDown", severity: "critical", job: "kubernetes-pods" };
    const firing = [jobDown, ...Array.from({ length: 500 }, (_, at) => pod(`node-${at}`, `pod-${at}`)), exporter("a")];
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
    const page = readFileSync(join(__dirname, "..", "docs", "routing.md"), "utf8");
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
    const warned = { ...notReady("a"), severity: "warning" };
    assert.deepEqual(told(lowered("warning", "NodeNotReady"), [warned, down, crashing("a")]), [warned, down]);
    const informed = dead("a").map((one) => (one["alertname"] === "InstanceDown" ? { ...one, severity: "info" } : one));
    assert.deepEqual(told(lowered("info", "InstanceDown"), informed), [informed[0], crashing("a")]);
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
    const every = [...dead("a"), notReady("a"), crashing("a")];
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
    const page = readFileSync(join(__dirname, "..", "docs", "routing.md"), "utf8");
    const rows = [...page.matchAll(/^\| `([-a-z]+)` \|/gm)].map(([, name]) => name);
    assert.deepEqual(
      rows,
      config.inhibit_rules!.map(({ name }) => name),
    );
  });
});
