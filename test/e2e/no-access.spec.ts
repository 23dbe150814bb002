import * as assert from "node:assert/strict";
import * as net from "node:net";
import type { LabStack } from "../../lab/stack";
import { labStack } from "../../lab/steps";
import { changedKubeconfigs } from "../support/lab/changed-kubeconfigs";
import { changesSince, say, withLab } from "../support/lab/with-lab";

describe("on the lab, a preview without permissions or without access", function () {
  const lab = withLab();
  const changedKubeconfig = changedKubeconfigs(lab);
  let stack: LabStack;
  let stateBefore: string;

  before("make a stack", async () => {
    stack = await labStack(lab(), "no-access");
    stateBefore = await stack.exported();
  });

  /** Previews in a changed environment, and expects clear errors, no stack trace and no change. */
  async function refused(env: Readonly<Record<string, string>>, ...says: RegExp[]): Promise<void> {
    const started = new Date();
    await assert.rejects(stack.cli(["preview", "--stack", stack.name], "", env), (error: unknown) => {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      const shown = `${stdout}\n${stderr}`;
      say(shown);
      for (const expected of says) assert.match(shown, expected);
      assert.doesNotMatch(shown, /\bat .*\.[jt]s:\d+/, "no stack trace");
      assert.ok(!shown.includes(lab().canary), "no secret");
      return true;
    });
    assert.ok(Date.now() - started.getTime() < 90_000, "in bounded time");
    assert.deepEqual(changesSince(lab(), started), []);
    assert.deepEqual(await lab().aws.remaining(), []);
    assert.equal(await stack.exported(), stateBefore);
  }

  const kubeconfig = async (name: string, change: (text: string) => string) => ({
    KUBECONFIG: await changedKubeconfig(name, change),
  });

  it("says what to set if the passphrase is missing", () =>
    refused({ PULUMI_CONFIG_PASSPHRASE_FILE: "" }, /passphrase must be set with PULUMI_CONFIG_PASSPHRASE/));

  it("reports a wrong passphrase", () => refused({ PULUMI_CONFIG_PASSPHRASE: "wrong" }, /incorrect passphrase/));

  it("says to sign in to AWS if AWS credentials are missing", () =>
    refused(
      { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "", AWS_SESSION_TOKEN: "", AWS_EC2_METADATA_DISABLED: "true" },
      /alerting:aws: AWS did not answer: .*credential.*aws sts get-caller-identity/is,
    ));

  it("says to sign in to the cluster if the cluster rejects the token", async () =>
    refused(
      await kubeconfig("wrong-token", (text) => text.replace(/token: .*/, "token: nobodys")),
      /alerting:context: the cluster of context "lab" does not accept its credentials \(401\); sign in again/,
    ));

  it("stops a sign-in program that waits for a code, and says that the user has to sign in first", async () => {
    const exec = { apiVersion: "client.authentication.k8s.io/v1", command: "sh", args: ["-c", "sleep 150; true"] };
    await refused(
      await kubeconfig("waits", (text) => text.replace(/token: .*/, `exec: ${JSON.stringify(exec)}`)),
      /context "lab" signs in by the program sh, which gave no credentials within 15 s and was ended: it may wait for a code/,
    );
  });

  it("gives up on a cluster that accepts the connection but never answers", async () => {
    const sockets = new Set<net.Socket>();
    const server = net.createServer((socket) => sockets.add(socket));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as net.AddressInfo;
    try {
      await refused(
        await kubeconfig("silent", (text) => text.replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${port}`)),
        new RegExp(`alerting:context: the cluster of context "lab" at https://127\\.0\\.0\\.1:${port} does not answer`),
      );
    } finally {
      for (const socket of sockets) socket.destroy();
      server.close();
    }
  });

  after("remove the stack", () => stack.remove());
});
