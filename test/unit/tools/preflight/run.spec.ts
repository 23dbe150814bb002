import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Instance, Subnet } from "@aws-sdk/client-ec2";
import type { MountTargetDescription } from "@aws-sdk/client-efs";
import { createColors } from "picocolors";
import { fileSystemPolicy } from "../../../../components/efs-file-system-policy";
import { loadConfig } from "../../../../config";
import type { Account } from "../../../../tools/preflight/aws/account";
import { command } from "../../../../tools/preflight/command";
import { readArguments, usage } from "../../../../tools/shared/command-line";
import { type Check, failed, ok, type Row, warning } from "../../../../tools/shared/check-result";
import { allChecks } from "../../../../tools/preflight/checks/all";
import { concealed } from "../../../../tools/preflight/conceal";
import { runChecks } from "../../../../tools/preflight/run";
import { checkTable, plainLines, summaryOf } from "../../../../tools/shared/check-table";
import { SecretText } from "../../../../tools/stack/secret-text";
import { FakeCluster, notFound } from "../../../support/fake-cluster";
import { canary, canaryPath, master, source, type Values, workerB, workerC } from "../../../support/settings";

const list = (items: object[]) => ({ items });
const several = { availability: { alertmanagers: 2, prometheus: 2, spread: "all" } };
const ready = (name: string, more: object = {}) => ({
  metadata: { name, labels: {} },
  spec: {},
  status: { conditions: [{ type: "Ready", status: "True" }] },
  ...more,
});
const driver = (name: string) => ({
  metadata: { name },
  spec: { drivers: [{ name: "efs.csi.aws.com", nodeID: name }] },
});
const onEvery = { "GET /apis/storage.k8s.io/v1/csinodes": list([master, workerB, workerC].map(driver)) };
const lease = (name: string, renewTime: string) => ({ metadata: { name }, spec: { renewTime } });
const now = "2026-01-02T03:04:05.000000Z";
const nodesPath = "GET /api/v1/nodes";
const leasesPath = "GET /apis/coordination.k8s.io/v1/namespaces/kube-system/leases";
const csiNodesPath = "GET /apis/storage.k8s.io/v1/csinodes";

/** The fake cluster's responses to the requests that only the preflight makes. */
const answers = {
  [nodesPath]: list([ready(master), ready(workerB), ready(workerC)]),
  [csiNodesPath]: list([driver(master)]),
  [leasesPath]: list([lease("apiserver-x", now), lease("cloud-controller-manager", now)]),
  "GET /apis/apps/v1/deployments": list([]),
  "GET /apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations": list([]),
};

const machine = (name: string, zone: string): Instance => ({
  InstanceId: `i-${zone}`,
  PrivateDnsName: name,
  SubnetId: `subnet-${zone}`,
  VpcId: "vpc-1",
  Placement: { AvailabilityZone: zone },
});
const subnet = (zone: string, tags: string[] = ["kubernetes.io/role/internal-elb"], VpcId = "vpc-1"): Subnet => ({
  SubnetId: `subnet-${zone}`,
  AvailabilityZone: zone,
  VpcId,
  Tags: tags.map((Key) => ({ Key, Value: "1" })),
});

const target = (zone: string, more: Partial<MountTargetDescription> = {}): MountTargetDescription => ({
  MountTargetId: `fsmt-${zone}`,
  FileSystemId: "fs-0123456789abcdef0",
  SubnetId: `subnet-${zone}`,
  VpcId: "vpc-1",
  AvailabilityZoneName: zone,
  LifeCycleState: "available",
  IpAddress: `10.0.${"abc".indexOf(zone) + 1}.9`,
  ...more,
});

/** An AWS account without problems, with these changes. */
function account(changes: Partial<Account> = {}): Account {
  return {
    instances: ([filter]) =>
      Promise.resolve(
        [machine(master, "a"), machine(workerB, "b"), machine(workerC, "c")].filter(({ PrivateDnsName = "" }) =>
          filter?.Values?.includes(PrivateDnsName),
        ),
      ),
    subnets: ([filter]) =>
      Promise.resolve(
        ["a", "b", "c"]
          .map((zone) => subnet(zone))
          .filter((one) => filter?.Name === "vpc-id" || filter?.Values?.includes(one.SubnetId!)),
      ),
    securityGroupIds: () => Promise.resolve([]),
    vpcAttribute: () => Promise.resolve(true),
    dnsServers: () => Promise.resolve(["AmazonProvidedDNS"]),
    fileSystem: () => Promise.resolve({} as never),
    // This statement allows clients that use TLS and one access point.
    fileSystemPolicy: () =>
      Promise.resolve(JSON.stringify(fileSystemPolicy("*", ["arn:aws:elasticfilesystem:::access-point/fsap-1"]))),
    mountTargets: () => Promise.resolve([]),
    ...changes,
  };
}

const masters = { masters: { names: [master] }, workers: { names: [workerB, workerC] } };

