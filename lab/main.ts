/** `make lab`: starts a lab, applies the program, and keeps both running until Ctrl-C. */
import * as path from "node:path";
import { colors } from "../tools/shared/colors";
import { writeEnvironment } from "./environment";
import { settle, targetsOf } from "./idle";
import type { Say } from "./progress";
import { openRun } from "./run";
import { projectRoot } from "./run-directory";
import type { Slack } from "./slack/start";
import { drawSlackMessage, isVisibleInChannel, readSlackPayload } from "./slack-message";
import { givenStack, urlsOf } from "./steps";
import { partsList } from "./tables";

const stackName = "lab";
const loginTool = `${path.join(projectRoot, "run.cjs")} tools/login/main.ts`;

async function main(): Promise<void> {
  const run = await openRun();
  const { screen, progress, ending, directory } = run;
  try {
    const lab = await run.startLab();
    const stack = await progress.stage("stack", () => givenStack(lab, stackName, run.given));
    await progress.stage("up", (say) => stack.up(say));
    const urls = await urlsOf(lab, stack);
    await progress.stage("all targets up", (say) =>
      settle(urls, say, { ...run.given, targets: targetsOf(lab.machines, run.replicas) }),
    );
    const environment = await writeEnvironment(lab);
    screen.write(
      [
        "",
        partsList(lab.parts),
        "",
        `Prometheus    ${colors.cyan(urls.prometheus)}`,
        `Alertmanager  ${colors.cyan(urls.alertmanager)}`,
        "(only official builds serve web pages; the API always works; Slack messages are shown below)",
        ...(urls.access.login === undefined
          ? []
          : [
              "Both ask for a user and a password; this command prints them:",
              colors.cyan(`  (source ${environment}; cd "$LAB/project"; node ${loginTool} --stack ${stackName})`),
            ]),
        "",
        "For kubectl, pulumi and aws in another terminal (see lab/README.md):",
        colors.cyan(`  source ${environment}`),
        "",
        colors.green(`Ready, stack "${stackName}". Ctrl-C ends everything.`),
      ].join("\n"),
    );
    showMessages(lab.slack, screen.write);
  } catch (error) {
    await ending.end();
    screen.write(
      colors.red(`${progress.failed?.name ?? "The lab"} failed: ${(error as Error).message}\nLogs: ${directory}`),
    );
    process.exit(1);
  }
}

/** Shows each message when it arrives in Slack. */
function showMessages({ messages }: Slack, write: Say): void {
  let shown = messages.length;
  setInterval(() => {
    const fresh = messages.slice(shown);
    shown = messages.length;
    for (const { receivedAt, payload } of fresh.filter(isVisibleInChannel)) {
      write(drawSlackMessage(receivedAt, readSlackPayload(payload)));
    }
  }, 1_000);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
