import type { KubeConfig } from "@kubernetes/client-node";
import { within } from "../../../lookup/cluster/api-responses";
import { readKubeconfig } from "../../../lookup/cluster/kubeconfig";
import { signIn } from "../../../lookup/cluster/sign-in";
import { clusterFault } from "../../../lookup/cluster/unreachable-cluster";
import { NoAnswer } from "./http";
import { findPods, noReadyPod, type Server, servers } from "./pods";
import { forwardPort } from "./port-forward";
import type { StackFacts } from "../facts";
import { isOwn } from "../web/addresses";
import { type Authentication, authenticate, KeysUnreadable } from "../web/authentication";
import type { WebKeys } from "../web/keys";

export type { Server } from "./pods";

/** A server that answers, how it was reached, and the login that it needs. */
export interface Reached {
  /** The pod, or the origin if the pod is not known. */
  readonly name: string;
  readonly origin: string;
  /** The description for the report: `the load balancer http://…`. */
  readonly way: string;
  readonly authentication: Authentication;
  stop(): Promise<void>;
}

/** The replicas of a server that answer. */
export interface Replicas {
  readonly reached: readonly Reached[];
  /** The replicas that do not answer, as sentences that name them. */
  readonly unreached: readonly string[];
  /** How many of the replicas that should run were not reached; 0 if their number is not known. */
  readonly missing: number;
  /** How they were reached, for the report. */
  readonly way: string;
  stop(): Promise<void>;
}

export interface ReachOptions {
  /** The only URL to try. Default: the load balancer's, then a port-forward. */
  readonly given?: string;
  readonly say?: (line: string) => void;
  /** The login for the pages; undefined if no stack was named. */
  readonly keys?: WebKeys;
  /** Whether the load balancer's answer makes another attempt useless. */
  readonly isFinal?: (error: NoAnswer) => boolean;
  /** Why a port-forward is not possible. */
  readonly noPortForward?: string;
  /** Whether one replica, through the load balancer, will do if the pods cannot be reached. Default: it will not. */
  readonly oneWillDo?: boolean;
}

/** Thrown if the server could not be reached in any way. */
export class Unreachable extends NoAnswer {}

/**
 * Connects to one of the two servers: at the given URL, otherwise through its load balancer, otherwise by a
 * port-forward through the API server. Throws an error that names every attempt.
 */
export async function reach(server: Server, facts: StackFacts, options: ReachOptions = {}): Promise<Reached> {
  const { given, say = () => undefined, keys, isFinal = (error) => error instanceof KeysUnreadable } = options;
  const at = async (origin: string, way: string): Promise<Reached> => {
    const authentication = await admitAt(origin, server, facts, keys);
    return { name: origin, origin, way, authentication, stop: () => Promise.resolve() };
  };
  const reached = (one: Reached, how: string): Reached => {
    tell(say, server, how, one);
    return one;
  };
  if (given !== undefined) {
    const origin = given.replace(/\/$/, "");
    return reached(await at(origin, `${origin}, as given`), `at ${origin}, as given`);
  }
  const origin = (server === "Alertmanager" ? facts.alertmanagerUrl : facts.prometheusUrl)?.replace(/\/$/, "");
  let why = "its load balancer is not known";
  if (origin !== undefined) {
    try {
      const one = await at(origin, `the load balancer ${origin}`);
      return reached(one, `through its load balancer ${origin}, the stack's output`);
    } catch (error) {
      if (!(error instanceof NoAnswer) || isFinal(error)) throw error;
      why = error.message.replace(/\.$/, "");
    }
  }
  const noPortForward = whyNoPortForward(facts, options);
  if (noPortForward !== undefined) throw new Unreachable(`${why}, and ${noPortForward}.`);
  say(`${server}: not through the load balancer (${why}); trying a port-forward through the API server`);
  try {
    const one = await toAnyPod(server, facts, keys);
    return reached(one, `by ${one.way}`);
  } catch (error) {
    // The attempt of a port-forward, and the reason for it, has been reported already.
    if (error instanceof NoAnswer && isFinal(error)) throw error;
    throw new Unreachable(`${why}, and ${(error as Error).message.replace(/\.$/, "")}.`);
  }
}

/**
 * Connects to every replica of a server: to each ready pod by a port-forward, because a load balancer hides which
 * replica answers. A server with one replica, or at a given URL, is reached as by {@link reach}. Throws an error if
 * none was reached.
 */
export async function reachEvery(server: Server, facts: StackFacts, options: ReachOptions = {}): Promise<Replicas> {
  const { given, say = () => undefined, keys, isFinal = (error) => error instanceof KeysUnreadable } = options;
  const expected = facts.replicas[servers[server].kind];
  const one = async (unreached: readonly string[] = [], missing = 0): Promise<Replicas> => {
    const found = await reach(server, facts, options);
    return { reached: [found], unreached, missing, way: found.way, stop: () => found.stop() };
  };
  if (given !== undefined || expected === 1) return one();
  const apart = `${server} has ${expected} replicas, each of which needs a port-forward`;
  try {
    const noPortForward = whyNoPortForward(facts, options);
    if (noPortForward !== undefined) throw new Unreachable(`${apart}, and ${noPortForward}.`);
    const replicas = await toEveryPod(server, facts, keys, isFinal);
    tell(say, server, `by ${replicas.way}`, ...replicas.reached);
    for (const sentence of replicas.unreached) say(`Warning: ${sentence}`);
    return replicas;
  } catch (error) {
    if (!(error instanceof NoAnswer) || isFinal(error)) throw error;
    if (!options.oneWillDo) throw new Unreachable(error.message);
    say(`Warning: ${error.message}`);
    return one([`Only one of ${expected} replicas of ${server} was asked: ${error.message}`], expected - 1);
  }
}

