import { z } from "zod";
import { binaryQuantity, byteSize, bytes, cpuQuantity, duration, millicores, milliseconds } from "./quantities";

const kubernetesName = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, { error: "a name of lower-case letters, digits and dashes" });
const labelKey = z
  .string()
  .regex(/^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/, {
    error: "a label's key",
  });
const labelValue = z.string().regex(/^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/, { error: "a label's value" });
const withoutCredentials = (text: string) => !/^[a-z]+:\/\/[^/?#]*@/i.test(text);
const webUrl = z
  .url({ protocol: /^https?$/, error: "a URL that begins with http:// or https://" })
  .refine(withoutCredentials, { error: "a URL without user and password, because this setting is kept in clear" });
/** Where a page is reached. Probes and other components ask for it at the root, so a path would cut them off. */
const pageUrl = webUrl.refine(
  (text) => !URL.canParse(text) || /^\/?$/.test(new URL(text).pathname + new URL(text).search),
  {
    error:
      "a URL without a path, because probes and the other components ask at the root; give it a host name of its own",
  },
);
const cidr = z.union([z.cidrv4(), z.cidrv6()], { error: 'an address range such as "10.0.0.0/16"' });
const identifier = (prefix: string) =>
  z.string().regex(new RegExp(`^${prefix}-[0-9a-f]{8,40}$`), { error: `an id that begins with ${prefix}-` });

const nodeSet = (role: string) =>
  z
    .strictObject({
      names: z
        .array(z.string().min(1))
        .optional()
        .describe(`Names of the ${role} nodes, as \`kubectl get nodes\` shows them`),
      selector: z
        .string()
        .min(1)
        .optional()
        .describe(`A label selector that picks the ${role} nodes; for nodes that come and go`),
      ec2Tag: z
        .strictObject({ key: z.string().min(1), value: z.string() })
        .optional()
        .describe(`An EC2 tag, \`{ key, value }\`, that picks the ${role} nodes`),
    })
    .refine((set) => [set.names, set.selector, set.ec2Tag].filter((way) => way !== undefined).length === 1, {
      error: "exactly one of names, selector and ec2Tag",
    });

const resources = (cpu: string, memory: string, cpuLimit: string, memoryLimit: string) =>
  z
    .strictObject({
      cpu: cpuQuantity().default(cpu).describe("Processor share requested"),
      memory: binaryQuantity().default(memory).describe("Memory requested"),
      cpuLimit: cpuQuantity()
        .default(cpuLimit)
        .describe("Processor share at most, so that a master's own work is never starved"),
      memoryLimit: binaryQuantity()
        .default(memoryLimit)
        .describe("Memory at most; beyond it the container is restarted"),
    })
    .prefault({})
    .superRefine((value, context) => {
      const above = (path: string, input: string, limit: string) =>
        context.addIssue({
          code: "custom",
          path: [path],
          input,
          message: `at most its limit (${path}Limit: ${limit})`,
        });
      if (bytes(value.memory) > bytes(value.memoryLimit)) above("memory", value.memory, value.memoryLimit);
      if (millicores(value.cpu) > millicores(value.cpuLimit)) above("cpu", value.cpu, value.cpuLimit);
    });

const loadBalancer = z
  .strictObject({
    controller: z
      .enum(["cloud-controller-manager", "aws-load-balancer-controller"])
      .default("cloud-controller-manager")
      .describe("Which controller in the cluster makes the NLBs"),
    scheme: z.enum(["internal", "internet-facing"]).default("internal").describe("Where the NLBs can be reached from"),
    sourceRanges: z
      .array(cidr)
      .default([])
      .describe("Address ranges that may reach the NLBs; needed when internet-facing, empty means any that gets there"),
    allowAnySource: z
      .boolean()
      .default(false)
      .describe("Says a second time that a source range may be the whole internet"),
    subnetIds: z
      .array(identifier("subnet"))
      .default([])
      .describe("Subnets of the NLBs; empty means that the controller finds them"),
  })
  .prefault({})
  .superRefine((value, context) => {
    if (value.scheme === "internet-facing" && value.sourceRanges.length === 0) {
      context.addIssue({
        code: "custom",
        path: ["sourceRanges"],
        input: value.sourceRanges,
        message:
          "at least one address range, because the scheme is internet-facing and Prometheus and Alertmanager ask for no password",
      });
    }
    value.sourceRanges.forEach((range, index) => {
      if (range.endsWith("/0") && !value.allowAnySource) {
        context.addIssue({
          code: "custom",
          path: ["sourceRanges", index],
          input: range,
          message: "a smaller range; the whole internet is refused unless alerting:loadBalancer.allowAnySource is true",
        });
      }
    });
  });

const alerts = z
  .strictObject({
    scrapeInterval: duration().default("15s").describe("How often targets are scraped"),
    scrapeTimeout: duration()
      .optional()
      .describe("How long a scrape may take; `5s`, or the scrape interval where that is shorter"),
    evaluationInterval: duration().default("15s").describe("How often the rules are evaluated"),
    instanceDownFor: duration().default("1m").describe("How long a target has to be down before `InstanceDown` fires"),
    groupWait: duration().default("10s").describe("How long the first message of a group waits for more alerts"),
    groupInterval: duration()
      .default("1m")
      .describe("How long the next message of a group waits, resolved ones included"),
    repeatInterval: duration().default("4h").describe("After how long an alert that still fires is told again"),
  })
  .prefault({})
  .superRefine((value, context) => {
    const [repeat, interval] = [milliseconds(value.repeatInterval) ?? 0, milliseconds(value.groupInterval) ?? 0];
    if (repeat < interval) {
      context.addIssue({
        code: "custom",
        path: ["repeatInterval"],
        input: value.repeatInterval,
        message: `a duration of at least groupInterval (${value.groupInterval})`,
      });
    }
    if (
      value.scrapeTimeout !== undefined &&
      (milliseconds(value.scrapeTimeout) ?? 0) > (milliseconds(value.scrapeInterval) ?? 0)
    ) {
      context.addIssue({
        code: "custom",
        path: ["scrapeTimeout"],
        input: value.scrapeTimeout,
        message: `a duration of at most scrapeInterval (${value.scrapeInterval})`,
      });
    }
  });

const storage = z
  .strictObject({
    type: z
      .enum(["efs", "storageClass", "none"])
      .default("efs")
      .describe(
        "Where data is kept: an EFS file system, volumes of a storage class (EBS), or nowhere (lost with the pod)",
      ),
    fileSystemId: identifier("fs").optional().describe("An existing EFS file system to use; without it one is made"),
    mountTargets: z
      .enum(["create", "existing"])
      .default("create")
      .describe("Whether mount targets are made; `existing` where the file system of `fileSystemId` has them already"),
    kmsKeyId: z
      .string()
      .regex(/^arn:aws[-a-z]*:kms:[-a-z0-9]+:\d{12}:key\/[-A-Za-z0-9]+$/, {
        // AWS answers with the key's own ARN, so an alias would plan a new file system in every preview.
        error: "the ARN of a key (arn:aws:kms:<region>:<account>:key/<id>), not an alias",
      })
      .optional()
      .describe("ARN of the KMS key that encrypts the file system; without it AWS' own key for EFS"),
    infrequentAccessAfterDays: z
      .union([z.literal(1), z.literal(7), z.literal(14), z.literal(30), z.literal(60), z.literal(90)], {
        error: "one of 1, 7, 14, 30, 60 and 90",
      })
      .default(30)
      .describe("Days without access until a file moves to EFS Infrequent Access: 1, 7, 14, 30, 60 or 90"),
    backup: z.boolean().default(true).describe("Whether AWS Backup keeps daily backups of the file system"),
    storageClass: z.string().min(1).default("gp3").describe("The storage class, where type is `storageClass`"),
    serverSize: binaryQuantity()
      .default("20Gi")
      .describe(
        "Size of Prometheus' volume; EFS ignores it. Later it can only grow, where the storage class allows that",
      ),
    alertmanagerSize: binaryQuantity()
      .default("2Gi")
      .describe("Size of Alertmanager's volume; EFS ignores it. It cannot change later"),
  })
  .prefault({})
  .superRefine((value, context) => {
    if (value.fileSystemId !== undefined && value.type !== "efs") {
      context.addIssue({
        code: "custom",
        path: ["fileSystemId"],
        input: value.fileSystemId,
        message: `no file system id, because alerting:storage.type is ${value.type}`,
      });
    }
    if (value.mountTargets === "existing" && value.fileSystemId === undefined) {
      context.addIssue({
        code: "custom",
        path: ["mountTargets"],
        input: value.mountTargets,
        message: '"create", because without alerting:storage.fileSystemId the file system is new and has none',
      });
    }
    if (value.fileSystemId !== undefined && value.kmsKeyId !== undefined) {
      context.addIssue({
        code: "custom",
        path: ["kmsKeyId"],
        input: value.kmsKeyId,
        message: "no KMS key, because the existing file system of alerting:storage.fileSystemId has its own already",
      });
    }
  });

const prometheus = z
  .strictObject({
    retention: duration().default("15d").describe("How long samples are kept"),
    retentionSize: byteSize().default("8GB").describe("How much disk samples may take; the oldest go first"),
    externalUrl: pageUrl
      .optional()
      .describe("The URL by which people reach Prometheus, without a path; links on Alertmanager's page begin with it"),
    resources: resources("200m", "512Mi", "1", "2Gi").describe("Processor and memory of Prometheus"),
  })
  .prefault({});

const alertmanager = z
  .strictObject({
    externalUrl: pageUrl
      .optional()
      .describe("The URL by which people reach Alertmanager, without a path; links in messages begin with it"),
    resources: resources("50m", "64Mi", "500m", "256Mi").describe("Processor and memory of Alertmanager"),
  })
  .prefault({});

/**
 * Everything that can be set under `alerting:`, but for the secret `slackWebhookUrl`, which has a check of its own.
 * The description of each key is the README's; `npm run docs` writes it there.
 */
export const settingsSchema = z.strictObject({
  context: z.string().min(1).describe("The kubeconfig context of the cluster"),
  kubeconfig: z
    .string()
    .regex(/^~?\/[^\n\r]*$/, { error: "the path of a file, absolute or from ~/, and not the kubeconfig itself" })
    .optional()
    .describe("The kubeconfig file, absolute or from `~/`; without it `KUBECONFIG`, else `~/.kube/config`"),
  cluster: z
    .string()
    .regex(/^[A-Za-z0-9][-A-Za-z0-9_.]{0,39}$/, {
      error: "a name of at most 40 letters, digits, dots, dashes and underscores",
    })
    .optional()
    .describe("The cluster's name in alerts and in AWS; the context's name unless set"),
  environment: z.string().min(1).optional().describe("The environment's name in alerts; the stack's name unless set"),
  namespace: kubernetesName.default("monitoring").describe("The namespace of everything; made by this program"),
  nodes: z
    .strictObject({
      masters: nodeSet("master").describe("The master nodes; Prometheus and Alertmanager run there"),
      workers: nodeSet("worker").optional().describe("The worker nodes"),
    })
    .describe("The nodes that get a label"),
  nodeLabel: z
    .strictObject({
      key: labelKey.default("key").describe("The label's key"),
      master: labelValue.default("master").describe("Its value on master nodes"),
      worker: labelValue.default("worker").describe("Its value on worker nodes"),
    })
    .prefault({})
    .refine((label) => label.master !== label.worker, { path: ["worker"], error: "a value other than the masters'" })
    .describe("The label of the nodes"),
  missingNodes: z
    .enum(["error", "warn"])
    .default("error")
    .describe(
      "What a listed node that the cluster does not have is; `warn` keeps a dead node from blocking an urgent update",
    ),
  slack: z
    .strictObject({
      channel: z
        .string()
        .regex(/^[#@][^\s#@]{1,79}$/, {
          error: 'a channel such as "#monitoring", quoted, because an unquoted # begins a comment in YAML',
        })
        .default("#monitoring")
        .describe("The channel; webhooks of Slack apps ignore it and post where they were made for"),
      httpProxy: webUrl.optional().describe("An HTTP proxy on the way to Slack; without credentials"),
    })
    .prefault({})
    .describe("The Slack receiver"),
  aws: z
    .strictObject({
      region: z
        .string()
        .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, { error: 'a region such as "ap-northeast-2"' })
        .optional()
        .describe("The region; `aws:region` of the stack, else `AWS_REGION`, unless set"),
      profile: z.string().min(1).optional().describe("The profile of AWS' own configuration files"),
    })
    .prefault({})
    .describe("The AWS account"),
  network: z
    .strictObject({
      vpcId: identifier("vpc").optional().describe("The VPC; the nodes' unless set"),
      subnetIds: z
        .array(identifier("subnet"))
        .min(1, { error: "at least one subnet" })
        .optional()
        .describe("Subnets for the mount targets, at most one a zone; the nodes' unless set"),
      securityGroupIds: z
        .array(identifier("sg"))
        .min(1, { error: "at least one security group" })
        .optional()
        .describe("Security groups that may mount the file system; the nodes' unless set"),
    })
    .prefault({})
    .describe("The network of the file system"),
  storage: storage.describe("Where data is kept"),
  efsCsiDriver: z
    .enum(["existing", "install"])
    .default("existing")
    .describe("Whether the EFS CSI driver is there already, or this program installs it"),
  protectData: z
    .boolean()
    .default(false)
    .describe(
      "Whether the file system and its access points refuse to be deleted, and stay in AWS should the stack lose them",
    ),
  chart: z
    .strictObject({
      source: z
        .string()
        .min(1)
        .refine(withoutCredentials, {
          error: "a source without user and password, because this setting is kept in clear",
        })
        .optional()
        .describe(
          "An `https://` repository, an `oci://` reference, or a local directory or `.tgz`; the chart's own repository unless set",
        ),
    })
    .prefault({})
    .describe("Where the pinned chart comes from"),
  images: z
    .strictObject({
      registry: z
        .string()
        .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?(:\d+)?(\/[-a-z0-9._]+)*$/, {
          error: "a registry's host, with a path if any, without https://",
        })
        .optional()
        .describe("A registry that mirrors every image, for sites without internet"),
      pullSecrets: z.array(z.string().min(1)).default([]).describe("Names of image pull secrets in the namespace"),
    })
    .prefault({})
    .describe("Where the images come from"),
  priorityClass: z
    .string()
    .min(1)
    .optional()
    .describe("An existing priority class for the pods; without it one named `alerting` is made"),
  loadBalancer: loadBalancer.describe("The two NLBs"),
  alerts: alerts.describe("Intervals, and when an alert is told"),
  prometheus: prometheus.describe("The Prometheus server"),
  alertmanager: alertmanager.describe("Alertmanager"),
});

