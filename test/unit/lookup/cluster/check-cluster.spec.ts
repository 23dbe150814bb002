import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { checkCluster } from "../../../../lookup/cluster/check-cluster";
import { readKubeconfig } from "../../../../lookup/cluster/kubeconfig";
import { lookUpCluster } from "../../../../lookup/cluster/cluster-facts";
import { boundSignIn, signIn } from "../../../../lookup/cluster/sign-in";
import { FakeCluster, kubeconfigOf, notFound, withVariable } from "../../../support/fake-cluster";
import { configuration, lines, master, type Values, workerB, workerC } from "../../../support/settings";
import { until } from "../../../support/until";

type Changes = Parameters<typeof FakeCluster.start>[0];

/** Checks a configuration against a fake cluster. Returns the problems as lines, and the cluster's requests. */
async function check(changes: Changes = {}, values: Values = {}) {
  const cluster = await FakeCluster.start(changes);
  try {
    const answer = await checkCluster(configuration({ kubeconfig: cluster.kubeconfig(), ...values }));
    return { ...answer, lines: lines(answer.faults), requests: cluster.requests };
  } finally {
    await cluster.stop();
  }
}

const askOf = (kubeconfig: KubeConfig) => ({
  kubeconfig,
  context: "lab",
  namespace: "monitoring",
  selectors: [],
  makesVolumes: true,
});

