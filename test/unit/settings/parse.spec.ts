import assert from "node:assert/strict";
import { RunError } from "@pulumi/pulumi";
import { requireValid } from "../../../config";
import { rows } from "../../../settings/table";
import { ConfigurationError, shown } from "../../../validation/faults";
import { valueAt } from "../../../validation/plain-data";
import {
  configuration,
  faultLines,
  guarded,
  least,
  master,
  settings,
  type Values,
  workerB,
} from "../../support/settings";

describe("the defaults of the configuration", () => {
  it("are those in the table, except for values from the context, the stack and AWS", () => {
    const set = settings();
    for (const { key, default: value } of rows())
      if (value !== undefined) assert.deepEqual(valueAt(set, key.split(".")), JSON.parse(value), key);
    const { context, cluster, environment, aws, kubeconfig, priorityClass } = set;
    assert.deepEqual(
      { context, cluster, environment, aws, kubeconfig, priorityClass },
      {
        context: "lab",
        cluster: "lab",
        environment: "dev",
        aws: { region: "ap-northeast-2" },
        kubeconfig: undefined,
        priorityClass: undefined,
      },
    );
  });

  it("remain for the keys that are not set in an object", () => {
    const { alerts, prometheus } = settings({
      alerts: { groupWait: "30s" },
      prometheus: { resources: { memoryLimit: "4Gi" } },
    });
    assert.deepEqual([alerts.groupWait, alerts.groupInterval], ["30s", "1m"]);
    assert.deepEqual([prometheus.resources.memoryLimit, prometheus.resources.cpu], ["4Gi", "200m"]);
  });

  it("are replaced by settings of every type, including `false`", () => {
    const set = settings({
      protectData: true,
      storage: { backup: false },
      environment: "production",
      cluster: "seoul",
    });
    assert.deepEqual(
      [set.protectData, set.storage.backup, set.environment, set.cluster],
      [true, false, "production", "seoul"],
    );
  });

  it("take the region from alerting:aws.region, else from aws:region, else from the environment, else report what to set", () => {
    const region = (values: object, all: Record<string, string>, environment = {}) =>
      configuration(values as never, { all: { ...configurationValues(values), ...all }, environment });
    assert.equal(
      region({ aws: { region: "eu-west-1" } }, { "aws:region": "us-east-1" }).settings.aws?.region,
      "eu-west-1",
    );
    assert.equal(region({}, { "aws:region": "us-east-1" }).settings.aws?.region, "us-east-1");
    assert.equal(region({}, {}, { AWS_REGION: "sa-east-1" }).settings.aws?.region, "sa-east-1");
    assert.deepEqual(region({}, {}).faults, [
      {
        key: "alerting:aws.region",
        sentence: "is not set, and neither is aws:region. Run `pulumi config set aws:region <region>`.",
      },
    ]);
  });

  it("use the stack with organization and project as the owner", () => {
    assert.equal(configuration().owner, "organization/alerting/dev");
  });

  function configurationValues(values: object): Record<string, string> {
    return {
      "alerting:context": "lab",
      "alerting:nodes": JSON.stringify(least.nodes),
      "alerting:slackWebhookUrl": "https://hooks.slack.example/services/T/B/x",
      ...Object.fromEntries(Object.entries(values).map(([key, value]) => [`alerting:${key}`, JSON.stringify(value)])),
    };
  }
});

const key = "arn:aws:kms:ap-northeast-2:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";

const certified = { access: guarded.access };

