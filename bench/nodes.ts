/**
 * `npm run bench:nodes`: the time, the requests and the resources of the whole program for clusters of several sizes,
 * on mocks and a small API server. `npm run bench:nodes -- --lab` measures previews and updates on the lab instead;
 * `--one-checkpoint` leaves out what writing the state during an update takes.
 */

import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { startLab } from "../lab/lab";
import { profileNamed } from "../lab/profiles";
import { startProgress } from "../lab/progress";
import { makeRunDirectory } from "../lab/run-directory";
import { FakeCluster, withVariable } from "../test/support/fake-cluster";
import { ec2, machines, nodeOf } from "../test/support/machines";
import { record } from "../test/support/mocks";
import { markdown, median } from "./markdown";
import { measureOnLab, onLabTable } from "./nodes/on-lab";
import { runProgram, steps } from "./steps";

const rounds = 5;

interface Measured {
  readonly milliseconds: Readonly<Record<(typeof steps)[number], number>>;
  readonly resources: number;
  readonly askedOfCluster: number;
  readonly askedOfEc2: number;
}

/** One run in the steps of index.ts; every tenth node is a master. */
async function run(count: number): Promise<Measured> {
  const all = machines(count);
  const masters = all.filter((_, index) => index % 10 === 0).map((machine) => nodeOf(machine, true).name);
  const items = all.map((machine) => {
    const { name, providerId } = nodeOf(machine, true);
    return {
      metadata: { name, labels: { role: masters.includes(name) ? "master" : "worker" } },
      spec: { providerID: providerId },
    };
  });
  const selected = (role: string) => ({ items: items.filter(({ metadata }) => metadata.labels.role === role) });
  const cluster = await FakeCluster.start({
    "GET /api/v1/nodes": { items },
    "GET /api/v1/nodes?labelSelector=role=master": selected("master"),
    "GET /api/v1/nodes?labelSelector=role=worker": selected("worker"),
  });
  try {
    return await withVariable("KUBECONFIG", cluster.kubeconfig(), async () => {
      const recorder = await record(ec2(all));
      const nodes = { masters: { selector: "role=master" }, workers: { selector: "role=worker" } };
      const took = await runProgram({ nodes });
      return {
        milliseconds: Object.fromEntries(steps.map((step, at) => [step, took[at]])) as Measured["milliseconds"],
        resources: recorder.resources.length,
        askedOfCluster: cluster.requests.length,
        askedOfEc2: recorder.invokes.length,
      };
    });
  } finally {
    await cluster.stop();
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      lab: { type: "boolean", default: false },
      sizes: { type: "string", default: "10,100,1000" },
      rounds: { type: "string", default: "3" },
      "one-checkpoint": { type: "boolean", default: false },
    },
  });
  const sizes = values.sizes.split(",").map(Number);
  await (values.lab ? onLab(sizes, Number(values.rounds), values["one-checkpoint"]) : onMocks(sizes));
}

async function onLab(sizes: readonly number[], roundsOnLab: number, oneCheckpoint: boolean): Promise<void> {
  const progress = startProgress();
  const directory = await makeRunDirectory();
  const lab = await progress.stage("start the lab", (say) =>
    startLab({ directory, profile: profileNamed("default"), say }),
  );
  // The engine then writes the state once, at the end of an update, instead of twice for each resource.
  if (oneCheckpoint) Object.assign(process.env, { PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" });
  try {
    const measured = await measureOnLab(lab, { sizes, rounds: roundsOnLab, progress });
    console.log(`\n${onLabTable(measured)}\n`);
    console.log(`Previews: medians of ${roundsOnLab}. The load of the machine is ${loadavg()[0]!.toFixed(1)}.`);
  } finally {
    await lab.stop();
  }
}

async function onMocks(sizes: readonly number[]): Promise<void> {
  // The first run fills the compile cache for all later runs.
  await run(10);
  const rows: (string | number)[][] = [];
  let before: { size: number; sum: number } | undefined;
  for (const size of sizes) {
    const runs: Measured[] = [];
    for (let round = 0; round < rounds; round++) runs.push(await run(size));
    const { resources, askedOfCluster, askedOfEc2 } = runs[0]!;
    const times = steps.map((part) => median(runs.map(({ milliseconds }) => milliseconds[part])));
    const sum = times.reduce((all, one) => all + one, 0);
    const further = before === undefined ? "" : ((sum - before.sum) / (size - before.size)).toFixed(1);
    before = { size, sum };
    rows.push([
      size,
      resources,
      askedOfCluster,
      askedOfEc2,
      ...times.map((time) => time.toFixed(0)),
      sum.toFixed(0),
      further,
    ]);
  }
  const head = ["nodes", "resources", "requests to the cluster", "requests to EC2"];
  const timed = [...steps.map((part) => `${part}, ms`), "total, ms", "ms for each additional node"];
  console.log(`The whole program for clusters of several sizes, on mocks; medians of ${rounds} runs\n`);
  console.log(markdown([...head, ...timed], rows));
}

main().then(
  // The SDK's mocks would keep the process running.
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
