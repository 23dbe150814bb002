import { setTimeout as delay } from "node:timers/promises";
import { type AlertmanagerApi, receiversOf } from "./alertmanager-api";
import { anyFiringBounds, sinceLastScrapeBounds, type Timing, wholeEvaluations } from "./bounds";
import { bridgeGaps } from "./gaps";
import type { LiveConfiguration } from "./live-configuration";
import { type Findings, followMessages, type MessageOptions, noFindings } from "./message";
import { instanceOf, isExporter, targetsOfNode } from "./node-targets";
import type { PrometheusApi, RuleAlert, Target } from "./prometheus-api";
import { leg, missing } from "./report";
import type { ReaderFor } from "./slack-history";
import { whyQuiet } from "./suppressed";
import { type Way, waysTo } from "./ways";

/** What a drill with a node that a person stops needs. It changes nothing by itself. */
export interface NodeDrillOptions {
  readonly node: string;
  readonly prometheus: PrometheusApi;
  readonly alertmanager: AlertmanagerApi;
  /** Alertmanager's own; undefined where it keeps it to itself. */
  readonly configuration: LiveConfiguration | undefined;
  readonly stack?: string;
  readonly namespace?: string;
  readonly timing: Timing;
  readonly slack?: ReaderFor;
  readonly patienceSeconds: number;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

const alertName = "InstanceDown";
const pollMs = 300;
/** How much longer than its bound a leg is waited for. */
const extraSeconds = 60;

/** Waits for a person to stop the node, follows InstanceDown to the receiver, and back when it is started again. */
export async function runNodeDrill(options: NodeDrillOptions): Promise<Findings> {
  const { node, prometheus, alertmanager, configuration, timing, say, stack, namespace, signal } = options;
  const findings = noFindings();
  const { legs, faults } = findings;
  const { targets, fault } = targetsOfNode(await prometheus.targets(), node);
  if (fault !== undefined) {
    faults.push(fault);
    legs.push(missing("the node is well", 0, { min: 0, max: 0 }));
    return findings;
  }
  const instances = targets.filter(isExporter).map(instanceOf);
  const ahead = await prometheus.clockAhead();
  const local = (moment: string) => Date.parse(moment) - ahead;
  const { min, max } = anyFiringBounds(timing);
  say(`${node} is well: ${targets.length} targets up; node-exporter is ${instances.join(", ")}`);
  say(`The message is due ${min} to ${max} s after the stop`);
  for (const line of stopByHand(node)) say(line);

  const stop = await untilDown(options, instances);
  if (stop === undefined) {
    faults.push(`the node-exporter of ${node} was not stopped within ${options.patienceSeconds} s.`);
    legs.push(missing("scrape finds it down", 0, { min: 0, max: options.patienceSeconds }));
    return findings;
  }
  const start = local(stop.lastGood);
  const seconds = (at: number) => (at - start) / 1000;
  const instance = instanceOf(stop.target);
  const downAt = local(stop.target.lastScrape) + stop.target.lastScrapeDuration * 1000;
  const { scrape, scrapeTimeout, evaluation } = timing;
  legs.push(leg("scrape finds it down", 0, seconds(downAt), { min: scrape, max: scrape + scrapeTimeout }));
  say(`${instance} is down; its last good scrape was at ${new Date(start).toISOString().slice(11, 19)} UTC`);

  const pending = await untilAlert(options, instance, ["pending", "firing"], evaluation + extraSeconds);
  if (pending === undefined) {
    faults.push(`Prometheus has no ${alertName} of ${instance}, though it is down: is the rule switched off?`);
    legs.push(missing("pending", seconds(downAt), { min: 0, max: evaluation }));
    return findings;
  }
  const pendingAt = Math.max(local(pending.activeAt), downAt);
  legs.push(leg("pending", seconds(downAt), seconds(pendingAt), { min: 0, max: evaluation }));
  say(`${alertName} is pending`);

  let before = await alertmanager.counters();
  const hold = wholeEvaluations(timing.down, evaluation);
  const firing = await untilAlert(options, instance, ["firing"], hold + extraSeconds, async () => {
    before = await alertmanager.counters();
  });
  if (firing === undefined) {
    faults.push(`${alertName} of ${instance} does not fire: did the node come back before ${timing.down} s were over?`);
    legs.push(missing("firing", seconds(pendingAt), { min: hold, max: hold }));
    return findings;
  }
  const firingAt = Date.now();
  legs.push(leg("firing", seconds(pendingAt), seconds(firingAt), { min: hold, max: hold }));
  say(`${alertName} fires`);

  const labels = { alertname: alertName, instance };
  const held = await untilHeld(options, labels);
  findings.receivers = held?.receivers ?? [];
  const ways = waysTo(findings.receivers, held?.labels ?? {}, configuration, timing);
  if (held === undefined || ways.length === 0) {
    faults.push(
      held === undefined
        ? `Alertmanager has no ${alertName} of ${instance}, though Prometheus fires it: does Prometheus reach it?`
        : `the receiver ${findings.receivers.join(", ")} has no entry, so it notifies nobody.`,
    );
    legs.push(missing("group wait", seconds(firingAt), { min: timing.groupWait, max: timing.groupWait }));
    return findings;
  }
  const slack = options.slack?.(findings.receivers);
  const common = { api: alertmanager, start, stack, namespace, slack, mark: instance, signal, say };
  const delivered = await followMessages(
    ways,
    ({ groupWait, receivers }) => ({
      ...common,
      word: "firing",
      before,
      from: firingAt,
      due: groupWait,
      notBefore: firingAt,
      hopeless: async () => whyQuiet(await alertmanager.alerts(labels), receivers),
    }),
    findings,
  );
  const ending = delivered.map(({ way }) => way).filter(({ expectedResolved }) => expectedResolved > 0);
  if (delivered.length === 0) return findings;
  const toldAt = legs.findLast(({ name }) => name.endsWith("answers, firing"))?.to ?? seconds(Date.now());
  legs.push(leg("last good scrape to message", 0, toldAt, sinceLastScrapeBounds(timing)));
  say(`Told after ${toldAt.toFixed(1)} s. Now start it again: sudo systemctl start kubelet`);

  return untilResolved(options, { instance, start, local, common, ways: ending }, findings);
}

/** Waits for the start, and follows the resolved message. */
async function untilResolved(
  options: NodeDrillOptions,
  so: {
    readonly instance: string;
    readonly start: number;
    readonly local: (moment: string) => number;
    readonly common: Omit<MessageOptions, "word" | "before" | "from" | "due" | "notBefore">;
    readonly ways: readonly Way[];
  },
  findings: Findings,
): Promise<Findings> {
  const { prometheus, alertmanager, timing, say } = options;
  const seconds = (at: number) => (at - so.start) / 1000;
  const wanted = (target: Target) => instanceOf(target) === so.instance && target.health === "up";
  const up = await poll(options, options.patienceSeconds, async () => (await prometheus.targets()).find(wanted));
  if (up === undefined) {
    findings.faults.push(`the node was not started within ${options.patienceSeconds} s: start it now.`);
    findings.legs.push(missing("resolved", seconds(Date.now()), { min: 0, max: options.patienceSeconds }));
    return findings;
  }
  const upAt = so.local(up.lastScrape);
  const dueTo = ({ groupInterval }: Way) => ({ min: 0, max: timing.evaluation + groupInterval.max });
  const longest = Math.max(...so.ways.map((way) => dueTo(way).max));
  say(`${so.instance} is up again; waiting for the resolved message, due within ${longest} s`);
  const before = await alertmanager.counters();
  const optionsOf = (way: Way): MessageOptions => ({
    ...{ ...so.common, word: "resolved", before, from: upAt, due: dueTo(way), notBefore: Date.now() },
  });
  await followMessages(so.ways, optionsOf, findings);
  return findings;
}

/** What a person does on the node; kubelet first, because it starts the container again. */
export function stopByHand(node: string): string[] {
  return [
    `Now stop it by hand. On ${node}:`,
    "    sudo systemctl stop kubelet",
    "    sudo crictl stop $(sudo crictl ps --quiet --name node-exporter)",
    "Pods stay as they are; start kubelet again afterwards, and it starts the exporter.",
  ];
}

async function untilDown({ prometheus, ...options }: NodeDrillOptions, instances: readonly string[]) {
  const good = new Map<string, string>();
  return poll(options, options.patienceSeconds, async () => {
    for (const target of await prometheus.targets()) {
      const instance = instanceOf(target);
      if (!instances.includes(instance) || !isExporter(target)) continue;
      const lastGood = good.get(instance);
      if (target.health === "up") good.set(instance, target.lastScrape);
      else if (lastGood !== undefined) return { target, lastGood };
    }
    return undefined;
  });
}

async function untilAlert(
  { prometheus, ...options }: NodeDrillOptions,
  instance: string,
  states: readonly string[],
  seconds: number,
  meanwhile: () => Promise<void> = () => Promise.resolve(),
): Promise<RuleAlert | undefined> {
  return poll(options, seconds, async () => {
    const found = (await prometheus.alerts()).find(
      ({ labels, state }) => labels.alertname === alertName && labels.instance === instance && states.includes(state),
    );
    if (found === undefined) await meanwhile();
    return found;
  });
}

async function untilHeld(options: NodeDrillOptions, labels: Readonly<Record<string, string>>) {
  return poll(options, 30, async () => {
    const held = await options.alertmanager.alerts(labels);
    return held.length === 0
      ? undefined
      : {
          receivers: receiversOf(held),
          labels: held[0]!.labels,
        };
  });
}

/** Asks until there is an answer; undefined where none comes in time. */
async function poll<T>(
  { signal }: Pick<NodeDrillOptions, "signal">,
  seconds: number,
  ask: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const deadline = Date.now() + seconds * 1000;
  const bridged = bridgeGaps();
  for (;;) {
    const answer = await bridged(ask);
    if (answer !== undefined || Date.now() > deadline) return answer;
    await delay(pollMs, undefined, { signal });
  }
}
