import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { nodeLabelManager } from "../../../conventions/cluster-names";
import { Alerting, type AlertingArgs } from "../../../components/alerting";
import { alertmanagerPods, serverPods } from "../../../values/prometheus-values";
import { releaseValues } from "../../../values/release-values";
import { awsProvider, kubernetesProvider, randomProvider } from "../../../components/providers";
import { requireValid } from "../../../config";
import { efsCsiDriverChart, prometheusChart } from "../../../versions";
import { namedProvider, record, type Recorder, resolved, settled, unwrapped } from "../../support/mocks";
import { canary, canaryPath, configuration, master, type Values, workerB } from "../../support/settings";

const node = (name: string) => ({ name, labels: {}, labelManagers: {} });
const network = {
  vpcId: "vpc-1",
  subnets: [
    { zone: "ap-northeast-2a", subnetId: "subnet-a" },
    { zone: "ap-northeast-2b", subnetId: "subnet-b" },
  ],
  securityGroupIds: ["sg-masters", "sg-workers"],
};
const existing = "fs-0123456789abcdef0";
const getFileSystem = {
  "aws:efs/getFileSystem:getFileSystem": () => ({ fileSystemId: existing, arn: `arn:${existing}` }),
};

/** Builds the whole component for a configuration, with mocks. */
async function build(values: Values = {}, overrides: Partial<AlertingArgs> = {}) {
  const recorder = await record(getFileSystem);
  const valid = requireValid(configuration(values));
  const { settings, credentials } = valid;
  const alerting = new Alerting("alerting", {
    ...valid,
    values: releaseValues(settings, Object.keys(credentials)).values,
    nodes: [
      { node: node(master), role: "master" },
      { node: node(workerB), role: "worker" },
    ],
    network: settings.storage.type === "efs" && settings.storage.mountTargets === "create" ? network : undefined,
    providers: {
      cluster: kubernetesProvider(settings),
      aws: awsProvider(settings.aws),
      random: randomProvider(settings.access),
    },
    ...overrides,
  });
  await settled();
  return { recorder, alerting };
}

/** Every custom resource as `<type> <name>`, sorted. A resource that is not listed is not created. */
function inventory(recorder: Recorder): string[] {
  return recorder.resources
    .filter(({ custom, type }) => custom && !type.startsWith("pulumi:providers:"))
    .map(({ type, name }) => `${type.replace(/^(aws|kubernetes|random):/, "").replace(/^[^:]*:/, "")} ${name}`)
    .sort();
}

const onCluster = [
  "ClusterRole prometheus-role",
  "ClusterRoleBinding prometheus-role",
  "ConfigMap outputs",
  "Namespace namespace",
  "Namespace namespace-nodes",
  "NetworkPolicy network-alertmanager",
  "NetworkPolicy network-deny-all",
  "NetworkPolicy network-deny-all-nodes",
  "NetworkPolicy network-kube-state-metrics",
  "NetworkPolicy network-prometheus",
  "NetworkPolicy network-pushgateway",
  `NodePatch node-labels-${master}`,
  `NodePatch node-labels-${workerB}`,
  "PriorityClass namespace",
  "Release prometheus",
  ...["0", "1"].map((number) => `RandomPassword web-client-password-${number}`),
  "RandomPassword web-password-1",
  "Secret slack-webhook",
  "Secret web-access",
  "Secret web-access-client",
  "Service endpoints-alertmanager",
  "Service endpoints-prometheus",
];
const volumes = [
  "PersistentVolume storage-alertmanager",
  "PersistentVolume storage-prometheus",
  "PersistentVolumeClaim storage-alertmanager",
  "PersistentVolumeClaim storage-prometheus",
];
const points = ["AccessPoint storage-alertmanager", "AccessPoint storage-prometheus"];
const targets = [
  "MountTarget storage-ap-northeast-2a",
  "MountTarget storage-ap-northeast-2b",
  "SecurityGroup storage",
  "SecurityGroupIngressRule storage-sg-masters",
  "SecurityGroupIngressRule storage-sg-workers",
];
const ownFileSystem = ["BackupPolicy storage", "FileSystem storage", "FileSystemPolicy storage"];

