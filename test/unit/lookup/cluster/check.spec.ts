import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { checkCluster } from "../../../../lookup/cluster/check";
import { readKubeconfig } from "../../../../lookup/cluster/kubeconfig";
import { lookUpCluster } from "../../../../lookup/cluster/look-up";
import { boundSignIn, signIn } from "../../../../lookup/cluster/sign-in";
import { FakeCluster, kubeconfigOf, notFound, withVariable } from "../../../support/fake-cluster";
import { configuration, lines, master, type Values, workerB, workerC } from "../../../support/settings";
import { until } from "../../../support/until";

type Changes = Parameters<typeof FakeCluster.start>[0];

/** Asks a fake cluster about a configuration; gives the faults as lines, and what was asked. */
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

describe("the look-up of the cluster", () => {
  it("finds no fault with a cluster that is ready", async () => {
    const { faults, facts } = await check();
    assert.deepEqual(faults, []);
    assert.deepEqual(
      facts?.nodes.map(({ name }) => name),
      [master, workerB, workerC],
    );
    assert.equal(facts.nodes[0]?.providerId, "aws:///ap-northeast-2a/i-0aaaaaaaaaaaaaaaa");
  });

  it("changes nothing: but for questions about rights, and one of which only a dry run is asked, it reads", async () => {
    const { requests } = await check();
    assert.deepEqual([...new Set(requests.filter((asked) => !asked.startsWith("GET ")))].sort(), [
      "POST /api/v1/namespaces?dryRun=All",
      "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
    ]);
  });

  it("asks nothing where the configuration names no context", async () => {
    const { facts, faults, requests } = await check({}, { context: undefined });
    assert.deepEqual([facts, faults, requests], [undefined, [], []]);
  });

  it("tells its faults even where other settings could not be read", async () => {
    const gone = { names: [master, "ip-10-0-9-9"] };
    const { lines: told } = await check({}, { nodes: { masters: gone }, protectData: "yes" });
    assert.equal(told.length, 1);
    assert.match(told[0]!, /^alerting:nodes\.masters\.names: the cluster has no node "ip-10-0-9-9"/);
  });

  it("tells what it sees of each setting that could be read, beside those that could not", async () => {
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

  it("still finds out that the cluster does not answer where the nodes could not be read", async () => {
    const { lines: told } = await check({ "GET /version": { status: 401, message: "x" } }, { nodes: "broken" });
    assert.equal(told.length, 1);
    assert.match(told[0]!, /does not accept its credentials \(401\)/);
  });

  it("says to sign in again where the credentials are not accepted", async () => {
    const { lines: told, facts } = await check({ "GET /version": { status: 401, message: "Unauthorized" } });
    assert.equal(facts, undefined);
    assert.deepEqual(told, [
      'alerting:context: the cluster of context "lab" does not accept its credentials (401); sign in again.',
    ]);
  });

  it("says which right is lacking where a list is forbidden, in the API server's words", async () => {
    const message = 'nodes is forbidden: User "dev" cannot list resource "nodes"';
    const { lines: told } = await check({ "GET /api/v1/nodes": { status: 403, message } });
    assert.deepEqual(told, [`alerting:context: the credentials of context "lab" lack a right (403): ${message}.`]);
  });

  it("names the rights that it will need and does not have", async () => {
    const denied = { status: { allowed: false } };
    const { lines: told } = await check({ "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews": denied });
    assert.deepEqual(told, [
      'alerting:context: the credentials of context "lab" may not patch nodes, create namespaces, create clusterroles, create clusterrolebindings, create persistentvolumes, create networkpolicies; use ones that may.',
    ]);
  });

  it("demands the right to make volumes for data on EFS alone, and to make network policies where there are any", async () => {
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

  it("passes on what an ailing API server says", async () => {
    const { lines: told } = await check({ "GET /version": { status: 503, message: "etcd has no leader" } });
    assert.deepEqual(told, ['alerting:context: the cluster of context "lab" answered 503: etcd has no leader.']);
  });

  it("gives up on a cluster that hangs, within its patience", async () => {
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

  it("gives up as well on one that hangs only later", async () => {
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

  it("says so where nobody listens, with the address that it tried", async () => {
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
      "the program that signs in is not there",
      { command: "aws-nowhere", args: ["eks", "get-token"] },
      /context "lab" signs in by the program aws-nowhere, which is not on the PATH\. Install it/,
    ],
    [
      "the program that signs in prints no JSON, which may be a token",
      { command: "echo", args: ["canary-token"] },
      /does not answer: what came was not JSON\. Is it up/,
    ],
    [
      "the program that signs in fails",
      { command: "sh", args: ["-c", "printf 'session\\nexpired.\\n' >&2; exit 1"] },
      /does not answer: session expired\. Is it up/,
    ],
    [
      "the program that signs in fails, and shows a token and a terminal's codes",
      { command: "sh", args: ["-c", "printf '\\033[31mtoken: canary-token\\n' >&2; exit 1"] },
      /does not answer: token: \[secret\]\. Is it up/,
    ],
    ["a token has a line end", { token: "canary-one\ncanary-two" }, /does not answer: .*\[secret\]/],
    ["a token has a curly quote", { token: "canary-one“two" }, /does not answer: .*\[secret\]/],
    [
      "nobody listens at an address with a password",
      {},
      /at https:\/\/\[secret\]@127\.0\.0\.1:1 does not answer: .*ECONNREFUSED/,
    ],
  ] as const) {
    it(`says so where ${what}`, async () => {
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

  describe("a program that signs in", () => {
    const isRunning = (pid: number) => {
      try {
        return process.kill(pid, 0) && !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
      } catch {
        return false;
      }
    };
    /** A kubeconfig that reaches a fake cluster, signed in to by a shell script. */
    function signedInBy(script: string, cluster: FakeCluster): string {
      const config = kubeconfigOf("lab", cluster.url) as { users: object[] };
      const exec = { apiVersion: "client.authentication.k8s.io/v1", interactiveMode: "Never", command: "sh" };
      config.users = [{ name: "lab", user: { exec: { ...exec, args: ["-c", script], env: null } } }];
      const file = join(cluster.directory, "signed-in-by");
      writeFileSync(file, JSON.stringify(config));
      return file;
    }

    it("that waits for a code is ended with all that it has started, and told as such", async () => {
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

    it("runs once for all requests, and is told that nobody can answer it", async () => {
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

    it("runs again once what it gave has expired", async () => {
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

  it("goes to the cluster that KUBECONFIG leads to where no file is set", async () => {
    const cluster = await FakeCluster.start();
    try {
      const answer = await withVariable("KUBECONFIG", cluster.kubeconfig(), () => checkCluster(configuration()));
      assert.deepEqual(answer.faults, []);
      assert.ok(cluster.requests.length > 5);
    } finally {
      await cluster.stop();
    }
  });

  it("lets the API server pick the nodes of a selector", async () => {
    const selector = "!node-role.kubernetes.io/control-plane";
    const picked = { items: [{ metadata: { name: workerB } }] };
    const { facts } = await check(
      { [`GET /api/v1/nodes?labelSelector=${selector}`]: picked },
      { nodes: { masters: { names: [master] }, workers: { selector } } },
    );
    assert.deepEqual(facts?.selected, { [selector]: [workerB] });
  });

  it("tells a label selector that the API server refuses as that selector's fault, with all others", async () => {
    const message = "unable to parse requirement: found '=', expected: identifier";
    const { lines: told } = await check(
      {
        "GET /api/v1/nodes?labelSelector==a": { status: 400, message },
        "GET /api/v1/nodes?labelSelector==b": { status: 400, message },
      },
      { nodes: { masters: { selector: "=a" }, workers: { selector: "=b" } }, priorityClass: "high" },
    );
    assert.deepEqual(told, [
      `alerting:nodes.masters.selector: got "=a", which the cluster refuses: ${message}. A right one is "node-role.kubernetes.io/control-plane".`,
      `alerting:nodes.workers.selector: got "=b", which the cluster refuses: ${message}. A right one is "!node-role.kubernetes.io/control-plane".`,
      'alerting:priorityClass: the cluster has no priority class "high". It has system-cluster-critical.',
    ]);
  });

  it("tells a refused selector even where other settings could not be read", async () => {
    const refused = { "GET /api/v1/nodes?labelSelector==a": { status: 400, message: "no" } };
    const { lines: told } = await check(refused, { nodes: { masters: { selector: "=a" } }, storage: "broken" });
    assert.equal(told.length, 1);
    assert.match(told[0]!, /^alerting:nodes\.masters\.selector: got "=a"/);
  });

  it("takes a selector that fails in another way for the cluster's trouble", async () => {
    const failing = { "GET /api/v1/nodes?labelSelector=a": { status: 503, message: "no leader" } };
    const { lines: told } = await check(failing, { nodes: { masters: { selector: "a" } } });
    assert.deepEqual(told, ['alerting:context: the cluster of context "lab" answered 503: no leader.']);
  });

  it("reads who set a label from the managed fields", async () => {
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

describe("one alerting stack a cluster", () => {
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
  /** A release as clusters have it today: its role is found by its labels, and by its name if that is the same. */
  const release = (namespace: string, name = "prometheus") => ({
    [`GET ${roles}?labelSelector=app.kubernetes.io/name=prometheus,app.kubernetes.io/component=server`]: {
      items: [role(namespace, name)],
    },
    ...(name === "prometheus" && { [`GET ${roles}/prometheus-server`]: role(namespace, name) }),
  });

  it("refuses a second one, naming the first and its namespace", async () => {
    const { lines: told } = await check(owned("watch", "organization/alerting/prod"));
    assert.equal(told.length, 1);
    assert.match(told[0]!, /^alerting:context: .*organization\/alerting\/prod, in namespace watch\./);
  });

  it("refuses a second one of the same namespace, too", async () => {
    const { lines: told } = await check({ ...owned("monitoring", "organization/alerting/prod"), ...there });
    assert.match(
      told.join("\n"),
      /^alerting:context: the cluster has an alerting stack already: organization\/alerting\/prod/,
    );
    assert.equal(told.length, 1);
  });

  it("refuses to move this stack to another namespace, and names the one where it is", async () => {
    const { lines: told } = await check({ ...owned("watch", "organization/alerting/dev"), ...release("watch") });
    assert.equal(told.length, 1);
    assert.match(told[0]!, /^alerting:namespace: got "monitoring", but this stack is in namespace "watch"/);
  });

  it("refuses a namespace that is marked and names nobody", async () => {
    const { lines: told } = await check(owned("watch"));
    assert.match(told.join(), /a stack that did not leave its name, in namespace watch/);
  });

  it("takes its own namespace and its own release for what they are", async () => {
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
    ["of the same name", release("old"), "old/prometheus", takeOverThere],
    [
      "of our own name in a namespace of our own",
      { ...release("monitoring"), ...there },
      "monitoring/prometheus",
      takeOver,
    ],
    ["of another name", release("old", "prom"), "old/prom", "It cannot be taken over, because of its name."],
    [
      "of another name in our own namespace",
      { ...release("monitoring", "prom"), ...there },
      "monitoring/prom",
      "It cannot be taken over, because of its name.",
    ],
    [
      "so old that it has no labels of today",
      { [`GET ${roles}/prometheus-server`]: role("old", "prometheus") },
      "old/prometheus",
      takeOverThere,
    ],
  ];
  for (const [title, changes, named, way] of foreign) {
    it(`refuses a foreign release of the chart ${title}, in one sentence that says how to take it over or remove it`, async () => {
      const { lines: told } = await check(changes);
      assert.deepEqual(told, [
        `alerting:context: the cluster has a release of the chart already, ${named}, and takes one. ${way} To start again, remove it: docs/operations.md, "Uninstall a release that was installed by hand", which says what becomes of its data.`,
      ]);
    });
  }

  it("takes a role that no release made for nobody's", async () => {
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

  it("reads its own stack's storage, and has no fault to find where nothing of it changes", async () => {
    const { facts, faults } = await check(onEfs);
    assert.deepEqual(faults, []);
    assert.deepEqual(facts?.deployedStorage, {
      claims: [
        { name: "prometheus-data", size: "20Gi", storageClass: "" },
        { name: "storage-prometheus-alertmanager-0", size: "2Gi", storageClass: "" },
      ],
      alertmanager: { template: { name: "storage", size: "2Gi", storageClass: "" } },
      fileSystem: { id: "fs-0123456789abcdef0", isGiven: false },
    });
  });

  it("reads the address by which its volumes are mounted", async () => {
    const csi = { volumeHandle: "fs-0123456789abcdef0::fsap-1", volumeAttributes: { mounttargetip: "10.1.2.3" } };
    const { facts } = await check({ ...onEfs, [`GET ${volume}`]: { metadata: {}, spec: { csi } } });
    assert.deepEqual(facts?.deployedStorage?.fileSystem, { id: "fs-0123456789abcdef0", mountTargetIp: "10.1.2.3" });
  });

  it("knows nothing of the file system where the volume is not there, or not for it to see", async () => {
    for (const answer of [notFound, { status: 403, message: "persistentvolumes is forbidden" }]) {
      const { facts, faults } = await check({ ...onEfs, [`GET ${volume}`]: answer });
      assert.deepEqual([facts?.deployedStorage?.fileSystem, faults], [undefined, []]);
    }
  });

  it("refuses what would change its own stack's storage", async () => {
    const { lines: told } = await check(onEfs, { storage: { type: "none" } });
    assert.equal(told.length, 1);
    assert.match(told[0]!, /^alerting:storage\.type: got "none"/);
  });

  it("asks for claims in no namespace but a stack's, and holds no other stack's against anyone", async () => {
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
      "on the host's network",
      exporter("watch", "node-exporter", { containerPort: 9100 }, onHost),
      "node-exporter in namespace watch",
    ],
    [
      "in our own namespace",
      exporter("monitoring", "mine", { containerPort: 9100 }, onHost),
      "mine in namespace monitoring",
    ],
    [
      "with the name of ours elsewhere",
      exporter("watch", ours, { containerPort: 9100 }, onHost),
      `${ours} in namespace watch`,
    ],
  ];
  for (const [title, changes, named] of refusedHolders) {
    it(`refuses a DaemonSet that has node-exporter's port ${title}, naming it`, async () => {
      assert.deepEqual((await check(changes)).lines, [
        `alerting:context: the cluster's DaemonSet ${named} has port 9100 of the nodes, which node-exporter needs, so its pods would stay pending. Remove that DaemonSet, or give it another port.`,
      ]);
    });
  }

  const freeHolders: [title: string, changes: Changes][] = [
    ["is our own", { ...onEfs, ...exporter("monitoring-nodes", ours, { containerPort: 9100 }, onHost) }],
    [
      "is our own from before it had a namespace to itself",
      { ...onEfs, ...exporter("monitoring", ours, { containerPort: 9100 }, onHost) },
    ],
    ["has the port in its pods alone", exporter("watch", "a", { containerPort: 9100 })],
    ["has another port", exporter("watch", "a", { containerPort: 9101, hostPort: 9101 }, onHost)],
    ["speaks UDP", exporter("watch", "a", { containerPort: 9100, hostPort: 9100, protocol: "UDP" })],
  ];
  for (const [title, changes] of freeHolders) {
    it(`takes no offence at a DaemonSet that ${title}`, async () => {
      assert.deepEqual((await check(changes)).faults, []);
    });
  }

  it("takes no offence at a DaemonSet that is on no node", async () => {
    const { "GET /apis/apps/v1/daemonsets": holders } = exporter("watch", "a", { containerPort: 9100 }, onHost);
    const items = holders.items.map((one) => ({ ...one, status: { desiredNumberScheduled: 0 } }));
    assert.deepEqual((await check({ "GET /apis/apps/v1/daemonsets": { items } })).faults, []);
  });

  it("tells a foreign stack or release once, and not its node-exporter as well", async () => {
    const { metadata } = role("old", "prom");
    const others = exporter("old", "prom-prometheus-node-exporter", { containerPort: 9100 }, onHost, metadata);
    assert.equal((await check({ ...release("old", "prom"), ...others })).lines.length, 1);
    const stacks = exporter("watch", ours, { containerPort: 9100 }, onHost);
    assert.equal((await check({ ...owned("watch", "organization/alerting/prod"), ...stacks })).lines.length, 1);
  });

  it("refuses a namespace that exists and is not its own", async () => {
    const { lines: told } = await check(there);
    assert.deepEqual(told, [
      `alerting:namespace: got "monitoring", a namespace that exists and is not this stack's; accepted: the name of a namespace that does not exist yet, which this program then makes.`,
    ]);
  });
});

describe("what the cluster has to have", () => {
  const noDriver = {
    "GET /apis/storage.k8s.io/v1/csidrivers/efs.csi.aws.com": { status: 404, message: "not found" },
  };

  it("is the EFS CSI driver, where data is kept on EFS", async () => {
    const { lines: told } = await check(noDriver);
    assert.deepEqual(told, [
      'alerting:efsCsiDriver: the cluster has no CSIDriver efs.csi.aws.com, so no EFS volume could be mounted. Install the EFS CSI driver, or set alerting:efsCsiDriver to "install".',
    ]);
  });

  it("is no EFS CSI driver where this program installs it, or data is kept elsewhere", async () => {
    assert.deepEqual((await check(noDriver, { efsCsiDriver: "install" })).faults, []);
    assert.deepEqual((await check(noDriver, { storage: { type: "none" } })).faults, []);
  });

  it("is the storage class, of which the nearest are named", async () => {
    const { lines: told } = await check({}, { storage: { type: "storageClass" } });
    assert.deepEqual(told, ['alerting:storage.storageClass: the cluster has no storage class "gp3". It has gp2, io2.']);
    assert.deepEqual((await check({}, { storage: { type: "storageClass", storageClass: "gp2" } })).faults, []);
  });

  it("is told plainly where there is no storage class at all", async () => {
    const none = { "GET /apis/storage.k8s.io/v1/storageclasses": { items: [] } };
    assert.match((await check(none, { storage: { type: "storageClass" } })).lines.join(), /It has none\.$/);
  });

  it("is the priority class, where one is named", async () => {
    const { lines: told } = await check({}, { priorityClass: "high" });
    assert.deepEqual(told, [
      'alerting:priorityClass: the cluster has no priority class "high". It has system-cluster-critical.',
    ]);
    assert.deepEqual((await check({}, { priorityClass: "system-cluster-critical" })).faults, []);
  });

  const priorityClass = (labels?: object) => ({
    "GET /apis/scheduling.k8s.io/v1/priorityclasses": { items: [{ metadata: { name: "alerting", labels } }] },
  });

  it("is no priority class of our name that another made, unless it is the one to use", async () => {
    const { lines: told } = await check(priorityClass());
    assert.deepEqual(told, [
      'alerting:priorityClass: is not set, and the priority class "alerting", which would be made then, exists and is not this program\'s. Name an existing one here, that one if you like, or remove it.',
    ]);
    assert.deepEqual((await check(priorityClass(), { priorityClass: "alerting" })).faults, []);
  });

  it("may be our own priority class, which an interrupted update has left", async () => {
    assert.deepEqual((await check(priorityClass({ "app.kubernetes.io/part-of": "alerting" }))).faults, []);
  });
});
