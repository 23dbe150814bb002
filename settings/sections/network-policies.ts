import { z } from "zod";
import { privateRanges, tooWide } from "../../validation/ranges";
import { cidr, distinct, refuse } from "./value-types";

const error = "a port, from 1 to 65535";
const port = z.int({ error }).min(1, { error }).max(65535, { error });

export const networkPolicies = z
  .strictObject({
    enabled: z
      .boolean()
      .default(true)
      .describe(
        "Whether network policies restrict the pods (docs/network-policies.md); the cluster's network plugin enforces them",
      ),
    nodeRanges: z
      .array(cidr)
      .min(1, {
        error: "at least one range, because node-exporter and the kubelets are reached at the nodes' addresses",
      })
      .default([...privateRanges])
      .describe(
        "Address ranges of the nodes and the API server; pods with addresses in these ranges can reach the pages without the NLBs, so keep the ranges narrow",
      ),
    apiServerPorts: distinct(port)
      .min(1, { error: "at least one port, because kube-state-metrics asks the API server" })
      .default([443, 6443])
      .describe("TCP ports of the API server's endpoints (`kubectl get endpointslices kubernetes`)"),
    alertmanagerPorts: distinct(port)
      .default([])
      .describe("TCP ports that Alertmanager may reach in addition to 443 and the ports in its receivers' URLs"),
  })
  .prefault({})
  .superRefine(({ nodeRanges }, context) => {
    const wide = tooWide(nodeRanges);
    if (wide === undefined) return;
    refuse(
      context,
      ["nodeRanges"],
      `only the ranges of the nodes; these are ${wide}, which would give all of it access to the pages`,
    );
  });
