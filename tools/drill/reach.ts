import { readKubeconfig } from "../../lookup/cluster/kubeconfig";
import { alertmanagerPods, serverPods } from "../../values/prometheus-values";
import { NoAnswer } from "./http";
import { forwardPort } from "./port-forward";
import type { StackFacts } from "./stack-facts";
import { isOwn } from "./web/addresses";
import { type Authentication, authenticate, KeysUnreadable } from "./web/authentication";
import type { WebKeys } from "./web/keys";

/** A server that answers, how it was reached, and the login that it needs. */
export interface Reached {
  readonly origin: string;
  /** The description for the report: `the load balancer http://…`. */
  readonly way: string;
  readonly authentication: Authentication;
  stop(): Promise<void>;
}

export type Server = "Alertmanager" | "Prometheus";

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
}

/** Thrown if the server could not be reached in any way. */
export class Unreachable extends NoAnswer {}

const pods = {
  Alertmanager: { labels: alertmanagerPods, port: 9093 },
  Prometheus: { labels: serverPods, port: 9090 },
} as const;

/**
 * Connects to one of the two servers: at the given URL, otherwise through its load balancer, otherwise by a
 * port-forward through the API server. Throws an error that names every attempt.
 */
export async function reach(server: Server, facts: StackFacts, options: ReachOptions = {}): Promise<Reached> {
  const { given, say = () => undefined, keys, isFinal = (error) => error instanceof KeysUnreadable } = options;
  const at = async (origin: string, way: string): Promise<Reached> => {
    const authentication = await admitAt(origin, server, facts, keys);
    return { origin, way, authentication, stop: () => Promise.resolve() };
  };
  const reached = (one: Reached, how: string): Reached => {
    const { login, notYet } = one.authentication;
    say(`${server}: ${how}`);
    if (notYet.length > 0) say(`Warning: ${whyOlder(server, notYet)}`);
    if (login !== undefined) say(`${server} asks for a password, and accepts that of ${login.user}`);
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
  const noPortForward =
    options.noPortForward ?? (facts.context === undefined ? "the stack's context is not known" : undefined);
  if (noPortForward !== undefined) throw new Unreachable(`${why}, and ${noPortForward}.`);
  say(`${server}: not through the load balancer (${why}); trying a port-forward through the API server`);
  try {
    const one = await byPortForward(server, facts, keys);
    return reached(one, `by ${one.way}`);
  } catch (error) {
    // The attempt of a port-forward, and the reason for it, has been reported already.
    if (error instanceof NoAnswer && isFinal(error)) throw error;
    throw new Unreachable(`${why}, and ${(error as Error).message.replace(/\.$/, "")}.`);
  }
}

/** Sends a request to an address; the password is sent only to the stack's own addresses. */
function admitAt(origin: string, server: Server, { web }: StackFacts, keys?: WebKeys): Promise<Authentication> {
  return authenticate({ origin, isOwn: isOwn(origin, web), own: web.own, serverName: web.serverNames[server] }, keys);
}

/** Forwards a port of this machine to the server's pod. Throws an error if that fails. */
async function byPortForward(server: Server, facts: StackFacts, keys?: WebKeys): Promise<Reached> {
  const { context = "", namespace } = facts;
  const { kubeconfig, faults } = readKubeconfig(context, facts.kubeconfig);
  if (kubeconfig === undefined) throw new NoAnswer(faults.map((one) => one.sentence).join(" "));
  const forwarded = await forwardPort({ kubeconfig, namespace, ...pods[server] });
  const origin = facts.web.podsSpeakTls ? forwarded.url.replace(/^http:/, "https:") : forwarded.url;
  try {
    const authentication = await admitAt(origin, server, facts, keys);
    const way = `a port-forward to pod ${namespace}/${forwarded.pod}`;
    return { origin, way, authentication, stop: () => forwarded.stop() };
  } catch (error) {
    await forwarded.stop();
    throw error;
  }
}

/** The warning while the password is being rotated. */
export function whyOlder(server: Server, notYet: readonly string[]): string {
  return `${server} does not know the password of ${notYet.join(" and ")} yet: the kubelet brings it to the pod within two minutes of \`pulumi up\`.`;
}
