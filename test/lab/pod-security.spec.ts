import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { AuthorizationV1Api, CoreV1Api, SchedulingV1Api, type V1ResourceAttributes } from "@kubernetes/client-node";
import { within } from "../../lookup/cluster/api-responses";
import { defaultPriorityClass } from "../../conventions/cluster-names";
import { readPodSecurity } from "../../lookup/cluster/pod-security";
import { namespaceSecurity, nodesNamespaceSecurity } from "../../conventions/namespace-security";
import { PrometheusRole } from "../../components/prometheus-role";
import { prometheusValues } from "../../values/prometheus-values";
import { clientConfig } from "../../lab/control-plane/client";
import { startControlPlane } from "../../lab/control-plane/start";
import type { ControlPlane } from "../../lab/control-plane/start";
import { findPrograms } from "../../lab/programs/find";
import { record, settled } from "../support/mocks";
import { settings } from "../support/settings";
import { ask } from "../support/lab/api-requests";
import { at, findHelm, type Objects, render, text, type Yaml } from "../support/lab/helm";

const NAMES = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"] as const;
const workloads = /^(Deployment|StatefulSet|DaemonSet)\//;

/** These tests send the program's objects to a real API server. No pod runs. */
describe("the API server, asked about pod security and access", function () {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "pod-security-"));
  let cluster: ControlPlane;
  let lax: ControlPlane;
  let made: Objects;
  const pod = (name: string) => {
    const [, object] = [...made].find(([key]) => workloads.test(key) && key.endsWith(name))!;
    return { namespace: text(object, "metadata", "namespace"), spec: at(object, "spec", "template", "spec") };
  };
  const api = () => clientConfig(cluster.kubeconfigPath);

  before(async function () {
    this.timeout(30 * 60_000); // The programs may have to be built first.
    const helm = (await findHelm()) ?? this.skip();
    const programs = await findPrograms(NAMES, () => undefined);
    const start = (name: string, disabledAdmissionPlugins?: string[]) =>
      startControlPlane({
        programs,
        directory: path.join(directory, name),
        say: () => undefined,
        disabledAdmissionPlugins,
      });
    [cluster, lax] = await Promise.all([start("usual"), start("lax", ["PodSecurity"])]);
    const values = prometheusValues(settings());
    made = await render(helm, values);
    const core = api().makeApiClient(CoreV1Api);
    await core.createNamespace({ body: { metadata: { name: "monitoring", labels: namespaceSecurity("required") } } });
    await core.createNamespace({ body: { metadata: { name: "monitoring-nodes", labels: nodesNamespaceSecurity } } });
    await api()
      .makeApiClient(SchedulingV1Api)
      .createPriorityClass({ body: { metadata: { name: defaultPriorityClass }, value: 1_000_000 } });
    const accounts = [...made].filter(([key]) => key.startsWith("ServiceAccount/")).map(([, object]) => object);
    const ofStateMetrics = [...made]
      .filter(([key]) => /^ClusterRole(Binding)?\//.test(key))
      .map(([, object]) => object);
    for (const object of [...accounts, ...ofStateMetrics, ...(await ownRole(values))]) await create(object);
  });

  after(async () => {
    await Promise.all([cluster?.stop(), lax?.stop()]);
    fs.rmSync(directory, { recursive: true, force: true });
  });

  /** Creates an object, or asks the API server for a dry run of the creation. */
  const create = async (object: Yaml, dryRun = false) => {
    const collection = `${text(object, "kind").toLowerCase()}s`;
    const [version, namespace] = [text(object, "apiVersion"), at(object, "metadata", "namespace")];
    const scope = typeof namespace === "string" ? `/namespaces/${namespace}` : "";
    const root = version.includes("/") ? "/apis" : "/api";
    return ask(api(), "POST", `${root}/${version}${scope}/${collection}${dryRun ? "?dryRun=All" : ""}`, object);
  };

  const createPod = ({ namespace, spec }: ReturnType<typeof pod>, changes: object = {}) => {
    // A StatefulSet's volume claim becomes a volume of its pod.
    const claim = { name: "storage", persistentVolumeClaim: { claimName: "storage" } };
    const volumes = [...((at(spec, "volumes") ?? []) as { name: string }[]), claim].filter(
      ({ name }, index, all) => all.findIndex((one) => one.name === name) === index,
    );
    return create(
      {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "asked", namespace },
        spec: { ...(spec as object), volumes, ...changes } as Yaml,
      },
      true,
    );
  };

  it("accepts every workload without a warning", async () => {
    const found = [...made].filter(([key]) => workloads.test(key));
    assert.equal(found.length, 5);
    for (const [key, object] of found) {
      const { status, warnings } = await create(object, true);
      assert.deepEqual([status, warnings], [201, []], key);
    }
  });

  it("accepts every pod under its namespace's security level", async () => {
    for (const [key] of [...made].filter(([key]) => workloads.test(key))) {
      const { status, warnings, body } = await createPod(pod(key));
      assert.deepEqual([status, warnings], [201, []], `${key}: ${body}`);
    }
  });

  const context = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };
  const container = (securityContext: object) => ({
    containers: [{ name: "c", image: "i", securityContext: { ...context, ...securityContext } }],
  });
  const refused: [title: string, changes: object, why: RegExp][] = [
    ["that is privileged", container({ allowPrivilegeEscalation: true, privileged: true }), /privileged \(container/],
    ["on the host's network", { hostNetwork: true, ...container({}) }, /hostNetwork=true/],
    ["in the host's process namespace", { hostPID: true }, /hostPID=true/],
    [
      "that mounts the host's files",
      { volumes: [{ name: "host", hostPath: { path: "/" } }], ...container({}) },
      /restricted volume type/,
    ],
    ["as root", container({ runAsUser: 0, runAsNonRoot: false }), /runAsNonRoot != true/],
    ["that keeps its capabilities", container({ capabilities: {} }), /unrestricted capabilities/],
    [
      "without a system call filter",
      { securityContext: { runAsNonRoot: true, runAsUser: 1 } },
      /seccompProfile \(pod or container/,
    ],
  ];
  for (const [title, changes, why] of refused) {
    it(`refuses a pod ${title} beside Prometheus`, async () => {
      const { status, body } = await createPod(pod("prometheus-server"), changes);
      assert.equal(status, 403, body);
      assert.match(body, /violates PodSecurity \\"restricted:v1\.\d+\\"/);
      assert.match(body, why);
    });
  }

  const may = async (account: string, resourceAttributes: V1ResourceAttributes | undefined, path?: string) => {
    const body = {
      spec: {
        user: `system:serviceaccount:monitoring:${account}`,
        groups: ["system:serviceaccounts", "system:serviceaccounts:monitoring", "system:authenticated"],
        ...(resourceAttributes && { resourceAttributes }),
        ...(path !== undefined && { nonResourceAttributes: { path, verb: "get" } }),
      },
    };
    return (await api().makeApiClient(AuthorizationV1Api).createSubjectAccessReview({ body })).status?.allowed;
  };
  const reads = async (account: string, resource: string, group = "", subresource?: string) => {
    const verbs = subresource === undefined ? ["get", "list", "watch"] : ["get", "create"];
    const answers = await Promise.all(verbs.map((verb) => may(account, { verb, resource, group, subresource })));
    return verbs.filter((_, index) => answers[index]);
  };

  for (const [whose, account] of [
    ["Prometheus'", "prometheus-server"],
    ["kube-state-metrics'", "prometheus-kube-state-metrics"],
  ] as const) {
    it(`lets ${whose} token read neither Secrets nor ConfigMaps`, async () => {
      assert.deepEqual(await reads(account, "secrets"), []);
      assert.deepEqual(await reads(account, "configmaps"), []);
    });
  }

  it("lets Prometheus' token discover targets and read metrics", async () => {
    const server = "prometheus-server";
    for (const resource of ["nodes", "services", "pods"])
      assert.deepEqual(await reads(server, resource), ["list", "watch"]);
    assert.deepEqual(await reads(server, "endpointslices", "discovery.k8s.io"), ["list", "watch"]);
    assert.deepEqual(await reads(server, "nodes", "", "metrics"), ["get"]);
    assert.equal(await may(server, undefined, "/metrics"), true);
  });

  it("lets Prometheus' token do nothing on nodes or in pods", async () => {
    const server = "prometheus-server";
    assert.deepEqual(await reads(server, "nodes", "", "proxy"), []);
    assert.deepEqual(await reads(server, "pods", "", "exec"), []);
    assert.deepEqual(await reads(server, "pods", "", "log"), []);
    assert.deepEqual(await reads(server, "ingresses", "networking.k8s.io"), []);
    for (const verb of ["create", "update", "patch", "delete"]) {
      assert.equal(await may(server, { verb, resource: "pods", namespace: "monitoring" }), false, verb);
    }
  });

  it("reports whether it enforces a pod security level, and creates nothing to find out", async () => {
    const inTime = <T>(answer: Promise<T>) => within(10_000, answer);
    const facts = [cluster, lax].map((one) =>
      readPodSecurity(clientConfig(one.kubeconfigPath), "monitoring", inTime).then(({ isAdmitting }) => isAdmitting),
    );
    assert.deepEqual(await Promise.all(facts), [true, false]);
    for (const one of [cluster, lax]) {
      const { items } = await clientConfig(one.kubeconfigPath).makeApiClient(CoreV1Api).listNamespace();
      assert.deepEqual(
        items
          .filter(({ metadata }) => metadata?.name?.startsWith("alerting-asks"))
          .map(({ metadata }) => metadata?.name),
        [],
      );
    }
  });
});

/** The role and the binding that the program registers for Prometheus, as objects. */
async function ownRole(values: ReturnType<typeof prometheusValues>): Promise<Yaml[]> {
  const recorder = await record();
  new PrometheusRole("role", { namespace: "monitoring", values, labels: {} });
  await settled();
  return [recorder.one(":ClusterRole"), recorder.one(":ClusterRoleBinding")].map(({ inputs }) => inputs as Yaml);
}
