import * as assert from "node:assert/strict";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import {
  CreateFileSystemCommand,
  CreateMountTargetCommand,
  DeleteAccessPointCommand,
  DeleteFileSystemCommand,
  DeleteMountTargetCommand,
  DescribeAccessPointsCommand,
  DescribeFileSystemsCommand,
  DescribeMountTargetsCommand,
  EFSClient,
} from "@aws-sdk/client-efs";
import { AppsV1Api, PatchStrategy, setHeaderOptions, type V1Pod } from "@kubernetes/client-node";
import { webhookSecret } from "../../values/slack-receivers";
import { clientConfig } from "../../lab/control-plane/client";
import type { ClusterSnapshot } from "../../lab/leftovers";
import { PrometheusApi } from "../../lab/prometheus-api";
import type { Urls } from "../../lab/web";
import { readSlackPayload } from "../../lab/slack-message";
import type { SlackMessage } from "../../lab/slack/start";
import { labStack, leftoversSince, requireNoChange, snapshot, urlsOf } from "../../lab/steps";
import { withAmtool } from "../../lab/amtool";
import { firstWorker, Operator } from "../support/lab/operator";
import { changesSince, say, withLab } from "../support/lab/with-lab";
import { until } from "../support/until";

describe("on the lab, a stack that operators work on", function () {
  this.timeout("10m");
  const lab = withLab();
  let clean: ClusterSnapshot;
  let operator: Operator;

  const exporter = { program: "node_exporter", node: firstWorker } as const;
  const urls = (): Promise<Urls> => urlsOf(lab(), operator.stack);
  const alertmanagerPod = (): Promise<V1Pod> =>
    operator.core.readNamespacedPod({ name: "prometheus-alertmanager-0", namespace: "monitoring" });
  /** Selects messages that arrived after this moment and have this word in their title. */
  const since = (moment: string, word: string) => (message: SlackMessage) =>
    message.receivedAt > moment && readSlackPayload(message.payload).title.includes(word);

  /** Waits until Prometheus returns samples that it scraped at this moment, in seconds since 1970. */
  async function untilSamplesOf(moment: number): Promise<void> {
    const { prometheus, access } = await urls();
    const api = new PrometheusApi(prometheus, access);
    const samples = () => api.page(`/api/v1/query?query=up&time=${moment}`).catch(() => "");
    await until("samples from before are there", async () => (await samples()).includes('"value":['));
  }

  /** Claims in another namespace: one names a volume of the stack, and the other one would fit any volume. */
  const foreignClaims: Readonly<Record<string, string | undefined>> = {
    grab: "alerting-prometheus",
    "grab-any": undefined,
  };
  const claim = (name: string, volumeName: string | undefined) =>
    operator.core.createNamespacedPersistentVolumeClaim({
      namespace: "default",
      body: {
        metadata: { name },
        spec: {
          accessModes: ["ReadWriteOnce"],
          storageClassName: "",
          volumeName,
          resources: { requests: { storage: "1Gi" } },
        },
      },
    });

  before("apply the program", async () => {
    clean = await snapshot(lab());
    operator = await Operator.of(lab(), "operations");
    for (const [name, volumeName] of Object.entries(foreignClaims)) await claim(name, volumeName);
    await operator.stack.up(say);
    await operator.settled();
  });

  it("keeps its volumes for its own claims, even if claims of other namespaces were made first", async () => {
    const phases = async (namespace: string) => {
      const { items } = await operator.core.listNamespacedPersistentVolumeClaim({ namespace });
      return Object.fromEntries(
        items.map(({ metadata, status, spec }) => [metadata!.name!, [status?.phase, spec?.volumeName]] as const),
      );
    };
    assert.deepEqual(await phases("monitoring"), {
      "prometheus-data": ["Bound", "alerting-prometheus"],
      "storage-prometheus-alertmanager-0": ["Bound", "alerting-alertmanager"],
    });
    assert.deepEqual(await phases("default"), {
      grab: ["Pending", "alerting-prometheus"],
      "grab-any": ["Pending", undefined],
    });
    for (const name of Object.keys(foreignClaims))
      await operator.core.deleteNamespacedPersistentVolumeClaim({ name, namespace: "default" });
  });

  it("restores a Secret that somebody changed with `kubectl`", async () => {
    const secret = { name: webhookSecret, namespace: "monitoring" };
    const read = async () => (await operator.core.readNamespacedSecret(secret)).data;
    const before = await read();
    const [key] = Object.keys(before ?? {});
    await operator.core.patchNamespacedSecret(
      { ...secret, body: { data: { [key!]: "eA==" } }, fieldManager: "kubectl-patch" },
      setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
    );
    const { changes } = await operator.stack.up(say, { refresh: true });
    assert.equal(changes.update, 1);
    assert.deepEqual(await read(), before);
  });

  it("refuses a second alerting stack on the cluster, and names the first one", async () => {
    const second = await labStack(lab(), "second", { "alerting:namespace": "monitoring-two" });
    await operator.refused(second.preview(say), /organization\/alerting\/operations/, /namespace monitoring/);
  });

  it("rotates the webhook in one Secret without a restart, and sends nothing more to the old URL (operations: Rotate the webhook)", async () => {
    const pod = await alertmanagerPod();
    await operator.configure(
      {},
      { "alerting:slackWebhookUrl": `${lab().slack.origin}/services/T0LAB/B0LAB/rotatedonce0123456789abc` },
    );
    const { changes: done } = await operator.stack.up(say);
    assert.deepEqual([done.update, done.replace, done.create], [1, undefined, undefined]);

    const rotated = new Date().toISOString();
    await lab().nodes.stopProgram(exporter);
    try {
      const firing = await lab().slack.nextMessage(since(rotated, "[FIRING"), 300_000);
      assert.match(firing.path, /rotatedonce0123456789abc$/);
    } finally {
      await lab().nodes.startProgram(exporter);
    }
    await lab().slack.nextMessage(since(rotated, "[RESOLVED"), 300_000);
    const late = lab().slack.messages.filter((message) => message.receivedAt > rotated);
    assert.ok(late.every(({ path }) => path.endsWith("rotatedonce0123456789abc")));

    const now = await alertmanagerPod();
    assert.equal(now.metadata?.uid, pod.metadata?.uid);
    assert.equal(now.status?.containerStatuses?.[0]?.restartCount, 0);
  });

  it("sends nothing about a node during a silence, and all its alerts afterwards (operations: Silence alerts for planned maintenance)", async () => {
    const reached = await urls();
    const prometheus = new PrometheusApi(reached.prometheus, reached.access);
    const alertmanager = new PrometheusApi(reached.alertmanager, reached.access);
    const quietFrom = new Date().toISOString();
    await withAmtool(reached, async (amtool) => {
      const id = await amtool(
        ...["silence", "add", `node=${firstWorker}`, "--duration=2h", "--author=operator", "--comment=new kernel"],
      );
      await lab().nodes.stopProgram(exporter);
      try {
        await until("an alert fires", async () => (await prometheus.alerts()).some(({ state }) => state === "firing"));
        await until("Alertmanager holds it back", async () =>
          /"state":"suppressed"/.test(await alertmanager.page("/api/v2/alerts")),
        );
        assert.deepEqual(lab().slack.messages.filter(since(quietFrom, "")), []);
        await amtool("silence", "expire", id.trim());
        await lab().slack.nextMessage(since(quietFrom, "[FIRING"), 300_000);
      } finally {
        await lab().nodes.startProgram(exporter);
      }
    });
    await lab().slack.nextMessage(since(quietFrom, "[RESOLVED"), 300_000);
  });

  it("changes from a passphrase to a new one, and then to a KMS key (operations: Choose who may decrypt prod)", async () => {
    const { stack } = operator;
    const get = ["config", "get", "alerting:slackWebhookUrl", "--stack", stack.name];
    const change = (to: string, input = "", env = {}) =>
      stack.cli(["stack", "change-secrets-provider", to, "--stack", stack.name], input, env);
    const secretInState = async () => /"ciphertext": *"([^"]+)"/.exec(await stack.exported())?.[1];
    const [webhook, before] = [await stack.cli(get), await secretInState()];
    assert.ok(before !== undefined);

    const next = "a-new-passphrase";
    await change("passphrase", `${next}\n`);
    assert.equal(await stack.cli(get, "", { PULUMI_CONFIG_PASSPHRASE: next }), webhook);
    await assert.rejects(stack.cli(get), /incorrect passphrase/);

    await change(`awskms://${await createKey()}?region=${lab().aws.region}`, "", { PULUMI_CONFIG_PASSPHRASE: next });
    assert.equal(await stack.cli(get), webhook);
    assert.notEqual(await secretInState(), before, "the state is encrypted anew as well");
    const withoutKms = { AWS_ENDPOINT_URL: "http://127.0.0.1:1", AWS_MAX_ATTEMPTS: "1" };
    await assert.rejects(stack.cli(get, "", withoutKms), "without the key nothing can be read");
    requireNoChange(await stack.preview(say));

    const passphraseFile = lab().stacks.env.PULUMI_CONFIG_PASSPHRASE_FILE ?? "";
    await change("passphrase", await fs.readFile(passphraseFile, "utf8"));
    assert.equal(await stack.cli(get), webhook);
  });

  it("stops a destroy at protected data, and resumes it later (operations: Destroy everything, keep the data)", async () => {
    await operator.configure({ "alerting:protectData": true });
    await operator.stack.up(say);
    const { fileSystemId } = await operator.stack.plainOutputs();
    const held = async () => (await lab().aws.remaining()).filter((line) => /file system|access point/.test(line));
    const guards = async () => (await operator.stack.exported()).match(/:(?:FileSystemPolicy|BackupPolicy)::/g);
    const [before, started, guarded] = [await held(), new Date(), await guards()];
    const plain = operator.stack.cli(["destroy", "--yes", "--stack", operator.stack.name]);
    await assert.rejects(plain, /cannot be deleted\s+because it is protected/);
    assert.deepEqual(changesSince(lab(), started), []);
    await operator.stack.destroy(say, { excludeProtected: true });
    assert.deepEqual(await guards(), guarded, "policy and backup stay with the data");
    assert.deepEqual(await held(), before);
    assert.ok(changesSince(lab(), started).length > 0, "what holds no data is gone");
    await operator.configure({ "alerting:protectData": false });
    await operator.stack.up(say);
    assert.equal((await operator.stack.plainOutputs()).fileSystemId, fileSystemId);
    await untilSamplesOf(Math.floor(started.getTime() / 1000) - 5);
  });

  it("leaves only the nodes' labels, which have to be removed by hand (operations: Uninstall everything, data included)", async () => {
    await operator.stack.destroy(say);
    assert.deepEqual((await leftoversSince(lab(), clean)).leftovers, []);
    for (const node of await operator.nodeNames()) assert.ok((await operator.labelsOf(node)).key !== undefined, node);
  });

  it("moves to another file system with its data, and keeps both (operations: Move to another file system)", async () => {
    const { stack } = operator;
    const { region, endpoint, env } = lab().aws;
    const credentials = { accessKeyId: env.AWS_ACCESS_KEY_ID ?? "", secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? "" };
    const efs = new EFSClient({ region, endpoint, credentials });
    const { FileSystemId: next = "" } = await efs.send(
      new CreateFileSystemCommand({ CreationToken: "next", Encrypted: true }),
    );
    const subnets = [...new Set(lab().aws.instances.map(({ subnetId }) => subnetId))];
    for (const SubnetId of subnets) await efs.send(new CreateMountTargetCommand({ FileSystemId: next, SubnetId }));
    await operator.configure({ "alerting:protectData": true });
    await stack.up(say);
    await operator.settled();
    // A query for a time returns only samples up to that time, so samples for this time were written before the move.
    const written = Math.ceil(Date.now() / 1000);
    const { fileSystemId: old } = (await stack.plainOutputs()) as { fileSystemId: string };
    await operator.configure({ "alerting:storage": { fileSystemId: next } });
    await operator.refused(stack.preview(say), new RegExp(`this stack's data is on ${old}.*Move to another file`));
    await operator.configure({ "alerting:storage": undefined });

    const directory = (id: string) => path.join(lab().directory, "nodes", "efs", id);
    await scaleServers(0);
    await fs.cp(directory(old), directory(next), { recursive: true, preserveTimestamps: true });
    await stack.destroy(say, { excludeProtected: true });
    await stack.cli(["state", "unprotect", "--all", "--yes", "--stack", stack.name]);
    await operator.configure({ "alerting:storage": { fileSystemId: next }, "alerting:protectData": undefined });
    await operator.refused(stack.preview(say), /mountTargets: got "create", but .*MountTargetConflict.* to "existing"/);
    await operator.configure({ "alerting:storage": { fileSystemId: next, mountTargets: "existing" } });
    await stack.up(say);
    requireNoChange(await stack.preview(say));
    // Alerts may still fire: old samples of removed targets count for five minutes (docs/faults.md).
    await untilSamplesOf(written);

    await stack.destroy(say);
    const { FileSystems: left = [] } = await efs.send(new DescribeFileSystemsCommand({}));
    const found = left.map(({ FileSystemId, NumberOfMountTargets }) => [FileSystemId, NumberOfMountTargets]);
    assert.deepEqual(
      found.sort(),
      [
        [next, subnets.length],
        [old, 0],
      ].sort(),
    );

    // The owner of the file system has to delete both access points.
    const { AccessPoints = [] } = await efs.send(new DescribeAccessPointsCommand({}));
    for (const { AccessPointId } of AccessPoints) await efs.send(new DeleteAccessPointCommand({ AccessPointId }));
    const { MountTargets = [] } = await efs.send(new DescribeMountTargetsCommand({ FileSystemId: next }));
    for (const { MountTargetId } of MountTargets) await efs.send(new DeleteMountTargetCommand({ MountTargetId }));
    for (const id of [next, old]) await efs.send(new DeleteFileSystemCommand({ FileSystemId: id }));
    efs.destroy();
    assert.deepEqual((await leftoversSince(lab(), clean)).leftovers, []);
  });

  /** Scales both servers, as the document does with `kubectl scale`, and waits until their pods are gone. */
  async function scaleServers(replicas: number): Promise<void> {
    const apps = clientConfig(lab().controlPlane.labKubeconfigPath).makeApiClient(AppsV1Api);
    const body = { spec: { replicas } };
    const [namespace, merge] = ["monitoring", setHeaderOptions("Content-Type", PatchStrategy.MergePatch)];
    await apps.patchNamespacedDeploymentScale({ name: "prometheus-server", namespace, body }, merge);
    await apps.patchNamespacedStatefulSetScale({ name: "prometheus-alertmanager", namespace, body }, merge);
    await until("both servers' pods are gone", async () => {
      const { items } = await operator.core.listNamespacedPod({ namespace });
      return !items.some(({ metadata }) => /^prometheus-(server|alertmanager)-/.test(metadata?.name ?? ""));
    });
  }

  /** Creates a key in the lab's KMS by a plain HTTP request, because the SDK's package for KMS is not installed. */
  async function createKey(): Promise<string> {
    const response = await fetch(lab().aws.endpoint, {
      method: "POST",
      headers: {
        "X-Amz-Target": "TrentService.CreateKey",
        "Content-Type": "application/x-amz-json-1.1",
        Authorization: `AWS4-HMAC-SHA256 Credential=x/20260101/${lab().aws.region}/kms/aws4_request, SignedHeaders=host, Signature=x`,
      },
      body: "{}",
    });
    const { KeyMetadata } = (await response.json()) as { KeyMetadata: { KeyId: string } };
    return KeyMetadata.KeyId;
  }
});
