import * as assert from "node:assert/strict";
import {
  CreateFileSystemCommand,
  DeleteFileSystemCommand,
  DescribeFileSystemsCommand,
  EFSClient,
} from "@aws-sdk/client-efs";
import { ApiException, CoreV1Api, PatchStrategy, setHeaderOptions, type V1Pod } from "@kubernetes/client-node";
import { LAB_NODES } from "../../lab/cluster-nodes";
import { clientConfig } from "../../lab/control-plane/client";
import type { ClusterSnapshot } from "../../lab/leftovers";
import { readSlackPayload } from "../../lab/slack-message";
import { type LabStack, StackError } from "../../lab/stack";
import { labStack, leftoversSince, plainOutputs, requireNoChange, settle, snapshot, urlsOf } from "../../lab/steps";
import { changesSince, say, withLab } from "./with-lab";

const [master, firstWorker, lastWorker] = LAB_NODES.map(({ name }) => name) as [string, string, string];
/** A Node object without a machine: EC2 does not know it, and no pod is put on it. */
const spare = "ip-10-0-9-99.ap-northeast-2.compute.internal";

describe("what operators do, on the lab", function () {
  this.timeout("5m");
  const lab = withLab();
  let clean: ClusterSnapshot;
  let stack: LabStack;
  let core: CoreV1Api;
  let changes: Record<string, unknown> = {};
  let secrets: Record<string, string> = {};

  /** Changes the stack's configuration and keeps it for the next step. */
  async function configure(more: Record<string, unknown>, secret = secrets): Promise<void> {
    changes = { ...changes, ...more };
    secrets = secret;
    const config = Object.entries({ ...lab().config, ...changes }).filter(([, value]) => value !== undefined);
    await stack.configure(Object.fromEntries(config), secrets);
  }

  const webhook = (path: string) => ({
    "alerting:slackWebhookUrl": `${lab().slack.origin}/services/T0LAB/B0LAB/${path}`,
  });
  const workers = (...names: string[]) => ({
    "alerting:nodes": { masters: { names: [master] }, workers: { names } },
  });
  const labelsOf = async (name: string) => (await core.readNode({ name })).metadata?.labels ?? {};
  const nodeNames = async () => (await core.listNode()).items.map((node) => node.metadata?.name).sort();

  async function refused(preview: Promise<unknown>, ...says: RegExp[]): Promise<void> {
    const started = new Date();
    await assert.rejects(preview, (error: unknown) => {
      assert.ok(error instanceof StackError, String(error));
      for (const expected of says) assert.match(error.message, expected);
      return true;
    });
    assert.deepEqual(changesSince(lab(), started), []);
  }

  async function alertmanagerPod(): Promise<V1Pod> {
    return core.readNamespacedPod({ name: "prometheus-alertmanager-0", namespace: "monitoring" });
  }

  before("apply the program", async () => {
    core = clientConfig(lab().controlPlane.labKubeconfigPath).makeApiClient(CoreV1Api);
    clean = await snapshot(lab());
    stack = await labStack(lab(), "operations");
    // Given outright, so that a node which EC2 does not know can be listed further down.
    const subnetIds = lab().aws.instances.map(({ subnetId }) => subnetId);
    const securityGroupIds = [...new Set(lab().aws.instances.flatMap((instance) => instance.securityGroupIds))];
    await configure({ "alerting:network": { subnetIds, securityGroupIds } }, { ...lab().secrets });
    await stack.up(say);
    await settle(urlsOf(lab(), await plainOutputs(stack)), say);
  });

  it("refuses a second alerting stack on the cluster, and names the first one", async () => {
    const second = await labStack(lab(), "second", { "alerting:namespace": "monitoring-two" });
    await refused(second.preview(say), /organization\/alerting\/operations/, /namespace monitoring/);
  });

  it("rotates the webhook by one Secret, without a restart, and the old URL gets nothing more", async () => {
    const pod = await alertmanagerPod();
    await configure({}, webhook("rotatedonce0123456789abc"));
    const { changes: done } = await stack.up(say);
    assert.deepEqual(
      { update: done.update, replace: done.replace, create: done.create },
      { update: 1, replace: undefined, create: undefined },
    );

    const rotated = new Date().toISOString();
    const fresh = (word: string) => (message: { receivedAt: string; path: string; payload: unknown }) =>
      message.receivedAt > rotated && readSlackPayload(message.payload).title.includes(word);
    const program = { program: "node_exporter", node: firstWorker } as const;
    await lab().nodes.stopProgram(program);
    try {
      const firing = await lab().slack.nextMessage(fresh("[FIRING"), 120_000);
      assert.match(firing.path, /rotatedonce0123456789abc$/);
    } finally {
      await lab().nodes.startProgram(program);
    }
    await lab().slack.nextMessage(fresh("[RESOLVED"), 120_000);
    const late = lab().slack.messages.filter((message) => message.receivedAt > rotated);
    assert.ok(late.every(({ path }) => path.endsWith("rotatedonce0123456789abc")));

    const now = await alertmanagerPod();
    assert.equal(now.metadata?.uid, pod.metadata?.uid);
    assert.equal(now.status?.containerStatuses?.[0]?.restartCount, 0);
  });

  it("refuses a label that someone else has set to another value, and never touches other labels", async () => {
    await core.patchNode(
      { name: firstWorker, body: { metadata: { labels: { team: "storage" } } }, fieldManager: "platform-team" },
      setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch),
    );
    const labels = await labelsOf(firstWorker);
    await configure({ "alerting:nodeLabel": { key: "team" } });
    await refused(stack.preview(say), /team=storage/, /platform-team/, new RegExp(firstWorker));
    await configure({ "alerting:nodeLabel": undefined });
    assert.deepEqual(await labelsOf(firstWorker), labels);
  });

  it("refuses a node that EC2 does not know, and names it", async () => {
    await core.createNode({ body: { metadata: { name: spare }, spec: { unschedulable: true } } });
    const { "alerting:network": network } = changes;
    await configure({ ...workers(firstWorker, spare), "alerting:network": undefined });
    await refused(stack.preview(say), /EC2 does not know/, new RegExp(spare));
    await configure({ "alerting:network": network });
  });

  it("labels a node that is added, leaves the label of one that leaves, and changes the NLBs' controller", async () => {
    await configure({ "alerting:loadBalancer": { controller: "aws-load-balancer-controller" } });
    await stack.up(say);
    assert.equal((await labelsOf(spare)).key, "worker");
    assert.equal((await labelsOf(lastWorker)).key, "worker");
    const service = await core.readNamespacedService({ name: "prometheus-nlb", namespace: "monitoring" });
    assert.equal(service.spec?.loadBalancerClass, "service.k8s.aws/nlb");
    assert.match((await plainOutputs(stack)).prometheusHostname as string, /\.elb\./);
    requireNoChange(await stack.preview(say));
  });

  it("refuses a listed node that is gone, or goes on without it where told to, so that a webhook can be rotated", async () => {
    await core.deleteNode({ name: spare });
    await refused(stack.preview(say), new RegExp(`no node "${spare}"`), /missingNodes/);
    await configure({ "alerting:missingNodes": "warn" }, webhook("rotatedtwice123456789abc"));
    const { diagnostics } = await stack.up(say);
    assert.ok(
      diagnostics.some((line) => line.includes(spare)),
      diagnostics.join("\n"),
    );
    assert.deepEqual(await nodeNames(), [master, firstWorker, lastWorker].sort());
  });

  it("stops a destroy at protected data, and takes it up again", async () => {
    await configure({ "alerting:protectData": true });
    await stack.up(say);
    const { fileSystemId } = await plainOutputs(stack);
    const held = async () => (await lab().aws.remaining()).filter((line) => /file system|access point/.test(line));
    const [before, started] = [await held(), new Date()];
    await assert.rejects(
      stack.destroy(say),
      (error: unknown) => error instanceof StackError && /protect/.test(error.message),
    );
    assert.deepEqual(await held(), before);
    assert.ok(changesSince(lab(), started).length > 0, "what holds no data is gone");
    await configure({ "alerting:protectData": false });
    await stack.up(say);
    assert.equal((await plainOutputs(stack)).fileSystemId, fileSystemId);
    await settle(urlsOf(lab(), await plainOutputs(stack)), say);
  });

  it("does not bring a node back that was removed, when everything is destroyed", async () => {
    await stack.destroy(say);
    await assert.rejects(
      core.readNode({ name: spare }),
      (error: unknown) => error instanceof ApiException && error.code === 404,
    );
    assert.deepEqual((await leftoversSince(lab(), clean)).leftovers, []);
  });

  it("takes an existing file system, and leaves it where it is", async () => {
    const { region, endpoint, env } = lab().aws;
    const credentials = { accessKeyId: env.AWS_ACCESS_KEY_ID ?? "", secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? "" };
    const efs = new EFSClient({ region, endpoint, credentials });
    const { FileSystemId: id } = await efs.send(
      new CreateFileSystemCommand({ CreationToken: "kept", Encrypted: true }),
    );
    try {
      await configure({ "alerting:storage": { fileSystemId: id } });
      await stack.up(say);
      assert.equal((await plainOutputs(stack)).fileSystemId, id);
      await stack.destroy(say);
      const { FileSystems: left } = await efs.send(new DescribeFileSystemsCommand({}));
      assert.deepEqual(
        left?.map(({ FileSystemId }) => FileSystemId),
        [id],
      );
      assert.equal(left?.[0]?.NumberOfMountTargets, 0);
    } finally {
      await efs.send(new DeleteFileSystemCommand({ FileSystemId: id }));
      efs.destroy();
    }
  });

  after("take the other label off", async () => {
    await core.patchNode(
      { name: firstWorker, body: { metadata: { labels: { team: null } } } },
      setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch),
    );
  });
});
