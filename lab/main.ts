/** `make lab`: the lab with the program applied, up until Ctrl-C. */
import pc from "picocolors";
import { Ending, endWithProcess } from "./ending";
import { LAB_PROGRAMS, startLab } from "./lab";
import { startPage } from "./page";
import { profileNamed } from "./profiles";
import { findPrograms } from "./programs/find";
import { standardScreen, startProgress } from "./progress";
import { makeRunDirectory } from "./run-directory";
import { labStack, plainOutputs, settle, urlsOf } from "./steps";
import { partsTable } from "./tables";

const STACK = "lab";

async function main(): Promise<void> {
  const profile = profileNamed(process.env.PROFILE);
  const screen = standardScreen();
  const progress = startProgress(screen);
  const ending = new Ending(screen.write);
  endWithProcess(ending, screen.write);
  const directory = await makeRunDirectory();
  screen.write(`Profile ${pc.bold(profile.name)}: ${profile.description}.\nEverything of this run is in ${directory}`);
  try {
    const programs = await progress.stage("programs", (say) =>
      findPrograms(LAB_PROGRAMS, say, { signal: ending.signal }),
    );
    const lab = await progress.stage("lab start", () =>
      startLab({ directory, profile, programs, ending, say: progress.tell }),
    );
    screen.write(partsTable(lab.parts));
    const stack = await progress.stage("stack", () => labStack(lab, STACK));
    await progress.stage("up", (say) => stack.up(say));
    const urls = urlsOf(lab, await plainOutputs(stack));
    await progress.stage("all targets up", (say) => settle(urls, say));
    const page = await startPage(lab, { Prometheus: urls.prometheus, Alertmanager: urls.alertmanager });
    ending.add("the page", () => page.stop());
    screen.write(
      [
        "",
        `The lab's page  ${pc.cyan(page.url)}`,
        `Prometheus      ${pc.cyan(urls.prometheus)}`,
        `Alertmanager    ${pc.cyan(urls.alertmanager)}`,
        "(the last two have web pages of their own only in official builds; the API is always there)",
        "",
        `kubectl:  export KUBECONFIG=${lab.controlPlane.kubeconfigPath}`,
        "",
        "Ctrl-C ends everything.",
      ].join("\n"),
    );
  } catch (error) {
    await ending.end();
    screen.write(
      pc.red(`${progress.failed?.name ?? "The lab"} failed: ${(error as Error).message}\nLogs: ${directory}`),
    );
    process.exit(1);
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
