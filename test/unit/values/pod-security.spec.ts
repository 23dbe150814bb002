import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { namespaceSecurity } from "../../../conventions/namespace-security";
import { PrometheusRole } from "../../../components/prometheus-role";
import { prometheusValues } from "../../../values/prometheus-values";
import { releaseValues } from "../../../values/release-values";
import { rightsToScrape } from "../../../values/scrape-rights";
import type { ChartValues } from "../../../chart/values";
import { podSecurityVersion } from "../../../versions";
import { record, settled } from "../../support/mocks";
import { configuration, faultLines, lines, settings } from "../../support/settings";

const made = prometheusValues(settings());
const node = made["prometheus-node-exporter"];
const [server, alertmanager] = [made.server, made.alertmanager];
const [stateMetrics, pushgateway] = [made["kube-state-metrics"], made["prometheus-pushgateway"]];

/** Each pod of the chart, with the security contexts of the pod and of its container. */
const pods = {
  Prometheus: { pod: server.securityContext, container: server.containerSecurityContext },
  Alertmanager: { pod: alertmanager.podSecurityContext, container: alertmanager.securityContext },
  "kube-state-metrics": { pod: stateMetrics.securityContext, container: stateMetrics.containerSecurityContext },
  Pushgateway: { pod: pushgateway.securityContext, container: pushgateway.containerSecurityContext },
  "node-exporter": { pod: node.securityContext, container: node.containerSecurityContext },
};

describe("the pods' permissions:", () => {
  for (const [name, { pod, container }] of Object.entries(pods)) {
    it(`${name} is not root, and has the runtime's seccomp filter`, () => {
      assert.equal(pod.runAsNonRoot, true);
      assert.ok(pod.runAsUser > 0 && pod.runAsGroup > 0);
      assert.deepEqual(pod.seccompProfile, { type: "RuntimeDefault" });
    });

    it(`${name} cannot write to its root file system`, () => {
      assert.equal(container.readOnlyRootFilesystem, true);
    });

    it(`${name} cannot gain privileges, and drops all capabilities`, () => {
      assert.equal(container.allowPrivilegeEscalation, false);
      assert.deepEqual(container.capabilities.drop, ["ALL"]);
      assert.ok(!("privileged" in container));
    });
  }

  it("only node-exporter adds a capability: container runtimes require this capability to read the clock's state", () => {
    const added = Object.entries(pods).flatMap(([name, { container }]) =>
      "add" in container.capabilities ? [[name, container.capabilities.add]] : [],
    );
    assert.deepEqual(added, [["node-exporter", ["SYS_TIME"]]]);
  });

  it("node-exporter is not in its node's process namespace", () => assert.equal(node.hostPID, false));

  it("node-exporter has a separate user, so that it cannot read files of other processes", () => {
    const others = [server.securityContext, alertmanager.podSecurityContext, pushgateway.securityContext];
    assert.ok(others.every(({ runAsUser }) => runAsUser !== node.securityContext.runAsUser));
    assert.ok(others.every(({ runAsGroup }) => runAsGroup !== node.securityContext.runAsGroup));
  });

  it("node-exporter is in a separate namespace", () => {
    assert.equal(node.namespaceOverride, "monitoring-nodes");
    assert.ok(!JSON.stringify({ ...made, "prometheus-node-exporter": {} }).includes("monitoring-nodes"));
  });

  it("Alertmanager has no API token", () => assert.equal(alertmanager.automountServiceAccountToken, false));
  it("Pushgateway has no API token", () => assert.equal(pushgateway.automountServiceAccountToken, false));
  it("node-exporter has no API token", () => {
    assert.equal(node.serviceAccount.automountServiceAccountToken, false);
  });

  it("Prometheus gets no environment variables about other Services", () =>
    assert.equal(server.enableServiceLinks, false));
  it("Alertmanager gets no environment variables about other Services", () => {
    assert.equal(alertmanager.extraPodConfigs.enableServiceLinks, false);
  });

  it("kube-state-metrics reads neither ConfigMaps nor Secrets", () => {
    assert.deepEqual(stateMetrics.collectorsExclude, ["configmaps", "secrets"]);
  });

  it("no built-in rule uses kube-state-metrics' metrics about ConfigMaps or Secrets", () => {
    const folder = join(__dirname, "../../../alerts/rules");
    const files = readdirSync(folder).filter((file) => file.endsWith(".yaml"));
    assert.ok(files.length > 3);
    for (const file of files) assert.doesNotMatch(readFileSync(join(folder, file), "utf8"), /kube_(secret|configmap)_/);
  });
});

