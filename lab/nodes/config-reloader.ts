import type { V1Pod } from "@kubernetes/client-node";
import { ask } from "../web";
import { flagValue } from "./arguments";
import type { Caller, PodNetwork } from "./pod-network";

/**
 * Sends a request to the `--reload-url` of each container of the pod that has this argument. The lab does not run these
 * sidecars, which ask a program to reload its changed configuration. Resolves to the error messages.
 */
export async function playConfigReloaders(pod: V1Pod, network: PodNetwork, caller: Caller): Promise<string[]> {
  const failures: string[] = [];
  for (const container of pod.spec?.containers ?? []) {
    const url = flagValue(container.args ?? [], "--reload-url");
    if (url !== undefined) {
      const failure = await reload(new URL(url), network, caller);
      if (failure !== undefined) {
        failures.push(`${container.name}: ${url} did not take the reload: ${failure}`);
      }
    }
  }
  return failures;
}

async function reload(url: URL, network: PodNetwork, caller: Caller): Promise<string | undefined> {
  const route = network.route(url.hostname, Number(url.port || 80), caller);
  if (route.kind !== "open") {
    return `connection ${route.kind}`;
  }
  try {
    const { status } = await ask(`http://127.0.0.1:${route.port}${url.pathname}`, {}, { method: "POST" });
    return status === 200 ? undefined : `status ${status}`;
  } catch (error) {
    return (error as Error).message;
  }
}
