/**
 * A preview without changes on the lab: of the program, of one that imports the same packages and has one resource of each
 * provider, and of an empty one; by turns, so that a machine that gets slower is slower for all.
 */
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { performance } from "node:perf_hooks";
import { parse, stringify } from "yaml";
import { startLab } from "../lab/lab";
import type { Lab } from "../lab/lab";
import { profileNamed } from "../lab/profiles";
import { makeRunDirectory, PROJECT_ROOT } from "../lab/run-directory";
import type { LabStack } from "../lab/stack";
import { labStack, requireNoChange } from "../lab/steps";
import { markdown, median } from "./markdown";

const rounds = Number(process.env.ROUNDS ?? 7);
const quiet = () => undefined;

/** What index.ts and its modules import of packages, and one resource of each provider. */
const samePackages = async () => `
${(await packagesOf(PROJECT_ROOT)).map((name) => `import ${JSON.stringify(name)};`).join("\n")}
import { FileSystem } from "@pulumi/aws/efs";
import { Provider as Aws } from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
const aws = new Aws("aws", { region: "ap-northeast-2" });
const cluster = new k8s.Provider("cluster", { context: "lab" });
const own = { creationToken: "bench", encrypted: true, throughputMode: "elastic", tags: { Name: "bench" } };
new FileSystem("one", { ...own, lifecyclePolicies: [{ transitionToIa: "AFTER_30_DAYS" }] }, { provider: aws });
new k8s.core.v1.ConfigMap("one", { metadata: { name: "bench", namespace: "default" }, data: { a: "b" } }, { provider: cluster });
`;

/** Packages that the program's own files import, each once; their types alone cost nothing at run time. */
async function packagesOf(root: string): Promise<string[]> {
  const folders = (await fs.readdir(root)).filter(
    (name) => !/^(\.|bench|docs|examples|lab|node_modules|test)/.test(name),
  );
  const found = new Set<string>();
  for (const name of folders) {
    const at = path.join(root, name);
    const inside = (await fs.stat(at)).isDirectory() ? await fs.readdir(at, { recursive: true }) : [""];
    for (const file of inside.map((one) => path.join(at, one)).filter((one) => one.endsWith(".ts"))) {
      if (/chart\/(generate|generator|translate\.ts)|pull-requests|write-table/.test(file)) continue;
      const text = await fs.readFile(file, "utf8");
      for (const [, what] of text.matchAll(/^(?:import|export) (?!type)[^;]*? from "([^."][^"]*)"/gm)) {
        if (!what!.startsWith("node:")) found.add(what!);
      }
    }
  }
  return [...found].sort();
}

/** Makes a program beside the lab's other files, with the project's packages and way to compile. */
async function makeProgram(lab: Lab, name: string, text: string): Promise<string> {
  const directory = path.join(lab.directory, name);
  await fs.mkdir(directory);
  await fs.writeFile(path.join(directory, "index.ts"), text);
  for (const file of ["package.json", "tsconfig.json", "tsconfig.pulumi.json", "strip-types.cjs"]) {
    await fs.copyFile(path.join(PROJECT_ROOT, file), path.join(directory, file));
  }
  await fs.symlink(path.join(PROJECT_ROOT, "node_modules"), path.join(directory, "node_modules"));
  return directory;
}

async function main(): Promise<void> {
  const lab = await startLab({ directory: await makeRunDirectory(), profile: profileNamed("fast"), say: quiet });
  try {
    await measure(lab);
  } finally {
    await lab.stop();
  }
}

async function measure(lab: Lab): Promise<void> {
  const empty = await makeProgram(lab, "empty", "export {};\n");
  const same = await makeProgram(lab, "same-packages", await samePackages());
  const programs = [
    { name: "this program", main: PROJECT_ROOT },
    { name: "the same packages, one resource of each provider", main: same },
    { name: "nothing at all", main: empty },
  ];
  const file = path.join(lab.stacks.directory, "Pulumi.yaml");
  const project = parse(await fs.readFile(file, "utf8")) as Record<string, unknown>;
  const choose = (main: string) => fs.writeFile(file, stringify({ ...project, main }));
  const stacks: LabStack[] = [];
  const times = programs.map((): number[] => []);
  const resources: number[] = [];
  for (const [index, { main }] of programs.entries()) {
    await choose(main);
    stacks.push(await labStack(lab, `bench-${index}`));
    await stacks[index]!.up(quiet);
  }
  // The first round warms the machine's caches, and is not counted.
  for (let round = 0; round <= rounds; round++) {
    for (const [index, { main }] of programs.entries()) {
      await choose(main);
      const start = performance.now();
      const run = await stacks[index]!.preview(quiet);
      const took = performance.now() - start;
      requireNoChange(run);
      resources[index] = run.changes.same ?? 0;
      if (round > 0) times[index]!.push(took / 1000);
    }
  }
  const rows = programs.map(({ name }, index) => {
    const of = times[index]!;
    const ratios = of.map((time, round) => times[0]![round]! / time);
    const range = `${Math.min(...of).toFixed(1)} to ${Math.max(...of).toFixed(1)}`;
    return [name, resources[index]!, median(of).toFixed(2), range, median(ratios).toFixed(2)];
  });
  console.log(`A preview without changes, by turns; medians of ${rounds} rounds\n`);
  console.log(markdown(["program", "resources", "s", "from, to", "this program takes, times"], rows));
  for (const [index, { main }] of programs.entries()) {
    await choose(main);
    await stacks[index]!.destroy(quiet);
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
