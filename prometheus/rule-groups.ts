import type { PrometheusDuration } from "../validation/durations";

/** Texts by name, each quoted where YAML would read it as something else. */
type Texts = Record<string, string>;

/** An alert: its expression's results fire once they lasted for `for`. */
export interface AlertingRule {
  /** The alert's name, the label `alertname`. */
  alert: string;
  /** PromQL; every series of its result is an alert. */
  expr: string;
  /** How long a series has to be there before its alert fires; at once unless set. */
  for?: PrometheusDuration;
  /** How long an alert goes on firing after its series has gone. */
  keep_firing_for?: PrometheusDuration;
  /** Labels added to those of the series; templates are filled in. */
  labels?: Texts;
  /** What a person reads; templates are filled in. */
  annotations?: Texts;
}

/** A series that is written back under a new name. */
export interface RecordingRule {
  /** The name of the series, such as `job:up:sum`. */
  record: string;
  /** PromQL. */
  expr: string;
  /** Labels added to those of the result. */
  labels?: Texts;
}

/** A group of rules, which are evaluated one after the other. */
export interface RuleGroup {
  /** The group's name, unique in a file. */
  name: string;
  /** How often the group is evaluated; the server's `evaluation_interval` unless set. */
  interval?: PrometheusDuration;
  /** How far into the past expressions look, for data that arrives late. */
  query_offset?: PrometheusDuration;
  /** The most alerts, or series, that a rule may yield; 0 is no limit. */
  limit?: number;
  /** Labels added to those of every rule; a rule's own win. */
  labels?: Texts;
  rules: (AlertingRule | RecordingRule)[];
}
