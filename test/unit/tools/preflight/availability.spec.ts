import * as assert from "node:assert/strict";
import { loadConfig } from "../../../../config";
import type { WebKeys } from "../../../../tools/stack/web/keys";
import { availabilityCheck } from "../../../../tools/preflight/checks/availability";
import { pickNodes } from "../../../../tools/preflight/checks/nodes";
import { silencesCheck } from "../../../../tools/preflight/checks/silences";
import { reachCluster } from "../../../../tools/preflight/cluster";
import { runChecks } from "../../../../tools/preflight/run";
import { type FakeAlertmanager, fakeAlertmanager } from "../../../support/fake-alertmanager";
import { FakeCluster } from "../../../support/fake-cluster";
import { alertmanagerPod, podList, podsPath, serverPod } from "../../../support/server-pods";
import { master, source, workerB, workerC, type Values } from "../../../support/settings";

const owned = {
  metadata: { name: "monitoring", annotations: { "alerting-owner/stack": "organization/alerting/dev" } },
};
const applied = {
  "GET /api/v1/namespaces?labelSelector=alerting-owner": podList(owned),
  "GET /api/v1/namespaces/monitoring": owned,
};
const both = {
  nodes: { masters: { names: [master] }, workers: { names: [workerB, workerC] } },
  availability: { alertmanagers: 2, prometheus: 2, spread: "all" },
};
const pods = podList(
  alertmanagerPod(0, { node: master }),
  alertmanagerPod(1, { node: workerB }),
  serverPod(0, { node: master }),
  serverPod(1, { node: workerB }),
);
const apart = [
  "ok: 2 of 2 Alertmanagers ready: prometheus-alertmanager-0 on " +
    `${master}, prometheus-alertmanager-1 on ${workerB}.`,
  `ok: 2 of 2 Prometheus ready: prometheus-server-0 on ${master}, prometheus-server-1 on ${workerB}.`,
];