describe("the whole component", () => {
  const kinds: [title: string, values: Values, made: string[]][] = [
    ["a new file system", {}, [...onCluster, ...volumes, ...points, ...targets, ...ownFileSystem]],
    [
      "an existing file system: no file system, policy or backup",
      { storage: { fileSystemId: existing } },
      [...onCluster, ...volumes, ...points, ...targets],
    ],
    [
      "an existing file system with mount targets: no network resources either",
      { storage: { fileSystemId: existing, mountTargets: "existing" } },
      [...onCluster, ...volumes, ...points],
    ],
    ["a storage class: nothing in AWS, no volume", { storage: { type: "storageClass" } }, onCluster],
    ["no storage: nothing in AWS, no volume", { storage: { type: "none" } }, onCluster],
    [
      "the EFS CSI driver installed: one more release",
      { efsCsiDriver: "install", storage: { fileSystemId: existing, mountTargets: "existing" } },
      [...onCluster, ...volumes, ...points, "Release efs-csi-driver"],
    ],
    [
      "no EFS CSI driver if data is stored elsewhere, even if the driver should be installed",
      { efsCsiDriver: "install", storage: { type: "none" } },
      onCluster,
    ],
    [
      "an existing priority class: no new one",
      { priorityClass: "high", storage: { type: "none" } },
      onCluster.filter((one) => one !== "PriorityClass namespace"),
    ],
    [
      "network policies off: no policies",
      { networkPolicies: { enabled: false }, storage: { type: "none" } },
      onCluster.filter((one) => !one.startsWith("NetworkPolicy")),
    ],
  ];
  for (const [title, values, made] of kinds) {
    it(`creates exactly the needed resources with ${title}`, async () => {
      assert.deepEqual(inventory((await build(values)).recorder), [...made].sort());
    });
  }

  it("is the parent of all its resources, which use named providers", async () => {
    const { recorder } = await build({ efsCsiDriver: "install" });
    const own = recorder.resources.filter(({ type }) => !type.startsWith("pulumi:providers:"));
    for (const resource of own) {
      if (resource.type === "alerting:index:Alerting") continue;
      assert.equal(recorder.ancestors(resource).at(-1), "alerting:index:Alerting", `${resource.name}'s ancestors`);
      if (!resource.custom) continue;
      assert.ok(
        resource.provider.includes(namedProvider(resource.type)),
        `${resource.type} ${resource.name} has provider ${resource.provider}`,
      );
    }
  });

  it("gives no inputs to its components, because inputs are stored in the state", async () => {
    const { recorder } = await build();
    const components = recorder.resources.filter(({ custom }) => !custom);
    assert.ok(components.length >= 9);
    for (const { inputs, name } of components) assert.deepEqual(inputs, {}, name);
  });

  it("looks up the existing file system with the named provider", async () => {
    const { recorder } = await build({ storage: { fileSystemId: existing } });
    assert.equal(recorder.invokes.length, 1);
    assert.deepEqual(recorder.invokes[0]!.inputs, { fileSystemId: existing });
    assert.match(recorder.invokes[0]!.provider, /pulumi:providers:aws::aws::/);
    assert.deepEqual((await build()).recorder.invokes, []);
  });
});

