import { z } from "zod";

const label = z.string().min(1);
const labels = z.array(label);
// Prometheus reads what YAML holds for a number or a boolean as the text that it is; the chart's own jobs have `regex: true`.
const regex = z.union([z.string(), z.boolean(), z.number()]);

const choice = { source_labels: labels, separator: z.string().optional(), regex: regex.optional() };
const copy = { source_labels: labels, separator: z.string().optional(), target_label: label };
const comparison = { source_labels: labels, target_label: label };

/** One step of relabelling; `action` decides which keys mean something, and is `replace` unless set. */
export const relabelConfig = z.discriminatedUnion("action", [
  z.strictObject({
    action: z.literal("replace").optional(),
    source_labels: labels.optional(),
    separator: z.string().optional(),
    regex: regex.optional(),
    target_label: label,
    replacement: z.string().optional(),
  }),
  z.strictObject({ action: z.literal("keep"), ...choice }),
  z.strictObject({ action: z.literal("drop"), ...choice }),
  z.strictObject({ action: z.literal("keepequal"), ...comparison }),
  z.strictObject({ action: z.literal("dropequal"), ...comparison }),
  z.strictObject({ action: z.literal("hashmod"), ...copy, modulus: z.int().min(1) }),
  z.strictObject({ action: z.literal("lowercase"), ...copy }),
  z.strictObject({ action: z.literal("uppercase"), ...copy }),
  z.strictObject({ action: z.literal("labelmap"), regex: regex.optional(), replacement: z.string().optional() }),
  z.strictObject({ action: z.literal("labeldrop"), regex }),
  z.strictObject({ action: z.literal("labelkeep"), regex }),
]);

export type RelabelConfig = z.infer<typeof relabelConfig>;
