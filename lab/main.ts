/** `make lab`: the lab with the program applied, up until Ctrl-C. */
import { colors } from "../tools/shared/colors";
import { writeCredentialsCommand } from "./credentials-command";
import { writeEnvironment } from "./environment";
import { startPage } from "./page";
import { openRun } from "./run";
import { givenStack, settle, urlsOf } from "./steps";
import { partsList } from "./tables";

const STACK = "lab";

async function main(): Promise<void> {
  const run = await openRun();
  const { screen, progress, ending, directory } = run;
  try {
    const lab = await run.startLab();
    const stack = await progress.stage("stack", () => givenStack(lab, STACK, run.given));
    await progress.stage("up", (say) => stack.up(say));
    const urls = await urlsOf(lab, stack);
    await progress.stage("all targets up", (say) => settle(urls, say, run.given));
    const page = await startPage(lab, urls);
    ending.add("the page", () => page.stop());
    const credentials = await writeCredentialsCommand(lab, stack);
    const environment = await writeEnvironment(lab);
    screen.write(
      [
        "",
        partsList(lab.parts),
        "",
        `The lab's page  ${colors.cyan(page.url)}`,
        `Prometheus      ${colors.cyan(urls.prometheus)}`,
        `Alertmanager    ${colors.cyan(urls.alertmanager)}`,
        "(the last two have pages only in official builds; the API is always there)",
        ...(urls.access.login === undefined
          ? []
          : ["They ask for a user and a password, which only this prints:", `  ${colors.cyan(credentials)}`]),
        "",
        "For kubectl, pulumi and aws in another terminal (see lab/README.md):",
        colors.cyan(`  source ${environment}`),
        "",
        colors.green(`Ready, stack "${STACK}". Ctrl-C ends everything.`),
      ].join("\n"),
    );
  } catch (error) {
    await ending.end();
    screen.write(
      colors.red(`${progress.failed?.name ?? "The lab"} failed: ${(error as Error).message}\nLogs: ${directory}`),
    );
    process.exit(1);
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
