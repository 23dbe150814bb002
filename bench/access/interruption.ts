import type { Lab } from "../../lab/lab";
import { makeAuthority } from "../../lab/certificates";
import { certificateSecrets, httpsPages, issueCustomCertificate, pageHosts } from "../../lab/custom-certificate";
import type { Progress } from "../../lab/progress";
import type { LabStack } from "../../lab/stack";
import { settle } from "../../lab/idle";
import { labStack, urlsOf } from "../../lab/steps";
import { startStorm } from "../../lab/storm/start";
import { JOB, measuredConfig } from "./configuration";
import type { Window } from "./figures";
import { startReceiver } from "./receiver";
import { watched } from "./windows";

const STACK = "access";
const TARGETS = 120;
/** The alerts that fire all the time and mean no problem. */
const always = { alerts: ["Tick"] };

/** One state of a stack: the settings in addition to the common ones. */
interface State {
  readonly config: Readonly<Record<string, unknown>>;
  readonly secrets?: Readonly<Record<string, string>>;
}

/** Runs all changes of access the given number of times, and follows the alerts that begin during each change. */
export async function interruptions(lab: Lab, rounds: number, progress: Progress): Promise<Window[]> {
  const storm = await startStorm({ jobs: { [JOB]: TARGETS }, scrapeInterval: "2s" });
  const receiver = await startReceiver();
  const common = measuredConfig(storm, receiver.url);
  const stack = await labStack(lab, STACK, { ...common, "alerting:access": { password: false } });
  const apply = async ({ config, secrets }: State) => {
    const merged = { ...lab.config, ...common, ...config };
    const pages = config["alerting:alertmanager"];
    if (pages !== undefined) {
      merged["alerting:alertmanager"] = { ...(common["alerting:alertmanager"] as object), ...(pages as object) };
    }
    await stack.configure(merged, { ...lab.secrets, ...secrets });
    await upPatiently(stack);
  };
  const authority = await makeAuthority();
  const password = (...passwords: number[]) => ({ "alerting:access": { password: true, passwords } });
  const own = async (): Promise<State> => {
    const secrets = certificateSecrets(await issueCustomCertificate(authority, Object.values(pageHosts)));
    return { config: { ...password(2), ...httpsPages }, secrets };
  };
  try {
    await progress.stage("up", async (say) => {
      await upPatiently(stack);
      await settle(await urlsOf(lab, stack), say, always);
    });
    const windows: Window[] = [];
    for (let round = 1; round <= rounds; round++) {
      const off: State = { config: { "alerting:access": { password: false } } };
      const changes: [change: string, to: State, https?: true][] = [
        ["nothing: an `up` without a change", off],
        ["the password is turned on", { config: password(1) }],
        ["a second password comes", { config: password(1, 2) }],
        ["the first password goes", { config: password(2) }],
        ["a certificate of one's own comes", await own(), true],
        ["the certificate is changed", await own(), true],
      ];
      for (const [change, to, https] of changes) {
        await progress.stage(`round ${round}: ${change}`, async (say) => {
          windows.push(await watched({ lab, storm, receiver }, change, () => apply(to), say));
          await settle(await urlsOf(lab, stack, https && authority.cert), say, always);
        });
      }
      await progress.stage(`round ${round}: back to none`, async (say) => {
        await apply(off);
        await settle(await urlsOf(lab, stack), say, always);
      });
    }
    await progress.stage("destroy", () => stack.destroy(() => undefined));
    return windows;
  } finally {
    await storm.stop();
    await receiver.stop();
  }
}

/** On a busy machine the API server may be too slow to answer; nothing has been changed in that case. */
async function upPatiently(stack: LabStack, tries = 3): Promise<void> {
  try {
    await stack.up(() => undefined);
  } catch (error) {
    if (tries <= 1 || !/does not answer: no answer within/.test(String(error))) throw error;
    await upPatiently(stack, tries - 1);
  }
}
