import * as assert from "node:assert/strict";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { CreateSubnetCommand, DeleteSubnetCommand, EC2Client } from "@aws-sdk/client-ec2";
import { stringify } from "yaml";
import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { freePort } from "../../lab/processes/ports";
import { type LabStack, StackError } from "../../lab/stack";
import { configureLike } from "../../lab/steps";
import { changedKubeconfigs } from "../support/lab/changed-kubeconfigs";
import { changesSince, say, withLab } from "../support/lab/with-lab";

/** Changes to the lab's configuration, and what the error message about them must say. */
interface BadInput {
  readonly title: string;
  readonly changes?: Readonly<Record<string, unknown>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly says: readonly RegExp[];
}

const NO_CONFIGURATION: BadInput["changes"] = {
  "alerting:context": undefined,
  "alerting:nodes": undefined,
  "alerting:alerts": undefined,
  "alerting:chart": undefined,
};
const MASTER = "ip-10-0-1-10.ap-northeast-2.compute.internal";

/** Each case is one run, so the faults that one run can find are in one case. */
const CASES: readonly BadInput[] = [
  {
    title: "an empty configuration",
    changes: NO_CONFIGURATION,
    secrets: {},
    says: [/alerting:context/, /alerting:nodes/, /alerting:slackWebhookUrl/, /config set --secret/],
  },
  {
    title: "wrong types, unknown keys, a webhook in clear, no masters, and NLBs on the internet without source ranges",
    changes: {
      "alerting:slackWebhookUrl": "https://hooks.slack.example/services/T1/B1/in-clear-0123456789",
      "alerting:protectData": "perhaps",
      "alerting:retentin": "3d",
      "alerting:alerts": { groupWait: "soon" },
      "alerting:nodes": { masters: { names: [] } },
      "alerting:loadBalancer": { scheme: "internet-facing" },
      "alerting:chart": { source: "/srv/prometheus.tgz" },
      "aws:accessKey": "AKIA0123456789",
      "aws:profil": "ops",
    },
    secrets: {},
    says: [
      /alerting:slackWebhookUrl.*--secret/,
      /alerting:protectData/,
      /alerting:retentin/,
      /alerting:alerts\.groupWait.*"soon"/,
      /alerting:nodes\.masters/,
      /alerting:loadBalancer\.sourceRanges/,
      /- alerting:chart\.source: got "\/srv/,
      /- aws:accessKey: is refused/,
      /is aws:profile meant\?/i,
    ],
  },
  {
    title: "a webhook that is not a URL, an unknown context, source ranges of the whole internet, and a missing chart",
    changes: {
      "alerting:context": "labb",
      "alerting:loadBalancer": { sourceRanges: ["0.0.0.0/1", "128.0.0.0/1"] },
      "alerting:chart": { source: "./nowhere/prometheus.tgz" },
    },
    secrets: { "alerting:slackWebhookUrl": "hooks-slack-example-0123456789" },
    says: [
      /4 problems/,
      /alerting:slackWebhookUrl/,
      /labb.*\blab\b/,
      /alerting:loadBalancer\.sourceRanges.*all of IPv4.*allowAnySource/,
      /\.\/nowhere\/prometheus\.tgz", which does not exist/,
    ],
  },
  {
    title: "a node that the cluster does not know",
    changes: { "alerting:nodes": { masters: { names: [MASTER, "ip-10-0-2-12.ap-northeast-2.compute.internal"] } } },
    says: [/ip-10-0-2-12/, /ip-10-0-2-11/],
  },
  {
    title: "an AWS account that the stack's settings do not allow",
    changes: { "aws:allowedAccountIds": ["999999999999"] },
    says: [/alerting:aws: the credentials are those of account \d{12}, which aws:allowedAccountIds/],
  },
  {
    title: "invalid chart values, PromQL, receivers and alert settings",
    changes: {
      "alerting:values": { server: { retentin: "3d" }, nodeExporter: { enabled: false } },
      "alerting:alerts": { instanceDownFor: "2m" },
      "alerting:rules": {
        groups: [{ name: "Mine", rules: [{ alert: "Slow", expr: "rate(up)" }] }],
        alerts: { NodeCPUHi: {}, NodeCpuHigh: { threshold: 0.8 }, InstanceDown: { for: "3m" } },
        folder: "ops/none",
      },
      "alerting:alertmanager": {
        receivers: [{ name: "pagerduty", pagerduty_configs: [{ routing_key: "inline-0123456789" }] }],
        routes: [{ matchers: ['severity="critical"'], receiver: "pagerduty" }],
      },
    },
    says: [
      /8 problems/,
      /- alerting:values\.server\.retentin: .*retention/,
      /- alerting:values\.nodeExporter.*prometheus-node-exporter/,
      /- alerting:alertmanager\.receivers\[0\]\.pagerduty_configs\[0\]\.routing_key: .*routing_key_file.*config set --secret/,
      /- alerting:rules\.groups\[0\]\.rules\[0\]\.expr: .*range vector/,
      /- alerting:rules\.alerts\.NodeCPUHi: .*is NodeCpuHigh meant\?/,
      /- alerting:rules\.alerts\.NodeCpuHigh\.threshold: got 0\.8; .*is 80 meant\?/,
      /- alerting:rules\.alerts\.InstanceDown\.for: .*instanceDownFor \("2m"\)/,
      /- alerting:rules\.folder: got "ops\/none", which does not exist/,
    ],
  },
];

