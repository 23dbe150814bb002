import { z } from "zod";

export const podSecurity = z
  .enum(["required", "unenforced"])
  .default("required")
  .describe(
    "Whether the cluster must enforce the Pod Security level `restricted`; `unenforced` is for clusters without Pod Security admission",
  );

/** Longest name of a namespace that leaves room for that of node-exporter, which ends in `-nodes`. */
const longestNamespace = 63 - "-nodes".length;

/** The namespace's name where it is too long for a second one that is made from it. */
export function namespaceLength(namespace: string | undefined) {
  if (namespace === undefined || namespace.length <= longestNamespace) return [];
  return [
    {
      path: ["namespace"],
      seen: namespace,
      accepted: `at most ${longestNamespace} characters, because node-exporter's namespace is called the same with -nodes behind it`,
    },
  ];
}
