import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest, RegisterResourceResponse } from "@pulumi/pulumi/proto/resource_pb";

/** The arguments with which a resource was registered. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  /** The inputs as the engine would receive them, with secrets in envelopes. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly custom: boolean;
  readonly parent: string;
  /** The reference `<urn>::<id>` of the provider; empty if no provider was given. */
  readonly provider: string;
  readonly dependencies: readonly string[];
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly deleteBeforeReplace: boolean;
  readonly replaceOnChanges: readonly string[];
  readonly ignoreChanges: readonly string[];
}

/** The functions that answer the program's invokes, by token, for example `aws:ec2/getSubnet:getSubnet`. */
export type Calls = Readonly<Record<string, (inputs: Record<string, unknown>) => object>>;

interface Monitor {
  registerResource(
    request: RegisterResourceRequest,
    callback: (error: Error | null, response: RegisterResourceResponse) => void,
  ): Promise<void>;
}

/** Records everything that a program registers and invokes while it runs on mocks. */
export class Recorder {
  readonly resources: Registered[] = [];
  readonly invokes: { readonly token: string; readonly inputs: Record<string, unknown>; readonly provider: string }[] =
    [];

  /** The resources of a type, given by the end of its token, for example `efs/fileSystem:FileSystem` or `:Secret`. */
  all(type: string): Registered[] {
    return this.resources.filter((one) => one.type.endsWith(type));
  }

  /** The only resource of a type, or the resource of that type with this name. */
  one(type: string, name?: string): Registered {
    const found = this.all(type).filter((one) => name === undefined || one.name === name);
    if (found.length !== 1) {
      const there = this.resources.map((one) => `${one.type} ${one.name}`).join("\n  ");
      throw new Error(`${found.length} resources are ${type} ${name ?? ""}; there are:\n  ${there}`);
    }
    return found[0]!;
  }

  /** The types of the components around a resource, from the nearest to the outermost. */
  ancestors(resource: Registered): string[] {
    const parent = this.resources.find(({ urn }) => urn === resource.parent);
    return parent ? [parent.type, ...this.ancestors(parent)] : [];
  }

  /** The names of the resources that a resource waits for. */
  waitsFor(resource: Registered): string[] {
    return resource.dependencies.map((urn) => this.resources.find((one) => one.urn === urn)?.name ?? urn).sort();
  }
}

const hostOf = (name: string) => `${name}-0123456789abcdef.elb.ap-northeast-2.amazonaws.com`;

/** The properties that a provider adds to a resource's inputs, if the program reads them. */
function state(type: string, name: string, inputs: Record<string, unknown>): Record<string, unknown> {
  switch (type) {
    case "aws:efs/fileSystem:FileSystem":
    case "aws:efs/accessPoint:AccessPoint":
      return { ...inputs, arn: `arn:${name}` };
    case "kubernetes:core/v1:Service":
      return { ...inputs, status: { loadBalancer: { ingress: [{ hostname: hostOf(name) }] } } };
    case "random:index/randomPassword:RandomPassword":
      return { ...inputs, result: `password-of-${name}`, bcryptHash: `hash-of-${name}` };
    default:
      return inputs;
  }
}

/** A part of the reference of the explicit provider that a resource of this type must have. */
export function namedProvider(type: string): string {
  const own = type.split(":")[0]!;
  return `pulumi:providers:${own}::${own === "kubernetes" ? "cluster" : own}::`;
}

/** The engine's answer about the state of a new stack. */
const newStack: Calls = { "pulumi:pulumi:readStackOutputs": () => ({ outputs: {} }) };

let stackTraceLimit: number | undefined;

/** Resets the mocked engine: every registration is recorded, and a call that is not among `calls` throws. */
export async function record(calls: Calls = {}, stack = "dev"): Promise<Recorder> {
  const recorder = new Recorder();
  const mocks: pulumi.runtime.Mocks = {
    newResource: ({ type, name, inputs }) => ({
      id: `${name}-id`,
      state: state(type, name, inputs as Record<string, unknown>),
    }),
    call: ({ token, inputs, provider }) => {
      const answer = calls[token] ?? newStack[token];
      recorder.invokes.push({ token, inputs: inputs as Record<string, unknown>, provider: provider ?? "" });
      if (!answer) throw new Error(`the test has no answer to ${token} ${JSON.stringify(inputs)}`);
      return answer(inputs as Record<string, unknown>);
    },
  };
  await pulumi.runtime.setMocks(mocks, "alerting", stack, false, "organization");
  // The SDK records a stack trace for every promise, which took half of the time of a run on mocks.
  stackTraceLimit ??= Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  // The SDK's mocks record neither the parent nor the options of a resource, so the requests themselves are read.
  const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) =>
    register(request, (error, response) => {
      if (!error) recorder.resources.push(registered(request, response.getUrn()));
      callback(error, response);
    });
  return recorder;
}

function registered(request: RegisterResourceRequest, urn: string): Registered {
  return {
    type: request.getType(),
    name: request.getName(),
    urn,
    inputs: pulumi.runtime.deserializeProperties(request.getObject()!),
    custom: request.getCustom(),
    parent: request.getParent(),
    provider: request.getProvider(),
    dependencies: request.getDependenciesList(),
    protect: request.getProtect() ?? false,
    retainOnDelete: request.getRetainondelete() ?? false,
    deleteBeforeReplace: request.getDeletebeforereplace(),
    replaceOnChanges: request.getReplaceonchangesList(),
    ignoreChanges: request.getIgnorechangesList(),
  };
}

/** Waits until every resource is registered, including those that depend on other resources. */
export async function settled(): Promise<void> {
  // The SDK exports this function but does not declare it.
  await (pulumi.runtime as unknown as { waitForRPCs(): Promise<void> }).waitForRPCs();
  Error.stackTraceLimit = stackTraceLimit ?? Error.stackTraceLimit;
  stackTraceLimit = undefined;
}

/** The value of an output, and whether it is a secret. */
export async function resolved<T>(output: pulumi.Input<T>): Promise<{ value: T; secret: boolean }> {
  const wrapped = pulumi.output(output) as pulumi.Output<T>;
  const value = await new Promise<T>((resolve) => wrapped.apply(resolve));
  return { value, secret: await pulumi.isSecret(wrapped) };
}

/** A value without secret envelopes, so that a search finds their contents. */
export function unwrapped(value: unknown): unknown {
  if (pulumi.runtime.isRpcSecret(value)) return unwrapped(pulumi.runtime.unwrapRpcSecret(value));
  if (Array.isArray(value)) return value.map(unwrapped);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unwrapped(inner)]));
}