describe("on the lab, the program", function () {
  const lab = withLab();
  const changedKubeconfig = changedKubeconfigs(lab);
  let stack: LabStack;

  before("make a stack", async () => {
    stack = await lab().stacks.create("bad-input");
  });

  /**
   * Previews, and expects that nothing is applied and that there is one error, which reports every problem once and
   * contains no noise and no secrets.
   */
  async function refused({ changes, secrets, says }: Omit<BadInput, "title">): Promise<string> {
    await configureLike(lab(), stack, changes, secrets);
    const started = new Date();
    let message = "";
    let output = "";
    await assert.rejects(stack.preview(say), (error: unknown) => {
      assert.ok(error instanceof StackError, String(error));
      message = error.message;
      output = error.run.output;
      return true;
    });
    for (const expected of says) {
      assert.match(message, expected);
    }
    assert.doesNotMatch(message, /\bat .*\.[jt]s:\d+/, "no stack trace");
    for (const noise of ["unhandled exception", "faults: [", "\u001b"]) {
      assert.ok(!message.includes(noise) && !output.includes(noise), `${JSON.stringify(noise)} is shown`);
    }
    for (const [, fault = ""] of message.matchAll(/^ *- (alerting:.+)$/gm)) {
      assert.equal(message.split(fault).length, 2, `told more than once: ${fault}`);
    }
    for (const secret of [lab().canary, "0123456789", ...Object.values(secrets ?? {})]) {
      assert.ok(!message.includes(secret) && !output.includes(secret), "what is shown holds a secret");
    }
    assert.deepEqual(changesSince(lab(), started), []);
    assert.deepEqual(await lab().aws.remaining(), []);
    return message;
  }

  for (const { title, ...input } of CASES) {
    it(`refuses ${title}`, () => refused(input));
  }

  it("refuses rule files in the project's folder, and reports each problem with file and line", async () => {
    const folder = path.join(lab().stacks.directory, "ops", "rules");
    const alert = (name: string, expr: string) => ({ alert: name, expr, labels: { severity: "info" } });
    const files = {
      "good.yaml": stringify({ groups: [{ name: "Good", rules: [alert("Fine", "up == 0")] }] }),
      "syntax.yaml": "groups:\n  - name: A\n   rules: []\n",
      "promql.yml": stringify({ groups: [{ name: "Slow", rules: [alert("Slow", "rate(up)")] }] }),
      "ours.yaml": stringify({ groups: [{ name: "Nodes", rules: [alert("InstanceDown", "up == 0")] }] }),
    };
    await fs.mkdir(folder, { recursive: true });
    for (const [name, text] of Object.entries(files)) await fs.writeFile(path.join(folder, name), text);
    try {
      await refused({
        changes: { "alerting:rules": { folder: "ops/rules" } },
        says: [
          /4 problems/,
          /- ops\/rules\/syntax\.yaml:3: cannot be read as YAML: /,
          /- ops\/rules\/promql\.yml:5, group Slow, rules\[0\]\.expr: .*range vector/,
          /- ops\/rules\/ours\.yaml:2, group Nodes, name: is "Nodes", which is already the name of another group/,
          /- ops\/rules\/ours\.yaml:4, group Nodes, rules\[0\]\.alert: is InstanceDown, which is the name of a built-in alert/,
        ],
      });
    } finally {
      await fs.rm(path.dirname(folder), { recursive: true });
    }
  });

  it("refuses a cluster that does not answer within a limited time", async () => {
    const port = await freePort();
    const kubeconfig = await changedKubeconfig("unreachable", (text) =>
      text.replace(/https:\/\/127\.0\.0\.1:\d+/, `https://127.0.0.1:${port}`),
    );
    const started = Date.now();
    await refused({ changes: { "alerting:kubeconfig": kubeconfig }, says: [new RegExp(String(port))] });
    assert.ok(Date.now() - started < 60_000, "takes less than a minute");
  });

  it("refuses a user without permissions, and names the missing permissions", async () => {
    const config = new KubeConfig();
    config.loadFromFile(lab().controlPlane.kubeconfigPath);
    const { status } = await config.makeApiClient(CoreV1Api).createNamespacedServiceAccountToken({
      namespace: "default",
      name: "default",
      body: { spec: { audiences: [], expirationSeconds: 3600 } },
    });
    const kubeconfig = await changedKubeconfig("no-rights", (text) =>
      text.replace(/token: .*/, `token: ${status?.token ?? ""}`),
    );
    await refused({
      changes: { "alerting:kubeconfig": kubeconfig },
      says: [/nodes/, /default:default|no right|may not/],
    });
  });

  it("refuses two subnets in one zone", async () => {
    const ec2 = new EC2Client({
      endpoint: lab().aws.endpoint,
      region: lab().aws.region,
      credentials: {
        accessKeyId: lab().aws.env.AWS_ACCESS_KEY_ID ?? "",
        secretAccessKey: lab().aws.env.AWS_SECRET_ACCESS_KEY ?? "",
      },
    });
    const [instance] = lab().aws.instances;
    assert.ok(instance !== undefined);
    const { Subnet } = await ec2.send(
      new CreateSubnetCommand({
        VpcId: lab().aws.vpcId,
        CidrBlock: "10.0.200.0/24",
        AvailabilityZone: instance.zone,
      }),
    );
    const subnetIds = [instance.subnetId, Subnet?.SubnetId ?? ""];
    try {
      await refused({
        changes: { "alerting:network": { subnetIds } },
        says: [new RegExp(instance.zone), ...subnetIds.map((id) => new RegExp(id))],
      });
    } finally {
      await ec2.send(new DeleteSubnetCommand({ SubnetId: subnetIds[1] }));
    }
    ec2.destroy();
  });
});
