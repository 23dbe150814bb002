import * as assert from "node:assert/strict";
import { reach, reachEvery } from "../../../../tools/stack/servers/reach";
import { noStack, type StackFacts } from "../../../../tools/stack/facts";
import { type FakeAlertmanager, fakeAlertmanager } from "../../../support/fake-alertmanager";
import { FakeCluster } from "../../../support/fake-cluster";
import { alertmanagerPod, podList, podsPath } from "../../../support/server-pods";

describe("reaching the replicas of a server", () => {
  const closers: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  /** A cluster with these pods; each ready pod leads to an Alertmanager. */
  async function cluster(pods: object[], more: Parameters<typeof FakeCluster.start>[0] = {}) {
    const made = await FakeCluster.start({ [podsPath]: podList(...pods), ...more });
    closers.push(() => made.stop());
    return made;
  }
  async function alertmanager(): Promise<FakeAlertmanager> {
    const made = await fakeAlertmanager();
    closers.push(() => made.stop());
    return made;
  }
  const portOf = ({ origin }: FakeAlertmanager) => Number(new URL(origin).port);
  const facts = (of: FakeCluster, alertmanagers = 1, more: Partial<StackFacts> = {}): StackFacts => ({
    ...noStack(),
    context: "lab",
    kubeconfig: of.kubeconfig(),
    replicas: { alertmanagers, prometheus: 1 },
    ...more,
  });

  it("leads to each ready pod, and names those that were not reached", async () => {
    const made = await cluster([alertmanagerPod(0), alertmanagerPod(1), alertmanagerPod(2, { ready: false })]);
    const [first, second] = [await alertmanager(), await alertmanager()];
    Object.assign(made.forwards, { "prometheus-alertmanager-0": portOf(first) });
    const said: string[] = [];
    const one = await reachEvery("Alertmanager", facts(made, 3), { say: (line) => said.push(line) });
    await one.stop();
    assert.deepEqual(
      one.reached.map(({ name }) => name),
      ["prometheus-alertmanager-0"],
    );
    assert.equal(one.way, "a port-forward to pod monitoring/prometheus-alertmanager-0");
    assert.match(one.unreached.join("\n"), /prometheus-alertmanager-2 was not reached: it is not ready\.$/m);
    assert.match(one.unreached.join("\n"), /prometheus-alertmanager-1 was not reached: the port-forward .*no pod/);
    assert.equal(one.missing, 2);
    assert.match(said.join("\n"), /^Warning: The pod prometheus-alertmanager-2/m);

    Object.assign(made.forwards, { "prometheus-alertmanager-1": portOf(second) });
    const both = await reachEvery("Alertmanager", facts(made, 3));
    try {
      assert.equal(
        both.way,
        "port-forwards to the pods monitoring/prometheus-alertmanager-0, monitoring/prometheus-alertmanager-1",
      );
      for (const { origin } of both.reached) assert.equal((await fetch(`${origin}/-/ready`)).status, 200);
    } finally {
      await both.stop();
    }
  });

  it("of which there should be more says how many pods there are", async () => {
    const made = await cluster([alertmanagerPod(0)]);
    Object.assign(made.forwards, { "prometheus-alertmanager-0": portOf(await alertmanager()) });
    const found = await reachEvery("Alertmanager", facts(made, 3));
    await found.stop();
    assert.deepEqual(found.unreached, ["Alertmanager has 1 of 3 pods."]);
    assert.equal(found.missing, 2);
  });

  it("never uses the load balancer of several Alertmanagers, which hides the one that answers", async () => {
    const balancer = await alertmanager();
    const at = { ...noStack(), replicas: { alertmanagers: 2, prometheus: 1 }, alertmanagerUrl: balancer.origin };
    await assert.rejects(
      reachEvery("Alertmanager", at),
      /^NoAnswer: Alertmanager has 2 replicas, each of which needs a port-forward, and the stack's context is not known\.$/,
    );
    assert.deepEqual([...balancer.seen], []);
    // Silences are the same on each of them.
    const one = await reachEvery("Alertmanager", at, { oneWillDo: true });
    assert.equal(one.way, `the load balancer ${balancer.origin}`);
    assert.match(one.unreached.join(), /^Only one of 2 replicas of Alertmanager was asked: /);
    assert.equal(one.missing, 1);
  });

  it("leads to one that answers if there is only one to find", async () => {
    const made = await cluster([alertmanagerPod(0), alertmanagerPod(1)]);
    Object.assign(made.forwards, { "prometheus-alertmanager-1": portOf(await alertmanager()) });
    const one = await reach("Alertmanager", facts(made));
    await one.stop();
    assert.equal(one.way, "a port-forward to pod monitoring/prometheus-alertmanager-1");
  });

  it("names a lost node, and the commands that release its pod", async () => {
    const made = await cluster([alertmanagerPod(0, { ready: false, node: "master-1" })], {
      "GET /api/v1/nodes/master-1": {
        metadata: { name: "master-1" },
        status: { conditions: [{ type: "Ready", status: "Unknown" }] },
      },
    });
    await assert.rejects(reach("Alertmanager", facts(made)), (error: Error) => {
      assert.match(error.message, /has no ready pod of Alertmanager: there is 1, but none is ready\./);
      assert.match(
        error.message,
        /`kubectl taint nodes master-1 node\.kubernetes\.io\/out-of-service=nodeshutdown:NoExecute`/,
      );
      assert.match(error.message, /`kubectl delete node master-1`/);
      return true;
    });
  });

  it("says that there is no pod at all", async () => {
    const made = await cluster([]);
    await assert.rejects(reach("Alertmanager", facts(made)), /no ready pod of Alertmanager: there is none\.$/);
  });
});
