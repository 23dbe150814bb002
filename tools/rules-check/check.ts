import { durationText } from "../../validation/durations";
import type { Tree } from "../../prometheus/parsers/parsers";
import { atOnce } from "../shared/at-once";
import { count, named } from "../shared/check-result";
import type { LoadedGroup, LoadedRule } from "../stack/servers/prometheus-api";
import type { CheckedRule, Selector } from "./checked-rules";
import { absentOnPurpose, deadParts } from "./dead-parts";
import type { Living } from "./living";
import { hasSiblings } from "./sometimes";
import { judgeMetric, type Known, type Lack, type Verdict } from "./verdicts";

/** One thing that is wrong with a rule, or worth knowing. */
export interface Finding {
  readonly rule: string;
  /** Where the user finds the expression. */
  readonly place: string;
  readonly isBuiltIn: boolean;
  /** `failed`: the rule, or a part of it that matters, can have no result. */
  readonly status: "failed" | "warning";
  readonly kind: Lack | "range" | "evaluation" | "firing" | "not loaded";
  readonly sentence: string;
  readonly selector?: string;
  readonly nearest?: string;
  readonly lastSeen?: string;
}

/** The severity of built-in alerts that nobody gets. */
const unsent = "none";
/** How many questions Prometheus gets at once. */
const questionsAtOnce = 4;

/** Asks Prometheus about every rule. One question is sent per metric, and a few more about what is missing. */
export async function checkRules(rules: readonly CheckedRule[], living: Living, retention: string): Promise<Finding[]> {
  const [{ recent, ever }, loaded, intervals] = await Promise.all([
    living.metricNames(),
    living.rules(),
    living.scrapeIntervals(),
  ]);
  const known: Known = { living, recent, ever, retention, ...namesOf(rules, loaded) };
  const verdicts = await judgeAll(rules, known);
  const loadedRules = new LoadedRules(loaded);
  const timed = new Map([...intervals, ...recordingIntervals(loaded)]);
  const findings = await atOnce(questionsAtOnce, rules, async (rule) => {
    const series = seriesFindings(rule, verdicts, recent);
    const isDead = series.some(({ status }) => status === "failed");
    return [
      ...series,
      ...rangeFindings(rule, verdicts, timed),
      ...(isDead ? [] : await resultFindings(rule, loadedRules.get(rule), living)),
    ];
  });
  return [...findings.flat(), ...notLoaded(rules, loadedRules)];
}

function namesOf(rules: readonly CheckedRule[], loaded: readonly LoadedGroup[]): Pick<Known, "alerts" | "recorded"> {
  const others = loaded.flatMap((group) => group.rules);
  const of = (isAlert: boolean) => [
    ...rules.filter((rule) => rule.isAlert === isAlert).map(({ name }) => name),
    ...others.filter(({ type }) => (type === "alerting") === isAlert).map(({ name }) => name),
  ];
  return { alerts: [...new Set(of(true))], recorded: new Set(of(false)) };
}

async function judgeAll(rules: readonly CheckedRule[], known: Known): Promise<ReadonlyMap<Tree, Verdict>> {
  const byMetric = new Map<string, Selector[]>();
  for (const selector of rules.flatMap(({ selectors }) => selectors)) {
    byMetric.set(selector.metric, [...(byMetric.get(selector.metric) ?? []), selector]);
  }
  const judged = await atOnce(questionsAtOnce, [...byMetric], async ([metric, selectors]) => {
    // Several rules often have the same selector.
    const different = new Map(selectors.map((one) => [JSON.stringify(one.matchers), one]));
    const verdicts = await judgeMetric(metric, [...different.values()], known);
    const found = new Map([...different.keys()].map((key, index) => [key, verdicts[index]!]));
    return selectors.map(({ node, matchers }): [Tree, Verdict] => [node, found.get(JSON.stringify(matchers))!]);
  });
  return new Map(judged.flat());
}

/** What is missing so that the rule can have a result; of a custom rule also parts that it can do without. */
function seriesFindings(rule: CheckedRule, verdicts: ReadonlyMap<Tree, Verdict>, recent: readonly string[]): Finding[] {
  const isDead = (node: Tree) => {
    const verdict = verdicts.get(node)!;
    if (!("dead" in verdict)) return false;
    const { lack } = verdict.dead;
    // The names in built-in rules are right, as their tests show: the cluster has no such objects, unless the exporter
    // itself is missing.
    const isGone = lack === "metric" || lack === "stopped";
    return !(rule.isBuiltIn && isGone && hasSiblings(node.selects!.metric, recent));
  };
  const needed = new Set(deadParts(rule.tree, isDead));
  const excused = new Set(absentOnPurpose(rule.tree));
  const told = rule.selectors.filter(
    ({ node }) => needed.has(node) || (!rule.isBuiltIn && isDead(node) && !excused.has(node)),
  );
  const findings = told.map(({ node }): Finding => {
    const { dead } = verdicts.get(node) as Extract<Verdict, { dead: object }>;
    const { lack, sentence, label, ...more } = dead;
    // A cluster need not have an object of each kind, such as a quota of pods. A missing job is another matter.
    const isObject = rule.isBuiltIn && ((lack === "value" && label !== "job") || lack === "combination");
    const status = needed.has(node) && !isObject ? "failed" : "warning";
    const without = needed.has(node) ? "" : " The rule can have a result without it.";
    return { ...about(rule), status, kind: lack, sentence: `${sentence}${without}`, selector: node.text, ...more };
  });
  // A rule often has the same selector twice.
  return [...new Map(findings.map((one) => [`${one.status} ${one.sentence}`, one])).values()];
}

