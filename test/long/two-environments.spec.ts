import * as assert from "node:assert/strict";
import { CoreV1Api } from "@kubernetes/client-node";
import { clientConfig } from "../../lab/control-plane/client";
import { startSecondCluster } from "../../lab/second-cluster";
import type { LabStack } from "../../lab/stack";
import { configureLike, labStack, requireNoChange } from "../../lab/steps";
import { say, withLab } from "../support/lab/with-lab";

describe("on the lab, two environments in one AWS account, with one cluster each", function () {
  const lab = withLab();
  let cluster: Awaited<ReturnType<typeof startSecondCluster>>;
  let dev: LabStack;
  let staging: LabStack;
  let devs: string[];
  const protectedData = { "alerting:protectData": true };

  /** The resources that the two stacks made in AWS, one per line. */
  const made = () => lab().aws.remaining();

  before("start the second cluster", async () => {
    cluster = await startSecondCluster(lab(), say);
    dev = await labStack(lab(), "dev", protectedData);
    staging = await labStack(lab(), "staging", cluster.config);
  });

  it("can be deployed side by side, even if their clusters' contexts have the same name", async () => {
    await dev.up(say);
    devs = await made();
    await staging.up(say);
    const [one, other] = [await dev.plainOutputs(), await staging.plainOutputs()];
    for (const output of ["fileSystemId", "prometheusHostname", "alertmanagerHostname"]) {
      assert.notEqual(one[output], other[output], output);
    }
    for (const [kubeconfig, owner] of [
      [lab().controlPlane.labKubeconfigPath, "organization/alerting/dev"],
      [cluster.controlPlane.labKubeconfigPath, "organization/alerting/staging"],
    ] as const) {
      const namespace = await clientConfig(kubeconfig).makeApiClient(CoreV1Api).readNamespace({ name: "monitoring" });
      assert.equal(namespace.metadata?.annotations?.["alerting-owner/stack"], owner);
    }
  });

  it("share no resource name in AWS", async () => {
    const [one, other] = [await physicalNames(dev), await physicalNames(staging)];
    assert.ok(one.length > 5, one.join("\n"));
    assert.ok(other.length > 5, other.join("\n"));
    assert.deepEqual(
      one.filter((name) => other.includes(name)),
      [],
    );
  });

  it("do not affect each other: the stack that was deployed last shows no change", async () => {
    requireNoChange(await staging.preview(say, { refresh: true }));
  });

  it("leave each other intact: after one of them is destroyed, the other still has all its resources", async () => {
    assert.ok((await made()).length > devs.length);
    await staging.destroy(say);
    assert.deepEqual(await made(), devs);
    requireNoChange(await dev.preview(say, { refresh: true }));
  });

  it("refuse a configuration for another cluster, and can move there with their data (operations: Move to another cluster)", async () => {
    const { fileSystemId } = await dev.plainOutputs();
    await configureLike(lab(), dev, { ...protectedData, ...cluster.config });
    await assert.rejects(
      dev.preview(say),
      /on another cluster: the namespace "monitoring" that it created does not exist on this/,
    );
    await configureLike(lab(), dev, protectedData);
    await dev.destroy(say, { excludeProtected: true });
    await configureLike(lab(), dev, cluster.config);
    await dev.up(say);
    assert.equal((await dev.plainOutputs()).fileSystemId, fileSystemId);
    await dev.destroy(say);
    assert.deepEqual(await made(), []);
  });

  after("stop the second cluster", () => cluster?.stop());

  /** Everything by which AWS identifies the stack's resources: ids, names, creation tokens and directories. */
  async function physicalNames(stack: LabStack): Promise<string[]> {
    const { deployment } = JSON.parse(await stack.exported()) as {
      deployment: { resources: { type: string; id?: string; inputs: Record<string, unknown> }[] };
    };
    return deployment.resources
      .filter(({ type }) => type.startsWith("aws:"))
      .flatMap(({ id, inputs }) => {
        const { creationToken, name, rootDirectory, tags } = inputs as {
          creationToken?: string;
          name?: string;
          rootDirectory?: { path: string };
          tags?: { Name?: string };
        };
        return [id, creationToken, name, rootDirectory?.path, tags?.Name].filter((one) => one !== undefined);
      });
  }
});
