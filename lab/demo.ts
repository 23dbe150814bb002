/**
 * `make demo`: starts a lab, deploys the program, sends one alert to Slack and resolves it, loses a master that runs
 * Prometheus and Alertmanager, removes everything, and reports.
 */
import * as path from "node:path";
import { writePictures } from "../tools/drill/timeline/write";
import { drill } from "./drill";
import { type Replicas, settle, targetsOf } from "./idle";
import type { Lab } from "./lab";
import { isInTime, loseNode, nodeOfBoth, placedPods } from "./loss";
import { partsByName, writeReport } from "./report";
import type { Report } from "./report";
import { openRun } from "./run";
import type { Run } from "./run";
import { latestReport } from "./run-directory";
import { searchForSecrets } from "./secret-search";
import { type SecretExample, secretExample } from "./secrets/example";
import { faultsOf } from "./secrets/scan";
import { configureLike, givenStack, leftoversSince, previewComment, requireNoChange, snapshot, urlsOf } from "./steps";
import { filesList, summary, verdict } from "./tables";

const stackName = "demo";
/** The replicas of the demo, unless `CONFIG` names a configuration. */
const demoReplicas: Replicas = { alertmanagers: 3, prometheus: 2 };

async function main(): Promise<void> {
  const run = await openRun(demoReplicas);
  const { profile, screen, progress, ending, directory } = run;
  const report: Report = {
    startedAt: new Date().toISOString(),
    result: "running",
    profile: profile.name,
    directory,
    parts: {},
    stages: progress.stages,
  };
  let lab: Lab | undefined;
  let failure: string | undefined;
  try {
    lab = await run.startLab();
    report.parts = partsByName(lab.parts);
    await goThrough(lab, run, report);
    report.result = "passed";
  } catch (error) {
    failure = `${progress.failed?.name ?? "The run"} failed: ${(error as Error).message}`;
    report.result = failure;
  }
  await progress.stage("stopping", () => ending.end());
  await writeReport(report, latestReport);
  screen.write(`\n${summary(report, lab?.parts ?? [], lab?.slack.messages ?? [])}`);
  screen.write(`${filesList(report, latestReport)}\n\n${verdict(report, failure)}`);
  process.exit(failure === undefined ? 0 : 1);
}

async function goThrough(lab: Lab, { progress, given, replicas }: Run, report: Report): Promise<void> {
  const before = await snapshot(lab);
  const isReplicated = replicas.alertmanagers > 1 && replicas.prometheus > 1;
  const secret = secretExample(lab);
  const example: SecretExample = { ...secret, config: { ...secret.config, "alerting:availability": replicas } };
  const stack = await progress.stage("stack", () => givenStack(lab, stackName, given, example));
  await progress.stage("preview", (say) => stack.preview(say));
  report.up = (await progress.stage("up", (say) => stack.up(say))).changes;
  report.outputs = await stack.plainOutputs();
  const urls = await urlsOf(lab, stack);

  await progress.stage("second preview", async (say) => {
    const second = await stack.preview(say);
    report.secondPreview = second.changes;
    requireNoChange(second);
  });
  if (given === undefined) {
    await progress.stage("preview of a small change", async () => {
      const { config, secrets } = example;
      const slack = { ...(config["alerting:slack"] as object), channel: "#on-call" };
      await configureLike(lab, stack, { ...config, "alerting:slack": slack }, secrets);
      report.comment = (await previewComment(stack)).comment;
      await configureLike(lab, stack, config, secrets);
    });
  }
  const idle = { ...given, targets: targetsOf(lab.machines, replicas) };
  await progress.stage("all targets up", (say) => settle(urls, say, idle));
  await progress.stage("drill", async (say) => {
    const { report: shown, messages } = await drill(lab, stack, isReplicated ? undefined : urls, say);
    report.drill = shown;
    report.slack = messages.map(({ payload }) => payload);
  });
  if (isReplicated) {
    await progress.stage("loss of a master", async (say) => {
      const pods = await placedPods(lab);
      const loss = await loseNode(lab, urls, pods, nodeOfBoth(pods), say);
      report.loss = loss.report;
      report.slack = [...(report.slack ?? []), loss.message.payload];
      await writePictures(loss.report, path.join(lab.directory, "loss"));
      if (!isInTime(loss)) throw new Error(`the message about ${loss.node} came after ${loss.seconds} s`);
      await lab.nodes.startNode(loss.node);
      say(`${loss.node} is back; waiting until all targets are up`);
      await settle(urls, say, idle);
    });
  }
  await progress.stage("secret search", async (say) => {
    const places = [{ name: "the report so far", content: JSON.stringify(report) }];
    report.secretScan = await searchForSecrets(lab, stack, urls, say, { places });
    const faults = faultsOf(report.secretScan);
    if (faults.length > 0) {
      throw new Error(
        `secrets were found in forbidden places, or not found where they must be:\n  ${faults.join("\n  ")}`,
      );
    }
  });
  await progress.stage("destroy", (say) => stack.destroy(say));
  await progress.stage("leftovers", async () => {
    const { leftovers, retained } = await leftoversSince(lab, before);
    Object.assign(report, { leftovers, retained });
    if (leftovers.length > 0) {
      throw new Error(`destroy left behind:\n  ${leftovers.join("\n  ")}`);
    }
  });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
