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
        .describe(`A label selector that picks the ${role} nodes, if nodes are often added and removed`),
      ec2Tag: z
        .strictObject({ key: z.string().min(1), value: z.string() })
        .optional()
        .describe(`An EC2 tag, \`{ key, value }\`, that picks the ${role} nodes`),
    })
    .refine((set) => waysIn(set).length === 1, {
      error: ({ input }) => {
        const remove = waysIn(input as object).map(
          (way) => `\`pulumi config rm --path 'alerting:nodes.${role}s.${way}'\``,
        );
        const how = remove.length === 0 ? "" : `; remove all but one, by ${remove.join(" or ")}`;
        return `exactly one of names, selector and ec2Tag${how}`;
      },
    });

/** The ways in which a set selects its nodes. */
function waysIn(set: object): string[] {
  const given: Readonly<Record<string, unknown>> = { ...set };
  return ["names", "selector", "ec2Tag"].filter((way) => given[way] !== undefined);
}
