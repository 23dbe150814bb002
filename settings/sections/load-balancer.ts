import { z } from "zod";
import { tooWide } from "../../validation/ranges";
import { cidr, distinct, identifier, refuse } from "./value-types";

export const loadBalancer = z
  .strictObject({
    controller: z
      .enum(["cloud-controller-manager", "aws-load-balancer-controller"])
      .default("cloud-controller-manager")
      .describe("Which controller in the cluster creates the NLBs"),
    scheme: z
      .enum(["internal", "internet-facing"])
      .default("internal")
      .describe("Whether the NLBs are internal or internet-facing"),
    sourceRanges: z
      .array(cidr)
      .default([])
      .describe(
        "Address ranges that may reach the NLBs; an empty list allows any address, and is refused for internet-facing NLBs",
      ),
    allowAnySource: z
      .boolean()
      .default(false)
      .describe("Whether the source ranges may cover half of the internet or more"),
    subnetIds: distinct(identifier("subnet"))
      .default([])
      .describe("Subnets of the NLBs; if the list is empty, the controller selects them"),
  })
  .prefault({})
  .superRefine((value, context) => {
    if (value.scheme === "internet-facing" && value.sourceRanges.length === 0) {
      refuse(
        context,
        ["sourceRanges"],
        "at least one address range, because the scheme is internet-facing, and a password should not be all that stands between the internet and the pages",
      );
    }
    if (value.allowAnySource) return;
    const unless = "is refused unless alerting:loadBalancer.allowAnySource is true";
    value.sourceRanges.forEach((range, index) => {
      if (!range.endsWith("/0")) return;
      const message = `a smaller range; the whole internet ${unless}`;
      refuse(context, ["sourceRanges", index], message);
    });
    const wide = tooWide(value.sourceRanges);
    // A single range that covers everything is already reported above.
    if (wide === undefined || value.sourceRanges.some((range) => range.endsWith("/0"))) return;
    refuse(context, ["sourceRanges"], `smaller ranges; together these are ${wide}, which ${unless}`);
  });
