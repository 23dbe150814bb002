import { z } from "zod";
import { readMatchers, regexFault } from "../prometheus/parsers/parsers";
import { parseMatchers } from "./matchers";
import { duration, durationAboveZero, filledText, flag, textMap } from "./scalars";

const aMatcher = "a matcher such as 'severity=\"critical\"'; the operators are =, !=, =~ and !~";

export const matchers = z.array(
  z
    .string({ error: aMatcher })
    .refine((text) => text.trim() !== "", { error: aMatcher })
    .refine((text) => parseMatchers(text) !== undefined, {
      error: ({ input }) => `${aMatcher}. Alertmanager says: ${readMatchers(String(input)).fault}`,
    }),
  { error: `a list of matchers such as ['severity="critical"']` },
);

/** The older form of matchers: labels without UTF-8. */
const legacyLabel = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, { error: "a label's name" });
export const legacyMatch = z.record(legacyLabel, z.string());
export const legacyMatchRegex = z.record(
  legacyLabel,
  z.string().refine((pattern) => regexFault(pattern) === undefined, {
    error: ({ input }) => `a regular expression. Alertmanager says: ${regexFault(String(input))}`,
  }),
);

export const labelName = () => filledText("a label's name");

export const route = z.strictObject({
  receiver: filledText("a receiver's name").optional(),
  group_by: z.array(labelName(), { error: 'a list of labels such as ["alertname"]' }).optional(),
  group_wait: duration().optional(),
  group_interval: durationAboveZero().optional(),
  repeat_interval: durationAboveZero().optional(),
  matchers: matchers.optional(),
  match: legacyMatch.optional(),
  match_re: legacyMatchRegex.optional(),
  continue: flag().optional(),
  mute_time_intervals: z.array(filledText("an interval's name")).optional(),
  active_time_intervals: z.array(filledText("an interval's name")).optional(),
  labels: textMap().optional(),
  get routes(): z.ZodOptional<z.ZodArray<typeof route>> {
    return z.array(route).optional();
  },
});

/** While an alert of the source fires, alerts of the target are not told. */
export const inhibitRule = z.strictObject({
  name: filledText().optional(),
  source_matchers: matchers.optional(),
  target_matchers: matchers.optional(),
  source_match: legacyMatch.optional(),
  source_match_re: legacyMatchRegex.optional(),
  target_match: legacyMatch.optional(),
  target_match_re: legacyMatchRegex.optional(),
  equal: z.array(labelName()).optional(),
});