/** The settings as they are written, before defaults. */
export type SettingsInput = z.input<typeof settingsSchema>;
/** The settings after checks, with every default filled in. */
export type Settings = z.output<typeof settingsSchema>;
/** One set of nodes: by name, by label selector or by EC2 tag. */
export type NodeSet = Settings["nodes"]["masters"];

/** Faults that no single key shows. */
export function crossChecks(settings: Partial<Settings>): { path: string[]; seen: unknown; accepted: string }[] {
  const faults: { path: string[]; seen: unknown; accepted: string }[] = [];
  const { storage: store, prometheus: server, nodes, efsCsiDriver, images, protectData } = settings;
  if (store?.type === "storageClass" && server && bytes(server.retentionSize) > bytes(store.serverSize) * 0.9) {
    faults.push({
      path: ["prometheus", "retentionSize"],
      seen: server.retentionSize,
      accepted: `at most nine tenths of alerting:storage.serverSize (${store.serverSize}), or the volume fills up`,
    });
  }
  if (protectData && store && store.type !== "efs") {
    faults.push({
      path: ["protectData"],
      seen: protectData,
      accepted: `false, because data of alerting:storage.type "${store.type}" is not kept in AWS by this program`,
    });
  }
  if (efsCsiDriver === "install" && images?.registry !== undefined) {
    faults.push({
      path: ["efsCsiDriver"],
      seen: efsCsiDriver,
      accepted:
        '"existing", because alerting:images.registry is set and the driver\'s chart and images come from the internet; install the driver from your registry yourself',
    });
  }
  const masters = new Set(nodes?.masters.names ?? []);
  for (const name of nodes?.workers?.names ?? []) {
    if (masters.has(name)) {
      faults.push({
        path: ["nodes", "workers", "names"],
        seen: name,
        accepted: "nodes that are not listed under nodes.masters.names too",
      });
    }
  }
  if (nodes?.masters.names?.length === 0) {
    faults.push({
      path: ["nodes", "masters", "names"],
      seen: [],
      accepted: "at least one master, because Prometheus and Alertmanager run there",
    });
  }
  return faults;
}
