/**
 * `npm run bench:rules [-- --rounds <n>]`: the time that custom rules add to the whole program, on mocks and a small
 * API server. The sizes take turns. Each run is a separate process, as a preview is.
 */
import { parseArgs } from "node:util";

import { projectRoot } from "../conventions/project-root";
import { FakeCluster, withVariable } from "../test/support/fake-cluster";
import { ec2, machines, nodeOf } from "../test/support/machines";
import { record } from "../test/support/mocks";
import { markdown, median } from "./markdown";
import { ownRules } from "./own-rules";
import { runProgram, steps } from "./steps";

/**
 * "processor" is the CPU time of all threads from the start. Other load on the machine affects only the other figures.
 */
const parts = [...steps, "all", "processor"] as const;
type Times = Readonly<Record<(typeof parts)[number], number>>;

/** One run with the given number of rules, in the steps of index.ts. */
async function once(count: number): Promise<Times> {
  const all = machines(3);
  const items = all.map((machine) => {
    const { name, providerId } = nodeOf(machine, true);
    return { metadata: { name, labels: {} }, spec: { providerID: providerId } };
  });
  const cluster = await FakeCluster.start({ "GET /api/v1/nodes": { items } });
  try {
    return await withVariable("KUBECONFIG", cluster.kubeconfig(), async () => {
      await record(ec2(all));
      const nodes = { masters: { names: [items[0]!.metadata.name] } };
      const settings = { nodes, ...(count > 0 && { rules: { groups: ownRules(count) } }) };
      const before = process.cpuUsage();
      const took = await runProgram(settings);
      const { user, system } = process.cpuUsage(before);
      const sum = took.reduce((all, one) => all + one, 0);
      const times = [...took, sum, (user + system) / 1000];
      return Object.fromEntries(parts.map((part, at) => [part, times[at]!])) as Times;
    });
  } finally {
    await cluster.stop();
  }
}

/** Runs {@link once} in a separate process. */
async function apart(count: number): Promise<Times> {
  const { execa } = await import("execa");
  const args = ["run.cjs", "bench/check-rules.ts", "--once", String(count)];
  const { stdout } = await execa(process.execPath, args, { cwd: projectRoot });
  return JSON.parse(stdout.split("\n").at(-1)!) as Times;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { once: { type: "string" }, rounds: { type: "string", default: "5" } } });
  if (values.once !== undefined) {
    console.log(JSON.stringify(await once(Number(values.once))));
    return;
  }
  const sizes = [0, 100, 1_000, 10_000];
  // The first run fills the compile cache for all later runs.
  await apart(0);
  const runs = sizes.map((): Times[] => []);
  for (let round = 0; round < Number(values.rounds); round++)
    for (const [at, size] of sizes.entries()) runs[at]!.push(await apart(size));
  const added = (at: number, part: "all" | "processor") =>
    median(runs[at]!.map((one, round) => one[part] - runs[0]![round]![part])).toFixed(0);
  const rows = sizes.map((size, at) => [
    size,
    ...parts.map((part) => median(runs[at]!.map((one) => one[part])).toFixed(0)),
    ...(at === 0 ? ["", ""] : [added(at, "all"), added(at, "processor")]),
  ]);
  console.log(`The whole program with custom rules, in turns; medians of ${values.rounds} rounds\n`);
  console.log(markdown(["rules", ...parts.map((part) => `${part}, ms`), "adds, ms", "adds, processor ms"], rows));
}

main().then(
  // The SDK's mocks would keep the process running.
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
