/**
 * The contract of the alerting stack's outputs, and a reader of these outputs for app stacks. Import it from a Git tag,
 * or copy this file, which imports only @pulumi/pulumi.
 */
import * as pulumi from "@pulumi/pulumi";

/**
 * The version of the contract. It is raised when an output is renamed, is removed or changes its meaning, but not when
 * an output is added.
 */
export const contractVersion = 1;

/** The alerting stack's outputs. No output is secret, so app stacks read them without that stack's passphrase. */
export interface AlertingContract {
  /** The {@link contractVersion} of the program that wrote the outputs. */
  readonly contractVersion: number;
  /** The namespace of all pods except node-exporter. */
  readonly namespace: string;
  /** The NLB in front of Prometheus. */
  readonly prometheusHostname: string;
  readonly prometheusUrl: string;
  /** The URL for pods in the cluster, because an NLB may not let a pod reach its own node. */
  readonly prometheusInClusterUrl: string;
  /** The NLB in front of Alertmanager. */
  readonly alertmanagerHostname: string;
  readonly alertmanagerUrl: string;
  /**
   * The URL of Alertmanager for pods that read from it. Alerts must not be sent there if {@link alertmanagerHeadless}
   * is set.
   */
  readonly alertmanagerInClusterUrl: string;
  /**
   * The host and port of every Alertmanager, if there are several. A sender of alerts sends each alert to all addresses
   * of the host, with the scheme, login and server name of {@link alertmanagerInClusterUrl}.
   */
  readonly alertmanagerHeadless?: string;
  /** The URL to which batch jobs in the cluster push. */
  readonly pushgatewayInClusterUrl: string;
  /** The EFS file system, if data is kept on one. */
  readonly fileSystemId?: string;
  /** The labels `cluster` and `environment` of every series, if a long-term engine gets them. */
  readonly cluster?: string;
  readonly environment?: string;
  /** The workspace of Amazon Managed Service for Prometheus that the stack created, and the policy to write to it. */
  readonly workspaceId?: string;
  readonly workspacePolicyArn?: string;
}

/** The outputs of an alerting stack, read and checked. */
export type ReadAlerting = {
  readonly [Name in keyof AlertingContract]: pulumi.Output<NonNullable<AlertingContract[Name]>>;
};

/** The type of each output; an output with `?` may be missing. */
const fields: { readonly [Name in keyof Required<AlertingContract>]: "number" | "string" | "string?" } = {
  contractVersion: "number",
  namespace: "string",
  prometheusHostname: "string",
  prometheusUrl: "string",
  prometheusInClusterUrl: "string",
  alertmanagerHostname: "string",
  alertmanagerUrl: "string",
  alertmanagerInClusterUrl: "string",
  alertmanagerHeadless: "string?",
  pushgatewayInClusterUrl: "string",
  fileSystemId: "string?",
  cluster: "string?",
  environment: "string?",
  workspaceId: "string?",
  workspacePolicyArn: "string?",
};

/**
 * Reads the outputs of the alerting stack `<organization>/<project>/<stack>`, such as `organization/alerting/prod`
 * (every backend except Pulumi Cloud has only the organization `organization`). If there are problems with the outputs,
 * it throws an error with one sentence, before any resource is registered.
 *
 * If your program exports an async function, `await` the result. Otherwise write `pulumi.output(readAlerting(…))`,
 * which has the outputs as its properties.
 */
export async function readAlerting(stackName: string, opts?: pulumi.CustomResourceOptions): Promise<ReadAlerting> {
  checkName(stackName);
  await checkStack(stackName);
  const stack = new pulumi.StackReference(stackName, {}, opts);
  const found = new Map<string, pulumi.StackReferenceOutputDetails>();
  for (const name of Object.keys(fields)) found.set(name, await stack.getOutputDetails(name));
  const fault = faultOf(found);
  if (fault !== undefined) throw refusal(`The stack "${stackName}" ${fault}`);
  const there = Object.keys(fields).filter((name) => found.get(name)?.value !== undefined);
  return Object.fromEntries(there.map((name) => [name, stack.getOutput(name)])) as ReadAlerting;
}

/** An error of which the engine shows only the message. */
function refusal(sentence: string): pulumi.RunError {
  const error = new pulumi.RunError(sentence);
  // Nobody needs the stack trace, and the runner would need most of a minute to map it to the SDK's sources.
  error.stack = sentence;
  return error;
}

function checkName(stackName: unknown): void {
  if (typeof stackName === "string" && /^[\w.-]+\/[\w.-]+\/[\w.-]+$/.test(stackName)) return;
  throw refusal(
    `readAlerting got ${JSON.stringify(stackName) ?? "nothing"} as the name of a stack; write "<organization>/<project>/<stack>", such as "organization/alerting/prod".`,
  );
}

/**
 * Checks whether the stack can be read. A StackReference to an unreadable stack would end the program before it can
 * report an error, so this function first calls the engine's function that the StackReference uses. It explains the
 * known errors; the StackReference then reports all others in the engine's words.
 */
async function checkStack(stackName: string): Promise<void> {
  try {
    await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name: stackName });
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    const [organization, ...rest] = stackName.split("/");
    if (/organization name must be/.test(words)) {
      throw refusal(
        `The stack "${stackName}" cannot be there: this backend has no organization "${organization}". Write "organization/${rest.join("/")}", or \`pulumi login\` where that organization is.`,
      );
    }
    if (/unknown stack|not found/i.test(words)) {
      throw refusal(
        `There is no stack "${stackName}" in this backend, or you may not read it. \`pulumi stack ls --all\` lists those that there are; \`pulumi whoami --verbose\` says which backend it is.`,
      );
    }
  }
}

/** All problems of the outputs, as the rest of a sentence that begins with the stack's name. */
function faultOf(found: ReadonlyMap<string, pulumi.StackReferenceOutputDetails>): string | undefined {
  const details = [...found].map(([name, { value, secretValue }]) => ({
    name,
    type: fields[name as keyof typeof fields],
    value: value as unknown,
    isSecret: secretValue !== undefined,
  }));
  if (details.every(({ value, isSecret }) => value === undefined && !isSecret)) {
    return "is there, but has no output of an alerting stack: run `pulumi up` on it first, or name the stack of the alerting program.";
  }
  const version = details.find(({ name }) => name === "contractVersion")!;
  if (version.value === undefined && !version.isSecret) {
    return `has outputs without a contractVersion: it was applied by an older release than this reader (version ${contractVersion}). Run \`pulumi up\` on it with a newer one.`;
  }
  if (typeof version.value === "number" && version.value !== contractVersion) {
    return version.value < contractVersion
      ? `has outputs of contract version ${version.value}, which is older than this reader (version ${contractVersion}). Run \`pulumi up\` on it with a newer release, or take the read-alerting.ts of its own.`
      : `has outputs of contract version ${version.value}, which is newer than this reader (version ${contractVersion}). Take the read-alerting.ts of its release.`;
  }
  const faults = details.flatMap(({ name, type, value, isSecret }) => {
    if (isSecret) return [`${name} is a secret, which only those can read who may decrypt that stack`];
    if (value === undefined) return type === "string?" ? [] : [`${name} is missing`];
    const wanted = type === "number" ? "number" : "string";
    if (typeof value === wanted && value !== "") return [];
    return [`${name} is ${shown(value)}, and must be ${wanted === "number" ? "a number" : "a string"}`];
  });
  if (faults.length === 0) return undefined;
  return `has outputs that are not the alerting program's: ${faults.join("; ")}. Run \`pulumi up\` on it with a release of contract version ${contractVersion}.`;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