/** Says how a server was reached, and which password it accepts. */
function tell(say: (line: string) => void, server: Server, how: string, ...reached: readonly Reached[]): void {
  const lines = reached.flatMap(({ authentication: { login, notYet } }) => [
    ...(notYet.length > 0 ? [`Warning: ${whyOlder(server, notYet)}`] : []),
    ...(login === undefined ? [] : [`${server} asks for a password, and accepts that of ${login.user}`]),
  ]);
  for (const line of new Set([`${server}: ${how}`, ...lines])) say(line);
}

function whyNoPortForward({ context }: StackFacts, { noPortForward }: ReachOptions): string | undefined {
  return noPortForward ?? (context === undefined ? "the stack's context is not known" : undefined);
}

/** Sends a request to an address; the password is sent only to the stack's own addresses. */
function admitAt(origin: string, server: Server, { web }: StackFacts, keys?: WebKeys): Promise<Authentication> {
  return authenticate({ origin, isOwn: isOwn(origin, web), own: web.own, serverName: web.serverNames[server] }, keys);
}

/** The stack's pods, and the kubeconfig with which they were found. Throws {@link NoAnswer}. */
export async function lookForPods({ context = "", namespace, kubeconfig: file }: StackFacts, patienceMs = 10_000) {
  const { kubeconfig, faults } = readKubeconfig(context, file);
  if (kubeconfig === undefined) throw new NoAnswer(faults.map((one) => one.sentence).join(" "));
  try {
    await signIn(kubeconfig);
    return { kubeconfig, ...(await findPods(kubeconfig, namespace, (answer) => within(patienceMs, answer))) };
  } catch (error) {
    throw new NoAnswer(clusterFault(error, kubeconfig).sentence);
  }
}

async function readyPods(server: Server, facts: StackFacts) {
  const found = await lookForPods(facts);
  const own = found.pods.filter(({ kind }) => kind === servers[server].kind);
  const ready = own.filter(({ isUp }) => isUp);
  if (ready.length === 0) throw new NoAnswer(noReadyPod(server, facts.namespace, found));
  return { kubeconfig: found.kubeconfig, own, ready };
}

/** Forwards a port of this machine to a ready pod of the server that answers. Throws an error if there is none. */
async function toAnyPod(server: Server, facts: StackFacts, keys?: WebKeys): Promise<Reached> {
  const { kubeconfig, ready } = await readyPods(server, facts);
  for (const { name } of ready.slice(0, -1)) {
    try {
      return await toPod(name, server, facts, kubeconfig, keys);
    } catch {
      // The next one may answer; the last one's error is the caller's.
    }
  }
  return toPod(ready.at(-1)!.name, server, facts, kubeconfig, keys);
}

/** Forwards a port of this machine to each ready pod of the server. Throws an error if none answers. */
async function toEveryPod(
  server: Server,
  facts: StackFacts,
  keys: WebKeys | undefined,
  isFinal: (error: NoAnswer) => boolean,
): Promise<Replicas> {
  const { kubeconfig, own, ready } = await readyPods(server, facts);
  const tried = await Promise.allSettled(ready.map(({ name }) => toPod(name, server, facts, kubeconfig, keys)));
  const reached = tried.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const stop = async () => void (await Promise.all(reached.map((one) => one.stop())));
  const failures = tried.map((one) => (one.status === "rejected" ? (one.reason as Error) : undefined));
  const final = failures.find((error) => error instanceof NoAnswer && isFinal(error));
  if (final !== undefined || reached.length === 0) {
    await stop();
    throw final ?? new Unreachable(failures.map((error) => error!.message).join(" "));
  }
  const expected = facts.replicas[servers[server].kind];
  const unreached = [
    ...own.filter(({ isUp }) => !isUp).map(({ name }) => `The pod ${name} was not reached: it is not ready.`),
    ...ready.flatMap(({ name }, index) =>
      failures[index] === undefined ? [] : [`The pod ${name} was not reached: ${failures[index].message}`],
    ),
    ...(own.length < expected ? [`${server} has ${own.length} of ${expected} pods.`] : []),
  ];
  const names = reached.map(({ name }) => `${facts.namespace}/${name}`).join(", ");
  const way = reached.length === 1 ? reached[0]!.way : `port-forwards to the pods ${names}`;
  // While a Deployment replaces its pod, there are more pods than expected.
  return { reached, unreached, missing: Math.max(expected - reached.length, 0), way, stop };
}

/** Forwards a port of this machine to a pod. Throws an error if that fails. */
async function toPod(
  pod: string,
  server: Server,
  facts: StackFacts,
  kubeconfig: KubeConfig,
  keys?: WebKeys,
): Promise<Reached> {
  const { namespace, web } = facts;
  const forwarded = await forwardPort({ kubeconfig, namespace, pod, port: servers[server].port });
  const origin = web.podsSpeakTls ? forwarded.url.replace(/^http:/, "https:") : forwarded.url;
  try {
    const authentication = await admitAt(origin, server, facts, keys);
    const way = `a port-forward to pod ${namespace}/${pod}`;
    return { name: pod, origin, way, authentication, stop: () => forwarded.stop() };
  } catch (error) {
    await forwarded.stop();
    throw error;
  }
}

/** The warning while the password is being rotated. */
export function whyOlder(server: Server, notYet: readonly string[]): string {
  return `${server} does not know the password of ${notYet.join(" and ")} yet: the kubelet brings it to the pod within two minutes of \`pulumi up\`.`;
}