describe("the webhook", () => {
  it("is in one Secret, marked as secret, and in no other input of any resource", async () => {
    for (const values of [{}, { storage: { type: "none" } }]) {
      const { recorder } = await build({ ...values, efsCsiDriver: "install" });
      const holders = recorder.resources.filter(({ inputs }) => JSON.stringify(unwrapped(inputs)).includes(canaryPath));
      assert.deepEqual(
        holders.map(({ type, name }) => `${type} ${name}`),
        ["kubernetes:core/v1:Secret slack-webhook"],
      );
      const { stringData, ...rest } = holders[0]!.inputs;
      assert.ok(pulumi.runtime.isRpcSecret(stringData));
      assert.deepEqual(unwrapped(stringData), { "webhook-url": canary });
      assert.ok(!JSON.stringify(unwrapped(rest)).includes(canaryPath));
    }
  });

  it("is marked as secret in its Secret even if it arrives unmarked", async () => {
    const { recorder } = await build({}, { slackWebhookUrl: pulumi.output(canary) });
    assert.ok(pulumi.runtime.isRpcSecret(recorder.one(":Secret", "slack-webhook").inputs.stringData));
  });

  it("is the only input that is marked as secret", async () => {
    const { recorder } = await build();
    const tainted = recorder.resources.flatMap(({ name, inputs }) =>
      Object.entries(inputs)
        .filter(([, value]) => JSON.stringify(value).includes("1b47061264138c4ac30d75fd1eb44270"))
        .map(([key]) => `${name}.${key}`),
    );
    const secrets = ["slack-webhook", "web-access-client", "web-access"];
    assert.deepEqual(
      tainted.sort(),
      secrets.map((name) => `${name}.stringData`),
    );
  });

  it("has a Secret with a fixed name that Alertmanager mounts, and that can be updated in place", async () => {
    const { recorder } = await build();
    const { metadata, immutable } = recorder.one(":Secret", "slack-webhook").inputs as {
      metadata: { name: string };
      immutable?: boolean;
    };
    const { alertmanager } = recorder.one(":Release").inputs.values as {
      alertmanager: { extraSecretMounts: { secretName: string }[]; config: { global: { slack_api_url_file: string } } };
    };
    assert.equal(metadata.name, "alertmanager-slack");
    assert.equal(alertmanager.extraSecretMounts[0]?.secretName, metadata.name);
    assert.equal(alertmanager.config.global.slack_api_url_file.split("/").at(-1), "webhook-url");
    assert.equal(immutable, undefined);
    assert.equal(recorder.one("pulumi:providers:kubernetes").inputs.enableSecretMutable, "true");
  });
});

describe("the node labels", () => {
  it("are one patch per node: the node's name, one label, and the fixed field manager", async () => {
    const { recorder } = await build({ nodeLabel: { key: "role", master: "boss", worker: "hand" } });
    const annotations = { "pulumi.com/patchFieldManager": nodeLabelManager };
    const patch = (name: string) => recorder.one(":NodePatch", `node-labels-${name}`);
    const { inputs } = patch(master);
    assert.deepEqual(inputs.metadata, { name: master, labels: { role: "boss" }, annotations });
    assert.deepEqual(Object.keys(inputs).sort(), ["apiVersion", "kind", "metadata"]);
    assert.deepEqual(patch(workerB).inputs.metadata, { name: workerB, labels: { role: "hand" }, annotations });
  });

  it("are only on the masters if the setting says so", async () => {
    const { recorder } = await build({ nodeLabel: { nodes: "masters" } });
    const names = recorder.all(":NodePatch").map(({ name }) => name);
    assert.deepEqual(names, [`node-labels-${master}`]);
  });

  it("stay when a node leaves the stack, because a patch that removes them could create the Node object again", async () => {
    const { recorder } = await build();
    assert.deepEqual(
      recorder.all(":NodePatch").map(({ retainOnDelete }) => retainOnDelete),
      [true, true],
    );
  });

  it("always have the same field manager", () => {
    assert.equal(nodeLabelManager, "alerting-node-labels");
  });
});

describe("the namespace", () => {
  it("has a label to find it, and an annotation that names its owner, the stack", async () => {
    const { recorder } = await build({ namespace: "watch" });
    const { name, labels, annotations } = metadataOf(recorder, "namespace");
    assert.equal(name, "watch");
    assert.equal(labels["app.kubernetes.io/part-of"], "alerting");
    assert.equal(labels["alerting-owner"], "true");
    assert.deepEqual(annotations, { "alerting-owner/stack": "organization/alerting/dev" });
  });

  it("contains all namespaced resources", async () => {
    const { recorder } = await build({ namespace: "watch" });
    for (const type of [":Secret", ":PersistentVolumeClaim", ":Service"]) {
      for (const { inputs } of recorder.all(type)) {
        assert.equal((inputs.metadata as { namespace: string }).namespace, "watch", type);
      }
    }
    assert.equal(recorder.one(":Release").inputs.namespace, "watch");
  });
});