describe("the API permissions of Prometheus", () => {
  const rights = (values: Pick<ChartValues, "scrapeConfigs"> = made) => rightsToScrape(values);
  const resources = (values?: Parameters<typeof rights>[0]) => rights(values).flatMap((right) => right.resources ?? []);

  it("allow finding nodes, Services, endpoints and pods, and reading metrics", () => {
    assert.deepEqual(resources().sort(), ["endpointslices", "nodes", "nodes/metrics", "pods", "services"]);
    assert.deepEqual(
      rights().flatMap((right) => right.nonResourceURLs ?? []),
      ["/metrics"],
    );
  });

  it("include no ConfigMaps, no Secrets, no kubelet proxy, and no wildcards", () => {
    for (const one of ["configmaps", "secrets", "nodes/proxy", "*"]) assert.ok(!resources().includes(one), one);
    const verbs = new Set(rights().flatMap((right) => right.verbs));
    assert.deepEqual([...verbs].sort(), ["get", "list", "watch"]);
  });

  it("come from the program's role: the chart creates none", () => assert.deepEqual(made.rbac, { create: false }));

  const job = (discovery: object, more: object = {}) =>
    ({ scrapeConfigs: { mine: { kubernetes_sd_configs: [discovery], ...more } } }) as ChartValues;
  const further: [title: string, values: ChartValues, resource: string][] = [
    ["ingresses", job({ role: "ingress" }), "ingresses"],
    ["endpoints", job({ role: "endpoints" }), "endpoints"],
    ["namespaces' labels", job({ role: "pod", attach_metadata: { namespace: true } }), "namespaces"],
    ["pods' Deployments", job({ role: "pod", attach_metadata: { deployment: true } }), "replicasets"],
  ];
  for (const [title, values, resource] of further) {
    it(`are extended for a custom job that discovers ${title}`, () => {
      assert.deepEqual(
        resources(values).filter((one) => !resources().includes(one)),
        [resource],
      );
    });
  }

  it("are not extended for a disabled job, or for a job that attaches nothing", () => {
    assert.deepEqual(resources(job({ role: "ingress" }, { enabled: false })), resources());
    assert.deepEqual(resources(job({ role: "pod", attach_metadata: { namespace: false } })), resources());
  });
});

describe("the service account of Prometheus' role", () => {
  const bound = async (server: object) => {
    const recorder = await record();
    const values: ChartValues = { ...made, serviceAccounts: { server } };
    new PrometheusRole("role", { namespace: "monitoring", values, labels: {} });
    await settled();
    return recorder.one(":ClusterRoleBinding").inputs.subjects;
  };
  const rows: [title: string, server: object, name: string][] = [
    ["is the chart's account", {}, "prometheus-server"],
    ["is the account that the values name", { name: "other" }, "other"],
    ["is an existing account", { create: false, name: "other" }, "other"],
    ["is the namespace's default account if none is created and none is named", { create: false }, "default"],
  ];
  for (const [title, server, name] of rows) {
    it(title, async () => {
      assert.deepEqual(await bound(server), [{ kind: "ServiceAccount", name, namespace: "monitoring" }]);
    });
  }

  const refused: [values: object, line: RegExp][] = [
    [{ rbac: { create: true } }, /^alerting:values\.rbac\.create: .*reads every ConfigMap/],
    [{ server: { automountServiceAccountToken: false } }, /without its token Prometheus would find no target/],
    [{ serviceAccounts: { server: { automountServiceAccountToken: false } } }, /Prometheus would find no target/],
  ];
  for (const [values, line] of refused) {
    it(`keeps its token and the program's role despite an override: ${JSON.stringify(values)}`, () => {
      const told = lines(releaseValues(configuration({ values }).settings, []).faults);
      assert.equal(told.length, 1, told.join("\n"));
      assert.match(told[0]!, line);
    });
  }
});

describe("alerting:podSecurity", () => {
  it('is "required" by default: pods above the level "restricted" are refused, audited and warned of, in a fixed version', () => {
    assert.equal(settings().podSecurity, "required");
    assert.deepEqual(namespaceSecurity("required"), {
      "pod-security.kubernetes.io/enforce": "restricted",
      "pod-security.kubernetes.io/enforce-version": podSecurityVersion,
      "pod-security.kubernetes.io/audit": "restricted",
      "pod-security.kubernetes.io/audit-version": podSecurityVersion,
      "pod-security.kubernetes.io/warn": "restricted",
      "pod-security.kubernetes.io/warn-version": podSecurityVersion,
    });
    assert.match(podSecurityVersion, /^v1\.\d+$/);
  });

  it('still audits and warns if it is "unenforced"', () => {
    const modes = Object.keys(namespaceSecurity("unenforced")).filter((key) => !key.endsWith("-version"));
    assert.deepEqual(modes, ["pod-security.kubernetes.io/audit", "pod-security.kubernetes.io/warn"]);
  });

  it("accepts only two values", () => {
    assert.match(faultLines({ podSecurity: "off" }).join(), /^alerting:podSecurity: got "off"; accepted: .*unenforced/);
  });

  it("requires a namespace name short enough for the second namespace's suffix", () => {
    assert.deepEqual(faultLines({ namespace: "n".repeat(57) }), []);
    assert.match(faultLines({ namespace: "n".repeat(58) }).join(), /^alerting:namespace: got "n+"; .*at most 57/);
  });
});
