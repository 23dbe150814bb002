import { podSecurityVersion } from "../versions";

/** Labels by which Kubernetes holds a namespace's pods to a Pod Security level. */
export const podSecurityLabels = "pod-security.kubernetes.io/";

function atLevel(level: string, modes: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    modes.flatMap((mode) => [
      [`${podSecurityLabels}${mode}`, level],
      [`${podSecurityLabels}${mode}-version`, podSecurityVersion],
    ]),
  );
}

/** Labels of the namespace of everything but node-exporter. Where nothing is enforced, violations are still reported. */
export function namespaceSecurity(podSecurity: "required" | "unenforced"): Record<string, string> {
  return atLevel("restricted", [...(podSecurity === "required" ? ["enforce"] : []), "audit", "warn"]);
}

/** Labels of node-exporter's. Said, because a cluster's own default may be another level. */
export const nodesNamespaceSecurity = atLevel("privileged", ["enforce", "audit", "warn"]);
