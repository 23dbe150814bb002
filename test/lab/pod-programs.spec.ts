import assert from "node:assert/strict";
import { parse } from "yaml";
import { flagValue, withFlag } from "../../lab/nodes/arguments";
import { backOffMs } from "../../lab/nodes/container-run";
import { containerStatuses, playedStatus } from "../../lab/nodes/container-statuses";
import { knownProgram, launchOf } from "../../lab/nodes/known-programs";
import { containerEnvironment, expand } from "../../lab/nodes/pod-environment";
import { podStatus } from "../../lab/nodes/pod-status";
import { rewritePathsOnly, rewritePrometheusConfig } from "../../lab/nodes/config-file-changes";

const toHost = (path: string) => path.replace(/^\/etc\//, "/pod/").replace(/^\/var\//, "/pod/var/");
const rewriting = { toHost, kubeconfigFile: "/pod/kubeconfig", proxyUrl: "http://127.0.0.1:1" };

describe("the programs that stand for pods on the lab's nodes", () => {
  describe("prometheus.yml", () => {
    const text = `
scrape_configs:
  - job_name: nodes
    metrics_path: /etc/metrics # not a file
    authorization: { credentials_file: /var/run/token }
    kubernetes_sd_configs:
      - role: node
      - { role: pod, api_server: https://other.example }
    relabel_configs:
      - { action: keep, regex: true, source_labels: [a] }
      - { action: keep, regex: "9093", source_labels: [b], replacement: /etc/x }
  - job_name: proxied
    proxy_url: http://proxy.example
rule_files: [/etc/config/rules.yml, relative.yml]
alerting:
  alertmanagers: [{ kubernetes_sd_configs: [{ role: pod }] }]
`;
    const rewritten = rewritePrometheusConfig(text, rewriting);

    it("is changed only in its paths, its kubeconfig and its proxies", () => {
      const wanted = parse(text) as {
        scrape_configs: [Record<string, unknown>];
        rule_files: string[];
        alerting: unknown;
      };
      Object.assign(wanted.scrape_configs[0], {
        authorization: { credentials_file: "/pod/var/run/token" },
        kubernetes_sd_configs: [
          { role: "node", kubeconfig_file: "/pod/kubeconfig" },
          { role: "pod", api_server: "https://other.example" },
        ],
        proxy_url: "http://127.0.0.1:1",
      });
      wanted.rule_files[0] = "/pod/config/rules.yml";
      wanted.alerting = {
        alertmanagers: [
          {
            kubernetes_sd_configs: [{ role: "pod", kubeconfig_file: "/pod/kubeconfig" }],
            proxy_url: "http://127.0.0.1:1",
          },
        ],
      };
      assert.deepEqual(parse(rewritten), wanted);
    });

    it("keeps its values as they were written", () => {
      assert.match(rewritten, /regex: true/);
      assert.match(rewritten, /regex: "9093"/);
      assert.match(rewritten, /# not a file/);
    });

    it("is passed on unchanged if there is nothing to change or it is not a YAML mapping", () => {
      for (const same of ["global:   {}\n", "rule_files: [\n", "just text", ""]) {
        assert.equal(rewritePrometheusConfig(same, rewriting), same);
      }
    });
  });

  it("are given an alertmanager.yml that is changed only in its paths", () => {
    const text = `
global: { slack_api_url_file: /etc/slack/url }
templates: ["/etc/alertmanager/*.tmpl"]
route: { receiver: slack }
receivers: [{ name: slack, slack_configs: [{ channel: "#monitoring", title_link: /etc/x }] }]
`;
    assert.deepEqual(parse(rewritePathsOnly(text, rewriting)), {
      global: { slack_api_url_file: "/pod/slack/url" },
      templates: ["/pod/alertmanager/*.tmpl"],
      route: { receiver: "slack" },
      receivers: [{ name: "slack", slack_configs: [{ channel: "#monitoring", title_link: "/etc/x" }] }],
    });
  });

  describe("program arguments", () => {
    it("are found in both notations, and the last occurrence counts", () => {
      assert.equal(flagValue(["--a=1", "--a", "2"], "--a"), "2");
      assert.equal(flagValue(["--ab=1"], "--a"), undefined);
    });

    it("are replaced where they are, or added", () => {
      assert.deepEqual(withFlag(["--a=1", "--b", "--a", "2"], "--a", "3"), ["--a=3", "--b"]);
      assert.deepEqual(withFlag(["--b"], "--a", "3"), ["--b", "--a=3"]);
    });

    const launch = (image: string, args: string[]) => {
      const known = knownProgram(image);
      assert.ok(known, `${image} should be known`);
      return launchOf(known, args, {
        mounts: [{ mountPath: "/etc/config", source: "/pod/config" }],
        kubeconfigFile: "/pod/kubeconfig",
        localPort: (port) => Promise.resolve(port + 10_000),
      });
    };

    it("for Prometheus contain the local port and the local paths", async () => {
      const { args, ports } = await launch("quay.io/prometheus/prometheus:v3.14.0", [
        "--config.file=/etc/config/prometheus.yml",
        "--web.enable-lifecycle",
      ]);
      assert.deepEqual(args, [
        "--config.file=/pod/config/prometheus.yml",
        "--web.enable-lifecycle",
        "--web.listen-address=127.0.0.1:19090",
      ]);
      assert.deepEqual([...ports], [[9090, 19090]]);
    });

    it("for node_exporter contain the given port", async () => {
      const { args } = await launch("mirror.example:5000/prometheus/node-exporter@sha256:0123", [
        "--web.listen-address=[0.0.0.0]:9101",
      ]);
      assert.deepEqual(args, ["--web.listen-address=127.0.0.1:19101"]);
    });

    it("for kube-state-metrics contain both ports, a loopback address and the kubeconfig", async () => {
      const { args, ports } = await launch("registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.20.0", [
        "--port=8080",
      ]);
      assert.deepEqual(args, [
        "--port=18080",
        "--host=127.0.0.1",
        "--telemetry-port=18081",
        "--telemetry-host=127.0.0.1",
        "--kubeconfig=/pod/kubeconfig",
      ]);
      assert.deepEqual([...ports.keys()], [8080, 8081]);
    });

    it("for Alertmanager keep gossip disabled if it is disabled", async () => {
      const { args } = await launch("quay.io/prometheus/alertmanager:v0.34.0", ["--cluster.listen-address="]);
      assert.deepEqual(args, ["--cluster.listen-address=", "--web.listen-address=127.0.0.1:19093"]);
    });

    it("are not changed if the image is unknown", () => {
      assert.equal(knownProgram("quay.io/prometheus-operator/prometheus-config-reloader:v0.93.1"), undefined);
      assert.equal(knownProgram("example/constructor"), undefined);
    });
  });

  it("have variables from values, fields and Secrets, which later variables may use", () => {
    const environment = containerEnvironment(
      {
        name: "c",
        env: [
          { name: "IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
          { name: "URL", value: "http://$(IP):$$(PORT)/$(UNKNOWN)" },
          { name: "KEY", valueFrom: { secretKeyRef: { name: "s", key: "k" } } },
          { name: "NONE", valueFrom: { configMapKeyRef: { name: "m", key: "k", optional: true } } },
        ],
      },
      {
        pod: {},
        podIP: "10.244.1.2",
        hostIP: "10.0.2.11",
        configMap: () => undefined,
        secret: () => ({ k: "value" }),
      },
    );
    assert.deepEqual(environment, { IP: "10.244.1.2", URL: "http://10.244.1.2:$(PORT)/$(UNKNOWN)", KEY: "value" });
    assert.equal(expand("[$(IP)]:9100", environment), "[10.244.1.2]:9100");
  });

  describe("the status of a pod", () => {
    const at = new Date(0);
    const container = playedStatus({ name: "c" }, "ns/pod", false, at);
    const facts = { podIP: "10.244.1.2", hostIP: "10.0.2.11", startTime: at, set: true, initContainers: [] };
    const condition = (status: ReturnType<typeof podStatus>, type: string) =>
      status.conditions?.find((candidate) => candidate.type === type);

    it("is `Running` and ready if the containers are running and ready", () => {
      const status = podStatus({}, { ...facts, containers: [container] }, [], at);
      assert.equal(status.phase, "Running");
      assert.equal(condition(status, "Ready")?.status, "True");
    });

    it("names the containers that are not ready, and keeps the times of unchanged conditions", () => {
      const before = podStatus({}, { ...facts, containers: [container] }, [], at);
      const crashed = {
        ...container,
        ready: false,
        state: { waiting: { reason: "CrashLoopBackOff" } },
      };
      const now = new Date(1000);
      const after = podStatus({}, { ...facts, containers: [crashed] }, before.conditions ?? [], now);
      assert.equal(after.phase, "Running");
      assert.equal(condition(after, "Ready")?.message, "containers with unready status: [c]");
      assert.equal(condition(after, "Ready")?.lastTransitionTime, now);
      assert.equal(condition(after, "Initialized")?.lastTransitionTime, at);
    });

    it("is `Pending` while volumes are missing", () => {
      const waiting = { ...container, ready: false, state: { waiting: { reason: "ContainerCreating" } } };
      assert.equal(podStatus({}, { ...facts, set: false, containers: [waiting] }, [], at).phase, "Pending");
    });

    it("includes each container, whether the container is a process or not", () => {
      const run = { container: { name: "server" }, status: () => ({ ...container, name: "server" }) };
      const pod = {
        spec: { containers: [{ name: "server" }, { name: "sidecar" }], initContainers: [{ name: "init" }] },
      };
      const state = { podName: "ns/pod", set: true, ending: false, since: at };
      const both = containerStatuses(pod, [run], state);
      assert.deepEqual(
        [...both.containers, ...both.initContainers].map(({ name, state: is }) => [name, Object.keys(is ?? {})[0]]),
        [
          ["server", "running"],
          ["sidecar", "running"],
          ["init", "terminated"],
        ],
      );
      const waiting = containerStatuses(pod, [run], { ...state, set: false });
      assert.equal(waiting.containers[1]?.state?.waiting?.reason, "ContainerCreating");
      assert.deepEqual(waiting.initContainers, []);
    });

    it("is `Succeeded` if the pod is meant to end and has ended", () => {
      const pod = { spec: { restartPolicy: "Never", containers: [] } };
      const ended = playedStatus({ name: "c" }, "ns/pod", true, at);
      assert.equal(podStatus(pod, { ...facts, containers: [ended] }, [], at).phase, "Succeeded");
    });
  });

  it("are restarted after ever longer waits, at most 5 minutes, if they keep failing", () => {
    assert.deepEqual(
      [1, 2, 3, 4, 20].map((failures) => backOffMs(failures) / 1000),
      [0, 10, 20, 40, 300],
    );
  });
});