describe("a preflight", function () {
  let cluster: FakeCluster | undefined;
  afterEach(async () => {
    await cluster?.stop();
    cluster = undefined;
  });

  /**
   * All rows of the preflight. Cluster and account have no problems except these changes. No row may contain the
   * webhook.
   */
  async function look(
    values: Values = {},
    changes: Parameters<typeof FakeCluster.start>[0] = {},
    aws: Account = account(),
    clusterMs = 5_000,
    keys: Readonly<Record<string, string>> = {},
  ): Promise<Row[]> {
    cluster = await FakeCluster.start({ ...answers, ...changes });
    const whole = source({
      nodes: masters,
      kubeconfig: cluster.kubeconfig(),
      chart: { source: "lab/stand-ins/chart" },
      ...values,
    });
    const configuration = loadConfig({ ...whole, all: { ...whole.all, ...keys } });
    // No server listens at this address, so the row of the webhook fails at once.
    const webhook = new SecretText(`http://127.0.0.1:1/services/${canaryPath}`);
    const stack = { configuration, webhook, credentials: {}, heartbeatIsSet: false };
    const rows = await runChecks(allChecks(stack, { clusterMs }, () => aws));
    assert.doesNotMatch(JSON.stringify(rows), new RegExp(canaryPath));
    return rows;
  }

  const of = (rows: readonly Row[], check: string) => rows.filter((row) => row.check === check);
  // With these nodes, the default number of replicas has a warning: availability.spec.ts has that row's tests.
  const others = ["webhook", "heartbeat", "availability"];
  const notOk = (rows: readonly Row[]) =>
    rows.filter(({ status, check }) => status !== "ok" && !others.includes(check));
  /** Expects exactly one row that is not "ok", and returns it. */
  function only(rows: readonly Row[], check: string, status: Row["status"], what: RegExp): Row {
    assert.deepEqual(
      notOk(rows).map((row) => `${row.check}: ${row.status}`),
      [`${check}: ${status}`],
      JSON.stringify(notOk(rows)),
    );
    const row = notOk(rows)[0]!;
    assert.match(row.what, what);
    return row;
  }

  it("reports no problem in a healthy cluster, keeps the order of the table, and changes nothing", async () => {
    const rows = await look();
    assert.deepEqual(notOk(rows), []);
    assert.deepEqual(
      rows.map(({ check }) => check),
      [
        ...[
          "configuration",
          "chart",
          "cluster",
          "rights",
          "namespace",
          "IP family",
          "priority class",
          "network policies",
          "pull secrets",
          "nodes",
          "node labels",
        ],
        ...["availability", "availability"],
        ...["EFS CSI driver", "storage class", "NLB controller"],
        ...["nodes in EC2", "subnets and zones", "DNS in the VPC", "NLB subnets", "node security groups"],
        "file system policy",
        ...["certificate", "webhook", "heartbeat"],
      ],
    );
    const page = readFileSync(join(__dirname, "../../../../docs/preflight.md"), "utf8");
    for (const { check } of rows)
      assert.match(page, new RegExp(`^\\| \`${check}\` `, "m"), "docs/preflight.md tells of it");
    const writes = cluster!.requests.filter(
      (one) => !one.startsWith("GET ") && !/selfsubject(access)?reviews/.test(one) && !one.endsWith("?dryRun=All"),
    );
    assert.deepEqual(writes, []);
  });

  it("reports each problem of the configuration as a row, and still runs the other checks", async () => {
    const rows = await look({ nodeLable: "x", alerts: { scrapeInterval: "never" } });
    assert.deepEqual(
      of(rows, "configuration").map(({ status }) => status),
      ["failed", "failed", "skipped"],
    );
    assert.match(of(rows, "configuration")[0]!.what, /alerting:nodeLable: there is no such setting/);
    assert.equal(of(rows, "nodes")[0]!.status, "ok");
  });

  describe("of the cluster", () => {
    it("fails for a Kubernetes version that is too old, and warns of an untested version", async () => {
      const version = (minor: string) => ({ "GET /version": { major: "1", minor, gitVersion: `v1.${minor}.0` } });
      only(await look({}, version("24")), "cluster", "failed", /v1\.24\.0; the chart needs 1\.25 or later/);
      await cluster!.stop();
      only(await look({}, version("99+")), "cluster", "warning", /tested up to 1\.36/);
    });

    it("reports once that the cluster does not answer in time, and skips the checks that need it", async () => {
      const started = Date.now();
      const rows = await look({}, { "GET /version": "hang" }, account(), 500);
      assert.match(of(rows, "cluster")[0]!.what, /does not answer: no answer within 0\.5 s/);
      assert.equal(notOk(rows).filter(({ status }) => status === "failed").length, 1);
      assert.equal(of(rows, "nodes")[0]!.status, "skipped");
      assert.equal(of(rows, "DNS in the VPC")[0]!.status, "skipped");
      assert.ok(Date.now() - started < 5_000);
    });

    it("names the missing permissions", async () => {
      const denied = { "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews": { status: { allowed: false } } };
      only(await look({}, denied), "rights", "failed", /may not patch nodes, create namespaces, create clusterroles/);
    });

    const whoPath = "POST /apis/authentication.k8s.io/v1/selfsubjectreviews";
    const reviewsPath = "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    const refusedTo = (user: string, resource: string) => ({
      ...{ status: 403, message: `${resource} is forbidden: User "${user}" cannot create resource "${resource}"` },
    });
    const nobody = { status: { userInfo: { username: "system:anonymous" } } };
    for (const [what, changes] of [
      ["reports an anonymous user, whatever anonymous requests may do", { [whoPath]: nobody }],
      ["refuses to name the user", { [whoPath]: refusedTo("system:anonymous", "selfsubjectreviews") }],
    ] as const) {
      it(`fails once for credentials that the cluster does not recognize, if the cluster ${what}`, async () => {
        const rows = await look({}, changes);
        const failures = rows.filter(({ status, check }) => status === "failed" && check !== "webhook");
        assert.deepEqual(
          failures.map(({ check }) => check),
          ["cluster"],
        );
        assert.match(failures[0]!.what, /treats its requests as those of system:anonymous: .*sign in again/);
        assert.equal(of(rows, "rights")[0]!.status, "skipped");
      });
    }

    it("also fails for unrecognized credentials in a cluster that is too old to tell which user it sees", async () => {
      const old = { [whoPath]: notFound, [reviewsPath]: refusedTo("system:anonymous", "selfsubjectaccessreviews") };
      const [row] = of(await look({}, old), "rights");
      assert.equal(row!.status, "failed");
      assert.match(row!.what, /system:anonymous/);
    });

    it("continues if the user has no permission to ask for their own user name", async () => {
      assert.deepEqual(notOk(await look({}, { [whoPath]: refusedTo("jane", "selfsubjectreviews") })), []);
    });

    it("only warns of resources that the credentials may not read", async () => {
      const forbidden = { status: 403, message: "leases is forbidden" };
      only(
        await look({}, { [leasesPath]: forbidden }),
        "NLB controller",
        "warning",
        /is not known: leases is forbidden/,
      );
    });

    it("names the stack that owns the namespace if it is another stack", async () => {
      const owned = {
        metadata: { name: "monitoring", annotations: { "alerting-owner/stack": "organization/alerting/old" } },
      };
      const path = "GET /api/v1/namespaces?labelSelector=alerting-owner";
      const rows = await look({}, { [path]: list([owned]), "GET /api/v1/namespaces/monitoring": owned });
      assert.match(of(rows, "namespace")[0]!.what, /has an alerting stack already: organization\/alerting\/old/);
    });

    it("reports nodes and an API server that the network policies would block", async () => {
      const narrow = { networkPolicies: { nodeRanges: ["192.0.2.0/24"] } };
      only(await look(narrow), "network policies", "failed", /nodeRanges: none of the ranges has the API server's/);
      await cluster!.stop();
      const off = await look({ networkPolicies: { ...narrow.networkPolicies, enabled: false } });
      assert.match(of(off, "network policies")[0]!.what, /^none are created/);
    });

    it("checks that the pull secrets in the settings exist", async () => {
      const secret = (name: string, namespace = "monitoring") => `GET /api/v1/namespaces/${namespace}/secrets/${name}`;
      const images = { images: { pullSecrets: ["here", "gone"] } };
      const here = { metadata: { name: "here" } };
      const there = {
        ...{ [secret("here")]: here, [secret("gone")]: notFound },
        ...{ [secret("here", "monitoring-nodes")]: here, [secret("gone", "monitoring-nodes")]: here },
      };
      const row = only(await look(images, there), "pull secrets", "warning", /^gone is not in namespace "monitoring"/);
      assert.match(row.todo!, /kubectl create secret docker-registry gone --namespace monitoring/);
    });

    it("checks the pull secrets in node-exporter's namespace too", async () => {
      const secret = (namespace: string) => `GET /api/v1/namespaces/${namespace}/secrets/mirror`;
      const there = {
        [secret("monitoring")]: { metadata: { name: "mirror" } },
        [secret("monitoring-nodes")]: notFound,
      };
      const rows = await look({ images: { pullSecrets: ["mirror"] } }, there);
      only(
        rows,
        "pull secrets",
        "warning",
        /^mirror is not in namespace "monitoring-nodes", so no image could be pulled/,
      );
    });

    it("fails if the cluster does not enforce the Pod Security level of the namespace", async () => {
      const lax = { "POST /api/v1/namespaces?dryRun=All": { metadata: { name: "x" } } };
      only(
        await look({}, lax),
        "namespace",
        "failed",
        /^alerting:podSecurity: got "required", but the cluster has no Pod/,
      );
    });
  });

  describe("of the nodes", () => {
    const withMaster = (change: object) => ({
      [nodesPath]: list([ready(master, change), ready(workerB), ready(workerC)]),
    });
    const down = { status: { conditions: [{ type: "Ready", status: "Unknown", reason: "NodeStatusUnknown" }] } };

    it("fails if no master accepts pods: cordoned, not ready, or tainted", async () => {
      const tainted = { spec: { taints: [{ key: "dedicated", value: "db", effect: "NoSchedule" }] } };
      for (const [change, what] of [
        [{ spec: { unschedulable: true } }, /is cordoned, and no other master/],
        [down, /is not ready \(NodeStatusUnknown\), and no other master/],
        [tainted, /has the taint dedicated=db:NoSchedule, which keeps .* away, and no other master/],
      ] as const) {
        assert.ok(only(await look({}, withMaster(change)), "nodes", "failed", what).todo);
        await cluster!.stop();
      }
      cluster = undefined;
    });

    it("looks at workers too if replicas may run there", async () => {
      const spec = { taints: [{ key: "dedicated", value: "db", effect: "NoSchedule" }] };
      const shutWorker = { ...onEvery, [nodesPath]: list([ready(master), ready(workerB, { spec }), ready(workerC)]) };
      const what = new RegExp(`^${workerB} has the taint dedicated=db:NoSchedule, which keeps .* away\\.$`);
      only(await look(several, shutWorker), "nodes", "warning", what);
      await cluster!.stop();
      assert.deepEqual(
        of(await look({}, shutWorker), "nodes").map(({ status }) => status),
        ["ok"],
      );
      await cluster!.stop();
      const closed = { spec: { unschedulable: true } };
      const onlyMaster = await look(several, { ...onEvery, ...withMaster(closed) });
      only(onlyMaster, "nodes", "warning", /is cordoned\.$/);
      await cluster!.stop();
      const all = { [nodesPath]: list([master, workerB, workerC].map((name) => ready(name, closed))) };
      const rows = of(await look(several, all), "nodes");
      assert.equal(rows.length, 3);
      for (const row of rows) assert.match(row.what, /is cordoned, and no other node can run/);
    });

    it("suggests tolerations for the taints, and is ok after they are set", async () => {
      const taints = [
        { key: "dedicated", value: "db", effect: "NoSchedule" },
        { key: "CriticalAddonsOnly", effect: "NoExecute" },
        { key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" },
      ];
      const shut = only(
        await look({}, withMaster({ spec: { taints } })),
        "nodes",
        "failed",
        /has the taint dedicated=db:NoSchedule and CriticalAddonsOnly:NoExecute, which keeps Prometheus and Alertmanager/,
      );
      const values: Record<string, object> = {};
      for (const [, key, list] of shut.todo!.matchAll(/([\w-]+)\.tolerations: `(.*?)`/g)) {
        values[key!] = { tolerations: JSON.parse(list!) as object[] };
      }
      await cluster!.stop();
      assert.deepEqual(notOk(await look({ values }, withMaster({ spec: { taints } }))), []);
    });

    it("checks the tolerations of each pod separately: a toleration of one pod does not help another pod", async () => {
      const taints = [{ key: "dedicated", effect: "NoSchedule" }];
      const values = { server: { tolerations: [{ operator: "Exists" }] } };
      const rows = await look({ values }, withMaster({ spec: { taints } }));
      only(rows, "nodes", "failed", /which keeps Alertmanager away, and no other master/);
    });

    it("does not accept a toleration with tolerationSeconds", async () => {
      const taints = [{ key: "dedicated", effect: "NoExecute" }];
      const tolerations = [{ key: "dedicated", operator: "Exists", tolerationSeconds: 60 }];
      const values = { server: { tolerations }, alertmanager: { tolerations } };
      const rows = await look({ values }, withMaster({ spec: { taints } }));
      assert.match(of(rows, "nodes")[0]!.what, /dedicated:NoExecute, which keeps Prometheus and Alertmanager/);
    });

    it("is ok with taints that the pods tolerate", async () => {
      const taints = [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }];
      assert.deepEqual(notOk(await look({}, withMaster({ spec: { taints } }))), []);
    });

    it("warns of a worker that is not ready", async () => {
      const nodes = { [nodesPath]: list([ready(master), ready(workerB, down), ready(workerC)]) };
      only(await look({}, nodes), "nodes", "warning", new RegExp(`^${workerB} is not ready`));
    });

    it('fails for a listed node that is missing, or only warns if missingNodes is "warn"', async () => {
      const nodes = { [nodesPath]: list([ready(master), ready(workerB)]) };
      only(await look({}, nodes), "nodes", "failed", new RegExp(`the cluster has no node "${workerC}"`));
      await cluster!.stop();
      only(await look({ missingNodes: "warn" }, nodes), "nodes", "warning", /left out/);
    });

    it("accepts missing labels before the first `pulumi up`, and warns of them afterwards", async () => {
      const before = await look();
      assert.match(of(before, "node labels")[0]!.what, /3 nodes without the label "key"; `pulumi up` sets it/);
      await cluster!.stop();
      const owned = {
        metadata: { name: "monitoring", annotations: { "alerting-owner/stack": "organization/alerting/dev" } },
      };
      const rows = await look(
        {},
        {
          "GET /api/v1/namespaces?labelSelector=alerting-owner": list([owned]),
          "GET /api/v1/namespaces/monitoring": owned,
        },
      );
      assert.match(only(rows, "node labels", "warning", /lack the label "key"/).todo!, /pulumi up --refresh/);
    });
  });

  describe("of storage and load balancers", () => {
    it("fails if there is no EFS CSI driver, or if no master's kubelet has registered it", async () => {
      const path = "GET /apis/storage.k8s.io/v1/csidrivers/efs.csi.aws.com";
      only(await look({}, { [path]: notFound }), "EFS CSI driver", "failed", /has no CSIDriver efs\.csi\.aws\.com/);
      await cluster!.stop();
      const none = { [csiNodesPath]: list([driver(workerB)]) };
      only(await look({}, none), "EFS CSI driver", "failed", new RegExp(`kubelet of ${master} has no driver`));
      await cluster!.stop();
      // Replicas may run on workers too.
      const row = only(await look(several), "EFS CSI driver", "failed", new RegExp(`${workerB}, ${workerC} has no dr`));
      assert.match(row.todo!, /^Do its node pods run on nodes /);
    });

    it("warns if pods of the EFS CSI node DaemonSet are not ready", async () => {
      const daemon = {
        metadata: { name: "efs-csi-node", namespace: "kube-system" },
        spec: { template: { spec: { containers: [] } } },
        status: { desiredNumberScheduled: 3, numberReady: 2 },
      };
      const rows = await look({}, { "GET /apis/apps/v1/daemonsets": list([daemon]) });
      only(rows, "EFS CSI driver", "warning", /2 of 3 node pods of kube-system\/efs-csi-node are ready/);
    });

    it("needs no driver if the data is not on EFS or the program installs the driver", async () => {
      const without = {
        "GET /apis/storage.k8s.io/v1/csidrivers/efs.csi.aws.com": notFound,
        [csiNodesPath]: list([]),
      };
      assert.match(of(await look({ storage: { type: "none" } }, without), "EFS CSI driver")[0]!.what, /not needed/);
      await cluster!.stop();
      const rows = await look({ efsCsiDriver: "install" }, without);
      assert.match(of(rows, "EFS CSI driver")[0]!.what, /`pulumi up` installs it/);
    });

    it("warns if a driver exists already and another one is to be installed", async () => {
      const rows = await look({ efsCsiDriver: "install" });
      const row = only(rows, "EFS CSI driver", "warning", /has the CSIDriver efs\.csi\.aws\.com already/);
      assert.match(row.todo!, /alerting:efsCsiDriver existing/);
    });

    it("fails for a storage class that does not exist", async () => {
      const rows = await look({ storage: { type: "storageClass", storageClass: "gp3" } });
      only(rows, "storage class", "failed", /no storage class "gp3"\. It has gp2, io2/);
    });

    it("detects a controller by its lease or its pods, and warns if only the other controller is found", async () => {
      const only1 = { [leasesPath]: list([lease("x", now), lease("aws-load-balancer-controller-leader", now)]) };
      const row = only(await look({}, only1), "NLB controller", "warning", /no cloud-controller-manager is found/);
      assert.match(row.todo!, /alerting:loadBalancer\.controller aws-load-balancer-controller/);
      await cluster!.stop();
      const pods = (numberReady: number) => ({
        [leasesPath]: list([]),
        "GET /apis/apps/v1/daemonsets": list([
          { metadata: { name: "aws-cloud-controller-manager" }, status: { numberReady } },
        ]),
      });
      assert.equal(of(await look({}, pods(1)), "NLB controller")[0]!.status, "ok");
      await cluster!.stop();
      only(await look({}, pods(0)), "NLB controller", "failed", /no pod of cloud-controller-manager is ready/);
    });

    it("warns if a lease is no longer renewed according to the cluster's clock, or if no controller can be detected", async () => {
      const old = "2026-01-02T02:04:05.000000Z";
      const stale = { [leasesPath]: list([lease("x", now), lease("cloud-controller-manager", old)]) };
      only(await look({}, stale), "NLB controller", "warning", /has not renewed its lease/);
      await cluster!.stop();
      only(await look({}, { [leasesPath]: list([]) }), "NLB controller", "warning", /is not visible from here/);
    });
  });

  describe("of AWS", () => {
    it("reports once why AWS does not answer, and still runs the other checks", async () => {
      const error = Object.assign(new Error("Could not load credentials from any providers"), {
        name: "CredentialsProviderError",
      });
      const rows = await look({}, {}, account({ instances: () => Promise.reject(error) }));
      assert.match(of(rows, "nodes in EC2")[0]!.what, /AWS did not answer: Could not load credentials/);
      assert.deepEqual(
        notOk(rows).map(({ status }) => status),
        ["failed", "skipped", "skipped", "skipped", "skipped"],
      );
    });

    it("warns if the credentials have no permission to look", async () => {
      const error = Object.assign(new Error("You are not authorized to perform this operation"), {
        name: "UnauthorizedOperation",
      });
      const rows = await look({}, {}, account({ vpcAttribute: () => Promise.reject(error) }));
      only(rows, "DNS in the VPC", "warning", /is not known: .*not authorized/);
    });

    it("names the nodes that EC2 does not know", async () => {
      const rows = await look(
        {},
        {},
        account({ instances: () => Promise.resolve([machine(master, "a"), machine(workerB, "b")]) }),
      );
      only(rows, "nodes in EC2", "failed", new RegExp(`EC2 does not know ${workerC}`));
    });

    it("fails if the VPC does not resolve names, and says how to switch name resolution on", async () => {
      const vpcAttribute: Account["vpcAttribute"] = (_, attribute) => Promise.resolve(attribute === "enableDnsSupport");
      const row = only(
        await look({}, {}, account({ vpcAttribute })),
        "DNS in the VPC",
        "failed",
        /vpc-1 has enableDnsHostnames switched off/,
      );
      assert.match(row.todo!, /modify-vpc-attribute --vpc-id vpc-1 --enable-dns-hostnames/);
    });

    it("fails for a master in a zone without a mount target", async () => {
      const network = { network: { subnetIds: ["subnet-0000000b", "subnet-0000000c"] } };
      const subnets = () =>
        Promise.resolve([
          { ...subnet("b"), SubnetId: "subnet-0000000b" },
          { ...subnet("c"), SubnetId: "subnet-0000000c" },
        ]);
      only(
        await look(network, {}, account({ subnets })),
        "subnets and zones",
        "failed",
        /is in zone a, which would get no mount target/,
      );
      await cluster!.stop();
      const storage = { storage: { fileSystemId: "fs-0123456789abcdef0", mountTargets: "existing" } };
      const mountTargets = () => Promise.resolve([target("b")]);
      only(
        await look(storage, {}, account({ mountTargets })),
        "subnets and zones",
        "failed",
        /zone a, which has no mount target/,
      );
    });

    it("warns of a worker in such a zone if replicas may run there", async () => {
      const storage = { fileSystemId: "fs-0123456789abcdef0", mountTargets: "existing" };
      const mountTargets = () => Promise.resolve([target("a"), target("b")]);
      const without = new RegExp(`^node ${workerC} is in zone c, which has no mount target, so nothing is mounted`);
      only(
        await look({ storage, ...several }, onEvery, account({ mountTargets })),
        "subnets and zones",
        "warning",
        without,
      );
      await cluster!.stop();
      const rows = await look({ storage }, {}, account({ mountTargets }));
      assert.deepEqual(
        of(rows, "subnets and zones").map(({ status }) => status),
        ["ok"],
      );
    });

    describe("about the mount targets of a given file system", () => {
      const given = { fileSystemId: "fs-0123456789abcdef0" };
      const existing = { ...given, mountTargets: "existing" };
      const all = ["a", "b", "c"].map((zone) => target(zone));
      const see = async (storage: object, targets: MountTargetDescription[], more: Partial<Account> = {}) => {
        await cluster?.stop();
        const rows = await look({ storage }, {}, account({ mountTargets: () => Promise.resolve(targets), ...more }));
        return of(rows, "subnets and zones").map(({ status, what, todo }) => `${status}: ${what} ${todo ?? ""}`.trim());
      };

      it("fails if mount targets exist and more would be created, but accepts this stack's mount targets", async () => {
        assert.deepEqual(await see(given, all), [
          "failed: fs-0123456789abcdef0 already has mount targets in a, b, c, and EFS allows one per zone: `pulumi up` would fail with MountTargetConflict, half applied. " +
            'Set alerting:storage.mountTargets to "existing", and allow the nodes\' security groups there.',
        ]);
        const own = { securityGroupIds: () => Promise.resolve(["sg-own"]) };
        assert.match((await see(given, all, own)).join(), /^ok: one mount target per zone/);
      });

      it('accepts existing mount targets if mountTargets is "existing"', async () => {
        assert.deepEqual(await see(existing, all), ["ok: one mount target per zone: a, b, c."]);
      });

      it("fails if the mount targets are in another VPC, and suggests a solution", async () => {
        const [line, ...more] = await see(
          existing,
          all.map((one) => ({ ...one, VpcId: "vpc-2" })),
        );
        assert.deepEqual(more, []);
        assert.match(
          line!,
          /^failed: .* are in vpc-2, and the nodes in vpc-1, where its name cannot be resolved\. .*mountTargetIp/,
        );
      });

      it("fails if the only mount target is being deleted, and warns if there are others", async () => {
        const leaving = target("a", { LifeCycleState: "deleting" });
        const alone = await see(existing, [leaving]);
        assert.match(alone[0]!, /^failed: fs-\w+ has no mount target that is available\./);
        assert.match(alone[1]!, /^warning: fsmt-a in a is deleting\./);
        const beside = await see(existing, [leaving, target("b")]);
        assert.match(
          beside.join("\n"),
          /warning: fsmt-a in a is deleting.*\nfailed: master .* zone a, which has no mount target/,
        );
      });

      it("accepts the address of a mount target in another VPC, and fails for an address that belongs to no mount target", async () => {
        const peered = [target("a", { VpcId: "vpc-2", IpAddress: "10.1.2.3" })];
        assert.deepEqual(await see({ ...existing, mountTargetIp: "10.1.2.3" }, peered), [
          "ok: mounted at 10.1.2.3, the mount target in a.",
        ]);
        assert.deepEqual(await see({ ...existing, mountTargetIp: "10.1.2.4" }, peered), [
          "failed: alerting:storage.mountTargetIp: 10.1.2.4 is not a mount target of fs-0123456789abcdef0. Its addresses: 10.1.2.3.",
        ]);
      });

      it("fails for a One Zone file system outside the master's zone, and otherwise plans one mount target", async () => {
        const inZone = (zone: string) => ({
          fileSystem: () => Promise.resolve({ AvailabilityZoneName: zone } as never),
        });
        assert.match(
          (await see(given, [], inZone("b"))).join(),
          /^failed: master .* in zone a, which would get no mount target, because the file system is One Zone, in b/,
        );
        assert.deepEqual(await see(given, [], inZone("a")), [
          "ok: one mount target per zone: a, created by `pulumi up`.",
        ]);
      });
    });

    it("fails if nodes are in two VPCs, names the nodes, and names no setting that is not set", async () => {
      const instances: Account["instances"] = ([filter]) =>
        Promise.resolve(
          [machine(master, "a"), { ...machine(workerB, "b"), VpcId: "vpc-2" }, machine(workerC, "c")].filter(
            ({ PrivateDnsName = "" }) => filter?.Values?.includes(PrivateDnsName),
          ),
        );
      const row = only(await look({}, {}, account({ instances })), "subnets and zones", "failed", /more than one VPC/);
      assert.match(row.what, new RegExp(`^alerting:nodes: .*vpc-2 \\(${workerB}\\)`));
    });

    it("fails in an AWS account that the stack's AWS settings exclude", async () => {
      const [ours, other] = ["123456789012", "210987654321"];
      const instances: Account["instances"] = async (filters) =>
        (await account().instances(filters)).map((one) => ({ ...one, NetworkInterfaces: [{ OwnerId: ours }] }));
      for (const [key, ids, isOut] of [
        ["allowedAccountIds", [other], true],
        ["forbiddenAccountIds", [ours], true],
        ["allowedAccountIds", [ours, other], false],
        ["forbiddenAccountIds", [other], false],
      ] as const) {
        await cluster?.stop();
        const rows = await look({}, {}, account({ instances }), 5_000, { [`aws:${key}`]: JSON.stringify(ids) });
        if (isOut) only(rows, "nodes in EC2", "failed", /those of account 123456789012, which aws:allowedAccountIds/);
        else assert.deepEqual(notOk(rows), [], key);
      }
    });

    it("plans no mount target in a Local Zone", async () => {
      const edge = "us-west-2-lax-1a";
      const instances: Account["instances"] = ([filter]) =>
        Promise.resolve(
          [machine(master, "a"), machine(workerB, edge), machine(workerC, "c")].filter(({ PrivateDnsName = "" }) =>
            filter?.Values?.includes(PrivateDnsName),
          ),
        );
      const subnets: Account["subnets"] = () => Promise.resolve(["a", edge, "c"].map((zone) => subnet(zone)));
      const rows = await look({}, {}, account({ instances, subnets }));
      assert.deepEqual(
        of(rows, "subnets and zones").map(({ what }) => what),
        ["one mount target per zone: a, c, created by `pulumi up`."],
      );
    });

    it("finds machines by the node's address in the VPC of the settings if no name matches", async () => {
      const found = [machine("elsewhere", "a"), machine("elsewhere", "b"), machine("elsewhere", "c")].map(
        (one, index) => ({ ...one, PrivateIpAddress: ["10.0.1.10", "10.0.2.11", "10.0.3.12"][index]! }),
      );
      const instances: Account["instances"] = (filters) =>
        Promise.resolve(
          filters[0]!.Name === "private-ip-address"
            ? found.filter(({ PrivateIpAddress }) => filters[0]!.Values!.includes(PrivateIpAddress))
            : [],
        );
      const rows = await look({}, {}, account({ instances }));
      assert.match(of(rows, "nodes in EC2")[0]!.what, /^EC2 knows all 3, in a, b, c/);
    });

    it("warns of custom DNS servers that cannot resolve EFS names, unless EFS is mounted by address", async () => {
      const dnsServers = () => Promise.resolve(["10.0.0.53", "10.0.1.53"]);
      const row = only(
        await look({}, {}, account({ dnsServers })),
        "DNS in the VPC",
        "warning",
        /the DHCP options of vpc-1 name the DNS servers 10\.0\.0\.53, 10\.0\.1\.53/,
      );
      assert.match(row.todo!, /forward it to the VPC's resolver, or set alerting:storage\.mountTargetIp/);
      await cluster!.stop();
      const storage = { fileSystemId: "fs-0123456789abcdef0", mountTargets: "existing", mountTargetIp: "10.0.1.9" };
      const mountTargets = () => Promise.resolve([target("a")]);
      assert.deepEqual(notOk(await look({ storage }, {}, account({ dnsServers, mountTargets }))), []);
    });

    it("fails for two subnets in one zone, for a subnet that EC2 does not know, and for an unknown file system", async () => {
      const network = { network: { subnetIds: ["subnet-0000000a", "subnet-0000000b"] } };
      const twice = () =>
        Promise.resolve([
          { ...subnet("a"), SubnetId: "subnet-0000000a" },
          { ...subnet("a"), SubnetId: "subnet-0000000b" },
        ]);
      only(await look(network, {}, account({ subnets: twice })), "subnets and zones", "failed", /are both in zone a/);
      await cluster!.stop();
      const one = () => Promise.resolve([{ ...subnet("a"), SubnetId: "subnet-0000000a" }]);
      only(
        await look(network, {}, account({ subnets: one })),
        "subnets and zones",
        "failed",
        /does not know the subnet subnet-0000000b/,
      );
      await cluster!.stop();
      const storage = { storage: { fileSystemId: "fs-0123456789abcdef0" } };
      const fileSystem = () => Promise.resolve(undefined);
      const rows = await look(storage, {}, account({ fileSystem }));
      assert.deepEqual(
        of(rows, "file system policy").map(({ status }) => status),
        ["skipped"],
      );
      only(
        rows.filter(({ check }) => check !== "file system policy"),
        "subnets and zones",
        "failed",
        /does not know the file system/,
      );
    });

    it("warns if no subnet has the tag that the controller looks for", async () => {
      const untagged = account({ subnets: () => Promise.resolve(["a", "b", "c"].map((zone) => subnet(zone, []))) });
      const row = only(
        await look({}, {}, untagged),
        "NLB subnets",
        "warning",
        /no subnet of the VPC has the tag kubernetes\.io\/role\/internal-elb/,
      );
      assert.match(row.todo!, /alerting:loadBalancer\.subnetIds/);
      await cluster!.stop();
      const ofCluster = account({
        subnets: () => Promise.resolve(["a", "b", "c"].map((zone) => subnet(zone, ["kubernetes.io/cluster/x"]))),
      });
      assert.deepEqual(notOk(await look({}, {}, ofCluster)), []);
    });

    it("selects the nodes by an EC2 tag", async () => {
      const nodes = { masters: { ec2Tag: { key: "role", value: "master" } }, workers: { names: [workerB] } };
      const asked: (string | undefined)[] = [];
      const instances: Account["instances"] = ([filter]) => {
        asked.push(filter?.Name);
        return Promise.resolve([machine(master, "a"), ...(filter?.Name === "tag:role" ? [] : [machine(workerB, "b")])]);
      };
      const rows = await look({ nodes }, {}, account({ instances }));
      assert.deepEqual(notOk(rows), []);
      assert.match(of(rows, "nodes")[0]!.what, /1 master and 1 worker/);
      assert.ok(asked.includes("tag:role"));
    });
  });
});

