import { fulfills } from "../../alertmanager/evaluate";
import type { Matcher } from "../../prometheus/parsers/parsers";
import { nearest } from "../../validation/faults";
import { named } from "../shared/check-result";
import type { Sample } from "../stack/servers/prometheus-api";
import type { Selector } from "./checked-rules";
import { type Living, mostSeries, quotedLabel } from "./living";
import { isConditionOfTrouble, isMetricOfTrouble, isMisspelled } from "./sometimes";

/** What is missing for a selector. */
export type Lack = "metric" | "stopped" | "label" | "value" | "combination" | "alert";

/** Why a selector selects nothing. */
export interface Dead {
  readonly lack: Lack;
  /** A sentence with what is missing, and the name that was probably meant. */
  readonly sentence: string;
  readonly nearest?: string;
  /** The label of which no series has a wanted value. */
  readonly label?: string;
  /** When a metric that stopped had its last sample. */
  readonly lastSeen?: string;
}

/** What Prometheus has for a selector: series of these jobs, none, or none at the moment for a good reason. */
export type Verdict = { readonly jobs: readonly string[] } | { readonly dead: Dead } | { readonly sometimes: true };

/** What is known before any selector is judged. */
export interface Known {
  readonly living: Living;
  /** The names of the metrics that are there, and of those that were there within the retention. */
  readonly recent: readonly string[];
  readonly ever: readonly string[];
  readonly retention: string;
  /** The names of all alerts, and of the metrics that rules record. */
  readonly alerts: readonly string[];
  readonly recorded: ReadonlySet<string>;
}

const sometimes: Verdict = { sometimes: true };
const dead = (lack: Lack, sentence: string, more: Partial<Dead> = {}): Verdict => ({
  dead: { lack, sentence, ...more },
});
const code = (text: string) => `\`${text}\``;

/** Asks Prometheus for the series of one metric, and judges every selector of it. */
export async function judgeMetric(metric: string, selectors: readonly Selector[], known: Known): Promise<Verdict[]> {
  // Prometheus itself makes these series, only while an alert is pending or fires.
  if (metric === "ALERTS" || metric === "ALERTS_FOR_STATE")
    return selectors.map((one) => judgeAlertName(one, known.alerts));
  if (metric === "") return Promise.all(selectors.map((one) => judgeWhole(one, known)));
  const labels = [...new Set(["job", ...selectors.flatMap(({ matchers }) => matchers.map(({ name }) => name))])];
  const whole = selectorText(metric, []);
  const series = known.recent.includes(metric) ? await known.living.series(whole, labels) : [];
  if (series.length === 0) {
    const verdict = await judgeMissing(metric, known);
    return selectors.map(() => verdict);
  }
  if (series.length >= mostSeries) return Promise.all(selectors.map((one) => judgeWhole(one, known)));
  return Promise.all(selectors.map((one) => judgeMatchers(one, series, known)));
}

/** A selector in PromQL. */
function selectorText(metric: string, matchers: readonly Matcher[]): string {
  const all: readonly Matcher[] = [
    ...(metric === "" ? [] : [{ name: "__name__", operator: "=", value: metric } as const]),
    ...matchers,
  ];
  return `{${all.map(({ name, operator, value }) => `${quotedLabel(name)}${operator}${JSON.stringify(value)}`).join(",")}}`;
}

/** Judges a selector by its number of series: it names no metric, or there are too many series to compare them here. */
async function judgeWhole({ metric, matchers, node }: Selector, { living }: Known): Promise<Verdict> {
  const series = await living.series(selectorText(metric, matchers), ["job"]);
  if (series.length > 0) return { jobs: jobsOf(series) };
  if (matchers.some(isConditionOfTrouble)) return sometimes;
  return dead("combination", `${code(node.text)} selects nothing.`);
}

function judgeAlertName({ matchers }: Selector, alerts: readonly string[]): Verdict {
  const asked = matchers.filter(({ name }) => name === "alertname");
  if (alerts.some((name) => asked.every((matcher) => fulfills(name, matcher)))) return sometimes;
  const written = asked.map(conditionText).join(", ");
  return dead("alert", `no alert has ${code(written)}${meant(asked, alerts)}`, withNearest(asked, alerts));
}

