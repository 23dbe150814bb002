import { KubeConfig } from "@kubernetes/client-node";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { byDistance, type Fault } from "../configuration/faults";

function inHome(file: string): string {
  return file.startsWith("~/") ? join(homedir(), file.slice(2)) : file;
}

/**
 * The kubeconfig with the wanted context chosen. The file is the setting's, else `KUBECONFIG`'s, else the usual place,
 * which is just what the Kubernetes provider does, so that both talk to the same cluster.
 */
export function readKubeconfig(
  context: string,
  file: string | undefined,
): { kubeconfig?: KubeConfig; faults: Fault[] } {
  const kubeconfig = new KubeConfig();
  const files = file
    ? [inHome(file)]
    : (process.env.KUBECONFIG?.split(":").filter(Boolean) ?? [join(homedir(), ".kube", "config")]);
  const from = file ? "alerting:kubeconfig" : process.env.KUBECONFIG ? "KUBECONFIG" : "the usual place";
  const there = files.filter((one) => existsSync(one));
  if (there.length === 0) {
    const sentence = `the kubeconfig file ${files.join(", ")} (${from}) does not exist. Set alerting:kubeconfig or KUBECONFIG.`;
    return { faults: [{ key: file ? "alerting:kubeconfig" : "alerting:context", sentence }] };
  }
  try {
    kubeconfig.loadFromFile(there[0]!);
    for (const further of there.slice(1)) {
      const more = new KubeConfig();
      more.loadFromFile(further);
      kubeconfig.mergeConfig(more, true);
    }
  } catch (error) {
    const sentence = `the kubeconfig file ${there.join(", ")} (${from}) cannot be read: ${(error as Error).message.split("\n")[0]}.`;
    return { faults: [{ key: file ? "alerting:kubeconfig" : "alerting:context", sentence }] };
  }
  const names = kubeconfig.getContexts().map(({ name }) => name);
  if (!names.includes(context)) {
    const known = names.length > 0 ? `It has ${byDistance(context, names).slice(0, 5).join(", ")}` : "It has none";
    const sentence = `got "${context}", which is no context of ${there.join(", ")}. ${known}.`;
    return { faults: [{ key: "alerting:context", sentence }] };
  }
  kubeconfig.setCurrentContext(context);
  return { kubeconfig, faults: [] };
}