describe("the release", () => {
  it("is the pinned chart under a fixed name, waits for its pods, and creates no namespace", async () => {
    const { recorder } = await build();
    const { inputs } = recorder.one(":Release");
    assert.deepEqual(
      Object.fromEntries(
        ["name", "namespace", "chart", "version", "repositoryOpts", "timeout"].map((key) => [key, inputs[key]]),
      ),
      {
        name: "prometheus",
        namespace: "monitoring",
        chart: prometheusChart.name,
        version: prometheusChart.version,
        repositoryOpts: { repo: prometheusChart.repository },
        timeout: 900,
      },
    );
    assert.ok(!inputs.skipAwait && !inputs.createNamespace && !inputs.atomic);
  });

  it("comes from the configured source", async () => {
    const { recorder } = await build({ chart: { source: "oci://registry.example/charts/prometheus" } });
    const { chart, version, repositoryOpts } = recorder.one(":Release").inputs;
    assert.deepEqual(
      [chart, version, repositoryOpts],
      ["oci://registry.example/charts/prometheus", prometheusChart.version, undefined],
    );
  });

  it("uses the configured digest, together with the pinned version", async () => {
    const [source, digest] = ["oci://registry.example/charts/prometheus", `sha256:${"1".repeat(64)}`];
    const { recorder } = await build({ chart: { source, digest } });
    const { chart, version } = recorder.one(":Release").inputs;
    assert.deepEqual([chart, version], [`${source}@${digest}`, prometheusChart.version]);
  });

  it("waits for everything that its pods need", async () => {
    const { recorder } = await build({ efsCsiDriver: "install" });
    const needs = recorder.waitsFor(recorder.one(":Release", "prometheus"));
    for (const name of [
      "namespace",
      "slack-webhook",
      "network-deny-all",
      "network-prometheus",
      "efs-csi-driver",
      "storage-prometheus",
      "storage-alertmanager",
      `node-labels-${master}`,
      `node-labels-${workerB}`,
    ]) {
      assert.ok(needs.includes(name), `it waits for ${name}; it waits for ${needs.join(", ")}`);
    }
  });

  it("uses the configured priority class", async () => {
    const priority = async (values: Values) => {
      const { recorder } = await build({ storage: { type: "none" }, ...values });
      return (recorder.one(":Release").inputs.values as { server: { priorityClassName: string } }).server
        .priorityClassName;
    };
    assert.equal(await priority({}), "alerting");
    assert.equal(await priority({ priorityClass: "high" }), "high");
  });

  it("is accompanied by only the node part of the EFS CSI driver, because no volume is provisioned dynamically", async () => {
    const { recorder } = await build({ efsCsiDriver: "install" });
    const { name, namespace, chart, version, values } = recorder.one(":Release", "efs-csi-driver").inputs;
    assert.deepEqual(
      [name, namespace, chart, version, values],
      [
        efsCsiDriverChart.name,
        "kube-system",
        efsCsiDriverChart.name,
        efsCsiDriverChart.version,
        { controller: { create: false } },
      ],
    );
  });
});