/** Ranges in which there are not two scrapes. */
function rangeFindings(
  rule: CheckedRule,
  verdicts: ReadonlyMap<Tree, Verdict>,
  intervals: ReadonlyMap<string, number>,
): Finding[] {
  return rule.selectors.flatMap(({ node, metric, range, ofTwo }): Finding[] => {
    const verdict = verdicts.get(node)!;
    if (range === 0 || !("jobs" in verdict)) return [];
    const sources = intervals.has(metric) ? [metric] : verdict.jobs;
    const slow = sources.filter((source) => range < 2 * (intervals.get(source) ?? 0));
    // Functions such as max_over_time have a result for a single sample, so other jobs may do.
    if (slow.length === 0 || (!ofTwo && slow.length < sources.length)) return [];
    const longest = Math.max(...slow.map((source) => intervals.get(source)!));
    const source = intervals.has(metric) ? "it is recorded" : `job ${named(slow)} is scraped`;
    const sentence = `the range ${durationText(range)} of \`${metric || node.text}\` is shorter than two scrapes: ${source} every ${durationText(longest)}; write ${durationText(4 * longest)} or more.`;
    return [{ ...about(rule), status: ofTwo ? "failed" : "warning", kind: "range", sentence, selector: node.text }];
  });
}

/** The time between two results of each recording rule, in milliseconds, by metric. */
function recordingIntervals(loaded: readonly LoadedGroup[]): [string, number][] {
  return loaded.flatMap(({ interval, rules }) =>
    rules.flatMap(({ type, name }): [string, number][] => (type === "recording" ? [[name, interval * 1000]] : [])),
  );
}

/** Whether the rule can be evaluated, and whether its alert fires or would fire. */
async function resultFindings(rule: CheckedRule, loaded: LoadedRule | undefined, living: Living): Promise<Finding[]> {
  const cannot = (why: string): Finding[] => [
    { ...about(rule), status: "failed", kind: "evaluation", sentence: `Prometheus cannot evaluate it: ${why}` },
  ];
  const fires = (sentence: string): Finding[] =>
    rule.isAlert && rule.severity !== unsent ? [{ ...about(rule), status: "warning", kind: "firing", sentence }] : [];
  if (loaded !== undefined) {
    if (loaded.health === "err") return cannot(loaded.lastError);
    const firing = loaded.alerts.filter(({ state }) => state === "firing").length;
    return firing === 0 ? [] : fires(`fires now, for ${count(firing, "series", "series")}.`);
  }
  const results = await living.results(rule.expr);
  if (typeof results !== "number") return cannot(results.why);
  if (results === 0) return [];
  const when = rule.wait === undefined ? "at once" : `after ${rule.wait}`;
  return fires(`would fire ${when}: its expression has ${count(results, "result")} now.`);
}

function notLoaded(rules: readonly CheckedRule[], loaded: LoadedRules): Finding[] {
  return rules
    .filter((rule) => loaded.get(rule) === undefined)
    .map((rule) => ({
      ...about(rule),
      status: "warning",
      kind: "not loaded",
      sentence: "Prometheus has not loaded it as it is here; `pulumi up` changes that.",
    }));
}

function about({ name, place, isBuiltIn }: CheckedRule): Pick<Finding, "rule" | "place" | "isBuiltIn"> {
  return { rule: name, place, isBuiltIn };
}

/** The rules that Prometheus has loaded. */
class LoadedRules {
  private readonly byKey: ReadonlyMap<string, LoadedRule>;

  constructor(groups: readonly LoadedGroup[]) {
    // If two servers were asked, one of which fails at a rule or fires, that one counts.
    const all = groups.flatMap(({ name, rules }) =>
      rules.map((rule) => ({ key: keyOf(name, rule.name, rule.query), rule })),
    );
    const weight = ({ rule }: (typeof all)[number]) =>
      Number(rule.health === "err") * 2 + Number(rule.state === "firing");
    this.byKey = new Map(all.sort((a, b) => weight(a) - weight(b)).map(({ key, rule }) => [key, rule]));
  }

  /** The loaded rule with the same group, name and expression. */
  public get({ group, name, tree }: CheckedRule): LoadedRule | undefined {
    return this.byKey.get(keyOf(group, name, tree.printed ?? ""));
  }
}

const keyOf = (...parts: readonly string[]) => JSON.stringify(parts);
