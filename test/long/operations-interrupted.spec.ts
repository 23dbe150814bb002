import * as assert from "node:assert/strict";
import {
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupRulesCommand,
  EC2Client,
  RevokeSecurityGroupIngressCommand,
} from "@aws-sdk/client-ec2";
import { DeleteAccessPointCommand, DeleteMountTargetCommand, EFSClient } from "@aws-sdk/client-efs";
import type { ClusterSnapshot } from "../../lab/leftovers";
import { commandLineOf, descendantsOf, endFamily } from "../../lab/process-family";
import { StackError } from "../../lab/stack";
import { leftoversSince, requireNoChange, snapshot } from "../../lab/steps";
import { until } from "../support/until";
import { Operator } from "../support/lab/operator";
import { changesSince, say, withLab } from "../support/lab/with-lab";

interface Kill {
  /** AWS calls that are performed but whose answers never arrive, so that the state cannot record the new resources. */
  readonly withheld: readonly string[];
  /** The object whose creation in the cluster triggers the kill. */
  readonly made?: string;
}

/**
 * In AWS, the update is killed once at each kind of resource, after the resources that it depends on are recorded. In
 * the cluster, the update is killed at the first and the last object of each kind.
 */
const kills: readonly Kill[] = [
  { withheld: ["elasticfilesystem:CreateFileSystem", "ec2:CreateSecurityGroup"], made: "/namespaces/" },
  {
    withheld: ["ec2:AuthorizeSecurityGroupIngress"].concat(
      ["CreateMountTarget", "CreateAccessPoint", "PutBackupPolicy"].map((action) => `elasticfilesystem:${action}`),
    ),
  },
  { withheld: ["elasticfilesystem:PutFileSystemPolicy"], made: "/persistentvolumeclaims/" },
];

describe("on the lab, an interrupted update", function () {
  this.timeout("10m");
  const lab = withLab();
  let clean: ClusterSnapshot;
  let operator: Operator;

  before("make a stack", async () => {
    clean = await snapshot(lab());
    operator = await Operator.of(lab(), "interrupted");
  });

  /** Kills the CLI, its plugins and their child processes, as a crashing machine does. */
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

  /** Starts an update, and kills it when the condition is met. */
  async function killedWhen(comesToPass: () => Promise<unknown>): Promise<void> {
    const happened = comesToPass();
    const up = operator.stack.up(say);
    await Promise.race([happened, up.then(() => assert.fail("it ended and was not killed"))]);
    killPulumi();
    await assert.rejects(up, StackError);
    await lab().aws.withholdAnswersTo([]);
  }

  async function takenUp(): Promise<void> {
    const { stack } = operator;
    await stack.cli(["cancel", "--yes", "--stack", stack.name]);
    await stack.cli(["refresh", "--clear-pending-creates", "--yes", "--stack", stack.name]);
    for (const id of await unknownToTheState()) {
      if (id.startsWith("fs-")) await addFileSystem();
      else await deleteFromAws(id);
    }
  }

  /** Helm writes its record of a release first, and then creates the release's objects. */
  async function whenHelmIsAtWork(): Promise<void> {
    await until("Helm installs", async () => /pending-install/.test(await helm("status").catch(() => "")));
  }

  /** The ids of resources that exist in AWS but not in the state. */
  async function unknownToTheState(): Promise<string[]> {
    const [state, remaining] = await Promise.all([operator.stack.exported(), lab().aws.remaining()]);
    const ids = remaining.map((line) => /\b(fs|fsmt|fsap|sgr?)-[0-9a-f]+/.exec(line)![0]);
    return ids.filter((id) => !state.includes(`"${id}"`));
  }

  /** Deletes a resource through the SDK. The procedure uses the AWS CLI, which the lab does not have. */
  async function deleteFromAws(id: string): Promise<void> {
    const { endpoint, region, env } = lab().aws;
    const credentials = { accessKeyId: env.AWS_ACCESS_KEY_ID!, secretAccessKey: env.AWS_SECRET_ACCESS_KEY! };
    const efs = new EFSClient({ endpoint, region, credentials });
    const ec2 = new EC2Client({ endpoint, region, credentials });
    if (id.startsWith("fsmt-")) await efs.send(new DeleteMountTargetCommand({ MountTargetId: id }));
    else if (id.startsWith("fsap-")) await efs.send(new DeleteAccessPointCommand({ AccessPointId: id }));
    else if (id.startsWith("sgr-")) {
      const { SecurityGroupRules } = await ec2.send(
        new DescribeSecurityGroupRulesCommand({ SecurityGroupRuleIds: [id] }),
      );
      const { GroupId } = SecurityGroupRules![0]!;
      await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, SecurityGroupRuleIds: [id] }));
    } else await ec2.send(new DeleteSecurityGroupCommand({ GroupId: id }));
  }

  /** Runs the command that a preview prints if the stack's file system exists in AWS but not in the state. */
  async function addFileSystem(): Promise<void> {
    const said = (await operator.stack.preview(say)).diagnostics.join("\n");
    const printed = /^pulumi (import .*)$/m.exec(said)?.[1];
    assert.ok(printed, said);
    const args = [...printed.matchAll(/'([^']*)'|([^\s']+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
    await operator.stack.cli([...args, "--yes", "--stack", operator.stack.name]);
  }

  it("resumes after it was killed at each kind of resource (operations: Take up an interrupted update)", async () => {
    for (const { withheld, made } of kills) {
      const started = new Date();
      const isMade = () => made === undefined || changesSince(lab(), started).some((line) => line.includes(made));
      await killedWhen(() =>
        Promise.all([lab().aws.withholdAnswersTo(withheld), until(`${made} is made`, isMade, { everyMs: 50 })]),
      );
      await takenUp();
    }
    await killedWhen(whenHelmIsAtWork);
    await assert.rejects(operator.stack.up(say), /lock/);
    await helm("uninstall");
    await takenUp();

    await operator.stack.up(say);
    requireNoChange(await operator.stack.preview(say));
    assert.deepEqual(await unknownToTheState(), [], "nothing was made twice");
  });

  after("destroy the stack", async () => {
    await operator.stack.destroy(say);
    assert.deepEqual((await leftoversSince(lab(), clean)).leftovers, []);
  });
});
