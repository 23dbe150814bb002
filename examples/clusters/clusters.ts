import * as pulumi from "@pulumi/pulumi";
// A copy of outputs/read-alerting.ts.
import { readAlerting } from "./read-alerting";

/** What an alerting stack's outputs say about its cluster. */
export interface Cluster {
  /** The stack's full name. */
  readonly stack: string;
  /** The labels of its series; undefined as long as the stack sends none to an engine. */
  readonly cluster?: string | undefined;
  readonly environment?: string | undefined;
  readonly prometheusUrl: string;
  readonly prometheusHostname: string;
  readonly alertmanagerUrl: string;
  readonly alertmanagerHostname: string;
}

/**
 * Reads the outputs of all alerting stacks. Throws one error that names every stack that cannot be read and everything
 * that collides, before any resource is registered.
 */
export async function readClusters(stacks: readonly string[]): Promise<Cluster[]> {
  const names = [...new Set(stacks)];
  const read = await Promise.allSettled(names.map(readCluster));
  const clusters = read.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const problems = [
    ...stacks.filter((name, index) => stacks.indexOf(name) !== index).map((name) => `${name} is listed twice.`),
    ...read.flatMap((one) => (one.status === "rejected" ? [(one.reason as Error).message] : [])),
    ...collisions(clusters),
  ];
  if (problems.length > 0) throw refusal(["clusters:stacks has problems:", ...problems].join("\n- "));
  return clusters;
}

async function readCluster(stack: string): Promise<Cluster> {
  const alerting = await readAlerting(stack);
  const { cluster, environment, prometheusUrl, prometheusHostname, alertmanagerUrl, alertmanagerHostname } = alerting;
  const outputs = { prometheusUrl, prometheusHostname, alertmanagerUrl, alertmanagerHostname, cluster, environment };
  const values = await new Promise<Omit<Cluster, "stack">>((resolve) => {
    pulumi.output(outputs).apply((read) => resolve(read));
  });
  return { stack, ...values };
}

/** Everything that two clusters have in common and must not, each with what to write instead. */
export function collisions(clusters: readonly Cluster[]): string[] {
  return [
    ...shared(
      clusters.map(({ stack, cluster }) => ({ stack, key: cluster })),
      (cluster, stacks) =>
        `The label cluster is "${cluster}" in ${stacks}: the engine would mix their series, or keep only those of one cluster. ` +
        "An applied stack cannot change its cluster: leave one out here, and give it its own workspace.",
    ),
    ...shared(
      clusters.flatMap(({ stack, prometheusHostname, alertmanagerHostname }) => [
        { stack, key: prometheusHostname.toLowerCase() },
        { stack, key: alertmanagerHostname.toLowerCase() },
      ]),
      (host, stacks) => `The load balancer ${host} belongs to ${stacks}: are they the same cluster? List one of them.`,
    ),
    ...shared(
      clusters.flatMap(({ stack, prometheusUrl, alertmanagerUrl, prometheusHostname, alertmanagerHostname }) =>
        // A page without a URL of its own has the address of its load balancer, which is compared above.
        [prometheusUrl, alertmanagerUrl]
          .map(addressOf)
          .filter((address) => ![prometheusHostname, alertmanagerHostname].includes(hostOf(address)))
          .map((address) => ({ stack, key: address })),
      ),
      (address, stacks) =>
        `A page has the address ${address} in ${stacks}: the links of one would lead to the other. ` +
        "Write another host in alerting:prometheus.externalUrl or alerting:alertmanager.externalUrl of one of them.",
    ),
  ];
}

/** A sentence for each key that several stacks have. */
function shared(
  entries: readonly { readonly stack: string; readonly key?: string | undefined }[],
  sentence: (key: string, stacks: string) => string,
): string[] {
  const byKey = new Map<string, Set<string>>();
  for (const { stack, key } of entries)
    if (key !== undefined) byKey.set(key, (byKey.get(key) ?? new Set<string>()).add(stack));
  return [...byKey]
    .filter(([, stacks]) => stacks.size > 1)
    .map(([key, stacks]) => sentence(key, [...stacks].join(" and ")));
}

/** The host and port of a URL; http and https of one host are the same address. */
function addressOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

function hostOf(address: string): string {
  return address.replace(/:\d+$/, "");
}

/** An error of which the engine shows only the message. */
function refusal(message: string): pulumi.RunError {
  const error = new pulumi.RunError(message);
  error.stack = message;
  return error;
}
