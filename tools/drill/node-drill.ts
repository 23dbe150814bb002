import { receiversOf } from "./alertmanager-api";
import { anyFiringBounds, sinceLastScrapeBounds, wholeEvaluations, type Window } from "./bounds";
import { type DrillContext, type DrillResult, followMessages, emptyResult } from "./message";
import { instanceOf, isExporter, targetsOfNode } from "./node-targets";
import type { Answered } from "../stack/servers/peers";
import { poll, tolerateSilence } from "./polling";
import type { RuleAlert } from "../stack/servers/prometheus-api";
import type { PrometheusView } from "./prometheuses";
import { stage, missing } from "./report";
import { whyQuiet } from "./suppressed";
import { type Way, waysTo } from "./ways";

/** The inputs of a drill with a node that a person stops. The drill itself changes nothing. */
export interface NodeDrillOptions extends Omit<DrillContext, "start"> {
  readonly node: string;
  readonly prometheus: PrometheusView;
  readonly patienceSeconds: number;
}

const alertName = "InstanceDown";
/** How much longer than its bound the drill waits for a stage. */
const extraSeconds = 60;

/**
 * Waits for a person to stop the node, follows InstanceDown to the receiver, and back after the node has been
 * restarted.
 */
export async function runNodeDrill(options: NodeDrillOptions): Promise<DrillResult> {
  const { node, prometheus, api, configuration, say } = options;
  const { timing } = options.facts;
  const result = emptyResult();
  const { stages } = result;
  const giveUp = (why: string, name: string, from: number, window: Window) => {
    result.failures.push(why);
    stages.push(missing(name, from, window));
    return result;
  };
  const { targets, failure } = targetsOfNode(flat(await prometheus.targets()), node);
  if (failure !== undefined) {
    return giveUp(failure, "the node is healthy", 0, { min: 0, max: 0 });
  }
  const instances = [...new Set(targets.filter(isExporter).map(instanceOf))];
  const up = new Set(targets.map(({ scrapeUrl }) => scrapeUrl)).size;
  const ahead = await prometheus.clockAhead();
  const local = (moment: string) => Date.parse(moment) - ahead;
  const { min, max } = anyFiringBounds(timing);
  say(`${node} is healthy: ${up} targets up; node-exporter is ${instances.join(", ")}`);
  say(`The message is due ${min} to ${max} s after the stop`);
  for (const line of stopByHand(node)) say(line);

  const stop = await untilDown(options, instances);
  if (stop === undefined) {
    return giveUp(
      `the node-exporter of ${node} was not stopped within ${options.patienceSeconds} s.`,
      "scrape finds it down",
      0,
      { min: 0, max: options.patienceSeconds },
    );
  }
  const start = local(stop.lastGood);
  const seconds = (at: number) => (at - start) / 1000;
  const instance = instanceOf(stop.target);
  const downAt = local(stop.target.lastScrape) + stop.target.lastScrapeDuration * 1000;
  const { scrape, scrapeTimeout, evaluation } = timing;
  stages.push(stage("scrape finds it down", 0, seconds(downAt), { min: scrape, max: scrape + scrapeTimeout }));
  say(`${instance} is down; its last good scrape was at ${new Date(start).toISOString().slice(11, 19)} UTC`);

  const pending = await untilAlert(options, instance, ["pending", "firing"], evaluation + extraSeconds);
  if (pending === undefined) {
    return giveUp(
      `Prometheus has no ${alertName} of ${instance}, although it is down: is the rule switched off?`,
      "pending",
      seconds(downAt),
      { min: 0, max: evaluation },
    );
  }
  const pendingAt = Math.max(local(pending.activeAt), downAt);
  stages.push(stage("pending", seconds(downAt), seconds(pendingAt), { min: 0, max: evaluation }));
  say(`${alertName} is pending`);

  let before = await api.counters();
  const hold = wholeEvaluations(timing.down, evaluation);
  const firing = await untilAlert(options, instance, ["firing"], hold + extraSeconds, async () => {
    before = await api.counters();
  });
  if (firing === undefined) {
    return giveUp(
      `${alertName} of ${instance} does not fire: did the node come back before ${timing.down} s were over?`,
      "firing",
      seconds(pendingAt),
      { min: hold, max: hold },
    );
  }
  const firingAt = Date.now();
  stages.push(stage("firing", seconds(pendingAt), seconds(firingAt), { min: hold, max: hold }));
  say(`${alertName} fires`);

  const labels = { alertname: alertName, instance };
  const held = await untilHeld(options, labels);
  result.receivers = held?.receivers ?? [];
  const ways = waysTo(result.receivers, held?.labels ?? {}, configuration, timing, options.peerWait);
  if (held === undefined || ways.length === 0) {
    const why =
      held === undefined
        ? `Alertmanager has no ${alertName} of ${instance}, although it fires in Prometheus: does Prometheus reach it?`
        : `the receiver ${result.receivers.join(", ")} has no entry, so it notifies nobody.`;
    return giveUp(why, "group wait", seconds(firingAt), { min: timing.groupWait, max: timing.groupWait });
  }
  const [delivered, blind] = await Promise.all([
    followMessages(
      { ...options, start },
      ways,
      ({ groupWait, receivers }) => ({
        word: "firing",
        mark: instance,
        before,
        from: firingAt,
        due: groupWait,
        notBefore: firingAt,
        hopeless: async () => whyQuiet(await api.alerts(labels), receivers),
      }),
      result,
    ),
    withoutAlert(options, instance, scrape + scrapeTimeout + evaluation),
  ]);
  for (const name of blind) result.warnings.push(`${name} has no ${alertName} of ${instance}, which another one has.`);
  if (delivered.length === 0) return result;
  const toldAt = stages.findLast(({ name }) => name.endsWith("answers, firing"))?.to ?? seconds(Date.now());
  stages.push(stage("last good scrape to message", 0, toldAt, sinceLastScrapeBounds(timing)));
  say(`Message after ${toldAt.toFixed(1)} s. Now start it again: sudo systemctl start kubelet`);

  const ending = delivered.map(({ way }) => way).filter(({ expectedResolved }) => expectedResolved > 0);
  if (ending.length === 0) return result;
  const back = await pollTolerantly(options, options.patienceSeconds, async () => {
    const all = flat(await prometheus.targets());
    const own = all.filter((target) => instanceOf(target) === instance && isExporter(target));
    // With two servers the alert ends when both see the node again.
    const isBack = own.length > 0 && own.every(({ health }) => health === "up");
    return isBack ? own.map(({ lastScrape }) => local(lastScrape)) : undefined;
  });
  if (back === undefined) {
    return giveUp(
      `the node was not started within ${options.patienceSeconds} s: start it now.`,
      "resolved",
      seconds(Date.now()),
      { min: 0, max: options.patienceSeconds },
    );
  }
  const dueOn = ({ groupInterval }: Way) => ({ min: 0, max: evaluation + groupInterval.max });
  const longest = Math.max(...ending.map((way) => dueOn(way).max));
  say(`${instance} is up again; waiting for the resolved message, due within ${longest} s`);
  const beforeResolved = await api.counters();
  await followMessages(
    { ...options, start },
    ending,
    (way) => ({
      word: "resolved",
      mark: instance,
      before: beforeResolved,
      from: Math.max(...back),
      due: dueOn(way),
      notBefore: Date.now(),
    }),
    result,
  );
  return result;
}

