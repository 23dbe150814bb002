import { z } from "zod";

/** One side of a step, as far as the comment reads it. */
const state = z.object({
  custom: z.boolean().optional(),
  id: z.string().optional(),
  inputs: z.record(z.string(), z.unknown()).optional(),
  protect: z.boolean().optional(),
  retainOnDelete: z.boolean().optional(),
});

const step = z.object({
  op: z.string(),
  urn: z.string(),
  oldState: state.nullish(),
  newState: state.nullish(),
  replaceReasons: z.array(z.string()).nullish(),
  detailedDiff: z.record(z.string(), z.unknown()).nullish(),
});

const preview = z.object({
  steps: z.array(step).nullish(),
  diagnostics: z.array(z.object({ message: z.string(), severity: z.string() })).nullish(),
  changeSummary: z.record(z.string(), z.number()).nullish(),
});

/** What the engine would do with one resource. */
export type PreviewStep = z.infer<typeof step>;

/** What `pulumi preview --json` prints, as far as the comment reads it. Inputs have secrets masked by the engine. */
export type Preview = z.infer<typeof preview>;

/** Reads what `pulumi preview --json` has printed; undefined where it has printed something else. */
export function readPreview(text: string): Preview | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const read = preview.safeParse(json);
  // An object of something else has neither of the two.
  return read.success && (read.data.steps || read.data.diagnostics) ? read.data : undefined;
}

/** What the engine has said with one severity, in its order, each text once. Where plugins come from is left out. */
export function diagnosticsOf({ diagnostics }: Preview, severity: "error" | "warning"): string[] {
  const texts = (diagnostics ?? [])
    .filter((one) => one.severity === severity)
    .map(({ message }) =>
      withoutColors(message)
        .replace(new RegExp(`^${severity}:\\s*`), "")
        .trim(),
    )
    .filter((text) => text !== "" && !/^using pulumi-\S+ from \$PATH/.test(text));
  return [...new Set(texts)];
}

/** Colors are markup here, `<{%fg 1%}>`, or a terminal's. */
export function withoutColors(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/<\{%.*?%\}>|\u001b\[[0-9;]*m/g, "");
}