describe("the check of the cluster", () => {
  it("finds no problem in a cluster that is ready", async () => {
    const { faults, facts } = await check();
    assert.deepEqual(faults, []);
    assert.deepEqual(
      facts?.nodes.map(({ name }) => name),
      [master, workerB, workerC],
    );
    assert.equal(facts.nodes[0]?.providerId, "aws:///ap-northeast-2a/i-0aaaaaaaaaaaaaaaa");
  });

  it("changes nothing: except for permission reviews and one dry run, it only reads", async () => {
    const { requests } = await check();
    assert.deepEqual([...new Set(requests.filter((asked) => !asked.startsWith("GET ")))].sort(), [
      "POST /api/v1/namespaces?dryRun=All",
      "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
    ]);
  });

  it("asks nothing if the configuration names no context", async () => {
    const { facts, faults, requests } = await check({}, { context: undefined });
    assert.deepEqual([facts, faults, requests], [undefined, [], []]);
  });

  it("reports its problems even if other settings could not be read", async () => {
    const gone = { names: [master, "ip-10-0-9-9"] };
    const { lines: told } = await check({}, { nodes: { masters: gone }, protectData: "yes" });
    assert.equal(told.length, 1);
    assert.match(told[0]!, /^alerting:nodes\.masters\.names: the cluster has no node "ip-10-0-9-9"/);
  });

  it("checks each setting that could be read, in addition to reporting the settings that could not", async () => {
    const noDriver = {
      "GET /apis/storage.k8s.io/v1/csidrivers/efs.csi.aws.com": { status: 404, message: "not found" },
    };
    const broken = {
      namespace: "No",
      nodes: { masters: { names: 7 }, workers: { names: ["ip-10-0-9-9"] } },
      nodeLabel: { key: "" },
      storage: { serverSize: "much" },
      networkPolicies: { apiServerPorts: [0], nodeRanges: ["10.0.0.0/16", "192.0.2.0/24"] },
      priorityClass: "none-such",
    };
    const { lines: told } = await check(noDriver, broken);
    assert.deepEqual(
      told.map((line) => line.split(": ")[0]),
      ["alerting:efsCsiDriver", "alerting:priorityClass", "alerting:nodes.workers.names"],
    );
  });

  it("still reports that the cluster refuses the credentials if the nodes setting could not be read", async () => {
    const { lines: told } = await check({ "GET /version": { status: 401, message: "x" } }, { nodes: "broken" });
    assert.equal(told.length, 1);
    assert.match(told[0]!, /does not accept its credentials \(401\)/);
  });

  it("says to sign in again if the credentials are not accepted", async () => {
    const { lines: told, facts } = await check({ "GET /version": { status: 401, message: "Unauthorized" } });
    assert.equal(facts, undefined);
    assert.deepEqual(told, [
      'alerting:context: the cluster of context "lab" does not accept its credentials (401); sign in again.',
    ]);
  });

  it("names the missing permission in the API server's words if a list is forbidden", async () => {
    const message = 'nodes is forbidden: User "dev" cannot list resource "nodes"';
    const { lines: told } = await check({ "GET /api/v1/nodes": { status: 403, message } });
    assert.deepEqual(told, [`alerting:context: the credentials of context "lab" lack a right (403): ${message}.`]);
  });

  it("names the permissions that the program needs and does not have", async () => {
    const denied = { status: { allowed: false } };
    const { lines: told } = await check({ "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews": denied });
    assert.deepEqual(told, [
      'alerting:context: the credentials of context "lab" may not patch nodes, create namespaces, create clusterroles, create clusterrolebindings, create persistentvolumes, create networkpolicies; use credentials that may.',
    ]);
  });

  it("requires permission to create volumes only for data on EFS, and to create network policies only if they are enabled", async () => {
    const denied = { status: { allowed: false } };
    const changes = { "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews": denied };
    const without = { storage: { type: "none" }, networkPolicies: { enabled: false } };
    const { lines: told } = await check(changes, without);
    assert.match(
      told.join(),
      /may not patch nodes, create namespaces, create clusterroles, create clusterrolebindings; use/,
    );
    const { lines: withPolicies } = await check(changes, { storage: { type: "none" } });
    assert.match(withPolicies.join(), /create clusterrolebindings, create networkpolicies; use/);
  });

  it("repeats the error message of a failing API server", async () => {
    const { lines: told } = await check({ "GET /version": { status: 503, message: "etcd has no leader" } });
    assert.deepEqual(told, ['alerting:context: the cluster of context "lab" answered 503: etcd has no leader.']);
  });

  it("stops waiting for a cluster that does not answer within the timeout", async () => {
    const cluster = await FakeCluster.start({ "GET /version": "hang" });
    try {
      const { kubeconfig } = readKubeconfig("lab", cluster.kubeconfig());
      const ask = askOf(kubeconfig!);
      const began = Date.now();
      const { faults, facts } = await lookUpCluster({ ...ask, patienceMs: 100 });
      assert.ok(Date.now() - began < 5_000, "the answer did not wait for the server");
      assert.equal(facts, undefined);
      assert.deepEqual(lines(faults), [
        `alerting:context: the cluster of context "lab" at ${cluster.url} does not answer: no answer within 0.1 s. Is it up, and can this machine reach it?`,
      ]);
    } finally {
      await cluster.stop();
    }
  });

  it("stops waiting for a cluster that answers the first requests but not a later one", async () => {
    const cluster = await FakeCluster.start({ "GET /api/v1/nodes": "hang" });
    try {
      const { kubeconfig } = readKubeconfig("lab", cluster.kubeconfig());
      const ask = askOf(kubeconfig!);
      const { faults } = await lookUpCluster({ ...ask, patienceMs: 300 });
      assert.match(lines(faults).join(), /no answer within 0\.3 s/);
    } finally {
      await cluster.stop();
    }
  });

  it("reports the address that it tried if no server listens", async () => {
    const cluster = await FakeCluster.start();
    const file = cluster.kubeconfig();
    const { kubeconfig } = readKubeconfig("lab", file);
    const url = cluster.url;
    await cluster.stop();
    const ask = askOf(kubeconfig!);
    const { faults } = await lookUpCluster(ask);
    assert.equal(faults.length, 1);
    assert.ok(faults[0]!.sentence.includes(`at ${url} does not answer`), faults[0]!.sentence);
    assert.match(faults[0]!.sentence, /ECONNREFUSED/);
  });

  for (const [what, user, says] of [
    [
      "the sign-in program does not exist",
      { command: "aws-nowhere", args: ["eks", "get-token"] },
      /context "lab" signs in by the program aws-nowhere, which is not on the PATH\. Install it/,
    ],
    [
      "the sign-in program prints something that is not JSON, which may be a token",
      { command: "echo", args: ["canary-token"] },
      /does not answer: the answer was not JSON\. Is it up/,
    ],
    [
      "the sign-in program fails",
      { command: "sh", args: ["-c", "printf 'session\\nexpired.\\n' >&2; exit 1"] },
      /does not answer: session expired\. Is it up/,
    ],
    [
      "the sign-in program fails, and prints a token and terminal codes",
      { command: "sh", args: ["-c", "printf '\\033[31mtoken: canary-token\\n' >&2; exit 1"] },
      /does not answer: token: \[secret\]\. Is it up/,
    ],
    ["a token contains a line break", { token: "canary-one\ncanary-two" }, /does not answer: .*\[secret\]/],
    ["a token contains a curly quote", { token: "canary-one“two" }, /does not answer: .*\[secret\]/],
    [
      "no server listens at an address with a password",
      {},
      /at https:\/\/\[secret\]@127\.0\.0\.1:1 does not answer: .*ECONNREFUSED/,
    ],
  ] as const) {
    it(`reports without secrets that ${what}`, async () => {
      const kubeconfig = new KubeConfig();
      const exec = { apiVersion: "client.authentication.k8s.io/v1", interactiveMode: "Never", ...user };
      kubeconfig.loadFromOptions({
        clusters: [{ name: "c", server: "https://somebody:canary-password@127.0.0.1:1" }],
        users: [{ name: "u", ...("command" in user ? { exec } : user) }],
        contexts: [{ name: "lab", cluster: "c", user: "u" }],
        currentContext: "lab",
      });
      const ask = { kubeconfig, context: "lab", namespace: "monitoring", selectors: [], makesVolumes: true };
      const { faults } = await lookUpCluster(ask);
      assert.match(lines(faults).join(), says);
      assert.doesNotMatch(lines(faults).join(), /canary|\n|\.\./);
    });
  }

  describe("a sign-in program", () => {
    const isRunning = (pid: number) => {
      try {
        return process.kill(pid, 0) && !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
      } catch {
        return false;
      }
    };
    /** A kubeconfig for a fake cluster with a shell script as the sign-in program. */
    function signedInBy(script: string, cluster: FakeCluster): string {
      const config = kubeconfigOf("lab", cluster.url) as { users: object[] };
      const exec = { apiVersion: "client.authentication.k8s.io/v1", interactiveMode: "Never", command: "sh" };
      config.users = [{ name: "lab", user: { exec: { ...exec, args: ["-c", script], env: null } } }];
      const file = join(cluster.directory, "signed-in-by");
      writeFileSync(file, JSON.stringify(config));
      return file;
    }

    it("that waits for a code is stopped with all its child processes, and reported as waiting", async () => {
      const cluster = await FakeCluster.start();
      try {
        const pidFile = join(cluster.directory, "pid");
        const kubeconfig = new KubeConfig();
        kubeconfig.loadFromFile(signedInBy(`sleep 150 & echo $! > ${pidFile}; wait`, cluster));
        kubeconfig.setCurrentContext("lab");
        boundSignIn(kubeconfig, 200);
        const ask = { kubeconfig, context: "lab", namespace: "monitoring", selectors: [], makesVolumes: true };
        const { faults } = await lookUpCluster(ask);
        assert.match(
          lines(faults).join(),
          /^alerting:context: the kubeconfig's context "lab" signs in by the program sh, which gave no credentials within 0\.2 s and was ended: it may wait for a code .*`kubectl --context lab version`/,
        );
        const pid = Number(readFileSync(pidFile, "utf8"));
        await until("the script's own child has ended", () => !isRunning(pid));
        assert.deepEqual(cluster.requests, []);
      } finally {
        await cluster.stop();
      }
    });

    it("runs once for all requests, and learns that it cannot ask a person", async () => {
      const cluster = await FakeCluster.start();
      try {
        const log = join(cluster.directory, "runs");
        const credential = '{"kind":"ExecCredential","status":{"token":"canary"}}';
        const script = `echo "$KUBERNETES_EXEC_INFO" >> ${log}; cat >> ${log}; echo '${credential}'`;
        const { faults } = await checkCluster(configuration({ kubeconfig: signedInBy(script, cluster) }));
        assert.deepEqual(faults, []);
        assert.ok(cluster.requests.length > 5);
        const runs = readFileSync(log, "utf8").trim().split("\n");
        assert.equal(runs.length, 1);
        assert.equal((JSON.parse(runs[0]!) as { spec: { interactive: boolean } }).spec.interactive, false);
      } finally {
        await cluster.stop();
      }
    });

    it("runs again after its token has expired", async () => {
      const cluster = await FakeCluster.start();
      try {
        const log = join(cluster.directory, "runs");
        const credential = '{"status":{"token":"canary","expirationTimestamp":"2020-01-01T00:00:00Z"}}';
        const { kubeconfig } = readKubeconfig("lab", signedInBy(`echo >> ${log}; echo '${credential}'`, cluster));
        for (const _ of [1, 2]) await signIn(kubeconfig!);
        assert.equal(readFileSync(log, "utf8"), "\n\n");
      } finally {
        await cluster.stop();
      }
    });
  });

  it("uses the cluster of KUBECONFIG if no file is set", async () => {
    const cluster = await FakeCluster.start();
    try {
      const answer = await withVariable("KUBECONFIG", cluster.kubeconfig(), () => checkCluster(configuration()));
      assert.deepEqual(answer.faults, []);
      assert.ok(cluster.requests.length > 5);
    } finally {
      await cluster.stop();
    }
  });

  it("lets the API server select the nodes of a selector", async () => {
    const selector = "!node-role.kubernetes.io/control-plane";
    const picked = { items: [{ metadata: { name: workerB } }] };
    const { facts } = await check(
      { [`GET /api/v1/nodes?labelSelector=${selector}`]: picked },
      { nodes: { masters: { names: [master] }, workers: { selector } } },
    );
    assert.deepEqual(facts?.selected, { [selector]: [workerB] });
  });

  it("reports a refused label selector under the setting that contains it, together with all other problems", async () => {
    const message = "unable to parse requirement: found '=', expected: identifier";
    const { lines: told } = await check(
      {
        "GET /api/v1/nodes?labelSelector==a": { status: 400, message },
        "GET /api/v1/nodes?labelSelector==b": { status: 400, message },
      },
      { nodes: { masters: { selector: "=a" }, workers: { selector: "=b" } }, priorityClass: "high" },
    );
    assert.deepEqual(told, [
      `alerting:nodes.masters.selector: got "=a", which the cluster refuses: ${message}. A valid selector is "node-role.kubernetes.io/control-plane".`,
      `alerting:nodes.workers.selector: got "=b", which the cluster refuses: ${message}. A valid selector is "!node-role.kubernetes.io/control-plane".`,
      'alerting:priorityClass: the cluster has no priority class "high". It has system-cluster-critical.',
    ]);
  });

  it("reports a refused selector even if other settings could not be read", async () => {
    const refused = { "GET /api/v1/nodes?labelSelector==a": { status: 400, message: "no" } };
    const { lines: told } = await check(refused, { nodes: { masters: { selector: "=a" } }, storage: "broken" });
    assert.equal(told.length, 1);
    assert.match(told[0]!, /^alerting:nodes\.masters\.selector: got "=a"/);
  });

  it("reports another failure of a selector request as a problem of the cluster", async () => {
    const failing = { "GET /api/v1/nodes?labelSelector=a": { status: 503, message: "no leader" } };
    const { lines: told } = await check(failing, { nodes: { masters: { selector: "a" } } });
    assert.deepEqual(told, ['alerting:context: the cluster of context "lab" answered 503: no leader.']);
  });

  it("reads from the managed fields who set a label", async () => {
    const metadata = {
      name: master,
      labels: { key: "x" },
      managedFields: [
        { manager: "kubectl-label", fieldsV1: { "f:metadata": { "f:labels": { ".": {}, "f:key": {} } } } },
        { manager: "kubelet", fieldsV1: { "f:status": {} } },
      ],
    };
    const { facts } = await check({ "GET /api/v1/nodes": { items: [{ metadata }] } });
    assert.deepEqual(facts?.nodes[0]?.labelManagers, { key: ["kubectl-label"] });
  });
});

