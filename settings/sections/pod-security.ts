import { z } from "zod";

export const podSecurity = z
  .enum(["required", "unenforced"])
  .default("required")
  .describe(
    "Whether the cluster must enforce the Pod Security level `restricted`; `unenforced` is for clusters without Pod Security admission",
  );

/**
 * The maximum length of the namespace's name. The namespace of node-exporter has this name with `-nodes` at its end.
 */
const longestNamespace = 63 - "-nodes".length;

/** Reports a namespace's name that is too long to append `-nodes` to. */
export function namespaceLength(namespace: string | undefined) {
  if (namespace === undefined || namespace.length <= longestNamespace) return [];
  return [
    {
      path: ["namespace"],
      seen: namespace,
      accepted: `at most ${longestNamespace} characters, because node-exporter's namespace has the same name with the suffix -nodes`,
    },
  ];
}
