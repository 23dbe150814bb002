import type { PrometheusDuration } from "../validation/durations";

/** Strings by name; a value that YAML would read as another type must be quoted. */
type Texts = Record<string, string>;

/** An alert: it fires for each result of its expression that has lasted for the time in `for`. */
export interface AlertingRule {
  /** The alert's name, which becomes the label `alertname`. */
  alert: string;
  /** A PromQL expression; every series in its result is an alert. */
  expr: string;
  /** How long a series must be present before its alert fires. Default: fires at once. */
  for?: PrometheusDuration;
  /** How long an alert keeps firing after its series is gone. */
  keep_firing_for?: PrometheusDuration;
  /** Labels added to those of the series; may contain templates. */
  labels?: Texts;
  /** Information for people; may contain templates. */
  annotations?: Texts;
}

/** A recording rule: its result is stored as a new series. */
export interface RecordingRule {
  /** The name of the series, such as `job:up:sum`. */
  record: string;
  /** A PromQL expression. */
  expr: string;
  /** Labels added to those of the result. */
  labels?: Texts;
}

/** A group of rules, which are evaluated one after another. */
export interface RuleGroup {
  /** The group's name, unique in a file. */
  name: string;
  /** How often the group is evaluated. Default: the server's `evaluation_interval`. */
  interval?: PrometheusDuration;
  /** By how much evaluations look into the past, for data that arrives late. */
  query_offset?: PrometheusDuration;
  /** The maximum number of alerts or series that a rule may yield; 0 means no limit. */
  limit?: number;
  /** Labels added to those of every rule; a rule's own labels take precedence. */
  labels?: Texts;
  rules: (AlertingRule | RecordingRule)[];
}
