import { readKubeconfig } from "../cluster/kubeconfig";
import { alertmanagerPods, serverPods } from "../components/prometheusValues";
import { ask, NoAnswer } from "./http";
import { forwardPort } from "./port-forward";
import type { StackPlace } from "./stack-place";

/** A server that answers, and how it was reached. */
export interface Reached {
  readonly origin: string;
  /** For the report: `the load balancer http://…`. */
  readonly way: string;
  stop(): Promise<void>;
}

export type Server = "Alertmanager" | "Prometheus";

interface Known {
  readonly given?: string;
  readonly output?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly port: number;
}

/**
 * Reaches one of the two servers: at the URL that was given, else through its load balancer, else by port-forward through
 * the API server. Throws a sentence that tells of every way that was tried.
 */
export async function reach(
  server: Server,
  place: StackPlace,
  given: string | undefined,
  say: (line: string) => void,
): Promise<Reached> {
  const known: Known =
    server === "Alertmanager"
      ? { given, output: place.alertmanagerUrl, labels: alertmanagerPods, port: 9093 }
      : { given, output: place.prometheusUrl, labels: serverPods, port: 9090 };
  const stop = () => Promise.resolve();
  if (known.given !== undefined) {
    const origin = known.given.replace(/\/$/, "");
    await answers(origin);
    say(`${server}: at ${origin}, as given`);
    return { origin, way: `${origin}, as given`, stop };
  }
  const tried: string[] = [];
  if (known.output !== undefined) {
    const origin = known.output.replace(/\/$/, "");
    try {
      await answers(origin);
      say(`${server}: through its load balancer ${origin}, the stack's output`);
      return { origin, way: `the load balancer ${origin}`, stop };
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      tried.push(error.message);
    }
  } else {
    tried.push("its load balancer is not known");
  }
  const why = tried.join("; ").replace(/\.$/, "");
  const option = `--${server.toLowerCase()} URL`;
  if (place.context === undefined) {
    const todo = place.warnings.length === 0 ? `Give ${option}` : `Mend what the warning says, or give ${option}`;
    throw new NoAnswer(`${server} cannot be reached: ${why}, and the stack's context is not known. ${todo}.`);
  }
  say(`${server}: not through the load balancer (${why}); trying a port-forward through the API server`);
  const { kubeconfig, faults } = readKubeconfig(place.context, place.kubeconfig);
  if (kubeconfig === undefined) {
    throw new NoAnswer(`${server} cannot be reached: ${why}, and ${faults.map((one) => one.sentence).join(" ")}`);
  }
  try {
    const { context, namespace } = place;
    const forwarded = await forwardPort({ kubeconfig, context, namespace, labels: known.labels, port: known.port });
    await answers(forwarded.url).catch(async (error: unknown) => {
      await forwarded.stop();
      throw error;
    });
    const way = `a port-forward to pod ${place.namespace}/${forwarded.pod}`;
    say(`${server}: by ${way}`);
    return { origin: forwarded.url, way, stop: () => forwarded.stop() };
  } catch (error) {
    throw new NoAnswer(`${server} cannot be reached: ${why}, and ${(error as Error).message} Or give ${option}.`);
  }
}

async function answers(origin: string): Promise<void> {
  await ask(origin, "/-/ready");
}
