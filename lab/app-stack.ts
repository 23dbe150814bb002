import * as path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Lab } from "./lab";
import type { PrometheusApi, Target } from "./prometheus-api";
import { projectRoot } from "./run-directory";
import type { StackConfig } from "./stack";
import type { StackWorkspace } from "./stack-workspace";

/** Makes the workspace of `examples/app-stack`. It uses the lab's backend and plugins, but another passphrase. */
export function appStackWorkspace(lab: Lab): Promise<StackWorkspace> {
  return lab.stacks.beside({
    directory: path.join(lab.directory, "app-stack"),
    projectRoot: path.join(projectRoot, "examples", "app-stack"),
  });
}

/**
 * The configuration of the app stack on the lab's cluster. `alertingStack` is the full name of the stack that it
 * references.
 */
export function appConfig(lab: Lab, alertingStack: string): StackConfig {
  return {
    "pulumi:disable-default-providers": ["kubernetes"],
    "example-app:context": lab.controlPlane.context,
    "example-app:alertingStack": alertingStack,
  };
}

/** Waits until `ready` accepts the targets that Prometheus found by a namespace's pod annotations; returns them. */
export async function podTargets(
  prometheus: PrometheusApi,
  namespace: string,
  ready: (targets: readonly Target[]) => boolean,
  seconds = 60,
): Promise<readonly Target[]> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const all = await prometheus.targets();
    const found = all.filter((one) => one.labels.job === "kubernetes-pods" && one.labels.namespace === namespace);
    if (ready(found)) {
      return found;
    }
    if (Date.now() > deadline) {
      const seen = found.map((one) => `${one.labels.pod ?? "?"} is ${one.health}: ${one.lastError || "-"}`);
      throw new Error(`The targets of ${namespace} after ${seconds} s: ${seen.join("; ") || "none"}.`);
    }
    await delay(200);
  }
}