describe("the check that a cluster has only one alerting stack", () => {
  const owned = (namespace: string, owner?: string) => ({
    "GET /api/v1/namespaces?labelSelector=alerting-owner": {
      items: [{ metadata: { name: namespace, annotations: owner && { "alerting-owner/stack": owner } } }],
    },
  });
  const there = { "GET /api/v1/namespaces/monitoring": { metadata: { name: "monitoring", uid: "u-1" } } };
  const roles = "/apis/rbac.authorization.k8s.io/v1/clusterroles";
  const role = (namespace: string, name: string) => ({
    metadata: { annotations: { "meta.helm.sh/release-name": name, "meta.helm.sh/release-namespace": namespace } },
  });
  /** A release as in current clusters: its role is found by its labels, and also by its name if the name matches. */
  const release = (namespace: string, name = "prometheus") => ({
    [`GET ${roles}?labelSelector=app.kubernetes.io/name=prometheus,app.kubernetes.io/component=server`]: {
      items: [role(namespace, name)],
    },
    ...(name === "prometheus" && { [`GET ${roles}/prometheus-server`]: role(namespace, name) }),
  });

  it("refuses a second stack, and names the first one and its namespace", async () => {
    const { lines: told } = await check(owned("watch", "organization/alerting/prod"));
    assert.equal(told.length, 1);
    assert.match(told[0]!, /^alerting:context: .*organization\/alerting\/prod, in namespace watch\./);
  });

  it("also refuses a second stack in the same namespace", async () => {
    const { lines: told } = await check({ ...owned("monitoring", "organization/alerting/prod"), ...there });
    assert.match(
      told.join("\n"),
      /^alerting:context: the cluster has an alerting stack already: organization\/alerting\/prod/,
    );
    assert.equal(told.length, 1);
  });

  it("refuses to move this stack to another namespace, and names its current namespace", async () => {
    const { lines: told } = await check({ ...owned("watch", "organization/alerting/dev"), ...release("watch") });
    assert.equal(told.length, 1);
    assert.match(told[0]!, /^alerting:namespace: got "monitoring", but this stack is in namespace "watch"/);
  });

  it("refuses a cluster with a namespace that has an alerting stack's mark but names no owner", async () => {
    const { lines: told } = await check(owned("watch"));
    assert.match(told.join(), /a stack with an unknown name, in namespace watch/);
  });

  it("accepts its own namespace and its own release", async () => {
    const { faults } = await check({
      ...owned("monitoring", "organization/alerting/dev"),
      ...there,
      ...release("monitoring"),
    });
    assert.deepEqual(faults, []);
  });

  const takeOver = `To keep it with its data, take it over: docs/operations.md, "Adopt a release that was installed by hand".`;
  const takeOverThere = takeOver.replace("over:", 'over, with alerting:namespace "old":');
  const foreign: [title: string, changes: Changes, named: string, way: string][] = [
    ["with the same name", release("old"), "old/prometheus", takeOverThere],
    [
      "with the program's release name, in the stack's namespace",
      { ...release("monitoring"), ...there },
      "monitoring/prometheus",
      takeOver,
    ],
    ["with another name", release("old", "prom"), "old/prom", "It cannot be taken over, because of its name."],
    [
      "with another name, in the stack's namespace",
      { ...release("monitoring", "prom"), ...there },
      "monitoring/prom",
      "It cannot be taken over, because of its name.",
    ],
    [
      "so old that it lacks the current labels",
      { [`GET ${roles}/prometheus-server`]: role("old", "prometheus") },
      "old/prometheus",
      takeOverThere,
    ],
  ];
  for (const [title, changes, named, way] of foreign) {
    it(`refuses a foreign release of the chart ${title}, and says in one sentence how to adopt or remove it`, async () => {
      const { lines: told } = await check(changes);
      assert.deepEqual(told, [
        `alerting:context: the cluster has a release of the chart already, ${named}, and can have only one. ${way} To start again, remove it: docs/operations.md, "Uninstall a release that was installed by hand", which says what happens to its data.`,
      ]);
    });
  }

  it("ignores a role that belongs to no release", async () => {
    assert.deepEqual((await check({ [`GET ${roles}/prometheus-server`]: { metadata: {} } })).faults, []);
  });

  const path = "/api/v1/namespaces/monitoring/persistentvolumeclaims";
  const set = "/apis/apps/v1/namespaces/monitoring/statefulsets/prometheus-alertmanager";
  const claim = (name: string, storage: string, storageClassName = "", more: object = {}) => ({
    metadata: { name },
    spec: { storageClassName, resources: { requests: { storage } }, ...more },
  });
  const volume = "/api/v1/persistentvolumes/alerting-prometheus";
  const onEfs = {
    ...owned("monitoring", "organization/alerting/dev"),
    ...there,
    [`GET ${path}`]: {
      items: [
        claim("prometheus-data", "20Gi", "", { volumeName: "alerting-prometheus" }),
        claim("storage-prometheus-alertmanager-0", "2Gi"),
        claim("someone-elses", "1Gi"),
      ],
    },
    [`GET ${volume}`]: {
      metadata: { annotations: { "alerting-owner/file-system": "made" } },
      spec: { csi: { volumeHandle: "fs-0123456789abcdef0::fsap-1" } },
    },
    [`GET ${set}`]: { spec: { volumeClaimTemplates: [claim("storage", "2Gi")] } },
  };

  it("reads the storage of this stack, and reports nothing if the storage does not change", async () => {
    const { facts, faults } = await check(onEfs);
    assert.deepEqual(faults, []);
    assert.deepEqual(facts?.deployedStorage, {
      claims: [
        { name: "prometheus-data", size: "20Gi", storageClass: "" },
        { name: "storage-prometheus-alertmanager-0", size: "2Gi", storageClass: "" },
      ],
      alertmanager: { template: { name: "storage", size: "2Gi", storageClass: "" } },
      fileSystem: { id: "fs-0123456789abcdef0", isGiven: false },
      server: undefined,
    });
  });

  it("reads the storage of several replicas, with the file system of the first Prometheus", async () => {
    const names = ["server-0", "server-1", "alertmanager-0", "alertmanager-1", "alertmanager-2"];
    const items = names.map((name) => claim(`storage-prometheus-${name}`, "2Gi", "", { volumeName: `of-${name}` }));
    const template = { name: "storage", size: "2Gi", storageClass: "" };
    const several = {
      ...onEfs,
      [`GET ${path}`]: { items },
      "GET /api/v1/persistentvolumes/of-server-0": {
        metadata: {},
        spec: { csi: { volumeHandle: "fs-0fedcba9876543210::fsap-1" } },
      },
      [`GET ${set.replace("alertmanager", "server")}`]: { spec: { volumeClaimTemplates: [claim("storage", "2Gi")] } },
    };
    const { deployedStorage } = (await check(several)).facts!;
    assert.deepEqual(deployedStorage, {
      claims: names.map((name) => ({ ...template, name: `storage-prometheus-${name}` })),
      alertmanager: { template },
      fileSystem: { id: "fs-0fedcba9876543210" },
      server: { template },
    });
  });

  it("does not take a volume of a storage class for a file system, and sees that a claim is being deleted", async () => {
    const items = [claim("storage-prometheus-server-0", "2Gi", "gp3", { volumeName: "pvc-1" })];
    const ended = { ...items[0]!, metadata: { ...items[0]!.metadata, deletionTimestamp: "2026-07-01T00:00:00Z" } };
    const { deployedStorage } = (await check({ ...onEfs, [`GET ${path}`]: { items: [ended] } })).facts!;
    assert.equal(deployedStorage!.fileSystem, undefined);
    assert.equal(deployedStorage!.claims[0]!.isBeingDeleted, true);
  });

  const pods = "/api/v1/namespaces/monitoring/pods?labelSelector=app.kubernetes.io/instance=prometheus";

  it("reads the pods of Prometheus and Alertmanager, and which nodes are not Ready, only if a stack is there", async () => {
    const pod = (
      name: string,
      labels: Record<string, string>,
      owner: string,
      { status = {}, ...more }: Values = {},
    ) => ({
      metadata: {
        name,
        labels: Object.fromEntries(Object.entries(labels).map(([key, value]) => [`app.kubernetes.io/${key}`, value])),
        ownerReferences: [{ kind: owner }],
        ...more,
      },
      spec: { nodeName: master },
      status,
    });
    const ready = { status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] } };
    const server = { name: "prometheus", component: "server" };
    const deletionTimestamp = "2026-07-01T00:00:00Z";
    const items = [
      pod("prometheus-alertmanager-0", { name: "alertmanager" }, "StatefulSet", ready),
      pod("prometheus-alertmanager-1", { name: "alertmanager" }, "StatefulSet", { ...ready, deletionTimestamp }),
      pod("prometheus-server-a", server, "ReplicaSet", { status: { phase: "Pending" } }),
      pod("prometheus-server-b", server, "ReplicaSet", { status: { phase: "Failed" } }),
      pod("prometheus-prometheus-pushgateway-a", { name: "prometheus-pushgateway" }, "ReplicaSet", ready),
    ];
    const status = { conditions: [{ type: "Ready", status: "Unknown" }] };
    const nodes = [{ metadata: { name: master }, status }, { metadata: { name: workerB } }];
    const changes = { [`GET ${pods}`]: { items }, "GET /api/v1/nodes": { items: nodes } };
    const { facts } = await check({ ...onEfs, ...changes });
    const alertmanager = { kind: "alertmanagers", node: master, isOfStatefulSet: true } as const;
    assert.deepEqual(facts?.replicaPods, [
      { name: "prometheus-alertmanager-0", ...alertmanager, isUp: true },
      { name: "prometheus-alertmanager-1", ...alertmanager, isUp: false },
      { name: "prometheus-server-a", kind: "prometheus", node: master, isUp: false, isOfStatefulSet: false },
    ]);
    assert.deepEqual(
      facts.nodes.map(({ isLost }) => isLost),
      [true, undefined],
    );
    const { requests, facts: before } = await check(changes);
    assert.equal(before?.replicaPods, undefined);
    assert.ok(!requests.includes(`GET ${pods}`));
  });

  it("refuses more replicas than the nodes can carry, unless only AWS knows the nodes or another problem hides some", async () => {
    const availability = { alertmanagers: 2 };
    const two = { availability, nodes: { masters: { names: [master, workerB] } } };
    assert.deepEqual((await check({}, two)).lines, []);
    assert.match(
      (await check({}, { availability })).lines.join("\n"),
      /^alerting:availability\.alertmanagers: got 2, but 1 master can run only 1, /,
    );
    const byTag = { availability, nodes: { masters: { ec2Tag: { key: "role", value: "master" } } } };
    assert.deepEqual((await check({}, byTag)).lines, []);
    const missing = { ...two, nodes: { masters: { names: [master, "gone"] } } };
    const unread = { ...two, nodes: { masters: { names: [master] }, workers: 7 } };
    for (const [values, count] of [
      [missing, 1],
      [unread, 0],
    ] as const)
      assert.equal((await check({}, values)).lines.length, count);
    const refused = { status: 400, message: "unable to parse" };
    const selectors = { masters: { names: [master] }, workers: { selector: "a b" } };
    const { lines: told } = await check(
      { "GET /api/v1/nodes?labelSelector=a+b": refused },
      { availability: { ...availability, spread: "all" }, nodes: selectors },
    );
    assert.equal(told.length, 1, told.join("\n"));
    assert.match(told[0]!, /^alerting:nodes\.workers\.selector/);
  });

  it("reads the address that the volumes are mounted from", async () => {
    const csi = { volumeHandle: "fs-0123456789abcdef0::fsap-1", volumeAttributes: { mounttargetip: "10.1.2.3" } };
    const { facts } = await check({ ...onEfs, [`GET ${volume}`]: { metadata: {}, spec: { csi } } });
    assert.deepEqual(facts?.deployedStorage?.fileSystem, { id: "fs-0123456789abcdef0", mountTargetIp: "10.1.2.3" });
  });

  it("does not know the file system if the volume does not exist or cannot be read", async () => {
    for (const answer of [notFound, { status: 403, message: "persistentvolumes is forbidden" }]) {
      const { facts, faults } = await check({ ...onEfs, [`GET ${volume}`]: answer });
      assert.deepEqual([facts?.deployedStorage?.fileSystem, faults], [undefined, []]);
    }
  });

  it("refuses a change of this stack's storage", async () => {
    const { lines: told } = await check(onEfs, { storage: { type: "none" } });
    assert.equal(told.length, 1);
    assert.match(told[0]!, /^alerting:storage\.type: got "none"/);
  });

  it("reads claims only in a stack's namespace, and does not compare another stack's claims", async () => {
    const { requests } = await check(there, { storage: { type: "none" } });
    assert.deepEqual(
      requests.filter((asked) => asked === `GET ${path}` || asked === `GET ${set}`),
      [],
    );
    const foreigner = { ...onEfs, ...owned("monitoring", "organization/alerting/prod") };
    const { lines: told } = await check(foreigner, { storage: { type: "none" } });
    assert.equal(told.length, 1);
    assert.match(told[0]!, /^alerting:context: the cluster has an alerting stack already/);
  });

  const exporter = (namespace: string, name: string, port: object, more: object = {}, metadata: object = {}) => ({
    "GET /apis/apps/v1/daemonsets": {
      items: [
        {
          metadata: { namespace, name, ...metadata },
          spec: { template: { spec: { containers: [{ name: "a" }, { name: "b", ports: [port] }], ...more } } },
        },
      ],
    },
  });
  const onHost = { hostNetwork: true };
  const ours = "prometheus-prometheus-node-exporter";
  const refusedHolders: [title: string, changes: Changes, named: string][] = [
    [
      "by a host port",
      exporter("watch", "node-exporter", { containerPort: 80, hostPort: 9100 }),
      "node-exporter in namespace watch",
    ],
    [
      "with hostNetwork",
      exporter("watch", "node-exporter", { containerPort: 9100 }, onHost),
      "node-exporter in namespace watch",
    ],
    [
      "in the stack's namespace",
      exporter("monitoring", "mine", { containerPort: 9100 }, onHost),
      "mine in namespace monitoring",
    ],
    [
      "with the program's DaemonSet name in another namespace",
      exporter("watch", ours, { containerPort: 9100 }, onHost),
      `${ours} in namespace watch`,
    ],
  ];
  for (const [title, changes, named] of refusedHolders) {
    it(`refuses a DaemonSet that uses node-exporter's port ${title}, and names it`, async () => {
      assert.deepEqual((await check(changes)).lines, [
        `alerting:context: the cluster's DaemonSet ${named} has port 9100 on the nodes, which node-exporter needs, so its pods would stay pending. Remove that DaemonSet, or give it another port.`,
      ]);
    });
  }

  const freeHolders: [title: string, changes: Changes][] = [
    ["belongs to this stack", { ...onEfs, ...exporter("monitoring-nodes", ours, { containerPort: 9100 }, onHost) }],
    [
      "belongs to this stack, from before node-exporter had a separate namespace",
      { ...onEfs, ...exporter("monitoring", ours, { containerPort: 9100 }, onHost) },
    ],
    ["uses the port only inside its pods", exporter("watch", "a", { containerPort: 9100 })],
    ["uses another port", exporter("watch", "a", { containerPort: 9101, hostPort: 9101 }, onHost)],
    ["uses UDP", exporter("watch", "a", { containerPort: 9100, hostPort: 9100, protocol: "UDP" })],
  ];
  for (const [title, changes] of freeHolders) {
    it(`accepts a DaemonSet that ${title}`, async () => {
      assert.deepEqual((await check(changes)).faults, []);
    });
  }

  it("accepts a DaemonSet that runs on no node", async () => {
    const { "GET /apis/apps/v1/daemonsets": holders } = exporter("watch", "a", { containerPort: 9100 }, onHost);
    const items = holders.items.map((one) => ({ ...one, status: { desiredNumberScheduled: 0 } }));
    assert.deepEqual((await check({ "GET /apis/apps/v1/daemonsets": { items } })).faults, []);
  });

  it("reports a foreign stack or release once, without its node-exporter", async () => {
    const { metadata } = role("old", "prom");
    const others = exporter("old", "prom-prometheus-node-exporter", { containerPort: 9100 }, onHost, metadata);
    assert.equal((await check({ ...release("old", "prom"), ...others })).lines.length, 1);
    const stacks = exporter("watch", ours, { containerPort: 9100 }, onHost);
    assert.equal((await check({ ...owned("watch", "organization/alerting/prod"), ...stacks })).lines.length, 1);
  });

  it("refuses an existing namespace that does not belong to this stack", async () => {
    const { lines: told } = await check(there);
    assert.deepEqual(told, [
      `alerting:namespace: got "monitoring", a namespace that exists and is not this stack's; accepted: the name of a namespace that does not exist yet; this program creates it.`,
    ]);
  });
});

