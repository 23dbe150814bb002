import { z } from "zod";
import { positiveDuration, prometheusDuration } from "../configuration/durations";

/** Texts by name, each quoted where YAML would read it as something else. */
const texts = z.record(z.string(), z.string());
const name = z.string().min(1);

/** An alert: its expression's results fire once they lasted for `for`. */
export const alertingRule = z.strictObject({
  /** The alert's name, the label `alertname`. */
  alert: name,
  /** PromQL; every series of its result is an alert. */
  expr: name,
  /** How long a series has to be there before its alert fires; at once unless set. */
  for: prometheusDuration().optional(),
  /** How long an alert goes on firing after its series has gone. */
  keep_firing_for: prometheusDuration().optional(),
  /** Labels added to those of the series; templates are filled in. */
  labels: texts.optional(),
  /** What a person reads; templates are filled in. */
  annotations: texts.optional(),
});

/** A series that is written back under a name of its own. */
export const recordingRule = z.strictObject({
  /** The name of the series, such as `job:up:sum`. */
  record: name,
  /** PromQL. */
  expr: name,
  /** Labels added to those of the result. */
  labels: texts.optional(),
});

/** All keys of a group but its rules. */
export const ruleGroupHead = z.strictObject({
  /** The group's name, of which a file has one. */
  name,
  /** How often the group is evaluated; the server's `evaluation_interval` unless set. */
  interval: positiveDuration().optional(),
  /** How far into the past expressions look, for data that arrives late. */
  query_offset: prometheusDuration().optional(),
  /** The most alerts, or series, that a rule may yield; 0 is no limit. */
  limit: z.int().min(0).optional(),
  /** Labels added to those of every rule; a rule's own win. */
  labels: texts.optional(),
});

/** A group of rules, which are evaluated one after the other. */
export const ruleGroup = ruleGroupHead.extend({ rules: z.array(z.union([alertingRule, recordingRule])) });

export type AlertingRule = z.infer<typeof alertingRule>;
export type RecordingRule = z.infer<typeof recordingRule>;
export type RuleGroup = z.infer<typeof ruleGroup>;
