import { z } from "zod";

/** The old or new state in a step; only the fields that the comment reads. */
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

/** A step: what the engine would do with one resource. */
export type PreviewStep = z.infer<typeof step>;

/**
 * The output of `pulumi preview --json`; only the fields that the comment reads. The engine has masked secrets in
 * inputs.
 */
export type Preview = z.infer<typeof preview>;

/** Parses the output of `pulumi preview --json`; undefined if it is anything else. */
export function readPreview(text: string): Preview | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const read = preview.safeParse(json);
  // An object without these two fields is not a preview.
  return read.success && (read.data.steps || read.data.diagnostics) ? read.data : undefined;
}

/** The engine's messages of one severity, in order and without duplicates. Paths of plugins are removed. */
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

/** Removes colors: the engine's markup `<{%fg 1%}>`, or a terminal's escapes. */
export function withoutColors(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/<\{%.*?%\}>|\u001b\[[0-9;]*m/g, "");
}
