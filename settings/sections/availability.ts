import { z } from "zod";

/** One of several numbers, which the command line writes as a number too. */
const count = <const Counts extends readonly [number, number, ...number[]]>(...counts: Counts) =>
  z.union(
    counts.map((one) => z.literal(one)) as unknown as { [At in keyof Counts]: z.ZodLiteral<Counts[At] & number> },
    { error: `one of ${counts.join(", ")}` },
  );

/** How many replicas Prometheus and Alertmanager have, and on which nodes they run. */
export const availability = z
  .strictObject({
    alertmanagers: count(1, 2, 3)
      .default(1)
      .describe("Number of Alertmanagers, each on a separate node; with more than one, the loss of a node is reported"),
    prometheus: count(1, 2)
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