async function judgeMissing(metric: string, { living, recent, ever, retention, recorded }: Known): Promise<Verdict> {
  if (recorded.has(metric)) return sometimes;
  const near = nearest(
    metric,
    recent.filter((name) => name !== metric),
  );
  if (isMetricOfTrouble(metric) && !isMisspelled(metric, near)) return sometimes;
  if (ever.includes(metric)) {
    const at = await living.lastSeen(selectorText(metric, []));
    if (at === undefined) return dead("stopped", `${code(metric)} is no longer there.`);
    const lastSeen = new Date(at * 1000).toISOString();
    const moment = `${lastSeen.slice(0, 16).replace("T", " ")} UTC`;
    return dead("stopped", `${code(metric)} is no longer there; its last sample was at ${moment}.`, { lastSeen });
  }
  const sentence = `${code(metric)} is not there, and was not within ${retention}`;
  if (near === undefined) return dead("metric", `${sentence}; no metric has a similar name.`);
  return dead("metric", `${sentence}; is ${code(near)} meant?`, { nearest: near });
}

/** Compares the conditions with the labels of the metric's series. */
async function judgeMatchers(selector: Selector, series: readonly Sample[], known: Known): Promise<Verdict> {
  const { metric, matchers } = selector;
  const has = ({ metric: labels }: Sample, matcher: Matcher) => fulfills(labels[matcher.name] ?? "", matcher);
  const selected = series.filter((one) => matchers.every((matcher) => has(one, matcher)));
  if (selected.length > 0) return { jobs: jobsOf(selected) };
  // A condition that a missing label fulfills says what is left out: it may be that nothing else is there at the
  // moment.
  const wanted = matchers.filter((matcher) => !fulfills("", matcher));
  const unmet = wanted.filter((matcher) => !series.some((one) => has(one, matcher)));
  if (unmet.length === 0) {
    if (series.some((one) => wanted.every((matcher) => has(one, matcher)))) return sometimes;
    if (wanted.some(isConditionOfTrouble)) return sometimes;
    const all = wanted.map(conditionText).join(", ");
    return dead("combination", `no series of ${code(metric)} has all of ${code(all)}.`);
  }
  const [first] = unmet as [Matcher, ...Matcher[]];
  const values = valuesOf(first.name, series);
  if (values.length === 0) return judgeLabel(selector, first, known);
  const near = withNearest([first], values);
  if (isConditionOfTrouble(first) && !isMisspelled(first.value, near.nearest)) return sometimes;
  const sentence = `no series of ${code(metric)} has ${code(conditionText(first))}${meant([first], values)}`;
  return dead("value", sentence, { ...near, label: first.name });
}

async function judgeLabel({ metric }: Selector, { name }: Matcher, { living }: Known): Promise<Verdict> {
  const labels = (await living.labelNames(selectorText(metric, []))).filter((one) => one !== "__name__");
  const near = nearest(name, labels);
  const hint = near === undefined ? `they have ${named(labels, 8)}.` : `is ${code(near)} meant?`;
  const sentence = `no series of ${code(metric)} has the label ${code(name)}; ${hint}`;
  return dead("label", sentence, near === undefined ? {} : { nearest: near });
}

function valuesOf(label: string, series: readonly Sample[]): string[] {
  return [...new Set(series.map(({ metric }) => metric[label] ?? ""))].filter((value) => value !== "");
}

function withNearest(matchers: readonly Matcher[], values: readonly string[]): { readonly nearest?: string } {
  const asked = matchers.find(({ operator }) => operator === "=");
  const near = asked && nearest(asked.value, values);
  return near === undefined ? {} : { nearest: near };
}

/** The end of a sentence: the value that was probably meant, or the existing ones. */
function meant(matchers: readonly Matcher[], values: readonly string[]): string {
  const { nearest: near } = withNearest(matchers, values);
  if (near !== undefined) return `; is ${code(near)} meant?`;
  return values.length === 0 ? "." : `; there is ${named(values.map(code))}.`;
}

const conditionText = ({ name, operator, value }: Matcher) => `${name}${operator}${JSON.stringify(value)}`;

function jobsOf(series: readonly Sample[]): string[] {
  return [...new Set(series.map(({ metric }) => metric["job"] ?? ""))];
}
