import { z } from "zod";

const count = <const Counts extends readonly [number, ...number[]]>(counts: Counts) =>
  z.literal(counts, { error: `one of ${counts.join(", ")}` });

/** How many replicas Prometheus and Alertmanager have, and on which nodes they run. */
export const availability = z
  .strictObject({
    alertmanagers: count([1, 2, 3])
      .default(1)
      .describe(
        "Number of Alertmanagers, each on a separate node; with several, the loss of the node of one is reported (docs/availability.md)",
      ),
    prometheus: count([1, 2])
      .default(1)
      .describe("Number of Prometheus servers, each on a separate node and with its own data"),
    spread: z
      .enum(["masters", "all"])
      .default("masters")
      .describe(
        "Nodes that run Prometheus and Alertmanager: only the masters, or masters and workers, so that neither kind has all replicas",
      ),
  })
  .prefault({});
