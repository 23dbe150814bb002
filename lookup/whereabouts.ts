import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { Configuration } from "../config";
import { readableKeys } from "../settings/readable";
import type { Fault } from "../validation/faults";
import { outsideText } from "../conventions/outside-text";

/** Where the state says that a stack is deployed; empty before its first complete update. */
export interface Whereabouts {
  /** The uid of the stack's namespace when it was created. */
  readonly namespaceUid?: string;
  /** The VPC of the mount targets' security group. */
  readonly vpcId?: string;
}

const outputs = z.object({ outputs: z.record(z.string(), z.unknown()) });
const namespace = z.object({ metadata: z.object({ name: z.string(), uid: z.string() }) });
const group = z.object({ vpcId: z.string() });
const resource = z.object({ type: z.string(), outputs: z.unknown() });

/**
 * Reads this stack's state after the last update from the engine. The engine panics when asked for the resources of a
 * stack without a deployment; only a stack with outputs is sure to have one.
 */
export async function readWhereabouts(owner: string, namespaceName: string): Promise<Whereabouts> {
  let state: z.output<typeof outputs>;
  try {
    const last = outputs.parse(await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name: owner }));
    if (Object.keys(last.outputs).length === 0) return {};
    state = outputs.parse(await pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", { stackName: owner }));
  } catch (error) {
    // A backend that was never upgraded knows stacks only by the last part of their name.
    const why = outsideText((error as Error).message.split("\n")[0]!).replace(/\.+$/, "");
    await pulumi.log.warn(
      `The stack's state could not be read (${why}), so it was not checked whether the stack is on another cluster. Is the backend an old one? \`pulumi state upgrade\` upgrades it.`,
    );
    return {};
  }
  const all = Object.values(state.outputs).map((one) => resource.parse(one));
  const of = (type: string) => all.filter((one) => one.type === type).map((one) => one.outputs);
  const own = of("kubernetes:core/v1:Namespace")
    .map((one) => namespace.safeParse(one).data?.metadata)
    .find((one) => one?.name === namespaceName);
  const vpcId = of("aws:ec2/securityGroup:SecurityGroup").map((one) => group.safeParse(one).data?.vpcId)[0];
  return { ...(own && { namespaceUid: own.uid }), ...(vpcId !== undefined && { vpcId }) };
}

/**
 * Reports a stack whose namespace is not in the cluster: the stack is deployed on another cluster, or its namespace was
 * deleted. An update would create a second stack.
 */
export function otherClusterFaults(
  { settings: { context, namespace: name }, unread }: Pick<Configuration, "settings" | "unread">,
  { namespaceUid: was }: Whereabouts,
  facts: { readonly namespaceUid?: string } | undefined,
): Fault[] {
  const isKnown = facts !== undefined && readableKeys(unread)("namespace");
  if (!isKnown || was === undefined || was === facts.namespaceUid) return [];
  const sentence =
    `got "${context}", but this stack is on another cluster: the namespace "${name}" that it created does not exist on this one. ` +
    "A stack cannot change its cluster while it exists: set alerting:context and the kubeconfig back, or move the stack " +
    '(docs/operations.md, "Move to another cluster"). If somebody deleted the namespace, run `pulumi refresh` first.';
  return [{ key: "alerting:context", sentence }];
}

/**
 * Reports a VPC other than the deployed one: mount targets cannot move to it one by one, because a file system has all
 * of them in one VPC.
 */
export function otherVpcFaults(was: string | undefined, is: string | undefined): Fault[] {
  if (was === undefined || is === undefined || was === is) return [];
  const sentence =
    `the mount targets would go to ${is}, but this stack's are in ${was}, and a file system has them all in one VPC. ` +
    `Set alerting:network back to ${was}, or move the stack as to another cluster (docs/operations.md).`;
  return [{ key: "alerting:network", sentence }];
}