describe("a preflight's check of the replicas", () => {
  const closers: (() => Promise<void>)[] = [];
  let fakes: FakeAlertmanager[];
  beforeEach(async () => {
    fakes = [await fakeAlertmanager(), await fakeAlertmanager()];
    for (const fake of fakes) {
      closers.push(() => fake.stop());
      fake.members = 2;
    }
  });
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  /** The rows of a check, as `<status>: <what>`. The pods lead to the two Alertmanagers. */
  async function rows(
    values: Values,
    changes: Parameters<typeof FakeCluster.start>[0] = {},
    check: "availability" | "silences" = "availability",
    outputs: Record<string, unknown> = {},
    tagged?: Parameters<typeof pickNodes>[1],
  ): Promise<string[]> {
    const cluster = await FakeCluster.start(changes);
    closers.push(() => cluster.stop());
    fakes.forEach(({ origin }, index) => {
      cluster.forwards[`prometheus-alertmanager-${index}`] = Number(new URL(origin).port);
    });
    const configuration = loadConfig(source({ kubeconfig: cluster.kubeconfig(), ...values }));
    const keys: WebKeys = {
      ...{ stack: "dev", logins: () => Promise.resolve([]), read: () => [] },
      authority: () => Promise.resolve(undefined),
    };
    const pages = { keys, outputs: () => Promise.resolve(outputs) };
    const reach = reachCluster(configuration, 2_000);
    const made =
      check === "silences"
        ? silencesCheck(configuration, pages, reach)
        : availabilityCheck(configuration, reach, pickNodes(configuration, tagged), pages);
    return (await runChecks([made])).map(({ status, what, todo }) => `${status}: ${what}${todo ? ` | ${todo}` : ""}`);
  }

  it("names what the first `up` starts, and the node whose loss would silence alerting", async () => {
    const [starts, advice, ...more] = await rows({ nodes: both.nodes });
    assert.deepEqual(more, []);
    assert.equal(starts, "ok: `pulumi up` starts 1 Alertmanager and 1 Prometheus.");
    assert.match(
      advice!,
      new RegExp(`^warning: alerting:availability: the loss of the master ${master} would silence`),
    );
    assert.deepEqual(await rows({}), [starts], "a single node cannot carry more");
  });

  it("names the ready pods and their nodes, and says that the Alertmanagers agree", async () => {
    assert.deepEqual(await rows(both, { ...applied, [podsPath]: pods }), [
      ...apart,
      "ok: the 2 Alertmanagers know each other and have the same configuration.",
    ]);
  });

  it("asks no Alertmanager if there is only one", async () => {
    const one = podList(alertmanagerPod(0), serverPod(0));
    assert.deepEqual(await rows({}, { ...applied, [podsPath]: one }), [
      "ok: 1 of 1 Alertmanager ready: prometheus-alertmanager-0 on master-1.",
      "ok: 1 of 1 Prometheus ready: prometheus-server-0 on master-1.",
    ]);
    assert.deepEqual([...fakes[0]!.seen], []);
  });

  it("warns of Alertmanagers that do not know each other, or have another configuration", async () => {
    fakes[1]!.members = 1;
    fakes[1]!.configuration = "route: { receiver: a }\nreceivers: [{ name: a }]\n";
    const found = (await rows(both, { ...applied, [podsPath]: pods })).slice(2);
    assert.equal(found.length, 2);
    assert.match(found[0]!, /^warning: prometheus-alertmanager-1 sees 1 of 2 Alertmanagers/);
    assert.match(
      found[1]!,
      /^warning: prometheus-alertmanager-1 runs another configuration than prometheus-alertmanager-0/,
    );
  });

  it("names the replica that is not ready, and whose loss would now silence alerting", async () => {
    const left = podList(
      alertmanagerPod(0, { node: master }),
      alertmanagerPod(1, { ready: false }),
      serverPod(0, { node: master }),
    );
    const found = await rows(both, { ...applied, [podsPath]: left });
    const now = `; the loss of ${master} would silence alerting now.`;
    assert.deepEqual(found.slice(0, 2), [
      `warning: 1 of 2 Alertmanagers ready: prometheus-alertmanager-0 on ${master}${now} | See \`kubectl describe pod --namespace monitoring prometheus-alertmanager-1\`.`,
      `warning: 1 of 2 Prometheus ready: prometheus-server-0 on ${master}${now} | Run \`pulumi up\`.`,
    ]);
  });

  it("names a lost node, and the commands that release its pod", async () => {
    const isGone = { metadata: { name: "master-1" }, status: { conditions: [{ type: "Ready", status: "Unknown" }] } };
    const names = [master, workerB, workerC].map((name) => ({ metadata: { name } }));
    const found = await rows(both, {
      ...applied,
      "GET /api/v1/nodes": podList(isGone, ...names),
      [podsPath]: podList(alertmanagerPod(0, { ready: false }), serverPod(0, { node: master })),
    });
    assert.match(found[0]!, /^warning: no Alertmanager is ready, so alerting is silent \(not ready: prometheus-alertm/);
    assert.match(
      found.join("\n"),
      /^failed: .*prometheus-alertmanager-0 is on the node master-1, which is not Ready.*out-of-service=nodeshutdown:NoExecute/m,
    );
  });

  it("fails for more replicas than the nodes can carry", async () => {
    const found = await rows({ availability: { alertmanagers: 3 } });
    assert.match(
      found.join("\n"),
      /^failed: alerting:availability\.alertmanagers: got 3, but 1 master can run only 1/m,
    );
  });

  it("fails for them too if an EC2 tag selects the nodes, once AWS has named them", async () => {
    const ec2Tag = { key: "role", value: "master" };
    const nodes = { masters: { ec2Tag }, workers: { names: [workerB] } };
    const tagged = () => Promise.resolve([master]);
    const told = async (availability: object, ...more: Parameters<typeof pickNodes>[1][]) =>
      (await rows({ nodes, availability }, {}, "availability", {}, ...more)).filter((row) => row.startsWith("failed"));
    const found = await told({ alertmanagers: 3, prometheus: 2, spread: "all" }, tagged);
    assert.equal(found.length, 1);
    assert.match(
      found[0]!,
      /^failed: alerting:availability\.alertmanagers: got 3, but 1 master and 1 worker can run only 2/,
    );
    assert.deepEqual(await told({ alertmanagers: 2, prometheus: 2, spread: "all" }, tagged), []);
    assert.deepEqual(await told({ alertmanagers: 3 }), [], "AWS has not answered");
  });

  it("reads the silences of any Alertmanager, and warns of one that lacks some", async () => {
    const deployed = { ...applied, [podsPath]: pods };
    assert.deepEqual(await rows(both, deployed, "silences"), [
      "ok: none mutes critical alerts, or lasts longer than 7d (asked: prometheus-alertmanager-0, prometheus-alertmanager-1).",
    ]);
    fakes[0]!.silences = [
      {
        ...{ id: "0001", status: { state: "active" } },
        matchers: [{ name: "alertname", value: "JobFailed", isRegex: false }],
        startsAt: new Date(0).toISOString(),
        endsAt: new Date(3600e3).toISOString(),
      },
    ];
    const [gap, ...more] = await rows(both, deployed, "silences");
    assert.deepEqual(more, []);
    assert.match(gap!, /^warning: prometheus-alertmanager-1 does not have the silence 0001/);
    await fakes[1]!.stop();
    assert.match((await rows(both, deployed, "silences")).join(), /^ok: .* longer than 7d\.$/);
  });

  it("reads silences through the load balancer if the pods cannot be reached", async () => {
    const without = podList(alertmanagerPod(0, { ready: false }));
    const outputs = { alertmanagerUrl: fakes[0]!.origin };
    assert.match(
      (await rows(both, { ...applied, [podsPath]: without }, "silences", outputs)).join(),
      /^ok: none mutes/,
    );
  });
});