describe("the advice of a preflight's row", function () {
  interface World {
    readonly values?: Values;
    readonly cluster?: Parameters<typeof FakeCluster.start>[0];
    readonly aws?: Partial<Account>;
  }

  /** The first row of a check that is not "ok". If all are "ok", the first row. */
  async function rowIn(check: string, { values = {}, cluster: changes = {}, aws = {} }: World): Promise<Row> {
    const cluster = await FakeCluster.start({ ...answers, ...changes });
    try {
      const configuration = loadConfig(source({ nodes: masters, kubeconfig: cluster.kubeconfig(), ...values }));
      const webhook = new SecretText("http://127.0.0.1:1/");
      const stack = { configuration, webhook, credentials: {}, heartbeatIsSet: false };
      const checks = allChecks(stack, { clusterMs: 5_000, webhookMs: 100 }, () => account(aws));
      const rows = await runChecks(checks.filter(({ name }) => name === check));
      return rows.find(({ status }) => status !== "ok") ?? rows[0]!;
    } finally {
      await cluster.stop();
    }
  }

  const onNode = (change: object) => ({
    cluster: { [nodesPath]: list([ready(master, change), ready(workerB), ready(workerC)]) },
  });
  const namespaces = "GET /api/v1/namespaces?labelSelector=alerting-owner";
  const ownedBy = (owner: string): World => {
    const namespace = { metadata: { name: "monitoring", annotations: { "alerting-owner/stack": owner } } };
    return { cluster: { [namespaces]: list([namespace]), "GET /api/v1/namespaces/monitoring": namespace } };
  };
  const labelled = (name: string) =>
    ready(name, { metadata: { name, labels: { key: name === master ? "master" : "worker" } } });
  const driverPath = "GET /apis/storage.k8s.io/v1/csidrivers/efs.csi.aws.com";
  const controllers = "GET /apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";
  const both = {
    [leasesPath]: list([lease("cloud-controller-manager", now), lease("aws-load-balancer-controller-leader", now)]),
    [controllers]: list([{ metadata: { name: "aws-lbc" }, webhooks: [{ name: "mservice.elbv2.k8s.aws" }] }]),
  };
  const dns = (lacking: string[]) => ({
    aws: { vpcAttribute: (_: string, name: string) => Promise.resolve(!lacking.includes(name)) },
  });
  const unreachable = { networkPolicies: { nodeRanges: ["10.0.2.0/24", "10.0.3.0/24"] } };
  const ipv6 = (addresses: string[]) => ({
    cluster: {
      "GET /apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes": {
        ...{ addressType: "IPv6", endpoints: [{ addresses }], ports: [{ port: 6443 }] },
      },
    },
  });

  const rows: [check: string, broken: World, advice: RegExp, followed: (advised: RegExpExecArray) => World][] = [
    [
      "namespace",
      ownedBy("organization/alerting/old"),
      /kubectl annotate --overwrite namespace monitoring alerting-owner\/stack=(\S+)`/,
      ([, owner]) => ownedBy(owner!),
    ],
    ["IP family", ipv6(["fd00::1"]), /first family is IPv4/, () => ({})],
    [
      "priority class",
      { values: { priorityClass: "high" } },
      /It has ([\w-]+)/,
      ([, priorityClass]) => ({ values: { priorityClass } }),
    ],
    [
      "network policies",
      { values: unreachable },
      /has the API server's address, (\S+), .* Add its range/,
      ([, address]) => ({
        values: { networkPolicies: { nodeRanges: [...unreachable.networkPolicies.nodeRanges, `${address}/32`] } },
      }),
    ],
    ["nodes", onNode({ spec: { unschedulable: true } }), /kubectl uncordon \S+`/, () => onNode({})],
    [
      "nodes",
      onNode({ spec: { taints: [{ key: "dedicated", effect: "NoSchedule" }] } }),
      /kubectl taint node \S+ dedicated-`/,
      () => onNode({}),
    ],
    [
      "node labels",
      ownedBy("organization/alerting/dev"),
      /pulumi up --refresh/,
      () => ({
        cluster: {
          ...ownedBy("organization/alerting/dev").cluster,
          [nodesPath]: list([labelled(master), labelled(workerB), labelled(workerC)]),
        },
      }),
    ],
    [
      "EFS CSI driver",
      { cluster: { [driverPath]: notFound } },
      /set alerting:efsCsiDriver to "(install)"/,
      ([, efsCsiDriver]) => ({ values: { efsCsiDriver }, cluster: { [driverPath]: notFound } }),
    ],
    [
      "EFS CSI driver",
      { values: { efsCsiDriver: "install" } },
      /pulumi config set alerting:efsCsiDriver (existing)`/,
      ([, efsCsiDriver]) => ({ values: { efsCsiDriver } }),
    ],
    [
      "storage class",
      { values: { storage: { type: "storageClass", storageClass: "gp3" } } },
      /It has (\w+)/,
      ([, storageClass]) => ({ values: { storage: { type: "storageClass", storageClass } } }),
    ],
    [
      "NLB controller",
      { cluster: both },
      /pulumi config set --path alerting:loadBalancer\.controller (\S+)`/,
      ([, controller]) => ({ values: { loadBalancer: { controller } }, cluster: both }),
    ],
    [
      "NLB controller",
      { cluster: both },
      /install that controller with enableServiceMutatorWebhook=false/,
      () => ({ cluster: { ...both, [controllers]: list([]) } }),
    ],
    [
      "nodes in EC2",
      { aws: { instances: () => Promise.resolve([machine(master, "a")]) } },
      /set alerting:network\.vpcId, subnetIds and securityGroupIds/,
      () => ({
        values: {
          network: { vpcId: "vpc-00000001", subnetIds: ["subnet-0000000a"], securityGroupIds: ["sg-00000001"] },
        },
        aws: { instances: () => Promise.resolve([machine(master, "a")]) },
      }),
    ],
    [
      "subnets and zones",
      {
        values: { network: { subnetIds: ["subnet-0000000b"] } },
        aws: { subnets: () => Promise.resolve([{ ...subnet("b"), SubnetId: "subnet-0000000b" }]) },
      },
      /Add a subnet of (\w) to alerting:network\.subnetIds/,
      ([, zone]) => ({
        values: { network: { subnetIds: ["subnet-0000000b", "subnet-0000000a"] } },
        aws: {
          subnets: () =>
            Promise.resolve([
              { ...subnet("b"), SubnetId: "subnet-0000000b" },
              { ...subnet(zone!), SubnetId: "subnet-0000000a" },
            ]),
        },
      }),
    ],
    [
      "DNS in the VPC",
      dns(["enableDnsSupport", "enableDnsHostnames"]),
      /--enable-dns-support` and .*--enable-dns-hostnames`/,
      () => dns([]),
    ],
    [
      "NLB subnets",
      { aws: { subnets: () => Promise.resolve(["a", "b", "c"].map((zone) => subnet(zone, []))) } },
      /with (kubernetes\.io\/role\/internal-elb)=1/,
      ([, tag]) => ({ aws: { subnets: () => Promise.resolve(["a", "b", "c"].map((zone) => subnet(zone, [tag!]))) } }),
    ],
  ];
  for (const [check, broken, advice, followed] of rows) {
    it(`makes "${check}" pass once followed: ${advice.source.replaceAll("\\", "").slice(0, 60)}`, async () => {
      const before = await rowIn(check, broken);
      assert.match(before.status, /failed|warning/, before.what);
      const advised = advice.exec(`${before.what} ${before.todo ?? ""}`);
      assert.ok(advised, `${before.what} -> ${before.todo}`);
      const after = await rowIn(check, followed(advised));
      assert.equal(after.status, "ok", `${after.what} -> ${after.todo}`);
    });
  }

  it("is the same for a dual-stack cluster with IPv4 first as for an IPv4 cluster", async () => {
    assert.equal((await rowIn("IP family", ipv6(["10.0.1.10", "fd00::1"]))).status, "ok");
  });
});

describe("running checks", () => {
  const check = (name: string, run: Check["run"]): Check => ({ name, run });
  const never = () => new Promise<never>(() => undefined);

  it("gives every check its rows in order, even if other checks fail or hang", async () => {
    const rows = await runChecks(
      [
        check("hangs", never),
        check("throws", () => Promise.reject(new Error("no such thing\nat some line"))),
        check("well", () => Promise.resolve([ok("fine."), warning("well, almost.")])),
      ],
      { patienceMs: 50 },
    );
    assert.deepEqual(
      rows.map(({ check: name, status, what }) => `${name} ${status} ${what}`),
      [
        "hangs failed gave no answer within 0.05 s.",
        "throws failed could not be checked: no such thing",
        "well ok fine.",
        "well warning well, almost.",
      ],
    );
  });

  it("ends all checks in time, and signals to each unfinished check that its result is no longer needed", async () => {
    let told = false;
    const listening = check("listens", (signal) => {
      signal.addEventListener("abort", () => (told = true));
      return never();
    });
    const started = Date.now();
    const rows = await runChecks([listening, check("hangs", never)], { patienceMs: 50 });
    assert.ok(Date.now() - started < 2_000);
    assert.deepEqual(new Set(rows.map(({ what }) => what)), new Set(["gave no answer within 0.05 s."]));
    assert.ok(told);
  });

  it("reports after each check which checks are still running", async () => {
    const waits: string[] = [];
    const done = (name: string) => check(name, () => Promise.resolve([]));
    await runChecks([done("a"), done("b")], {}, (names) => waits.push(names.join()));
    assert.deepEqual(waits, ["b", ""]);
  });
});

describe("the table of a preflight", () => {
  const rows: Row[] = [
    { check: "cluster", ...ok("is reached.") },
    { check: "webhook", ...failed("its token is not valid.", "Make a new webhook in Slack.") },
    { check: "nodes", status: "skipped", what: "the cluster was not reached." },
  ];

  it("is never wider than the terminal, and keeps every word", () => {
    const long = { check: "nodes", ...warning("word ".repeat(60).trim(), "deed ".repeat(40).trim()) };
    const name = { check: "nodes", ...ok(`is ${"x".repeat(90)}.`) };
    const drawn = checkTable([...rows, long, name], 100, createColors(false));
    for (const line of drawn.split("\nWhat to do")[0]!.split("\n"))
      assert.ok(line.length <= 100, `${line.length}: ${line}`);
    assert.equal(drawn.match(/word/g)?.length, 60);
    assert.equal(drawn.match(/deed/g)?.length, 40);
    assert.equal(drawn.split("│").join("").match(/x/g)?.length, 90);
    assert.doesNotMatch(drawn, /…/);
    assert.match(drawn, /webhook +│ failed +│ its token/);
  });

  it("lists the advice below the table, without line breaks inside commands", () => {
    const command = `Run \`kubectl annotate --overwrite namespace monitoring ${"x".repeat(100)}\`.`;
    const drawn = checkTable([...rows, { check: "nodes", ...failed("no.", command) }], 80, createColors(false));
    const [, below] = drawn.split("\nWhat to do\n");
    assert.equal(below, `webhook: Make a new webhook in Slack.\nnodes: ${command}`);
    assert.doesNotMatch(checkTable([rows[0]!], 80, createColors(false)), /What to do/);
  });

  it("prints one plain line per result without a terminal", () => {
    assert.equal(
      plainLines(rows),
      [
        "ok         cluster  is reached.",
        "failed     webhook  its token is not valid. -> Make a new webhook in Slack.",
        "not asked  nodes    the cluster was not reached.",
      ].join("\n"),
    );
  });

  it("is summarized in one sentence", () => {
    assert.equal(summaryOf(rows), "1 problem to fix before `pulumi up`.");
    assert.equal(summaryOf([{ check: "a", ...warning("b") }]), "Nothing failed; 1 warning to read.");
    assert.equal(summaryOf([{ check: "a", ...ok("b") }]), "No problems found.");
  });

  it("contains no part of a secret, whatever its source, and keeps every other word", () => {
    const row = {
      check: "services",
      ...failed(`got ${canary}`, `of /services/T0CANARY0/B0CANARY0/, alerting:context`),
    };
    const [shown] = concealed([row], [new SecretText(canary), new SecretText("x")]);
    assert.doesNotMatch(JSON.stringify(shown), new RegExp(canaryPath));
    assert.match(shown!.todo!, /\/services\/.*alerting:context/);
    assert.equal(shown!.check, "services");
    const [signed] = concealed(
      [{ check: "a", ...failed("user0CANARY and password0CANARY") }],
      [new SecretText("https://user0CANARY:password0CANARY@beat.example/")],
    );
    assert.equal(signed!.what, "[secret] and [secret]");
  });
});

