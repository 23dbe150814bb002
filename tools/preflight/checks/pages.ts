import type { Configuration } from "../../../config";
import { NoAnswer } from "../../stack/servers/http";
import { reach, type Reached, type ReachOptions, type Server, whyOlder } from "../../stack/servers/reach";
import { stackFacts, type StackFacts } from "../../stack/facts";
import type { WebKeys } from "../../stack/web/keys";
import { StackUnreadable } from "../../stack/cli";
import { NotApplied } from "../../stack/outputs";
import { type Check, failed, type CheckResult, ok, skipped, warning } from "../../shared/check-result";
import type { Reach } from "../cluster";
import { validSections } from "../../../settings/readable";

/** Facts about the pages of a stack that was applied. */
export interface Pages {
  /** Requests the stack's outputs. Each check that needs them calls this function. */
  readonly outputs: () => Promise<Readonly<Record<string, unknown>>>;
  readonly keys: WebKeys;
}

/** How a check words results that it could not get. */
export interface Words {
  /** The result before the first `up`. */
  readonly notYet: string;
  readonly unseen: string;
  /** The result for a refused password or an invalid certificate. */
  readonly onVerdict: (sentence: string) => CheckResult;
}

/** How a check connects to a server: to one replica, or to all of them. */
type Connect<T> = (server: Server, facts: StackFacts, options: ReachOptions) => Promise<T>;

/** Connects to one of the stack's two servers, and asks it. */
export async function askServer<T extends { stop(): Promise<void> }>(
  server: Server,
  connect: Connect<T>,
  configuration: Configuration,
  { outputs, keys }: Pages,
  cluster: Promise<Reach>,
  { notYet, unseen, onVerdict }: Words,
  ask: (reached: T, facts: StackFacts) => Promise<CheckResult[]>,
): Promise<CheckResult[]> {
  try {
    const facts: StackFacts = {
      ...stackFacts(keys.stack, validSections(configuration), await outputs()),
      warnings: [],
    };
    // A cluster that does not answer is not waited for a second time.
    const noPortForward = "fault" in (await cluster) ? "the cluster was not reached" : undefined;
    const reached = await connect(server, facts, { keys, isFinal: isVerdict, noPortForward, oneWillDo: true });
    try {
      return await ask(reached, facts);
    } finally {
      await reached.stop();
    }
  } catch (error) {
    if (error instanceof NotApplied) return [ok(notYet)];
    if (error instanceof StackUnreadable) return [skipped(error.message)];
    if (!(error instanceof NoAnswer)) throw error;
    return [isVerdict(error) ? onVerdict(error.message) : skipped(`${unseen}: ${error.message}`)];
  }
}

/** A refused password or an invalid certificate is a result of the check, so no other connection is tried. */
function isVerdict({ status, tlsCode }: NoAnswer): boolean {
  return status !== undefined || tlsCode !== undefined;
}

/** A check for each page: whether it asks for the password, accepts it, and has a valid certificate. */
export function pageChecks(configuration: Configuration, pages: Pages, cluster: Promise<Reach>): Check[] {
  const words = { notYet: "`pulumi up` creates it.", unseen: "was not seen from here", onVerdict: failed };
  return (["Prometheus", "Alertmanager"] as const).map((server) => ({
    name: `${server} page`,
    run: () =>
      askServer(server, reach, configuration, pages, cluster, words, async (reached) => [
        await judged(reached, server, validSections(configuration), pages.keys),
      ]),
  }));
}

async function judged(
  { way, authentication: { login, notYet } }: Reached,
  server: Server,
  { access }: Partial<Configuration["settings"]>,
  keys: WebKeys,
): Promise<CheckResult> {
  const wantsPassword = access?.password === true;
  if (login !== undefined) {
    const takes = `asks for a password, and accepts that of ${login.user} (${way})`;
    if (notYet.length > 0) return warning(`${takes}. ${whyOlder(server, notYet)}`, "Run this again in two minutes.");
    return ok(wantsPassword ? `${takes}.` : `${takes}; \`pulumi up\` opens it, as alerting:access.password says.`);
  }
  const open = `is open to anyone who reaches it (${way})`;
  if (!wantsPassword) return ok(`${open}, as alerting:access.password says.`);
  // The state has a password as soon as one was applied.
  if ((await keys.logins()).length === 0) return warning(`${open}.`, "`pulumi up` protects it with the password.");
  return failed(
    `${open}, although the stack was applied with a password.`,
    "Does alerting:values remove its web.config.file? If not, `pulumi up --refresh` finds and repairs manual changes.",
  );
}
