import * as assert from "node:assert/strict";
import type { ClusterSnapshot } from "../../lab/leftovers";
import { commandLineOf, descendantsOf, endFamily } from "../../lab/process-family";
import { StackError } from "../../lab/stack";
import { leftoversSince, requireNoChange, snapshot } from "../../lab/steps";
import { Operator } from "./operator";
import { say, withLab } from "./with-lab";

describe("an update that was interrupted, on the lab", function () {
  const lab = withLab();
  let clean: ClusterSnapshot;
  let operator: Operator;

  before("make a stack", async () => {
    clean = await snapshot(lab());
    operator = await Operator.of(lab(), "interrupted");
  });

  /** Ends the CLI, its plugins and what they started, as a machine that dies does. */
  function killPulumi(): void {
    for (const pid of descendantsOf(process.pid)) {
      if (commandLineOf(pid).startsWith(`${lab().stacks.command} `)) endFamily(pid);
    }
  }

  const helm = async (...args: string[]): Promise<string> => {
    const { execa } = await import("execa");
    return (await execa("helm", [...args, "prometheus", "--namespace", "monitoring"], { env: { ...lab().stacks.env } }))
      .stdout;
  };

  it("is taken up again after it was killed while Helm installed (operations: Take up an interrupted update)", async () => {
    const { stack } = operator;
    const killed = stack.up((line) => {
      say(line);
      if (line.startsWith("create kubernetes:helm.sh/v3:Release")) void whenHelmIsAtWork().then(killPulumi);
    });
    await assert.rejects(killed, StackError);
    assert.match(await helm("status"), /pending-install/);

    await assert.rejects(stack.up(say), /lock/);
    await stack.cli(["cancel", "--yes", "--stack", stack.name]);
    await helm("uninstall");
    await stack.cli(["refresh", "--clear-pending-creates", "--yes", "--stack", stack.name]);
    await stack.up(say);
    requireNoChange(await stack.preview(say));
    const fileSystems = (await lab().aws.remaining()).filter((line) => line.startsWith("file system"));
    assert.equal(fileSystems.length, 1, "none was made twice");
  });

  /** Helm writes its record of a release first, and then what is in it. */
  async function whenHelmIsAtWork(): Promise<void> {
    while (!/pending-install/.test(await helm("status").catch(() => ""))) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  after("destroy it", async () => {
    await operator.stack.destroy(say);
    assert.deepEqual((await leftoversSince(lab(), clean)).leftovers, []);
  });
});
