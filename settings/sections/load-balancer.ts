import { z } from "zod";
import { tooWide } from "../../validation/ranges";
import { cidr, distinct, identifier, refuse } from "./value-types";

export const loadBalancer = z
  .strictObject({
    controller: z
      .enum(["cloud-controller-manager", "aws-load-balancer-controller"])
      .default("cloud-controller-manager")
      .describe("Which controller in the cluster makes the NLBs"),
    scheme: z.enum(["internal", "internet-facing"]).default("internal").describe("Where the NLBs can be reached from"),
    sourceRanges: z
      .array(cidr)
      .default([])
      .describe("Address ranges that may reach the NLBs; needed when internet-facing, empty means any that gets there"),
    allowAnySource: z
      .boolean()
      .default(false)
      .describe("Says a second time that source ranges may be the whole internet, or half of it"),
    subnetIds: distinct(identifier("subnet"))
      .default([])
      .describe("Subnets of the NLBs; empty means that the controller finds them"),
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
    // Of a single range that is everything the line above tells.
    if (wide === undefined || value.sourceRanges.some((range) => range.endsWith("/0"))) return;
    refuse(context, ["sourceRanges"], `smaller ranges; together these are ${wide}, which ${unless}`);
  });
