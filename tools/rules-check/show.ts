import { milliseconds } from "../../validation/durations";
import { count, failed, named, ok, type Row, warning } from "../shared/check-result";
import { shownRows } from "../shared/check-table";
import { print, Refusal, type Values, WrongCommandLine } from "../shared/command-line";
import { Waiting } from "../shared/progress";
import { urlFault } from "../shared/url-fault";
import type { CliOptions } from "../stack/cli";
import { readPlainSettings } from "../stack/configuration";
import { readStackFacts, type StackFacts } from "../stack/facts";
import { selectedStack } from "../stack/identity";
import { readStackRules } from "../stack/rules";
import { NoAnswer } from "../stack/servers/http";
import { Peers } from "../stack/servers/peers";
import { reachEvery, type ReachOptions, type Replicas } from "../stack/servers/reach";
import { stackKeys } from "../stack/web/keys";
import { checkRules, type Finding } from "./check";
import { checkedRules } from "./checked-rules";
import type { command } from "./command";
import { Living } from "./living";

const exitCodes = { fine: 0, dead: 1, unknown: 4 } as const;
/** After this time the check gives up. */
const mostMs = 180_000;

/** The outcome of a check, and what was checked. */
interface Checked {
  readonly way: string;
  /** How many rules and selectors were checked. */
  readonly rules: number;
  readonly selectors: number;
  /** The replicas of Prometheus that did not answer, as sentences. */
  readonly unreached: readonly string[];
  readonly findings: readonly Finding[];
}

/** How the check runs; different in tests of this command. */
interface Surroundings extends CliOptions {
  readonly show?: (text: string) => Promise<void> | void;
}

/** Checks the rules of a stack, shows the findings, and returns the exit code. */
export async function runRulesCheck(
  { stack: given, prometheus, json }: Values<typeof command>,
  { show = print, ...options }: Surroundings = {},
): Promise<number> {
  const fault = urlFault(prometheus);
  if (fault !== undefined) throw new WrongCommandLine(`--prometheus ${fault}`);
  const started = Date.now();
  const stack = given ?? (await selectedStack(options));
  const waiting = new Waiting();
  let checked: Checked;
  try {
    checked = await checkStack(stack, prometheus, waiting, options);
  } finally {
    waiting.stop();
  }
  const isWell = checked.findings.every(({ status }) => status !== "failed");
  const seconds = Math.round((Date.now() - started) / 100) / 10;
  if (json) await show(JSON.stringify({ stack, ok: isWell, seconds, ...checked }, null, 2));
  else await show(`${shownRows(rowsOf(checked))}\n${summaryOf(checked)} (stack ${stack}, ${seconds} s)`);
  return isWell ? exitCodes.fine : exitCodes.dead;
}

async function checkStack(
  stack: string,
  given: string | undefined,
  waiting: Waiting,
  options: CliOptions,
): Promise<Checked> {
  waiting.on(["the stack's rules and outputs"]);
  const settings = readPlainSettings(stack, options);
  const reading = [readStackRules(stack, options, settings), readStackFacts(stack, options, settings)] as const;
  const [{ groups, features, retention }, facts] = await Promise.all(reading);
  const rules = checkedRules({ groups, features });
  waiting.on(["a way to Prometheus"]);
  const reached = await reachPrometheus(facts, { given, keys: stackKeys(stack, options), oneWillDo: true });
  try {
    waiting.on(["Prometheus' answers"]);
    const peers = new Peers(reached.reached);
    const living = new Living(peers, milliseconds(retention)! / 1000, AbortSignal.timeout(mostMs));
    const findings = await checkRules(rules, living, retention);
    return {
      way: reached.way,
      rules: rules.length,
      selectors: rules.reduce((sum, { selectors }) => sum + selectors.length, 0),
      unreached: [...reached.unreached, ...peers.absent()],
      findings,
    };
  } catch (error) {
    if ((error as Error).name !== "TimeoutError") throw error;
    throw new Refusal(`Prometheus did not answer all questions within ${mostMs / 1000} s.`, exitCodes.unknown);
  } finally {
    await reached.stop();
  }
}

async function reachPrometheus(facts: StackFacts, options: ReachOptions): Promise<Replicas> {
  try {
    return await reachEvery("Prometheus", facts, options);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    const why = [...facts.warnings, error.message].join(" ");
    const sentence = `Prometheus cannot be reached: ${why} Fix that, or give --prometheus URL.`;
    throw new Refusal(sentence, exitCodes.unknown);
  }
}

/** The findings as rows of a table. A finding of several rules is one row. */
export function rowsOf({ findings, unreached, way, rules, selectors }: Checked): Row[] {
  const alike = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = `${finding.status} ${finding.sentence}`;
    alike.set(key, [...(alike.get(key) ?? []), finding]);
  }
  const rows = [...alike.values()].map((all): Row => {
    const [{ rule, status, sentence, place, isBuiltIn }, ...others] = all as [Finding, ...Finding[]];
    const also = others.length === 0 ? "" : ` Also in ${named([...new Set(others.map((one) => one.rule))])}.`;
    const at = isBuiltIn ? "" : ` (${place})`;
    return { check: rule, ...(status === "failed" ? failed : warning)(`${sentence}${at}${also}`) };
  });
  const order = rows.sort((one, other) => Number(other.status === "failed") - Number(one.status === "failed"));
  const lost = unreached.map((sentence): Row => ({ check: "Prometheus", ...warning(sentence) }));
  const all = `${count(rules, "rule")} with ${count(selectors, "selector")}, asked of Prometheus through ${way}.`;
  return [...order, ...lost, { check: "all rules", ...ok(all) }];
}

function summaryOf({ findings }: Checked): string {
  const of = (status: Finding["status"]) =>
    new Set(findings.filter((finding) => finding.status === status).map(({ rule }) => rule)).size;
  const [dead, warned] = [of("failed"), of("warning")];
  if (dead > 0) {
    return `${count(dead, "rule")} cannot fire. If series are absent on purpose, say so in the rule, such as \`(orders_failed_total or vector(0)) > 0\`.`;
  }
  return warned > 0 ? `Every rule can fire; ${count(warned, "rule")} with a warning.` : "Every rule can fire.";
}
