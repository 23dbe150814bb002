/**
 * `npm run bench:upgrade -- --from <commit>`: deploys the lab stack with the program of an earlier commit and with all
 * settings of that commit's Pulumi.example.yaml that the lab supports, then previews and updates it with this program.
 * Fails if a volume, a claim or a file system is replaced or deleted, or if samples or a silence are lost.
 */
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { parseArgs } from "node:util";
import { withAmtool } from "../lab/amtool";
import { checkedOut } from "../lab/checkout";
import { readUserConfig } from "../lab/user-config";
import { startLab } from "../lab/lab";
import { profileNamed } from "../lab/profiles";
import { startProgress } from "../lab/progress";
import { PrometheusApi } from "../lab/prometheus-api";
import { makeRunDirectory, projectRoot } from "../lab/run-directory";
import { StackError, type Step } from "../lab/stack";
import { writeProjectFile } from "../lab/stack-workspace";
import { givenStack, urlsOf } from "../lab/steps";

const holdsData = /FileSystem|AccessPoint|MountTarget|PersistentVolume|BackupPolicy|RandomPassword/;

/** The example with every setting switched on, except two settings that need more than the example contains. */
function switchedOn(example: string): string {
  return example
    .replaceAll(/^( *)#(?=[a-z]| {2,})/gm, "$1")
    .replaceAll("http://prometheus.example", "https://prometheus.example")
    .replaceAll("http://alertmanager.example", "https://alertmanager.example")
    .replaceAll(/^ *(authorization: .*|folder: ops.*)$/gm, "");
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { from: { type: "string", default: "51878c7" } } });
  const progress = startProgress();
  const directory = await makeRunDirectory();
  const profile = profileNamed("fast");
  const lab = await progress.stage("start the lab", (say) => startLab({ directory, profile, say }));
  try {
    const root = await progress.stage(`check out ${values.from}`, () => checkedOut(values.from, directory));
    const file = path.join(directory, "example.yaml");
    await fs.writeFile(file, switchedOn(await fs.readFile(path.join(root, "Pulumi.example.yaml"), "utf8")));
    const given = await readUserConfig(file, profile);
    console.log(`Settings: ${given?.taken.join(", ")}`);
    for (const { key, why } of given?.leftAside ?? []) console.log(`Left out: ${key} (${why})`);

    await writeProjectFile(root, lab.stacks.directory);
    const stack = await givenStack(lab, "upgraded", given);
    await progress.stage(`up: the program at ${values.from}`, (say) => stack.up(say));
    const before = await urlsOf(lab, stack);
    const samples = async ({ prometheus, access }: typeof before, time: number) => {
      const query = `/api/v1/query?query=count(up)&time=${time}`;
      return (await new PrometheusApi(prometheus, access).page(query).catch(() => "")).includes('"value"');
    };
    const time = await progress.stage("samples", async () => {
      for (;;) {
        const now = Math.floor(Date.now() / 1000);
        if (await samples(before, now)) return now;
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    });
    const silence = ["add", "alertname=Kept", "--author=bench", "--comment=kept", "--duration=2h"];
    await withAmtool(before, (amtool) => amtool("silence", ...silence));

    await writeProjectFile(projectRoot, lab.stacks.directory);
    const preview = await progress.stage("preview: this program", (say) => stack.preview(say));
    report(preview.steps);
    for (const line of preview.diagnostics) console.log(line);
    await progress.stage("up: this program", (say) => stack.up(say));
    const now = await urlsOf(lab, stack);
    if (!(await samples(now, time))) throw new Error("Samples from before the update are gone.");
    const silences = await withAmtool(now, (amtool) => amtool("silence", "query"));
    if (!silences.includes('alertname="Kept"')) throw new Error(`The silence is gone: ${silences}`);
    console.log("Samples and the silence from before are still there.");
    await progress.stage("destroy", (say) => stack.destroy(say));
  } finally {
    await lab.stop();
  }
}

function report(steps: readonly Step[]): void {
  for (const { operation, type, name } of steps)
    console.log(`${operation.padEnd(10)} ${type.split(":").at(-1)} ${name}`);
  const lost = steps.filter(({ operation, type }) => /delete|replace/.test(operation) && holdsData.test(type));
  if (lost.length > 0)
    throw new Error(`The update would replace resources that hold data: ${lost.map(({ name }) => name).join(", ")}`);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof StackError ? error.message : error);
    process.exit(1);
  },
);
