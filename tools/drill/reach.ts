import { readKubeconfig } from "../../lookup/cluster/kubeconfig";
import { alertmanagerPods, serverPods } from "../../values/prometheus-values";
import { NoAnswer } from "./http";
import { forwardPort } from "./port-forward";
import type { StackPlace } from "./stack-place";
import type { Access } from "./web/access";
import { isOwn } from "./web/addresses";
import { type Admission, admit, KeysUnreadable } from "./web/admission";
import type { WebKeys } from "./web/keys";

/** A server that answers, how it was reached, and how it lets one in. */
export interface Reached {
  readonly origin: string;
  /** For the report: `the load balancer http://…`. */
  readonly way: string;
  readonly access: Access;
  stop(): Promise<void>;
}

export type Server = "Alertmanager" | "Prometheus";

/** Which server is looked for, of which stack. */
export interface Wanted {
  readonly server: Server;
  readonly place: StackPlace;
  /** What opens the pages; undefined where no stack was named. */
  readonly keys?: WebKeys;
}

const pods = {
  Alertmanager: { labels: alertmanagerPods, port: 9093 },
  Prometheus: { labels: serverPods, port: 9090 },
} as const;

/**
 * Reaches one of the two servers: at the URL that was given, else through its load balancer, else by port-forward through
 * the API server. Throws a sentence that tells of every way that was tried.
 */
export async function reach(
  server: Server,
  place: StackPlace,
  given: string | undefined,
  say: (line: string) => void,
  keys?: WebKeys,
): Promise<Reached> {
  const wanted: Wanted = { server, place, ...(keys && { keys }) };
  const stop = () => Promise.resolve();
  const told = (way: string, { access, login, notYet }: Admission) => {
    say(`${server}: ${way}`);
    if (notYet.length > 0) say(`Warning: ${whyOlder(server, notYet)}`);
    if (login !== undefined) say(`${server} asks for a password, and takes that of ${login.user}`);
    return access;
  };
  if (given !== undefined) {
    const origin = given.replace(/\/$/, "");
    const access = told(`at ${origin}, as given`, await admitAt(origin, wanted));
    return { origin, way: `${origin}, as given`, access, stop };
  }
  const output = balancerOf(wanted);
  let why = "its load balancer is not known";
  if (output !== undefined) {
    try {
      const access = told(`through its load balancer ${output}, the stack's output`, await admitAt(output, wanted));
      return { origin: output, way: `the load balancer ${output}`, access, stop };
    } catch (error) {
      if (!(error instanceof NoAnswer) || error instanceof KeysUnreadable) throw error;
      why = error.message.replace(/\.$/, "");
    }
  }
  const option = `--${server.toLowerCase()} URL`;
  if (place.context === undefined) {
    const todo = place.warnings.length === 0 ? `Give ${option}` : `Mend what the warning says, or give ${option}`;
    throw new NoAnswer(`${server} cannot be reached: ${why}, and the stack's context is not known. ${todo}.`);
  }
  say(`${server}: not through the load balancer (${why}); trying a port-forward through the API server`);
  try {
    const { admission, ...forwarded } = await byPortForward(wanted);
    return { ...forwarded, access: told(`by ${forwarded.way}`, admission) };
  } catch (error) {
    // That this way was taken, and why, is said already.
    if (error instanceof KeysUnreadable) throw error;
    const message = (error as Error).message;
    throw new NoAnswer(`${server} cannot be reached: ${why}, and ${message.replace(/\.$/, "")}. Or give ${option}.`);
  }
}

/** The address that the stack's outputs name. */
export function balancerOf({ server, place }: Wanted): string | undefined {
  const output = server === "Alertmanager" ? place.alertmanagerUrl : place.prometheusUrl;
  return output?.replace(/\/$/, "");
}

/** Knocks at an address; the password goes to one of the stack's own alone. */
export function admitAt(origin: string, { server, place: { web }, keys }: Wanted): Promise<Admission> {
  return admit({ origin, isOwn: isOwn(origin, web), own: web.own, serverName: web.serverNames[server] }, keys);
}

/** Forwards a port of this machine to the server's pod. Throws a sentence. */
export async function byPortForward(
  wanted: Wanted,
): Promise<Omit<Reached, "access"> & { readonly admission: Admission }> {
  const { server, place } = wanted;
  const { context = "", namespace } = place;
  const { kubeconfig, faults } = readKubeconfig(context, place.kubeconfig);
  if (kubeconfig === undefined) throw new NoAnswer(faults.map((one) => one.sentence).join(" "));
  const forwarded = await forwardPort({ kubeconfig, namespace, ...pods[server] });
  const origin = place.web.podsSpeakTls ? forwarded.url.replace(/^http:/, "https:") : forwarded.url;
  try {
    const admission = await admitAt(origin, wanted);
    const way = `a port-forward to pod ${namespace}/${forwarded.pod}`;
    return { origin, way, admission, stop: () => forwarded.stop() };
  } catch (error) {
    await forwarded.stop();
    throw error;
  }
}

/** Said while the password is being rotated. */
export function whyOlder(server: Server, notYet: readonly string[]): string {
  return `${server} does not know the password of ${notYet.join(" and ")} yet: the kubelet brings it to the pod within two minutes of \`pulumi up\`.`;
}
