/**
 * `npm run bench:verdicts -- [--seed <n>] [--each <n>] [--kind <words>]`: compares this program's verdicts with those
 * of promtool and amtool on randomly mutated inputs: expressions, alert templates, rule files, scrape jobs and other
 * parts of Prometheus' file, matchers, and Alertmanager configurations. Reports how many were tried, and prints each
 * kind of input on which the verdicts differ, with the smallest example found. `--kind` selects the kinds whose name
 * contains the given words. Needs the lab's programs, and builds a promtool with all service discoveries.
 */
import { parseArgs } from "node:util";
import { compare, type Comparison } from "./verdicts/compare";
import type { Kind } from "./verdicts/kind";
import { alertmanagerConfigs, matchers } from "./verdicts/kinds/alertmanager";
import { prometheusFiles } from "./verdicts/kinds/prometheus-file";
import { expressions, ruleFiles, textsOfAlerts } from "./verdicts/kinds/rules";
import { differences, overview, purposes } from "./verdicts/report";
import { findTools } from "./verdicts/tools";

const kinds: readonly Kind[] = [expressions, textsOfAlerts, ruleFiles, prometheusFiles, matchers, alertmanagerConfigs];

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { seed: { type: "string" }, each: { type: "string" }, kind: { type: "string", default: "" } },
  });
  const [seed, each] = [Number(values.seed ?? 1), Number(values.each ?? 10_000)];
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const chosen = kinds.filter(({ name }) => name.includes(values.kind));
  const tools = await findTools(
    chosen.map(({ tool }) => tool),
    say,
  );
  const results = new Map<Kind, Comparison>();
  for (const kind of chosen) {
    say(`${kind.name}: ${each} compared with ${kind.tool} ...`);
    const result = await compare(kind, tools[kind.tool], { seed, each });
    results.set(kind, result);
    differences(kind, result).forEach((line) => console.log(line));
  }
  console.log(`${overview(results)}\n\n${purposes(results)}`);
}

if (require.main === module) void main();
