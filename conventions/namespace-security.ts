import { podSecurityVersion } from "../versions";

/** The prefix of the labels with which Kubernetes enforces a Pod Security level in a namespace. */
export const podSecurityLabels = "pod-security.kubernetes.io/";

function atLevel(level: string, modes: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    modes.flatMap((mode) => [
      [`${podSecurityLabels}${mode}`, level],
      [`${podSecurityLabels}${mode}-version`, podSecurityVersion],
    ]),
  );
}

/**
 * Labels of the main namespace, which contains everything except node-exporter. If nothing is enforced, violations are
 * still reported.
 */
export function namespaceSecurity(podSecurity: "required" | "unenforced"): Record<string, string> {
  return atLevel("restricted", [...(podSecurity === "required" ? ["enforce"] : []), "audit", "warn"]);
}

/** Labels of node-exporter's namespace. They are set explicitly, because a cluster's default may be another level. */
export const nodesNamespaceSecurity = atLevel("privileged", ["enforce", "audit", "warn"]);