describe("the command of the preflight", function () {
  const run = async (...args: string[]) => {
    const { execa } = await import("execa");
    const root = join(__dirname, "../../../..");
    return execa(process.execPath, [join(root, "run.cjs"), "tools/preflight/main.ts", ...args], { reject: false });
  };

  it("prints its usage and ends with exit code 2 if the stack's name is empty or an option is unknown", async () => {
    for (const [fault, ...args] of [
      ["--stack is empty.", "--stack", " "],
      ["Option '-s, --stack <value>' argument missing.", "--stack"],
      ["Unknown option '--fix'.", "--stack", "dev", "--fix"],
      ["Unexpected argument 'dev'.", "dev"],
    ] as const) {
      assert.throws(() => readArguments(command, args), { name: "WrongCommandLine", message: fault });
    }
    const { exitCode, stderr, stdout } = await run("dev");
    assert.equal(exitCode, 2);
    assert.equal(stderr, `Unexpected argument 'dev'.\n\n${usage(command)}`);
    assert.equal(stdout, "");
  });

  it("prints its usage and ends with exit code 0 for `--help`", async () => {
    const { exitCode, stderr, stdout } = await run("--help");
    assert.deepEqual({ exitCode, stderr, stdout }, { exitCode: 0, stderr: "", stdout: usage(command) });
  });
});