describe("the check of what the cluster provides", () => {
  const noDriver = {
    "GET /apis/storage.k8s.io/v1/csidrivers/efs.csi.aws.com": { status: 404, message: "not found" },
  };

  it("requires the EFS CSI driver if data is stored on EFS", async () => {
    const { lines: told } = await check(noDriver);
    assert.deepEqual(told, [
      'alerting:efsCsiDriver: the cluster has no CSIDriver efs.csi.aws.com, so no EFS volume could be mounted. Install the EFS CSI driver, or set alerting:efsCsiDriver to "install".',
    ]);
  });

  it("requires no EFS CSI driver if this program installs it, or if data is stored elsewhere", async () => {
    assert.deepEqual((await check(noDriver, { efsCsiDriver: "install" })).faults, []);
    assert.deepEqual((await check(noDriver, { storage: { type: "none" } })).faults, []);
  });

  it("requires the configured storage class, and reports a missing class with the existing classes", async () => {
    const { lines: told } = await check({}, { storage: { type: "storageClass" } });
    assert.deepEqual(told, ['alerting:storage.storageClass: the cluster has no storage class "gp3". It has gp2, io2.']);
    assert.deepEqual((await check({}, { storage: { type: "storageClass", storageClass: "gp2" } })).faults, []);
  });

  it("reports a missing storage class even if the cluster has no storage class at all", async () => {
    const none = { "GET /apis/storage.k8s.io/v1/storageclasses": { items: [] } };
    assert.match((await check(none, { storage: { type: "storageClass" } })).lines.join(), /It has none\.$/);
  });

  it("requires Grafana's namespace and permission to create dashboards in it, if it is to get dashboards", async () => {
    const values = { dashboards: { namespace: "grafana" } };
    const asked = "GET /api/v1/namespaces/grafana";
    assert.ok(!(await check()).requests.includes(asked));
    assert.deepEqual((await check({ [asked]: { metadata: { name: "grafana" } } }, values)).lines, []);
    assert.deepEqual((await check({ [asked]: notFound }, values)).lines, [
      'alerting:dashboards.namespace: the cluster has no namespace "grafana". Set the namespace in which Grafana runs (`kubectl get pods --all-namespaces --selector app.kubernetes.io/name=grafana` lists it), or remove this key.',
    ]);
    const denied = {
      [asked]: notFound,
      "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews": { status: { allowed: false } },
    };
    assert.match(
      (await check(denied, values)).lines[0]!,
      /create networkpolicies, create configmaps in grafana, create secrets in grafana; use/,
    );
  });

  it("requires the configured priority class", async () => {
    const { lines: told } = await check({}, { priorityClass: "high" });
    assert.deepEqual(told, [
      'alerting:priorityClass: the cluster has no priority class "high". It has system-cluster-critical.',
    ]);
    assert.deepEqual((await check({}, { priorityClass: "system-cluster-critical" })).faults, []);
  });

  const priorityClass = (labels?: object) => ({
    "GET /apis/scheduling.k8s.io/v1/priorityclasses": { items: [{ metadata: { name: "alerting", labels } }] },
  });

  it("refuses a foreign priority class with the program's default name, unless the settings name it", async () => {
    const { lines: told } = await check(priorityClass());
    assert.deepEqual(told, [
      'alerting:priorityClass: is not set, and the priority class "alerting", which would then be created, exists and is not this program\'s. Set an existing class here, for example that one, or remove that one.',
    ]);
    assert.deepEqual((await check(priorityClass(), { priorityClass: "alerting" })).faults, []);
  });

  it("accepts the program's own priority class, which an interrupted update may have left", async () => {
    assert.deepEqual((await check(priorityClass({ "app.kubernetes.io/part-of": "alerting" }))).faults, []);
  });
});