describe("the two NLBs", () => {
  it("are the program's own Services for the chart's pods, and wait for these pods", async () => {
    const { recorder } = await build({ loadBalancer: { sourceRanges: ["10.0.0.0/8"] } });
    const service = (name: string) => recorder.one(":Service", `endpoints-${name}`);
    const spec = (name: string) => service(name).inputs.spec;
    const common = { type: "LoadBalancer", loadBalancerSourceRanges: ["10.0.0.0/8"] };
    assert.deepEqual(spec("prometheus"), {
      ...common,
      selector: {
        "app.kubernetes.io/name": "prometheus",
        "app.kubernetes.io/component": "server",
        "app.kubernetes.io/instance": "prometheus",
      },
      ports: [{ name: "http", port: 80, targetPort: 9090, protocol: "TCP" }],
    });
    assert.deepEqual(spec("alertmanager"), {
      ...common,
      selector: { "app.kubernetes.io/name": "alertmanager", "app.kubernetes.io/instance": "prometheus" },
      ports: [{ name: "http", port: 80, targetPort: 9093, protocol: "TCP" }],
    });
    for (const name of ["prometheus", "alertmanager"]) {
      assert.equal((service(name).inputs.metadata as { name: string }).name, `${name}-nlb`);
      assert.ok(recorder.waitsFor(service(name)).includes("prometheus"));
    }
  });

  it("have source ranges only if they are set, and a load balancer class if the controller needs one", async () => {
    const spec = async (loadBalancer: object) =>
      (await build({ loadBalancer, storage: { type: "none" } })).recorder.one(":Service", "endpoints-prometheus").inputs
        .spec as Record<string, unknown>;
    assert.ok(!("loadBalancerSourceRanges" in (await spec({}))));
    assert.ok(!("loadBalancerClass" in (await spec({}))));
    assert.equal((await spec({ controller: "aws-load-balancer-controller" })).loadBalancerClass, "service.k8s.aws/nlb");
  });

  it("are deleted and then created again if controller or scheme change", async () => {
    const { recorder } = await build();
    for (const service of recorder.all(":Service")) {
      assert.equal(service.deleteBeforeReplace, true);
      const prefix = "service.beta.kubernetes.io/aws-load-balancer-";
      assert.deepEqual([...service.replaceOnChanges].sort(), [
        `metadata.annotations["${prefix}internal"]`,
        `metadata.annotations["${prefix}scheme"]`,
        `metadata.annotations["${prefix}type"]`,
        "spec.loadBalancerClass",
      ]);
    }
  });

  it("are tagged with project, stack and cluster, so that a leftover NLB can be found", async () => {
    const { recorder } = await build({ cluster: "seoul" });
    const { annotations } = recorder.one(":Service", "endpoints-prometheus").inputs.metadata as {
      annotations: Record<string, string>;
    };
    assert.equal(
      annotations["service.beta.kubernetes.io/aws-load-balancer-additional-resource-tags"],
      "pulumi-project=alerting,pulumi-stack=dev,cluster=seoul",
    );
  });

  it("have the default tags of the AWS provider too, although this provider does not create the NLBs", async () => {
    const { settings } = requireValid(configuration());
    const aws = { ...settings.aws, defaultTags: { tags: { owner: "sre team", cluster: "mine" } } };
    const { recorder } = await build({}, { settings: { ...settings, aws } });
    for (const service of recorder.all(":Service")) {
      const { annotations } = service.inputs.metadata as { annotations: Record<string, string> };
      assert.equal(
        annotations["service.beta.kubernetes.io/aws-load-balancer-additional-resource-tags"],
        "owner=sre team,cluster=lab,pulumi-project=alerting,pulumi-stack=dev",
      );
    }
  });
});