/** The instructions for the person at the node; kubelet is stopped first, because it would restart the container. */
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
  return pollTolerantly(options, options.patienceSeconds, async () => {
    for (const { name, answer } of await prometheus.targets()) {
      for (const target of answer) {
        const instance = instanceOf(target);
        if (!instances.includes(instance) || !isExporter(target)) continue;
        const key = `${name} ${instance}`;
        const lastGood = good.get(key);
        if (target.health === "up") good.set(key, target.lastScrape);
        else if (lastGood !== undefined) return { target, lastGood };
      }
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
  return pollTolerantly(options, seconds, async () => {
    const found = flat(await prometheus.alerts()).find((one) => isOf(instance, one) && states.includes(one.state));
    if (found === undefined) await meanwhile();
    return found;
  });
}

/** The servers that still do not have the alert after the given number of seconds. */
async function withoutAlert(
  { prometheus, ...options }: NodeDrillOptions,
  instance: string,
  seconds: number,
): Promise<string[]> {
  let without: string[] = [];
  await pollTolerantly(options, seconds, async () => {
    const all = await prometheus.alerts();
    without = all.filter(({ answer }) => !answer.some((one) => isOf(instance, one))).map(({ name }) => name);
    return without.length === 0 || undefined;
  });
  return without;
}

function isOf(instance: string, { labels }: RuleAlert): boolean {
  return labels.alertname === alertName && labels.instance === instance;
}

function flat<T>(answers: readonly Answered<T[]>[]): T[] {
  return answers.flatMap(({ answer }) => answer);
}

async function untilHeld(options: NodeDrillOptions, labels: Readonly<Record<string, string>>) {
  return pollTolerantly(options, 30, async () => {
    const held = await options.api.alerts(labels);
    return held[0] && { receivers: receiversOf(held), labels: held[0].labels };
  });
}

/** Polls for the given number of seconds; a server that does not answer for a moment does not end the drill. */
function pollTolerantly<T>(
  { signal }: Pick<NodeDrillOptions, "signal">,
  seconds: number,
  ask: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const tolerant = tolerateSilence();
  return poll(() => tolerant(ask), { deadline: Date.now() + seconds * 1000, signal });
}
