import { randomBytes } from "node:crypto";
import { comment } from "../tools/preview-comment/comment";
import { readPreview } from "../tools/preview-comment/preview";
import { readWebLogin } from "../tools/stack/login";
import { listAllObjects } from "./cluster-objects";
import type { UserConfig } from "./user-config";
import { copyRuleFolder } from "./user-rules";
import type { Lab } from "./lab";
import { leftoversBetween, snapshotOf } from "./leftovers";
import type { ClusterSnapshot, Leftovers } from "./leftovers";
import { projectRoot } from "./run-directory";
import type { Urls } from "./web";
import type { SecretExample } from "./secrets/example";
import type { LabStack, StackRun } from "./stack";

/** This file has the steps that `make demo` and the tests share. */

/** Makes a stack with the lab's configuration, changed by `changes`. In these, the value `undefined` removes a key. */
export async function labStack(
  lab: Lab,
  name: string,
  changes: Readonly<Record<string, unknown>> = {},
  secrets: Readonly<Record<string, string>> = lab.secrets,
): Promise<LabStack> {
  const stack = await lab.stacks.create(name);
  await configureLike(lab, stack, changes, secrets);
  return stack;
}

/** Resets a stack's configuration to the lab's, changed by `changes` as in {@link labStack}. */
export async function configureLike(
  lab: Lab,
  stack: LabStack,
  changes: Readonly<Record<string, unknown>> = {},
  secrets: Readonly<Record<string, string>> = lab.secrets,
): Promise<void> {
  const config = Object.entries({ ...lab.config, ...changes }).filter(([, value]) => value !== undefined);
  await stack.configure(Object.fromEntries(config), secrets);
}

/**
 * Makes a stack with the lab's configuration, merged with the configuration that `CONFIG` names, or with `otherwise` if
 * `CONFIG` names none.
 */
export async function givenStack(
  lab: Lab,
  name: string,
  given: UserConfig | undefined,
  otherwise: SecretExample = { config: {}, secrets: {} },
): Promise<LabStack> {
  if (given !== undefined) {
    await copyRuleFolder(given.config, projectRoot, lab.stacks.directory);
  }
  // Each webhook has another random part, so that the secret scan can tell in which Secret each one belongs.
  const webhooks = (given?.webhooks ?? []).map((key, index) => [
    key,
    `${lab.slack.origin}/services/T0LAB/B${index + 1}LAB/${randomBytes(18).toString("hex")}`,
  ]);
  return labStack(lab, name, (given ?? otherwise).config, {
    ...lab.secrets,
    ...(given ?? otherwise).secrets,
    ...(Object.fromEntries(webhooks) as Record<string, string>),
  });
}

/** A snapshot of the cluster for leftoversSince. */
export async function snapshot(lab: Lab): Promise<ClusterSnapshot> {
  return snapshotOf(await listAllObjects(lab.controlPlane.labKubeconfigPath));
}

/** The objects in the cluster and in AWS that the snapshot does not have. */
export async function leftoversSince(lab: Lab, before: ClusterSnapshot): Promise<Leftovers> {
  return leftoversBetween(before, await snapshot(lab), await lab.aws.remaining());
}

/** Fails if the run changed anything. */
export function requireNoChange({ changes, logFile }: StackRun): void {
  const changed = Object.entries(changes).filter(([operation, count]) => operation !== "same" && count > 0);
  if (changed.length > 0) {
    const list = changed.map(([operation, count]) => `${count} ${operation}`).join(", ");
    throw new Error(`The second preview should show no change, but shows ${list}; see ${logFile}`);
  }
}

/**
 * The addresses of Prometheus and Alertmanager on this machine, through the NLBs that the stack's outputs name, and the
 * login for both. `ca` signs the stack's custom certificate, if it has one.
 */
export async function urlsOf(lab: Lab, stack: LabStack, ca?: string): Promise<Urls> {
  const outputs = await stack.plainOutputs();
  const login = await readWebLogin(stack.name, { cwd: lab.stacks.directory, env: lab.stacks.env });
  const url = (output: string): string => {
    const hostname = outputs[output];
    const found = typeof hostname === "string" ? lab.loadBalancers.urlOf(hostname) : undefined;
    if (found === undefined) {
      throw new Error(
        `The stack's output ${output} is ${JSON.stringify(hostname)}, which no load balancer of the lab has.`,
      );
    }
    return ca === undefined ? found : found.replace(/^http:/, "https:");
  };
  return {
    prometheus: url("prometheusHostname"),
    alertmanager: url("alertmanagerHostname"),
    access: { ...(login && { login }), ca: ca ?? lab.loadBalancers.ca },
  };
}

/** The output of `pulumi preview --json`, and the pull request comment that `npm run preview:markdown` makes of it. */
export async function previewComment(stack: LabStack): Promise<{ readonly printed: string; readonly comment: string }> {
  const { stdout, stderr } = await stack.previewJson();
  const preview = readPreview(stdout);
  if (preview === undefined) {
    throw new Error(`pulumi preview --json printed no JSON, but:\n${stderr.slice(-1_000)}`);
  }
  return { printed: `${stdout}\n${stderr}`, comment: comment({ stack: stack.name, preview, stderr }) };
}