describe("the outputs of the component", () => {
  it("are the addresses in the cluster and at the NLBs, and none is secret", async () => {
    const { alerting } = await build();
    const host = (name: string) => `endpoints-${name}-0123456789abcdef.elb.ap-northeast-2.amazonaws.com`;
    const all: Record<string, unknown> = {};
    for (const [key, output] of Object.entries(alerting.outputs)) {
      const { value, secret } = await resolved(output as pulumi.Output<string>);
      assert.equal(secret, false, key);
      all[key] = value;
    }
    assert.deepEqual(all, {
      contractVersion: 1,
      namespace: "monitoring",
      prometheusHostname: host("prometheus"),
      prometheusUrl: `http://${host("prometheus")}`,
      prometheusInClusterUrl: "http://prometheus-server.monitoring.svc",
      alertmanagerHostname: host("alertmanager"),
      alertmanagerUrl: `http://${host("alertmanager")}`,
      alertmanagerInClusterUrl: "http://prometheus-alertmanager.monitoring.svc:9093",
      pushgatewayInClusterUrl: "http://prometheus-prometheus-pushgateway.monitoring.svc:9091",
      fileSystemId: "storage-id",
    });
  });

  it("show people the same Prometheus each time if there are two", async () => {
    const selector = async (prometheus: number) => {
      const { recorder } = await build({ availability: { prometheus } });
      const services = recorder.all(":Service").map(({ inputs }) => inputs);
      const spec = (name: string) =>
        services.find(({ metadata }) => (metadata as { name: string }).name === name)!.spec as {
          selector: Record<string, string>;
        };
      return [spec("prometheus-nlb").selector, spec("alertmanager-nlb").selector];
    };
    const pod = { "statefulset.kubernetes.io/pod-name": "prometheus-server-0" };
    assert.deepEqual(await selector(2), [{ ...serverPods, ...pod }, alertmanagerPods]);
    assert.deepEqual(await selector(1), [serverPods, alertmanagerPods]);
  });

  it("name every Alertmanager for senders of alerts if there are several", async () => {
    const outputs = async (alertmanagers: number) =>
      (await build({ availability: { alertmanagers } })).alerting.outputs;
    const { alertmanagerHeadless } = await outputs(2);
    assert.equal(alertmanagerHeadless, "prometheus-alertmanager-headless.monitoring.svc:9093");
    assert.ok(!("alertmanagerHeadless" in (await outputs(1))));
  });

  it("name the existing file system, and no file system if there is none", async () => {
    const outputs = async (storage: object) => (await build({ storage })).alerting.outputs;
    assert.equal((await resolved((await outputs({ fileSystemId: existing })).fileSystemId!)).value, existing);
    assert.ok(!("fileSystemId" in (await outputs({ type: "none" }))));
  });
});

describe("the providers", () => {
  it("contain the context but no kubeconfig path, so that a preview on another machine shows no change", async () => {
    const before = process.env.KUBECONFIG;
    process.env.KUBECONFIG = "/home/someone/.kube/config";
    try {
      const { recorder } = await build();
      const { kubeconfig, context } = recorder.one("pulumi:providers:kubernetes").inputs;
      assert.deepEqual([kubeconfig, context], [undefined, "lab"]);
      assert.equal(process.env.KUBECONFIG, "/home/someone/.kube/config", "what comes later still finds the file");
    } finally {
      if (before === undefined) delete process.env.KUBECONFIG;
      else process.env.KUBECONFIG = before;
    }
  });

  it("adopt no existing resources, whatever the machine's PULUMI_K8S_ variables", async () => {
    const inputs = async () => (await build()).recorder.one("pulumi:providers:kubernetes").inputs;
    const without = await inputs();
    const names = [
      "ENABLE_PATCH_FORCE",
      "DELETE_UNREACHABLE",
      "UPSERT_EXISTING_OBJECTS",
      "SUPPRESS_DEPRECATION_WARNINGS",
    ];
    const set = Object.fromEntries(names.map((name) => [`PULUMI_K8S_${name}`, "true"]));
    Object.assign(process.env, set, { PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY: "false" });
    try {
      assert.deepEqual(await inputs(), without);
      for (const name of Object.keys(set)) assert.equal(process.env[name], "true", "the plugin still finds it");
    } finally {
      for (const name of [...Object.keys(set), "PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY"]) delete process.env[name];
    }
    const { enablePatchForce, upsertExistingObjects, enableServerSideApply } = without;
    assert.deepEqual([enablePatchForce, upsertExistingObjects, enableServerSideApply], ["false", "false", "true"]);
  });

  it("get the kubeconfig file exactly as it is set", async () => {
    const { recorder } = await build({ kubeconfig: "~/clusters/lab" });
    assert.equal(recorder.one("pulumi:providers:kubernetes").inputs.kubeconfig, "~/clusters/lab");
  });

  it("get the region and profile of AWS", async () => {
    const { recorder } = await build({ aws: { region: "eu-west-1", profile: "ops" } });
    const { region, profile } = recorder.one("pulumi:providers:aws").inputs;
    assert.deepEqual([region, profile], ["eu-west-1", "ops"]);
  });
});

function metadataOf(recorder: Recorder, name: string) {
  return recorder.one(":Namespace", name).inputs.metadata as Record<
    "labels" | "annotations",
    Record<string, string>
  > & {
    name: string;
  };
}
