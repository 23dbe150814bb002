import { z } from "zod";

export const nodeSet = (role: string) =>
  z
    .strictObject({
      names: z
        .array(z.string().min(1))
        .optional()
        .describe(`Names of the ${role} nodes, as \`kubectl get nodes\` shows them`),
      selector: z
        .string()
        .min(1)
        .optional()
        .describe(`A label selector that picks the ${role} nodes; for nodes that come and go`),
      ec2Tag: z
        .strictObject({ key: z.string().min(1), value: z.string() })
        .optional()
        .describe(`An EC2 tag, \`{ key, value }\`, that picks the ${role} nodes`),
    })
    .refine((set) => [set.names, set.selector, set.ec2Tag].filter((way) => way !== undefined).length === 1, {
      error: "exactly one of names, selector and ec2Tag",
    });
