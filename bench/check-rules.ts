/**
 * `npm run bench:rules [-- --rounds <n>]`: what rules of one's own add to the whole program, on mocks and a small API
 * server, by turns; each run in a process of its own, as a preview is.
 */
import { parseArgs } from "node:util";

import { projectRoot } from "../conventions/project-root";
import { FakeCluster, withVariable } from "../test/support/fake-cluster";
import { ec2, machines, nodeOf } from "../test/support/machines";
import { record } from "../test/support/mocks";
import { markdown, median } from "./markdown";
import { ownRules } from "./own-rules";
import { runProgram, steps } from "./steps";

/** The processor's time is that of all threads, from the first; what else runs on a machine adds to the others alone. */
const parts = [...steps, "all", "processor"] as const;
type Times = Readonly<Record<(typeof parts)[number], number>>;

/** One run with so many rules, in the steps of index.ts. */
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

/** The same in a process of its own. */
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
  // The first compiles what all run.
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
  console.log(`The whole program with rules of one's own, by turns; medians of ${values.rounds} rounds\n`);
  console.log(markdown(["rules", ...parts.map((part) => `${part}, ms`), "adds, ms", "adds, processor ms"], rows));
}

main().then(
  // The SDK's mocks keep the process up.
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