describe("the check of the configuration", () => {
  /** One row per problem: the settings, and the whole line that the user reads. */
  const rows: [title: string, values: Record<string, unknown>, line: string][] = [
    [
      "refuses an invalid size, and does not compare it with its limit",
      { prometheus: { resources: { memory: "one" } } },
      'alerting:prometheus.resources.memory: got "one"; accepted: a size such as "20Gi" or "512Mi".',
    ],
    [
      "refuses a string instead of `true` or `false`",
      { protectData: "yes" },
      'alerting:protectData: got "yes"; accepted: true or false.',
    ],
    [
      "refuses to install a driver from the internet if images come from a private registry",
      { efsCsiDriver: "install", images: { registry: "registry.example" } },
      'alerting:efsCsiDriver: got "install"; accepted: "existing", because alerting:images.registry is set and ' +
        "the driver's chart and images come from the internet; install the driver from your registry yourself.",
    ],
    [
      "refuses an alias of a KMS key, because AWS reports the key under another name",
      { storage: { kmsKeyId: "alias/data" } },
      'alerting:storage.kmsKeyId: got "alias/data"; accepted: the ARN of a key (arn:aws:kms:<region>:<account>:key/<id>), not an alias.',
    ],
    [
      "refuses an external URL with a path, under which Prometheus would not find Alertmanager",
      { alertmanager: { externalUrl: "https://alerts.example/alertmanager" } },
      'alerting:alertmanager.externalUrl: got "https://alerts.example/…"; accepted: a URL without a path, because probes ' +
        "and the other components request paths from the root; give it a separate host name.",
    ],
    [
      "refuses a memory request above its limit, which the API server would refuse",
      { prometheus: { resources: { memory: "4Gi" } } },
      'alerting:prometheus.resources.memory: got "4Gi"; accepted: at most its limit (memoryLimit: 2Gi).',
    ],
    [
      "refuses a CPU request above its limit, whatever the unit",
      { alertmanager: { resources: { cpu: "1" } } },
      'alerting:alertmanager.resources.cpu: got "1"; accepted: at most its limit (cpuLimit: 500m).',
    ],
    [
      "refuses data protection for data that is not stored in AWS",
      { protectData: true, storage: { type: "storageClass" } },
      'alerting:protectData: got true; accepted: false, because data of alerting:storage.type "storageClass" is not kept in AWS by this program.',
    ],
    [
      "recognizes a nested setting by its last part",
      { retention: "3d" },
      "alerting:retention: there is no such setting. Is alerting:prometheus.retention meant?",
    ],
    [
      "refuses a number instead of a list",
      { loadBalancer: { subnetIds: 5 } },
      "alerting:loadBalancer.subnetIds: got 5; accepted: a list.",
    ],
    [
      "refuses a number in a list of strings, with its position",
      { nodes: { masters: { names: [master, 7] } } },
      "alerting:nodes.masters.names[1]: got 7; accepted: a string. Write it in quotes in the stack's file, or run `pulumi config set --path --type string 'alerting:nodes.masters.names[1]' 7`.",
    ],
    [
      "says how to write a string that `pulumi config set --path` has read as a boolean",
      { nodes: { masters: { ec2Tag: { key: "k8s.io/role/master", value: true } } } },
      "alerting:nodes.masters.ec2Tag.value: got true; accepted: a string. Write it in quotes in the stack's file, or run `pulumi config set --path --type string 'alerting:nodes.masters.ec2Tag.value' true`.",
    ],
    [
      "says how to write a number that was written as a string",
      { access: { passwords: ["2"] } },
      "alerting:access.passwords[0]: got \"2\"; accepted: a number. Write it without quotes in the stack's file, or run `pulumi config set --path 'alerting:access.passwords[0]' 2`.",
    ],
    [
      "says how to write a list that was written as a string",
      { access: { passwords: "[1,2]" } },
      "alerting:access.passwords: got \"[1,2]\"; accepted: a list. Write a list in the stack's file, or run `pulumi config set --path 'alerting:access.passwords[0]' <value>`, and so on with [1].",
    ],
    [
      "reports a key that was set without `--path`, and how to set it",
      { "alerts.scrapeInterval": "30s" },
      "alerting:alerts.scrapeInterval: was set without --path, so it is a separate key, which nothing reads. Run `pulumi config rm 'alerting:alerts.scrapeInterval'`, then `pulumi config set --path 'alerting:alerts.scrapeInterval' <value>`.",
    ],
    [
      "reports a list position that was set without `--path`",
      { "nodes.masters.names[0]": master },
      "alerting:nodes.masters.names[0]: was set without --path, so it is a separate key, which nothing reads. Run `pulumi config rm 'alerting:nodes.masters.names[0]'`, then `pulumi config set --path 'alerting:nodes.masters.names[0]' <value>`.",
    ],
    [
      "reports a credential that was set without `--path`, and never its value",
      { "credentials.pagerduty": "canary" },
      "alerting:credentials.pagerduty: was set without --path, so it is a separate key, which nothing reads. Run `pulumi config rm 'alerting:credentials.pagerduty'`, then `pulumi config set --secret --path 'alerting:credentials.pagerduty'`.",
    ],
    [
      "refuses a subnet that is listed twice",
      { network: { subnetIds: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef0"] } },
      'alerting:network.subnetIds[1]: got "subnet-0123456789abcdef0"; accepted: a value that is not in the list already; remove one of the two.',
    ],
    [
      "refuses a port that is listed twice, as in the other lists",
      { networkPolicies: { alertmanagerPorts: [25, 587, 25] } },
      "alerting:networkPolicies.alertmanagerPorts[2]: got 25; accepted: a value that is not in the list already; remove one of the two.",
    ],
    [
      "refuses a string instead of a map, and says how to set a map",
      { storage: "efs" },
      'alerting:storage: got "efs"; accepted: a map, set by `pulumi config set --path`.',
    ],
    [
      "refuses a map that is invalid JSON, and shows the value",
      { alerts: "{groupWait: 10s" },
      'alerting:alerts: got "{groupWait: 10s"; accepted: a map, set by `pulumi config set --path`.',
    ],
    [
      "refuses an unknown type of storage, and lists the known types",
      { storage: { type: "nfs" } },
      'alerting:storage.type: got "nfs"; accepted: one of "efs", "storageClass", "none".',
    ],
    [
      "refuses an empty string",
      { environment: "" },
      'alerting:environment: got ""; accepted: a string that is not empty.',
    ],
    [
      "refuses a number of days that EFS does not support",
      { storage: { infrequentAccessAfterDays: 15 } },
      "alerting:storage.infrequentAccessAfterDays: got 15; accepted: one of 1, 7, 14, 30, 60 and 90.",
    ],
    [
      "refuses a duration without a unit",
      { alerts: { groupWait: "10" } },
      'alerting:alerts.groupWait: got "10"; accepted: a duration such as "30s", "1m" or "15d".',
    ],
    [
      "refuses an unknown top-level key, with the most similar known one",
      { namespaces: "x" },
      "alerting:namespaces: there is no such setting. Is alerting:namespace meant?",
    ],
    [
      "refuses an unknown nested key, with the most similar known one in that object",
      { slack: { chanel: "#a" } },
      "alerting:slack.chanel: there is no such setting. Is alerting:slack.channel meant?",
    ],
    [
      "lists the known keys if none is similar",
      { nodeLabel: { xyzzy: 1 } },
      "alerting:nodeLabel.xyzzy: there is no such setting. Known here: key, master, worker, nodes.",
    ],
    [
      "suggests `slackWebhookUrl`, although it is not in the schema",
      { slackWebhook: "https://hooks.slack.example/services/T/B/x" },
      "alerting:slackWebhook: there is no such setting. Is alerting:slackWebhookUrl meant?",
    ],
    [
      "refuses internet-facing NLBs without source ranges",
      { ...guarded, loadBalancer: { scheme: "internet-facing" } },
      "alerting:loadBalancer.sourceRanges: is not set; accepted: at least one address range, because the scheme is internet-facing, and a password should not be all that stands between the internet and the pages.",
    ],
    [
      "refuses the whole internet as a source",
      { ...guarded, loadBalancer: { scheme: "internet-facing", sourceRanges: ["10.0.0.0/8", "0.0.0.0/0"] } },
      'alerting:loadBalancer.sourceRanges[1]: got "0.0.0.0/0"; accepted: a smaller range; the whole internet is refused unless alerting:loadBalancer.allowAnySource is true.',
    ],
    [
      "refuses the whole internet in IPv6, even for internal NLBs",
      { loadBalancer: { sourceRanges: ["::/0"] } },
      'alerting:loadBalancer.sourceRanges[0]: got "::/0"; accepted: a smaller range; the whole internet is refused unless alerting:loadBalancer.allowAnySource is true.',
    ],
    [
      "refuses an invalid source range",
      { loadBalancer: { sourceRanges: ["10.0.0.1"] } },
      'alerting:loadBalancer.sourceRanges[0]: got "10.0.0.1"; accepted: an address range such as "10.0.0.0/16".',
    ],
    [
      "refuses a channel without its `#`, and explains YAML comments",
      { slack: { channel: "monitoring" } },
      'alerting:slack.channel: got "monitoring"; accepted: a channel such as "#monitoring", quoted, because an unquoted # begins a comment in YAML.',
    ],
    [
      "refuses a channel that YAML read as a comment",
      { slack: { channel: null } },
      "alerting:slack.channel: got null; accepted: a string.",
    ],
    [
      "refuses a repeat interval shorter than the group interval",
      { alerts: { repeatInterval: "30s" } },
      'alerting:alerts.repeatInterval: got "30s"; accepted: a duration of at least groupInterval (1m).',
    ],
    [
      "refuses a scrape timeout above the scrape interval",
      { alerts: { scrapeTimeout: "20s" } },
      'alerting:alerts.scrapeTimeout: got "20s"; accepted: a duration of at most scrapeInterval (15s).',
    ],
    [
      "refuses a configuration without masters",
      { nodes: { workers: { names: [workerB] } } },
      "alerting:nodes.masters: is not set; accepted: a map, set by `pulumi config set --path`.",
    ],
    [
      "refuses an empty list of masters",
      { nodes: { masters: { names: [] } } },
      "alerting:nodes.masters.names: got []; accepted: at least one master, because Prometheus and Alertmanager run there.",
    ],
    [
      "refuses masters selected in two ways",
      { nodes: { masters: { names: [master], selector: "a=b" } } },
      `alerting:nodes.masters: got {"names":["${master}"],"selector":"a=b"}; accepted: exactly one of names, selector and ec2Tag; remove all but one, by \`pulumi config rm --path 'alerting:nodes.masters.names'\` or \`pulumi config rm --path 'alerting:nodes.masters.selector'\`.`,
    ],
    [
      "refuses a node that is a master and a worker",
      { nodes: { masters: { names: [master] }, workers: { names: [workerB, master] } } },
      `alerting:nodes.workers.names: got "${master}"; accepted: nodes that are not listed under nodes.masters.names too.`,
    ],
    [
      "refuses the same label value for masters and workers",
      { nodeLabel: { worker: "master" } },
      'alerting:nodeLabel.worker: got "master"; accepted: a value other than the masters\'.',
    ],
    [
      "refuses more samples than the volume of a storage class holds",
      { storage: { type: "storageClass", serverSize: "8Gi" } },
      'alerting:prometheus.retentionSize: got "8GB"; accepted: at most nine tenths of alerting:storage.serverSize (8Gi), or the volume fills up.',
    ],
    [
      "refuses a file system id if data is not stored on EFS",
      { storage: { type: "none", fileSystemId: "fs-0123456789abcdef0" } },
      'alerting:storage.fileSystemId: got "fs-0123456789abcdef0"; accepted: no file system id, because alerting:storage.type is none.',
    ],
    [
      "refuses a KMS key for an existing file system",
      { storage: { fileSystemId: "fs-0123456789abcdef0", kmsKeyId: key } },
      `alerting:storage.kmsKeyId: got "${key}"; accepted: no KMS key, because the existing file system of alerting:storage.fileSystemId has its own already.`,
    ],
    [
      "refuses a missing context",
      { context: undefined },
      "alerting:context: is not set; accepted: a string. Run `pulumi config set alerting:context <context>`; `kubectl config get-contexts` lists them.",
    ],
    [
      "refuses a cluster name that is not valid in AWS tags",
      { cluster: "a,b=c" },
      'alerting:cluster: got "a,b=c"; accepted: a name of at most 40 letters, digits, dots, dashes and underscores.',
    ],
    [
      "refuses a registry with a scheme",
      { images: { registry: "https://mirror.example" } },
      'alerting:images.registry: got "https://mirror.example"; accepted: a registry\'s host, with a path if any, without https://; or a map of such, by quay.io and registry.k8s.io.',
    ],
  ];
  for (const [title, values, line] of rows) {
    it(title, () => assert.deepEqual(faultLines(values), [line]));
  }

  it("accepts the whole internet if it is confirmed", () => {
    const loadBalancer = { scheme: "internet-facing", sourceRanges: ["0.0.0.0/0"], allowAnySource: true };
    assert.deepEqual(faultLines({ ...guarded, loadBalancer }), []);
  });

  it("accepts values exactly at their limits", () => {
    const alerts = { repeatInterval: "60s", groupInterval: "1m", scrapeTimeout: "15s" };
    assert.deepEqual(faultLines({ alerts, storage: { type: "storageClass", serverSize: "9Gi" } }), []);
  });

  it("compares known keys with each other even if there is an unknown key beside them", () => {
    const loadBalancer = { scheme: "internet-facing", sourceRange: ["10.0.0.0/8"] };
    assert.deepEqual(faultLines({ ...guarded, loadBalancer }), [
      "alerting:loadBalancer.sourceRange: there is no such setting. Is alerting:loadBalancer.sourceRanges meant?",
      "alerting:loadBalancer.sourceRanges: is not set; accepted: at least one address range, because the scheme is internet-facing, and a password should not be all that stands between the internet and the pages.",
    ]);
  });

  it("ignores the settings of other programs and libraries", () => {
    const all = { "aws:region": "ap-northeast-2", "other:nodes": "x", "alertingx:nodes": "y" };
    const faults = configuration({}, { all }).faults.map(({ key }) => key);
    assert.deepEqual(faults, ["alerting:context", "alerting:nodes", "alerting:slackWebhookUrl"]);
  });

  it("reports all problems in one error, each with its key, its value and what is accepted", () => {
    const broken = configuration({ protectData: "yes", storage: { type: "nfs", backups: true }, contxt: "lab" });
    assert.throws(
      () =>
        requireValid(broken, {
          faults: [{ key: "alerting:nodes.workers", sentence: "the cluster has no such node." }],
        }),
      (error) => {
        assert.ok(error instanceof ConfigurationError);
        assert.equal(
          error.message,
          [
            "There are 5 problems in the configuration; nothing was changed.",
            "  - alerting:contxt: there is no such setting. Is alerting:context meant?",
            "  - alerting:storage.backups: there is no such setting. Is alerting:storage.backup meant?",
            '  - alerting:storage.type: got "nfs"; accepted: one of "efs", "storageClass", "none".',
            '  - alerting:protectData: got "yes"; accepted: true or false.',
            "  - alerting:nodes.workers: the cluster has no such node.",
            "Not checked yet, so more may follow: what depends on a setting that could not be read; what AWS says.",
          ].join("\n"),
        );
        assert.ok(RunError.isInstance(error), "of any other error the engine prints a stack, which helps nobody here");
        return true;
      },
    );
  });

  it("reports every problem, even if another key beside it is wrong too", () => {
    const shown = (values: Values) => configuration(values).faults.map(({ key }) => key);
    const open = { scheme: "internet-facing", sourceRanges: ["nowhere"] };
    assert.deepEqual(shown({ loadBalancer: open, access: { password: false } }), [
      "alerting:loadBalancer.sourceRanges[0]",
      "alerting:access.password",
      "alerting:access.certificateArn",
    ]);
    assert.deepEqual(shown({ storage: { type: "none", backup: 7 }, protectData: true }), [
      "alerting:storage.backup",
      "alerting:protectData",
    ]);
    const nodes = { masters: { names: [master], selector: 7 }, workers: { names: [workerB, 7] } };
    assert.deepEqual(shown({ nodes, prometheus: { retention: 1, externalUrl: "http://x" }, ...certified }), [
      "alerting:nodes.masters.selector",
      "alerting:nodes.workers.names[1]",
      "alerting:prometheus.retention",
      "alerting:prometheus.externalUrl",
      "alerting:alertmanager.externalUrl",
    ]);
  });

  it("reports no further problem about a key that could not be read", () => {
    const loadBalancer = { scheme: "internet-facing", sourceRanges: ["10.0.0.0/8"] };
    const access = { certificateArn: "arn:aws:acm:nowhere" };
    const urls = { prometheus: { externalUrl: 7 }, alertmanager: { externalUrl: "https://alertmanager.example" } };
    const told = configuration({ loadBalancer, access, ...urls }).faults.map(({ key }) => key);
    assert.deepEqual(told, ["alerting:access.certificateArn", "alerting:prometheus.externalUrl"]);
    const storage = { type: "nfs", fileSystemId: "fs-0123456789abcdef0", serverSize: "1Gi" };
    assert.deepEqual(
      configuration({ storage }).faults.map(({ key }) => key),
      ["alerting:storage.type"],
    );
  });

  it("names the required settings if the configuration is empty", () => {
    const { faults } = configuration({}, { all: {} });
    assert.deepEqual(
      faults.map(({ key }) => key),
      ["alerting:context", "alerting:nodes", "alerting:slackWebhookUrl", "alerting:aws.region"],
    );
  });

  it("shows only the beginning of a long value", () => {
    assert.equal(shown("x".repeat(200)).length, 120);
  });
});
